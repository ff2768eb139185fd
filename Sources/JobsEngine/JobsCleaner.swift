import Jobs
public import Logging

/// Removes what nobody will ask for any more, every so often, until its task is cancelled.
public struct JobsCleaner: Sendable {
    let controller: JobsController
    let logger: Logger

    public init(controller: JobsController, logger: Logger) {
        self.controller = controller
        self.logger = logger
    }

    /// Cleans after each interval, the first one included. A failure is logged and the next interval
    /// awaited: there is no caller to tell, and nothing is lost by cleaning later.
    public func run() async {
        guard controller.options.cleanInterval > 0 else { return }
        let interval = Duration.milliseconds(controller.options.cleanInterval)
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                let cleaned = try await controller.cleanInTurn()
                if let cleaned, cleaned.total > 0 {
                    logger.info(
                        """
                        Removed \(cleaned.total) jobs: \(cleaned.completed) completed, \
                        \(cleaned.expired) expired, \(cleaned.exhausted) exhausted
                        """)
                }
            } catch {
                // Whatever a store throws because this task was cancelled is no failure; and what
                // it throws because some task of its own was cancelled is one like any other.
                guard !Task.isCancelled else { return }
                logger.error("Failed to clean up jobs", error: error)
            }
        }
    }
}

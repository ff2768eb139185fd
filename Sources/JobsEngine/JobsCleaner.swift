import Jobs
public import Logging

/// A periodic task that removes ended, expired and exhausted jobs.
public struct JobsCleaner: Sendable {
    let controller: JobsController
    let logger: Logger

    /// Creates a cleaner.
    ///
    /// - Parameters:
    ///   - controller: The controller whose store is cleaned. Its options set the interval.
    ///   - logger: Logs removed jobs at info and failures at error.
    public init(controller: JobsController, logger: Logger) {
        self.controller = controller
        self.logger = logger
    }

    /// Cleans after each interval, also after the first, until the task is cancelled.
    ///
    /// A failure is logged, and the next attempt follows after the interval. Returns at once if the
    /// interval is 0 or less.
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
                        \(cleaned.expired) expired, \(cleaned.exhausted) exhausted, \
                        \(cleaned.failed) failed, \(cleaned.cancelled) cancelled
                        """)
                }
            } catch {
                // An error because of the cancellation of this task is not a failure. An error
                // because the store has cancelled a task of its own is one.
                guard !Task.isCancelled else { return }
                logger.error("Failed to clean up jobs", error: error)
            }
        }
    }
}

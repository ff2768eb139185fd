import Jobs
import Logging

/// What keeps the settings of types current while nothing is claimed, or seldom.
extension ControlledJobsPersistence {
    /// How long after the last claim the settings are still kept current.
    private static let linger = Duration.seconds(10)

    /// Reads the settings again when another process has changed them, and every half second while
    /// claims come or wait, until the task is cancelled.
    ///
    /// Without this task, a claim after a longer pause reads the settings first.
    ///
    /// - Parameter isAwaited: Returns whether claims wait.
    func followSettings(logger: Logger, isAwaited: @escaping @Sendable () -> Bool) async {
        guard cache.records.areShared else { return }
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in await followChanges(logger) }
            group.addTask { [self] in
                let pause = { SettingsKnowledge.renewal * Double.random(in: 0.8...1) }
                while (try? await Task.sleep(for: pause())) != nil {
                    if isAwaited() || cache.wasUsed(within: Self.linger) { cache.renew() }
                }
            }
        }
    }

    private func followChanges(_ logger: Logger) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                // Changes from before the following are not reported.
                try await cache.records.follow { [cache] in
                    cache.renew()
                } onChange: { [cache] kinds in
                    if kinds.contains(.type) { cache.renew() }
                }
                backoff.reset()
            } catch JobsNewsError.unsupported(let reason) {
                logger.info("Settings of types have to be read every so often: \(reason)")
                return
            } catch {
                if !Task.isCancelled {
                    logger.debug("The news of settings broke off", error: error)
                }
            }
            try? await Task.sleep(for: backoff.next())
        }
    }
}

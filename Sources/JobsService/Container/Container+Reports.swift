import Jobs
import JobsEngine
import Logging
import ServiceLifecycle

extension Container {
    /// The services that tell the other instances what this one sees.
    func claimReports(_ waiting: [WaitingJobsPersistence], _ componentLogger: Logger)
        -> [any Service]
    {
        // In a store of one process there is no other instance to report to.
        waiting.filter(\.records.areShared).map { waiting in
            ClosureService {
                await cancelWhenGracefulShutdown {
                    await waiting.reportClaims(logger: componentLogger)
                }
            }
        }
    }
}

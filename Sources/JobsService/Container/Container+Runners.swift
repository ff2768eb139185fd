import JobsEngine
import Logging
import ServiceLifecycle

/// The work that a controller does on its own.
extension Container {
    /// The services that fire the schedules and carry out the bulk operations of a controller.
    func runners(_ controller: JobsController, _ componentLogger: Logger) -> [any Service] {
        [
            ClosureService {
                await cancelWhenGracefulShutdown {
                    await ScheduleRunner(controller: controller, logger: componentLogger).run()
                }
            },
            ClosureService {
                await cancelWhenGracefulShutdown {
                    await OperationRunner(controller: controller, logger: componentLogger).run()
                }
            },
        ]
    }
}

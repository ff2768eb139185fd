import Jobs
import JobsEngine
import Logging

extension StoreUnderTest {
    /// The instances with waiting claims, which never look for jobs without a reason.
    var waiting: [WaitingJobsPersistence] {
        let options = WaitingJobsPersistence.Options(
            probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))
        return instances.map {
            $0 as? WaitingJobsPersistence
                ?? WaitingJobsPersistence($0, news: $0 as? any JobsNews, options: options)
        }
    }
}

/// Runs the tasks that the service runs while claims wait.
func following(
    _ waiting: [WaitingJobsPersistence], _ body: () async throws -> Void
) async throws {
    let tasks = waiting.map { waiting in
        Task { await waiting.followNews(logger: Logger(label: "waiting")) }
    }
    defer { for task in tasks { task.cancel() } }
    try await body()
}

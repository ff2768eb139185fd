import Jobs
import JobsEngine
import JobsFile
import JobsTestSupport
import Logging
import Testing

@Suite("Schedules in a file")
struct ScheduleTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test(
        "after a crash, a firing is there with its job or not at all, and what was missed follows")
    func restart() async throws {
        let clock = SetClock()
        try await withDirectory { path in
            let store = try await open(path, clock: clock)
            let controller = JobsController(persistence: store)
            _ = try await controller.setSchedule(
                Schedule(id: "s", every: 10_000, newJob: NewJob(type: "t", refID: "r")))
            clock.advance(by: 10_000)
            try await run(controller) { try await controller.schedule("s")?.last != nil }
            let last = try #require(try await controller.schedule("s"))

            clock.advance(by: 35_000)
            try await afterCrash(store, clock: clock) { again in
                let controller = JobsController(persistence: again)
                #expect(try await controller.schedule("s")?.lastJobID == last.lastJobID)
                try await run(controller) {
                    try await controller.schedule("s")?.lastJobID != last.lastJobID
                }

                let jobs = try await controller.list(JobFilter(), Paging()).jobs
                #expect(jobs.count == 2)
                #expect(jobs.first?.id == last.lastJobID)
                let shown = try #require(try await controller.schedule("s"))
                #expect(shown.last == last.last?.advanced(by: 30_000))
                #expect(shown.lastJobID == jobs.last?.id)
            }
            await store.close()
        }
    }

    /// Runs the schedules until something is so.
    private func run(
        _ controller: JobsController, until isSo: @escaping () async throws -> Bool
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await ScheduleRunner(controller: controller, logger: Self.logger).run()
            }
            try await eventually(isSo)
            group.cancelAll()
        }
    }
}

import Jobs
import JobsEngine
import JobsMongo
import JobsTestSupport
import Logging
import Testing

@Suite("Schedules in MongoDB")
struct ScheduleTests {
    @Test(
        "instances that fail at random fire each time of a schedule once",
        .timeLimit(.minutes(2)))
    func once() async throws {
        try await TestCollection.with { collection in
            let stores = (0..<3).map { _ in FaultyPersistence(collection.store(), chance: 0) }
            let controllers = stores.map { JobsController(persistence: $0) }
            let set = try await controllers[0].setSchedule(
                Schedule(
                    id: "s", every: 1000, newJob: NewJob(type: "t", refID: "r"), catchUp: .all))
            let first = try #require(set.next)
            for store in stores { store.chance = 0.3 }

            try await withThrowingTaskGroup(of: Void.self) { group in
                for controller in controllers {
                    group.addTask {
                        await ScheduleRunner(controller: controller, logger: .quiet).run()
                    }
                }
                try await Task.sleep(for: .seconds(8))
                for store in stores { store.chance = 0 }
                try await Task.sleep(for: .seconds(2.5))
                group.cancelAll()
            }

            let last = try #require(try await controllers[0].schedule("s")?.last)
            let jobs = try await controllers[0].list(JobFilter(), Paging()).jobs
            #expect(jobs.count == Int(last.milliseconds(since: first)) / 1000 + 1)
            #expect(jobs.count >= 9)
            #expect(jobs.last?.id == (try await controllers[0].schedule("s")?.lastJobID))
        }
    }

    @Test("schedules fire within a second of their time, also those that another instance has set")
    func promptly() async throws {
        try await TestCollection.with { collection in
            let (own, other) = (
                JobsController(persistence: collection.store()),
                JobsController(persistence: collection.store())
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await ScheduleRunner(controller: own, logger: .quiet).run() }
                let set = try await other.setSchedule(
                    Schedule(
                        id: "s", every: 1500, newJob: NewJob(type: "t", refID: "r"), catchUp: .all))
                let first = try #require(set.next)

                try await eventually { try await other.list(JobFilter(), Paging()).jobs.count > 3 }

                // The machine of a test may be busy at one of them.
                let late = try await other.list(JobFilter(), Paging()).jobs.enumerated().map {
                    $1.created.milliseconds(since: first) - Int64($0) * 1500
                }
                #expect(try #require(late.min()) < 1000)
                group.cancelAll()
            }
        }
    }
}

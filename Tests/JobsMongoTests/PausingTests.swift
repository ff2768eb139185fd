import JSON
import Jobs
import JobsEngine
import JobsTestSupport
import Logging
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Pauses over several instances", .sharedCollection)
    struct PausingTests {
        private let claim = Claim(type: "mail", timeout: 60_000)

        @Test("a pause holds on another instance within a second, and its end wakes claims there")
        func instances() async throws {
            let collection = try await TestCollection.shared()
            try await withInstances(2, collection) { instances in
                let (one, two) = (instances[0], instances[1])
                // More than the claims take until they notice the pause.
                _ = try await one.add((0..<1000).map { NewJob(type: "mail", refID: "\($0)") })
                // The other instance has read the settings just before.
                #expect(try await two.claim(claim).count == 1)

                for type in ["mail", "*"] {
                    let start = ContinuousClock.now
                    async let paused = one.pause(type)
                    try await eventually { try await two.claim(claim).isEmpty }
                    let taken = start.duration(to: .now)
                    _ = try await paused
                    // A second, and time for a busy machine.
                    #expect(taken < .seconds(3))
                    for _ in 0..<5 { #expect(try await two.claim(claim).isEmpty) }

                    async let waiting = two.claim(claim, ClaimWait(milliseconds: 60_000))
                    try await eventually { two.persistence.waitingCount == 1 }
                    try await Task.sleep(for: .milliseconds(100))
                    #expect(two.persistence.waitingCount == 1)
                    try await one.resume(type)
                    let resumed = ContinuousClock.now
                    #expect(try await waiting.count == 1)
                    #expect(resumed.duration(to: .now) < .seconds(3))
                }
            }
        }

        @Test("a pause that a crashed instance has set holds for a new one")
        func restart() async throws {
            let collection = try await TestCollection.shared()
            let first = JobsController(persistence: collection.store())
            _ = try await first.add(NewJob(type: "mail", refID: "1"))
            try await first.pause("mail", reason: "rest")

            let second = JobsController(persistence: collection.store())

            #expect(try await second.claim(claim).isEmpty)
            #expect(try await second.settings(of: "mail").pause?.reason == "rest")
        }

        @Test("settings are read twice a second while claims come, once for all of them")
        func reads() async throws {
            let collection = try await TestCollection.shared()
            let records = CountedRecords(collection.store().records)
            let controller = JobsController(
                persistence: StoreWithRecords(base: collection.store(), records: records))
            let end = ContinuousClock.now + .seconds(2)

            await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { [claim] in
                        while ContinuousClock.now < end { _ = try await controller.claim(claim) }
                    }
                }
            }

            #expect((2...6).contains(records.reads))
        }

        private func withInstances(
            _ count: Int, _ collection: TestCollection,
            _ body: ([JobsController]) async throws -> Void
        ) async throws {
            let options = WaitingJobsPersistence.Options(
                probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))
            let instances = (0..<count).map { _ in
                let store = collection.store()
                return JobsController(
                    persistence: WaitingJobsPersistence(store, news: store, options: options))
            }
            let tasks = instances.map { instance in
                Task {
                    await instance.persistence.followNews(logger: Logger(label: "instance"))
                }
            }
            defer { for task in tasks { task.cancel() } }
            try await body(instances)
        }
    }
}

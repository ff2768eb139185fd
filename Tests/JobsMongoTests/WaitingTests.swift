import BSON
import Jobs
import JobsEngine
import JobsTestSupport
import Logging
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    /// One instance waits without probes; the other one makes changes.
    @Suite("Claims that wait for other instances", .sharedCollection)
    struct WaitingTests {
        @Test("jobs that another instance adds or releases wake a claim, with and without a delay")
        func news() async throws {
            let collection = try await TestCollection.shared()
            let other = collection.store()
            try await whileWaiting(collection.store()) { waiting in
                async let added = waiting.claim()
                try await waiting.whenWaiting()
                let id = try await other.add().id
                let first = try #require(try await added)
                #expect(first.job.id == id)

                async let aborted = waiting.claim()
                try await waiting.whenWaiting()
                _ = try await other.abort(id, first.lockToken)
                let second = try #require(try await aborted)
                #expect(second.job.retries == 2)

                async let delayed = waiting.claim()
                try await waiting.whenWaiting()
                let lease = LeaseReference(id: id, lockToken: second.lockToken)
                _ = try await other.change([JobChange(lease, .abort(delay: 300))])
                let third = try #require(try await delayed)
                #expect(third.job.retries == 3)

                async let released = waiting.claim()
                try await waiting.whenWaiting()
                try await other.release([third])
                #expect(try await released?.job.retries == 3)

                async let unique = waiting.claim()
                try await waiting.whenWaiting()
                _ = try await other.addUnique(NewJob(type: "mail", refID: "2", delay: 200))
                #expect(try await unique?.job.refID == "2")
            }
        }

        @Test("jobs that another instance adds wake a claim of several types")
        func severalTypes() async throws {
            let collection = try await TestCollection.shared()
            let other = collection.store()
            try await whileWaiting(collection.store()) { waiting in
                for type in ["mail", "print", "none"] {
                    var claim = Claim(type: "none", timeout: 60_000)
                    claim.alternatives = ["print", "mail"]
                    async let claimed = waiting.claim(
                        claim, ClaimWait(milliseconds: 60_000))
                    try await eventually { waiting.waitingCount == 3 }
                    let id = try await other.add(type: type).id

                    #expect(try await claimed.map(\.job.id) == [id])
                    #expect(waiting.waitingCount == 0)
                }
            }
        }

        @Test("jobs that failed and wait for a retry, and replayed ones, wake a claim")
        func outcomes() async throws {
            let collection = try await TestCollection.shared()
            let other = collection.store()
            try await whileWaiting(collection.store()) { waiting in
                let id = try await other.add().id
                let first = try #require(try await other.claim())
                async let failed = waiting.claim()
                try await waiting.whenWaiting()
                _ = try await other.fail(first, Failure(delay: 0))
                let second = try #require(try await failed)
                _ = try await other.fail(second, Failure(retry: false))

                async let replayed = waiting.claim()
                try await waiting.whenWaiting()
                _ = try await other.change(id, .replay(Replay()))
                let third = try #require(try await replayed)
                // It was given back before, and no start has taken note of that.
                _ = try await other.abort(id, third.lockToken)
                _ = try await other.change(id, .cancel)

                async let again = waiting.claim()
                try await waiting.whenWaiting()
                _ = try await other.change(id, .replay(Replay(delay: 200)))
                #expect(try await again?.job.retries == 4)
            }
        }

        @Test("a replayed job that was given back before wakes a claim too")
        func givenBackTwice() async throws {
            let collection = try await TestCollection.shared()
            let other = collection.store()
            let id = try await other.add(ttl: 300).id
            let lease = try #require(try await other.claim())
            _ = try await other.abort(id, lease.lockToken)
            try await Task.sleep(for: .milliseconds(400))
            try await whileWaiting(collection.store()) { waiting in
                // The look of this claim takes the expired job out of the claim index.
                async let replayed = waiting.claim()
                try await waiting.whenWaiting()
                try await collection.update([:], ["$set": ["returned": "mail"]])
                _ = try await other.change(id, .replay(Replay(ttl: 0)))
                #expect(try await replayed?.job.id == id)
            }
        }

        @Test("a lease that lapses without news is found, while claims take jobs by their ids")
        func unheard() async throws {
            let collection = try await TestCollection.shared()
            let other = collection.store()
            let id = try await other.add().id
            let lease = try #require(try await other.claim())
            try await whileWaiting(collection.store()) { waiting in
                async let first = waiting.claim()
                async let second = waiting.claim()
                try await eventually { waiting.waitingCount == 2 }
                // The line expects the lease to last. Shortening it is no news.
                try await Task.sleep(for: .seconds(1))
                _ = try await other.extend(id, timeout: 1, lease.lockToken)
                try await Task.sleep(for: .seconds(0.5))
                _ = try await waiting.add([NewJob(type: "mail", refID: "heard")])

                let found = try await [first, second].map { $0?.job.refID }
                #expect(Set(found) == ["1", "heard"])
            }
        }

        @Test("jobs of types without an earlier claim are not missed either")
        func newTypes() async throws {
            let collection = try await TestCollection.shared()
            let other = collection.store()
            try await whileWaiting(collection.store()) { waiting in
                for round in 0..<6 {
                    let type = "type \(round)"
                    async let claimed = waiting.claim(type: type)
                    try await waiting.whenWaiting()
                    try await other.add(type: type)
                    #expect(try await claimed?.job.type == type)
                }
            }
        }

        @Test("jobs that the older service adds wake a claim")
        func olderService() async throws {
            let collection = try await TestCollection.shared()
            try await whileWaiting(collection.store()) { waiting in
                for _ in 0..<2 {
                    async let claimed = waiting.claim()
                    try await waiting.whenWaiting()
                    try await collection.insert([NodeSample().document])
                    #expect(try await claimed != nil)
                }
            }
        }

        @Test("no claim of two instances sleeps, regardless of the instance that adds jobs")
        func twoInstances() async throws {
            let collection = try await TestCollection.shared()
            try await whileWaiting(collection.store()) { here in
                try await whileWaiting(collection.store()) { there in
                    for round in 0..<6 {
                        try await withThrowingTaskGroup(of: JobID?.self) { group in
                            let type = "round-\(round)"
                            group.addTask { try await here.claim(type: type)?.job.id }
                            try await here.whenWaiting()
                            group.addTask {
                                _ = try await (round % 2 == 0 ? here : there).add(
                                    (0..<7).map { NewJob(type: type, refID: "\($0)") })
                                return nil
                            }
                            for number in 0..<6 {
                                try await Task.sleep(for: .milliseconds(number % 3))
                                let instance = number % 2 == 0 ? here : there
                                group.addTask { try await instance.claim(type: type)?.job.id }
                            }
                            let served = try await group.reduce(into: Set<JobID>()) {
                                if let id = $1 { $0.insert(id) }
                            }
                            #expect(served.count == 7)
                        }
                    }
                }
            }
        }

        @Test("the change stream is reopened after the collection was dropped")
        func dropped() async throws {
            try await TestCollection.with { collection in
                let store = collection.store()
                try await store.prepare()
                try await whileWaiting(store) { waiting in
                    async let claimed = waiting.claim()
                    try await waiting.whenWaiting()
                    try await collection.run(["drop": .string(collection.name)], as: .write)
                    try await store.prepare()
                    try await store.add()
                    #expect(try await claimed != nil)
                }
            }
        }

        private func whileWaiting(
            _ store: MongoJobsPersistence,
            _ body: @escaping @Sendable (WaitingJobsPersistence) async throws -> Void
        ) async throws {
            let options = WaitingJobsPersistence.Options(
                probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))
            let waiting = WaitingJobsPersistence(store, news: store, options: options)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await waiting.followNews(logger: Logger(label: "waiting")) }
                defer { group.cancelAll() }
                try await body(waiting)
            }
        }
    }
}

extension WaitingJobsPersistence {
    fileprivate func claim(type: String = "mail") async throws -> StartedJob? {
        try await claim(
            Claim(type: type, timeout: 60_000, maxRetries: 10), ClaimWait(milliseconds: 30_000)
        ).first
    }

    fileprivate func whenWaiting() async throws {
        for _ in 0..<10_000 where waitingCount == 0 {
            try await Task.sleep(for: .milliseconds(1))
        }
        try #require(waitingCount == 1)
    }
}

import BSON
import Jobs
import Mongo
import Testing

@testable import JobsMongo

@Suite("ServerClock")
struct ServerClockTests {
    @Test("has no time before its first measurement")
    func unset() {
        let clock = ServerClock()
        #expect(clock.now() == nil)
        clock.set(Timestamp(milliseconds: 1000))
        #expect(clock.now() != nil)
        clock.forget()
        #expect(clock.now() == nil)
    }

    @Test("does not step back after a measurement that is slightly earlier")
    func smallStep() throws {
        let clock = ServerClock()
        clock.set(Timestamp(milliseconds: 1_000_000))
        let before = try #require(clock.now())
        clock.set(Timestamp(milliseconds: 999_500))

        #expect(try #require(clock.now()) >= before)
    }

    @Test("follows a server whose time is much earlier")
    func largeStep() throws {
        let clock = ServerClock()
        clock.set(Timestamp(milliseconds: 10_000_000))
        _ = clock.now()
        clock.set(Timestamp(milliseconds: 1_000_000))

        #expect(try #require(clock.now()) < Timestamp(milliseconds: 2_000_000))
    }

    @Test("is never later than the time of the server")
    func neverAhead() async throws {
        let clock = ServerClock()
        let start = Timestamp.now()
        clock.set(start)
        for _ in 0..<1000 {
            let told = try #require(clock.now())
            #expect(told <= Timestamp.now())
            #expect(told >= start)
        }
    }
}

extension MongoTests {
    @Suite("The time of creation", .sharedCollection)
    struct CreationTimeTests {
        private func serverTime(_ collection: TestCollection) async throws -> Timestamp {
            let hello = try await collection.run(["hello": 1], as: .plain)
            return Timestamp(milliseconds: try #require(hello["localTime"]?.date).milliseconds)
        }

        @Test("is that of the server, never later, and does not step back")
        func created() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            var last = Timestamp.min
            for round in 0..<60 {
                if round % 20 == 19 { store.collection.clock.forget() }
                let before = try await serverTime(collection)
                let created =
                    round % 2 == 0
                    ? try await store.add().created
                    : try await store.addUnique(NewJob(type: "mail", refID: "\(round)")).created
                let after = try await serverTime(collection)

                #expect(created <= after)
                // Earlier by the latency of the measurement at most.
                #expect(created >= before.advanced(by: -2000))
                #expect(created >= last)
                last = created
            }
        }

        @Test("lets a job be claimed as soon as it was added")
        func claimedAtOnce() async throws {
            let collection = try await TestCollection.shared()
            for _ in 0..<50 {
                // A new instance each time, which has just measured the time.
                let store = collection.store()
                let id = try await store.add().id
                #expect(try await store.claim()?.job.id == id)
            }
        }
    }
}

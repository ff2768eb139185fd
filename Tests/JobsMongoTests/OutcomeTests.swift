import BSON
import JSON
import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Outcomes", .sharedCollection)
    struct OutcomeTests {
        @Test("are reported once, however often the call is repeated")
        func events() async throws {
            let collection = try await TestCollection.shared()
            let events = RecordingObserver()
            let store = collection.store(observer: events)
            let id = try await store.add().id

            let first = try #require(try await store.claim())
            for _ in 0..<3 { _ = try await store.fail(first, Failure(delay: 0)) }
            #expect(events.take() == ["failed"])
            let failure = Failure(retry: false)
            let second = try #require(try await store.claim())
            let changes = [JobChange](
                repeating: JobChange(id, second.lockToken, .fail(failure)), count: 3)
            #expect(try await store.change(changes).compactMap { try $0.get()?.failed }.count == 3)
            #expect(events.take() == ["dead"])
            #expect(try await store.get(id)?.attempts.count == 2)

            let other = try await store.add().id
            async let one = store.change([JobChange(other, .cancel)])
            async let two = store.change([JobChange(other, .cancel), JobChange(other, .cancel)])
            _ = try await (one, two)
            #expect(events.take() == ["cancelled"])

            let released = try await store.add().id
            let third = try #require(try await store.claim())
            _ = try await store.change(released, .cancel)
            #expect(events.take() == [])
            try await store.release([third])
            #expect(events.take() == ["cancelled"])
        }

        @Test("of a unique job free its key, which a replay takes again unless it is taken")
        func keys() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let new = NewJob(type: "mail", refID: "1")
            let first = try await store.addUnique(new)
            _ = try await store.change(first.id, .cancel)
            let second = try await store.addUnique(new)
            #expect(second.id != first.id && second.isUnique)
            #expect(try await store.get(first.id)?.isUnique == true)

            #expect(
                try await store.change([JobChange(first.id, .replay(Replay()))])
                    == [.failure(.notReplayed(first.id, isKeyTaken: true))])
            #expect(try await store.get(first.id)?.cancelled != nil)

            _ = try await store.change(second.id, .cancel)
            #expect(try await store.change(first.id, .replay(Replay()))?.isUnique == true)
            #expect(try await store.addUnique(new).id == first.id)
            #expect(
                try await store.change([JobChange(second.id, .replay(Replay()))])
                    == [.failure(.notReplayed(second.id, isKeyTaken: true))])
        }

        @Test("let a replay take the key of a job that no longer needs it")
        func expiredKeys() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let new = NewJob(type: "mail", refID: "1")
            let first = try await store.addUnique(new)
            _ = try await store.change(first.id, .cancel)
            let expired = try await store.addUnique(NewJob(type: "mail", refID: "1", ttl: 1))
            try await Task.sleep(for: .milliseconds(20))

            #expect(try await store.change(first.id, .replay(Replay()))?.cancelled == nil)
            #expect(
                try await store.change([JobChange(expired.id, .replay(Replay(ttl: 0)))])
                    == [.failure(.notReplayed(expired.id, isKeyTaken: true))])
            _ = try await store.complete(first.id)
            #expect(
                try await store.change(expired.id, .replay(Replay(ttl: 0)))?.executeUntil == nil)
            #expect(try await store.addUnique(new).id == expired.id)
        }

        @Test("of one job with JSON are as if made one after the other")
        func sequences() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let (one, two) = (try JSONText("1"), try JSONText("2"))
            for others in [0, 3] {
                let ids = try await store.add(
                    (0...others).map { NewJob(type: "mail", refID: "\($0)") }
                )
                .map { try $0.get().id }
                var leases: [StartedJob] = []
                for id in ids {
                    leases.append(try #require(try await store.start(Start(id, timeout: 60_000))))
                }
                func all(_ acts: [Act]) -> [JobChange] {
                    acts.flatMap { act in leases.map { JobChange($0.job.id, $0.lockToken, act) } }
                }
                _ = try await store.change(
                    all([
                        .extend(timeout: 60_000, progress: one), .extend(timeout: 70_000),
                    ]))
                for id in ids { #expect(try await store.get(id)?.progress == one) }
                _ = try await store.change(all([.extend(timeout: 60_000, progress: two)]))
                for id in ids { #expect(try await store.get(id)?.progress == two) }
                _ = try await store.change(all([.complete, .complete(result: one)]))
                for id in ids {
                    let job = try #require(try await store.get(id))
                    #expect(job.completed != nil && job.result == nil)
                }
            }
        }
    }
}

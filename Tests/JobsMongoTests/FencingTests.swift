import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// Only the last lease of a job is valid, regardless of the service that created it.
    @Suite("Tokens together with an older service", .sharedCollection)
    struct FencingTests {
        /// The actions of the older service after it has taken a job over.
        enum Afterwards: CaseIterable {
            case goesOn, extends, aborts, completes

            func happens(_ service: NodeService, _ id: String) async throws {
                switch self {
                case .goesOn: break
                case .extends: try await service.extend(id, timeout: 90_000)
                case .aborts: try await service.abort(id)
                case .completes: try await service.complete(id)
                }
            }
        }

        @Test(
            "a token is lost when the older service has started the job",
            arguments: Afterwards.allCases)
        func tokenIsLost(afterwards: Afterwards) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            let token = try #require(try await store.claim(timeout: 0)).lockToken
            let older = NodeService(collection: collection)
            try #require(try await older.start("\(id)") != nil)
            try await afterwards.happens(older, "\(id)")
            let document = try await collection.document("\(id)")

            await #expect(throws: JobsError.lockLost(id)) {
                try await store.extend(id, timeout: 1, token)
            }
            await #expect(throws: JobsError.lockLost(id)) { try await store.abort(id, token) }
            await #expect(throws: JobsError.lockLost(id)) { try await store.complete(id, token) }
            #expect(try await collection.document("\(id)") == document)
        }

        @Test("a lease holder keeps a lease that the older service extends")
        func extended() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            let token = try #require(try await store.claim()).lockToken

            try await NodeService(collection: collection).extend("\(id)", timeout: 90_000)

            #expect(try await store.extend(id, timeout: 60_000, token) != nil)
            #expect(try await store.complete(id, token)?.completed != nil)
        }

        @Test("a lease that the older service ends is valid until the next start")
        func aborted() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            let token = try #require(try await store.claim()).lockToken

            try await NodeService(collection: collection).abort("\(id)")

            #expect(try await store.abort(id, token)?.started == nil)
            #expect(try await store.complete(id, token)?.completed != nil)
        }

        @Test("completing a job that the older service completed changes nothing")
        func completed() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            let token = try #require(try await store.claim()).lockToken
            try await NodeService(collection: collection).complete("\(id)")
            let completed = try await store.get(id)

            #expect(try await store.complete(id, token) == completed)
            #expect(completed?.completed != nil)
        }
    }
}

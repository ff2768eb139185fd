import Foundation
import Jobs
import JobsMongo
import Mongo
import MongoTestSupport
import Testing

/// Commands that the server carried out, but whose answers were lost.
@Suite("Lost answers")
struct LostAnswerTests {
    /// Lends a store that reaches its collection through a proxy, and one that reaches it directly.
    private func withStores(
        _ body: (MongoJobsPersistence, MongoJobsPersistence, LossyProxy) async throws -> Void
    ) async throws {
        try await TestCollection.with { collection in
            let uri = try #require(URLComponents(string: TestCollection.uri))
            let proxy = try LossyProxy(server: UInt16(try #require(uri.port)))
            defer { proxy.stop() }
            let client = try MongoClient(
                uri: MongoURI("mongodb://127.0.0.1:\(proxy.port)/?directConnection=true"),
                appName: "jobs-tests")
            let store = MongoJobsPersistence(
                client: client, database: collection.database, collection: collection.name)
            do {
                try await store.prepare()
                try await body(store, collection.store(), proxy)
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        }
    }

    @Test("a claim gets the job that its first attempt has started")
    func claims() async throws {
        try await withStores { store, direct, proxy in
            let count = 160
            _ = try await direct.add((0..<count).map { NewJob(type: "a", refID: "\($0)") })
            var started: [StartedJob] = []
            for _ in 0..<4 {
                // After many claims in a second, jobs are claimed by their ids.
                started += try await store.claim(Claim(type: "a", timeout: 600_000, limit: 39))
                proxy.loseReplies(to: "findAndModify", times: 1)
                started += try await store.claim(Claim(type: "a", timeout: 600_000))
                #expect(proxy.stillToLose == 0)
            }

            #expect(started.map(\.job.refID) == (0..<count).map(String.init))
            #expect(started.allSatisfy { $0.job.retries == 1 })
            let changed = try await direct.change(
                started.map { JobChange($0.job.id, $0.lockToken, .complete) })
            #expect(try changed.allSatisfy { try $0.get()?.completed != nil })
        }
    }

    @Test(
        "a change of a leased job has its result", arguments: [Act.complete, .extend(timeout: 9)])
    func changes(act: Act) async throws {
        try await withStores { store, direct, proxy in
            _ = try await direct.add([NewJob(type: "a", refID: "1")])
            let lease = try #require(
                try await store.claim(Claim(type: "a", timeout: 600_000)).first)
            proxy.loseReplies(to: "findAndModify", times: 1)

            let result = try await store.change(
                [JobChange(lease.job.id, lease.lockToken, act)]).first

            #expect(proxy.stillToLose == 0)
            let job = try #require(try await direct.get(lease.job.id))
            #expect(try result?.get()?.completed == job.completed)
            #expect((job.completed != nil) == (act == .complete))
            #expect(try result?.get()?.lockedUntil == job.lockedUntil)
        }
    }
}

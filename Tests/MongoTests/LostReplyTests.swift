import BSON
import Foundation
import Mongo
import MongoTestSupport
import Testing

/// Writes that the server carried out, but whose reply was lost.
@Suite struct LostReplyTests {
    /// Lends a client that reaches the server through a proxy.
    private func withProxy(
        options: [String] = [], _ body: (MongoClient, String, LossyProxy) async throws -> Void
    ) async throws {
        let uri = try #require(URLComponents(string: TestServer.uri()))
        let proxy = try LossyProxy(server: UInt16(try #require(uri.port)))
        defer { proxy.stop() }
        let proxied = (["directConnection=true"] + options).joined(separator: "&")
        try await TestServer.withClient(uri: "mongodb://127.0.0.1:\(proxy.port)/?\(proxied)") {
            try await body($0, $1, proxy)
        }
    }

    @Test("a write is retried after its reply was lost, and carried out once")
    func sentAgain() async throws {
        try await withProxy { client, database, proxy in
            proxy.loseReplies(to: "insert", times: 1)
            let inserted = try await client.run(.insert(1, 2), on: database, as: .retryableWrite)
            #expect(proxy.stillToLose == 0)

            proxy.loseReplies(to: "findAndModify", times: 1)
            let incremented = try await client.run(.increment(), on: database, as: .retryableWrite)
            #expect(proxy.stillToLose == 0)

            #expect(inserted["n"]?.integer == 2)
            #expect(incremented["value"]?.document?["c"]?.integer == 1)
        }
    }

    @Test("a write whose replies were all lost has an unknown outcome")
    func lostTwice() async throws {
        try await withProxy { client, database, proxy in
            proxy.loseReplies(to: "insert", times: 2)

            let error = await #expect(throws: MongoError.self) {
                try await client.run(.insert(1), on: database, as: .retryableWrite)
            }

            #expect(error?.kind == .unknownOutcome)
            let found = try await client.run(.find(), on: database, as: .read)
            #expect(found.batch.count == 1)
        }
    }

    @Test(
        "a write that must not be retried has an unknown outcome if its reply was lost",
        arguments: [("retryWrites=true", .write), ("retryWrites=false", .retryableWrite)]
            as [(String, MongoCommandKind)])
    func sentOnce(option: String, kind: MongoCommandKind) async throws {
        try await withProxy(options: [option]) { client, database, proxy in
            proxy.loseReplies(to: "insert", times: 1)

            let error = await #expect(throws: MongoError.self) {
                try await client.run(.insert(1), on: database, as: kind)
            }

            #expect(error?.kind == .unknownOutcome)
        }
    }

    @Test("a read is retried, and one without a reply changed nothing")
    func reads() async throws {
        try await withProxy { client, database, proxy in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)

            proxy.loseReplies(to: "find", times: 1)
            let found = try await client.run(.find(), on: database, as: .read)
            proxy.loseReplies(to: "find", times: 2)
            let error = await #expect(throws: MongoError.self) {
                try await client.run(.find(), on: database, as: .read)
            }

            #expect(found.batch.count == 1)
            #expect(error?.kind == .unreachable)
        }
    }

    @Test("a lost batch of a cursor is an error, and is not skipped")
    func lostBatch() async throws {
        try await withProxy { client, database, proxy in
            _ = try await client.run(.insert(1, 2, 3), on: database, as: .retryableWrite)
            proxy.loseReplies(to: "getMore", times: 1)

            let error = await #expect(throws: MongoError.self) {
                try await client.collect(.find(batchSize: 1), on: database)
            }

            #expect(error?.kind == .unreachable)
        }
    }
}

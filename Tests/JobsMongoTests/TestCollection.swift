import BSON
import Foundation
import Mongo
import Testing

@testable import JobsMongo

/// A separate collection in the MongoDB of the tests, which tests can read and write directly.
struct TestCollection: Sendable {
    let client: MongoClient
    let database: String
    let name: String

    @TaskLocal static var current: TestCollection?
}

extension TestCollection {
    /// Lends a collection that does not exist yet, and drops it in any case. It uses the client of
    /// the shared collection of the suite if there is one.
    static func with<Result>(
        database: String = "jobs_tests", _ body: (TestCollection) async throws -> Result
    ) async throws -> Result {
        let client =
            try current?.client ?? MongoClient(uri: MongoURI(uri), appName: "jobs-tests")
        let collection = TestCollection(
            client: client, database: database, name: "jobs_\(UUID().uuidString)")
        do {
            let result = try await body(collection)
            await collection.end()
            return result
        } catch {
            await collection.end()
            throw error
        }
    }

    /// The collection of the suite, empty, without records and with its indexes; see
    /// ``SharedCollection``.
    static func shared() async throws -> TestCollection {
        let collection = try #require(current, "the suite has no shared collection")
        for name in [collection.name, "\(collection.name)_records"] {
            try await collection.run(["delete": .string(name), "deletes": [all]], as: .write)
        }
        try #require(try await collection.documents().isEmpty)
        return collection
    }

    private static let all: BSONLiteral = ["q": [:], "limit": 0]

    /// The URI of the MongoDB of the tests.
    static var uri: String {
        get throws {
            try #require(
                ProcessInfo.processInfo.environment["MONGO_SERVICE_URI"],
                "MONGO_SERVICE_URI names the MongoDB that the tests use; scripts/test starts one")
        }
    }

    private func end() async {
        // A failure here leaves only a separate database behind.
        _ = try? await run(["drop": .string(name)], as: .write)
        _ = try? await run(["drop": .string("\(name)_records")], as: .write)
        if Self.current == nil { await client.shutdown() }
    }

    /// A new instance of the store on this collection.
    func store() -> MongoJobsPersistence {
        MongoJobsPersistence(client: client, database: database, collection: name)
    }
}

extension TestCollection {
    @discardableResult
    func run(_ command: BSONLiteral, as kind: MongoCommandKind) async throws -> BSONDocument {
        try await client.run(BSONDocument(command), on: database, as: kind)
    }

    func insert(_ documents: [BSONLiteral]) async throws {
        try await run(["insert": .string(name), "documents": .array(documents)], as: .write)
    }

    /// The documents as they are stored.
    func documents(_ query: BSONLiteral = [:]) async throws -> [BSONDocument] {
        let find: BSONLiteral = ["find": .string(name), "filter": query, "sort": ["_id": 1]]
        return try await client.collect(BSONDocument(find), on: database).flatMap { reply in
            let cursor = reply["cursor"]?.document
            let batch = (cursor?["firstBatch"] ?? cursor?["nextBatch"])?.array
            return batch?.compactMap(\.document) ?? []
        }
    }

    func document(_ id: String) async throws -> BSONDocument? {
        try await documents(["_id": .string(id)]).first
    }

    /// Changes all documents that match the query.
    func update(_ query: BSONLiteral, _ update: BSONLiteral) async throws {
        let statement: BSONLiteral = ["q": query, "u": update, "multi": true]
        try await run(["update": .string(name), "updates": [statement]], as: .write)
    }
}

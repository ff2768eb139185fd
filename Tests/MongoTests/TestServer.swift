import BSON
import Foundation
import Mongo

/// The MongoDB server for the test run; without one the tests fail.
enum TestServer {
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "MONGO_SERVICE_URI must name a MongoDB, as `scripts/mongo with 1 swift test` sets it"
        }
    }

    static func uri() throws -> String {
        guard let uri = ProcessInfo.processInfo.environment["MONGO_SERVICE_URI"], !uri.isEmpty
        else {
            throw Missing()
        }
        return uri
    }

    /// Lends a client and a new database, which is dropped at the end.
    /// - Parameter options: further options of the URI, `name=value`.
    static func withClient(
        uri: String? = nil, options: [String] = [], queueLimit: Int = 1024,
        _ body: (MongoClient, String) async throws -> Void
    ) async throws {
        let base = try uri ?? Self.uri()
        let text = options.reduce(base) { $0 + ($0.contains("?") ? "&" : "/?") + $1 }
        let client = try MongoClient(
            uri: MongoURI(text), appName: "test", queueLimit: queueLimit)
        let database = "mongo_test_\(UUID().uuidString)"
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(client, database)) } catch {
            outcome = .failure(error)
        }
        _ = try? await client.run(
            BSONDocument { $0.append("dropDatabase", 1) }, on: database, as: .write)
        await client.shutdown()
        try outcome.get()
    }
}

extension BSONDocument {
    static var ping: BSONDocument { BSONDocument { $0.append("ping", 1) } }

    static func insert(_ ids: Int..., into collection: String = "things", ordered: Bool = true)
        -> BSONDocument
    {
        BSONDocument {
            $0.append("insert", collection)
            $0.array("documents") { for id in ids { $0.appendDocument(id) } }
            $0.append("ordered", ordered)
        }
    }

    static func find(in collection: String = "things", batchSize: Int = 101) -> BSONDocument {
        BSONDocument {
            $0.append("find", collection)
            $0.document("sort") { $0.append("_id", 1) }
            $0.append("batchSize", batchSize)
        }
    }

    /// Increments the counter `c` of document 0, which it creates.
    static func increment() -> BSONDocument {
        BSONDocument {
            $0.append("findAndModify", "things")
            $0.document("query") { $0.append("_id", 0) }
            $0.document("update") { $0.document("$inc") { $0.append("c", 1) } }
            $0.append("upsert", true)
            $0.append("new", true)
        }
    }

    /// The documents in a cursor's reply.
    var batch: [BSONDocument] {
        let cursor = self["cursor"]?.document
        let batch = (cursor?["firstBatch"] ?? cursor?["nextBatch"])?.array
        return batch.map { $0.compactMap(\.document) } ?? []
    }
}

extension BSONArrayBuilder {
    fileprivate mutating func appendDocument(_ id: Int) {
        document { $0.append("_id", id) }
    }
}

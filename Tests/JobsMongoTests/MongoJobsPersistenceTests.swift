import Foundation
import Jobs
import JobsMongo
import JobsPersistenceSuite
import Mongo
import Testing

// One claim after the other: leases of less than a second are to be kept in the server's own time.
@Suite("MongoJobsPersistence", .serialized)
struct MongoJobsPersistenceTests {
    @Test("as every store", arguments: PersistenceClaim.all)
    func asEveryStore(_ claim: PersistenceClaim) async throws {
        try await withStores(3) { stores in
            let store = StoreUnderTest(instances: stores) { milliseconds in
                // The server's time cannot be moved.
                try await Task.sleep(for: .milliseconds(milliseconds))
            }
            try await claim.check(store)
        }
    }
}

/// Lends so many instances of the store on one empty collection, which is removed afterwards.
func withStores(
    _ count: Int, _ body: ([MongoJobsPersistence]) async throws -> Void
) async throws {
    let uri = try #require(
        ProcessInfo.processInfo.environment["MONGO_SERVICE_URI"],
        "MONGO_SERVICE_URI names the MongoDB that the tests use; scripts/test starts one")
    let client = try MongoClient(uri: MongoURI(uri), appName: "jobs-tests")
    let collection = "jobs_\(UUID().uuidString)"
    let stores = (0..<count).map { _ in
        MongoJobsPersistence(client: client, database: "jobs_tests", collection: collection)
    }
    do {
        for store in stores { try await store.prepare() }
        try await body(stores)
    } catch {
        await drop(collection, client)
        throw error
    }
    await drop(collection, client)
}

private func drop(_ collection: String, _ client: MongoClient) async {
    let drop = BSONDocument { $0.append("drop", collection) }
    // What is left behind by a failure here is in a database of its own.
    _ = try? await client.run(drop, on: "jobs_tests", as: .write)
    await client.shutdown()
}

import BSON
import Foundation
import Mongo
import Testing

/// `jobs migrate` as operators run it. The tests of the store cover the migration of each document.
@Suite(.timeLimit(.minutes(2))) struct MigrateProgramTests {
    /// Lends a collection that the older service in Dart has written.
    private func withCollection(
        _ documents: [BSONDocument], _ body: (DartCollection) async throws -> Void
    ) async throws {
        let uri = try #require(
            ProcessInfo.processInfo.environment["MONGO_SERVICE_URI"],
            "MONGO_SERVICE_URI names the MongoDB that the tests use; scripts/test starts one")
        let collection = DartCollection(
            client: try MongoClient(uri: MongoURI(uri), appName: "jobs-tests"), uri: uri)
        do {
            try await collection.insert(documents)
            try await body(collection)
        } catch {
            await collection.drop()
            throw error
        }
        await collection.drop()
    }

    private func migrate(
        _ environment: [String: String], _ arguments: String...
    ) async throws -> (status: Int32, output: [String], error: [String]) {
        let all = ["migrate", "-c", Project.configFile] + arguments
        return try await RunningProgram.with(all, environment: environment) { program in
            let status = try await program.waitForExit()
            return (status, program.output.logged, program.error.logged)
        }
    }

    private func job(_ id: String, created: String = "2026-06-08T10:00:00.123456Z") -> BSONDocument
    {
        BSONDocument { document in
            document.append("_id", id)
            document.append("type", "mail")
            document.append("created", created)
        }
    }

    @Test("it counts, migrates, and finds nothing to migrate afterwards")
    func migrates() async throws {
        try await withCollection([job("1"), job("2")]) { collection in
            let (name, environment) = (collection.fullName, collection.environment)

            let dry = try await migrate(environment, "--dry-run")
            let before = try await collection.dates()
            let first = try await migrate(environment)
            let after = try await collection.dates()
            let again = try await migrate(environment)

            #expect(dry.status == 0 && first.status == 0 && again.status == 0)
            #expect(dry.error == [] && first.error == [] && again.error == [])
            #expect(
                dry.output == [
                    "jobs:INFO Looking at \(name)",
                    "jobs:INFO \(name): 2 jobs are to be migrated",
                ])
            #expect(before == [nil, nil])
            #expect(
                first.output == [
                    "jobs:INFO Migrating \(name)", "jobs:INFO \(name): 2 jobs migrated",
                ])
            #expect(after == [1_780_912_800_123, 1_780_912_800_123])
            #expect(again.output.last == "jobs:INFO \(name): 0 jobs migrated")
        }
    }

    @Test("it lists the documents that it cannot read, and its exit code is 1")
    func odd() async throws {
        try await withCollection([job("1"), job("2", created: "yesterday")]) { collection in
            let (status, output, error) = try await migrate(collection.environment)
            let dates = try await collection.dates()

            #expect(status == 1)
            #expect(output.last == "jobs:INFO \(collection.fullName): 1 jobs migrated")
            #expect(
                error == [
                    "jobs:ERROR \(collection.fullName): "
                        + "1 documents cannot be understood, and were left alone",
                    "jobs:ERROR \(collection.fullName): 2: created is not a date",
                ])
            #expect(dates == [1_780_912_800_123, nil])
        }
    }

    @Test("it logs its progress")
    func progress() async throws {
        let documents = (0..<10_500).map { job("\($0)") }
        try await withCollection(documents) { collection in
            let (status, output, _) = try await migrate(collection.environment)

            #expect(status == 0)
            #expect(output.count { $0.hasSuffix("jobs so far") } == 1)
            #expect(output.last == "jobs:INFO \(collection.fullName): 10500 jobs migrated")
        }
    }

    @Test("a configuration without a component for MongoDB is an error")
    func noComponent() async throws {
        let (status, output, error) = try await migrate([:])

        #expect(status == 1)
        #expect(output == [])
        #expect(
            error == [
                "jobs:FATAL Failed to migrate: \(Project.configFile): has no component for MongoDB; "
                    + "with the default file, set MONGO_ENABLED (BAD_CONFIG)"
            ])
    }

    @Test("an unavailable database is a failure")
    func away() async throws {
        let uri = "mongodb://127.0.0.1:\(try freePort())/?serverSelectionTimeoutMS=200"
        let (status, _, error) = try await migrate(["MONGO_ENABLED": "1", "MONGO_SERVICE_URI": uri])

        #expect(status == 1)
        #expect(error.last?.hasPrefix("jobs:FATAL Failed to migrate: ") == true)
    }
}

private struct DartCollection {
    let client: MongoClient
    let uri: String
    let name = "jobs_\(UUID().uuidString)"

    /// The database of a URI that names none.
    private static let database = "test"

    var fullName: String { "\(Self.database).\(name)" }

    var environment: [String: String] {
        ["MONGO_ENABLED": "1", "MONGO_SERVICE_URI": uri, "MONGO_COLLECTION": name]
    }

    func insert(_ documents: [BSONDocument]) async throws {
        let insert = BSONDocument { command in
            command.append("insert", name)
            command.array("documents") { array in
                for document in documents { array.append(document) }
            }
        }
        _ = try await client.run(insert, on: Self.database, as: .write)
    }

    /// The creation of each job in milliseconds, ordered by id; `nil` if it is not a date.
    func dates() async throws -> [Int64?] {
        let find = BSONDocument { command in
            command.append("find", name)
            command.document("sort") { $0.append("_id", 1) }
        }
        let replies = try await client.collect(find, on: Self.database)
        let jobs = replies.first?["cursor"]?.document?["firstBatch"]?.array
        return jobs?.map { $0.document?["created"]?.date?.milliseconds } ?? []
    }

    func drop() async {
        let drop = BSONDocument { $0.append("drop", name) }
        // A failure here leaves only a separate collection behind.
        _ = try? await client.run(drop, on: Self.database, as: .write)
        await client.shutdown()
    }
}

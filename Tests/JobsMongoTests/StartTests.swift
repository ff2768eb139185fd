import Jobs
import Logging
import Mongo
import MongoTestSupport
import Synchronization
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Start")
    struct StartTests {
        /// Starts a store on a separate client, and records the log.
        private func start(
            uri: String, collection: String, timeout: Duration = .seconds(30)
        ) async throws -> (client: MongoClient, store: MongoJobsPersistence, log: [String]) {
            let lines = LogLines()
            let uri = try MongoURI(uri)
            let client = try MongoClient(uri: uri, appName: "jobs-tests")
            let store = try await MongoJobsPersistence.start(
                on: client, uri: uri, database: "jobs_tests", collection: collection,
                maxPageSize: 2, timeout: timeout, logger: Logger(label: "test") { _ in lines })
            return (client, store, lines.all)
        }

        @Test("creates a store that is ready for use")
        func ready() async throws {
            try await TestCollection.with { collection in
                let (client, store, log) = try await start(
                    uri: TestCollection.uri, collection: collection.name)
                for _ in 0..<3 { try await store.add() }

                #expect(try await store.claim() != nil)
                #expect(try await store.list().count == 2)
                #expect(log == [])
                await client.shutdown()
            }
        }

        @Test("warns about documents that have to be migrated")
        func textDates() async throws {
            try await TestCollection.with { collection in
                try await collection.insert(
                    NodeSamples().documents + DartSamples().all.map(\.document))

                let (client, _, log) = try await start(
                    uri: TestCollection.uri, collection: collection.name)

                #expect(log.count == 1)
                #expect(log.first?.contains("jobsctl migrate") == true)
                await client.shutdown()
            }
        }

        @Test(
            "waits for a primary of the replica set, however the server is named",
            arguments: ["replicaSet", "a member", "a member directly"])
        func noPrimaryYet(_ name: String) async throws {
            try await ReplicaSet.with(nodes: 1) { set in
                let address = set.uri.prefix { $0 != "?" }
                let uri =
                    switch name {
                    case "replicaSet": set.uri
                    case "a member": String(address)
                    default: "\(address)?directConnection=true"
                    }
                try await set.order("step-down", "4")

                let (client, store, log) = try await start(uri: uri, collection: "jobs")
                try await store.add()

                #expect(log.first?.contains("not available yet") == true)
                #expect(try await store.claim() != nil)
                await client.shutdown()
            }
        }

        @Test("fails within its timeout without a database, and hides the password")
        func away() async throws {
            let uri = "mongodb://joe:secret@127.0.0.1:\(try ClosedPort.any())/"
            let start = ContinuousClock.now

            let error = await #expect(throws: MongoStartError.self) {
                try await self.start(uri: uri, collection: "jobs", timeout: .milliseconds(300))
            }

            #expect(start.duration(to: .now) < .seconds(10))
            #expect(error?.description.hasPrefix("Connection to mongodb failed: ") == true)
            #expect(error?.description.contains("secret") == false)
        }
    }
}

/// Records the logged messages.
private final class LogLines: LogHandler {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message)") }
    }
}

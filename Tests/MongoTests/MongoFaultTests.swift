import BSON
import Mongo
import Synchronization
import Testing

/// Failures that need no damage to a server.
@Suite struct MongoFaultTests {
    static let nowhere = "mongodb://user:secret@127.0.0.1:1/?serverSelectionTimeoutMS=300"

    @Test(
        "an unreachable server is reported within the timeout, and nothing was done",
        arguments: [.plain, .read, .write, .retryableWrite] as [MongoCommandKind])
    func unreachable(kind: MongoCommandKind) async throws {
        try await TestServer.withClient(uri: Self.nowhere) { client, database in
            let clock = ContinuousClock()
            let start = clock.now

            let error = await #expect(throws: MongoError.self) {
                try await client.run(.ping, on: database, as: kind)
            }

            #expect(error?.kind == .unreachable)
            #expect(start.duration(to: clock.now) < .seconds(10))
            #expect(error.map { "\($0)".contains("secret") } == false)
        }
    }

    @Test("a cursor on an unreachable server fails alike")
    func unreachableCursor() async throws {
        try await TestServer.withClient(uri: Self.nowhere) { client, database in
            let error = await #expect(throws: MongoError.self) {
                try await client.collect(.find(), on: database)
            }

            #expect(error?.kind == .unreachable)
        }
    }

    @Test("a wrong password is reported as such, and not quoted")
    func wrongPassword() async throws {
        let uri = try TestServer.uri().replacing("mongodb://", with: "mongodb://user:secret@")
        try await TestServer.withClient(uri: uri, options: ["authSource=admin"]) {
            client, database in
            let error = await #expect(throws: MongoError.self) {
                try await client.run(.ping, on: database, as: .plain)
            }

            #expect(error?.kind == .notAuthenticated)
            #expect(error.map { "\($0)".contains("secret") } == false)
        }
    }

    @Test("messages of libmongoc go to the log")
    func log() throws {
        let seen = Mutex<[String]>([])
        MongoLog.send(to: { level, _, message in
            if level == .warning { seen.withLock { $0.append(message) } }
        })

        _ = try MongoClient(uri: MongoURI("mongodb://h/?noSuchOption=1"), appName: "test")

        #expect(seen.withLock { $0.contains { $0.contains("nosuchoption") } })
    }

    @Test(
        "a URI that libmongoc refuses is reported as such, without its secrets",
        arguments: [
            "mongodb://user:secret%zz@h/", "mongodb://h:99999/", "mongodb://h/?w=0",
            "mongodb://h/?maxPoolSize=0", "mongodb://h/?maxPoolSize=many",
            "mongodb://h/?authMechanismProperties=secret&authMechanism=nonsense",
            "mongodb://user:secret@h,/", "mongodb://user:secret@h/a.b/c",
        ])
    func badURI(text: String) throws {
        let error = try #require(throws: MongoError.self) {
            try MongoClient(uri: MongoURI(text), appName: "test")
        }

        #expect(error.kind == .badURI)
        #expect(!error.message.isEmpty && !"\(error)".contains("secret"))
    }
}

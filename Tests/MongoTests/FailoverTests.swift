import BSON
import Mongo
import MongoTestSupport
import Synchronization
import Testing

private final class Flag: Sendable {
    let value = Atomic(false)
}

/// What happens to commands while a replica set loses its primary.
@Suite(.serialized) struct FailoverTests {
    /// Increments a counter from several tasks while `event` happens, and for some time after.
    /// Returns the number of successful increments, and the value of the counter.
    private func count(
        _ client: MongoClient, _ database: String,
        during event: @escaping @Sendable () async throws -> Void
    ) async throws -> (answered: Int, stored: Int64?) {
        let isOver = Flag()
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var answered = 0
                    var left = 20
                    while left > 0 {
                        if isOver.value.load(ordering: .relaxed) { left -= 1 }
                        _ = try await client.run(.increment(), on: database, as: .retryableWrite)
                        answered += 1
                    }
                    return answered
                }
            }
            group.addTask {
                defer { isOver.value.store(true, ordering: .relaxed) }
                try await event()
                return 0
            }
            return try await group.reduce(0, +)
        }
        let found = try await client.run(.find(), on: database, as: .read)
        return (answered, found.batch.first?["c"]?.integer)
    }

    @Test("each increment is answered and counted once across a step-down of the primary")
    func stepDown() async throws {
        try await ReplicaSet.with(nodes: 3) { set in
            try await TestServer.withClient(uri: set.uri) { client, database in
                _ = try await client.run(.increment(), on: database, as: .retryableWrite)

                let before = try await set.order("primary")

                let (answered, stored) = try await count(client, database) {
                    try await set.order("step-down")
                    try await set.order("primary")
                }

                #expect(stored == Int64(answered + 1))
                #expect(try await set.order("primary") != before)
            }
        }
    }

    @Test("each increment is answered and counted once when the primary is killed")
    func killedPrimary() async throws {
        try await ReplicaSet.with(nodes: 3) { set in
            try await TestServer.withClient(uri: set.uri) { client, database in
                _ = try await client.run(.increment(), on: database, as: .retryableWrite)

                let (answered, stored) = try await count(client, database) {
                    try await set.order("kill", "primary")
                    try await set.order("primary")
                }

                #expect(stored == Int64(answered + 1))
            }
        }
    }

    @Test("a write without a primary is refused as such, and succeeds with the next one")
    func alonePrimary() async throws {
        try await ReplicaSet.with(nodes: 1) { set in
            let options = ["serverSelectionTimeoutMS=500", "heartbeatFrequencyMS=500"]
            try await TestServer.withClient(uri: set.uri, options: options) {
                client, database in
                _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
                try await set.order("step-down", "3")

                let error = await #expect(throws: MongoError.self) {
                    try await client.run(.insert(2), on: database, as: .retryableWrite)
                }
                try await set.order("primary")  // waits for a new primary
                var found: [BSONDocument] = []
                for attempt in 1...20 where found.isEmpty {
                    do {
                        found = try await client.run(.find(), on: database, as: .read).batch
                    } catch let failure as MongoError {
                        // The client may learn of its primary half a second late.
                        guard attempt < 20, failure.kind == .unreachable else { throw failure }
                    }
                }

                #expect([.unreachable, .notPrimary].contains(error?.kind))
                #expect(found.count == 1)
            }
        }
    }

    @Test("a hanging server is reported within the timeout, with an unknown write outcome")
    func frozen() async throws {
        try await ReplicaSet.with(nodes: 1) { set in
            let options = [
                "socketTimeoutMS=500", "serverSelectionTimeoutMS=1000", "connectTimeoutMS=500",
            ]
            try await TestServer.withClient(
                uri: set.uri, options: options
            ) {
                client, database in
                _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
                let clock = ContinuousClock()

                try await set.order("freeze", "0")
                let start = clock.now
                let error = await #expect(throws: MongoError.self) {
                    try await client.run(.insert(2), on: database, as: .retryableWrite)
                }
                let elapsed = start.duration(to: clock.now)
                try await set.order("thaw", "0")

                #expect(error?.kind == .unknownOutcome)
                #expect(elapsed < .seconds(10))
            }
        }
    }

    @Test("a standalone accepts all kinds of commands, without retryable writes")
    func standalone() async throws {
        try await ReplicaSet.with(nodes: 0) { server in
            try await TestServer.withClient(uri: server.uri) { client, database in
                for id in 1...3 {
                    _ = try await client.run(.insert(id), on: database, as: .retryableWrite)
                }
                _ = try await client.run(.insert(4), on: database, as: .write)
                let found = try await client.collect(.find(batchSize: 2), on: database)

                #expect(found.flatMap(\.batch).count == 4)
            }
        }
    }
}

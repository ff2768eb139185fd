import BSON
import Mongo
import SeededRandom
import Synchronization
import Testing

@Suite struct ReadingTests {
    @Test("a read whose caller leaves ends at its server", arguments: [false, true])
    func left(isCount: Bool) async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            let reading = Task {
                try await client.read(.slow(counting: isCount), on: database) { _ in true }
            }
            try await wait(for: 1, client, database)

            let start = ContinuousClock.now
            reading.cancel()

            await #expect(throws: CancellationError.self) { try await reading.value }
            try await wait(for: 0, client, database)
            // It would have lasted 20 s.
            #expect(start.duration(to: .now) < .seconds(15))
        }
    }

    @Test("a cursor whose caller leaves is closed, and its session serves the next read")
    func leftCursor() async throws {
        try await TestServer.withClient { client, database in
            for id in 0..<10 {
                _ = try await client.run(.insert(id), on: database, as: .retryableWrite)
            }
            for _ in 0..<20 {
                let (replies, reply) = AsyncStream.makeStream(of: Void.self)
                let reading = Task {
                    try await client.read(.find(batchSize: 1), on: database) { _ in
                        reply.yield()
                        return true
                    }
                }
                for await _ in replies { break }
                reading.cancel()
                // It may have come to its end before.
                try? await reading.value
            }
            let count = Mutex(0)
            try await client.read(.find(batchSize: 3), on: database) { reply in
                count.withLock { $0 += reply.batch.count }
                return true
            }

            #expect(count.withLock { $0 } == 10)
        }
    }

    @Test("reads whose callers leave end no reads of others")
    func others() async throws {
        try await TestServer.withClient { client, database in
            for id in 0..<20 {
                _ = try await client.run(.insert(id), on: database, as: .retryableWrite)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seed in 0..<UInt64(3) {
                    group.addTask {
                        var random = SplitMix64(seed: seed)
                        for _ in 0..<100 {
                            let reading = Task {
                                try await client.read(.find(batchSize: 2), on: database) { _ in true
                                }
                            }
                            try await Task.sleep(
                                for: .microseconds(.random(in: 0...3000, using: &random)))
                            reading.cancel()
                            try? await reading.value
                        }
                    }
                    group.addTask {
                        for _ in 0..<200 {
                            let found = Mutex(0)
                            try await client.read(.find(batchSize: 3), on: database) { reply in
                                found.withLock { $0 += reply.batch.count }
                                return true
                            }
                            #expect(found.withLock { $0 } == 20)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("reads that take long leave the connections of other commands free")
    func apart() async throws {
        try await TestServer.withClient(options: ["maxPoolSize=1"]) { client, database in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            let readers = (0..<2 * MongoClient.maximumReaders).map { _ in
                Task { try await client.read(.slow(), on: database) { _ in true } }
            }
            try await wait(for: MongoClient.maximumReaders, client, database)

            let start = ContinuousClock.now
            _ = try await client.run(.insert(2), on: database, as: .retryableWrite)
            let time = start.duration(to: .now)

            for reader in readers { reader.cancel() }
            for reader in readers {
                await #expect(throws: CancellationError.self) { try await reader.value }
            }
            // The slow reads last 20 s.
            #expect(time < .seconds(10))
            try await wait(for: 0, client, database)
        }
    }

    /// Waits until the server runs so many slow reads of a database.
    private func wait(for count: Int, _ client: MongoClient, _ database: String) async throws {
        let end = ContinuousClock.now + .seconds(15)
        var found = -1
        repeat {
            let running = BSONDocument { command in
                command.append("currentOp", 1)
                command.append("ns", "\(database).things")
                command.append("active", true)
            }
            let reply = try await client.run(running, on: "admin", as: .plain)
            found = reply["inprog"]?.array?.reduce(0) { count, _ in count + 1 } ?? -1
            if found == count { return }
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < end
        Issue.record("The server runs \(found) reads instead of \(count)")
    }
}

extension BSONDocument {
    /// A command that takes 20 s for each document.
    fileprivate static func slow(counting isCount: Bool = false) -> BSONDocument {
        BSONDocument { command in
            if isCount {
                command.append("count", "things")
            } else {
                command.append("find", "things")
            }
            command.document(isCount ? "query" : "filter") {
                $0.append("$where", "sleep(20000) || true")
            }
            command.append("maxTimeMS", 25_000)
        }
    }
}

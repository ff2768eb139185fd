import BSON
import Mongo
import Synchronization
import Testing

@Suite struct MongoClientTests {
    @Test("an inserted document is found")
    func commands() async throws {
        try await TestServer.withClient { client, database in
            let inserted = try await client.run(
                .insert(1, 2, 3), on: database, as: .retryableWrite)
            let found = try await client.run(.find(), on: database, as: .read)

            #expect(inserted["n"]?.integer == 3)
            #expect(found.batch.compactMap { $0["_id"]?.int64 } == [1, 2, 3])
        }
    }

    @Test("a duplicate key error names its index, however it was written")
    func duplicateKey() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            let expected = MongoError.Kind.duplicateKey(.init(index: "_id_", fields: ["_id"]))

            let byInsert = await #expect(throws: MongoError.self) {
                try await client.run(.insert(1), on: database, as: .retryableWrite)
            }
            let byFindAndModify = await #expect(throws: MongoError.self) {
                let upsert = BSONDocument {
                    $0.append("findAndModify", "things")
                    $0.document("query") {
                        $0.append("_id", 1)
                        $0.append("x", 1)
                    }
                    $0.document("update") { $0.document("$set") { $0.append("y", 1) } }
                    $0.append("upsert", true)
                }
                _ = try await client.run(upsert, on: database, as: .retryableWrite)
            }

            #expect(byInsert?.kind == expected && byInsert?.code == 11000)
            #expect(byFindAndModify?.kind == expected && byFindAndModify?.code == 11000)
        }
    }

    @Test("a write of several statements reports the failed ones, and the others took effect")
    func writeErrors() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(2), on: database, as: .retryableWrite)

            let error = await #expect(throws: MongoError.self) {
                try await client.run(
                    .insert(1, 2, 3, 2, ordered: false), on: database, as: .retryableWrite)
            }

            #expect(error?.writeErrors.map(\.index) == [1, 3])
            #expect(error?.reply?["n"]?.integer == 2)
            let found = try await client.run(.find(), on: database, as: .read)
            #expect(found.batch.compactMap { $0["_id"]?.int64 } == [1, 2, 3])
        }
    }

    @Test("a write without majority acknowledgement has an unknown outcome")
    func writeConcernError() async throws {
        try await TestServer.withClient(options: ["w=2", "wTimeoutMS=100"]) { client, database in
            let error = await #expect(throws: MongoError.self) {
                try await client.run(.insert(1), on: database, as: .retryableWrite)
            }

            #expect(error?.kind == .unknownOutcome)
            #expect(error?.reply?["n"]?.integer == 1)
        }
    }

    @Test("the server's error has its code and its message")
    func refusal() async throws {
        try await TestServer.withClient { client, database in
            let error = await #expect(throws: MongoError.self) {
                try await client.run(
                    BSONDocument { $0.append("nonsense", 1) }, on: database, as: .plain)
            }

            #expect(error?.kind == .other && error?.code == 59)
            #expect(error?.message.contains("nonsense") == true)
        }
    }

    @Test("a read that exceeds its maxTimeMS is reported as such")
    func timedOut() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            let slow = BSONDocument {
                $0.append("find", "things")
                $0.document("filter") { $0.append("$where", "sleep(10000) || true") }
                $0.append("maxTimeMS", 50)
            }

            let error = await #expect(throws: MongoError.self) {
                try await client.run(slow, on: database, as: .read)
            }

            #expect(error?.kind == .timedOut)
        }
    }

    @Test("a cursor is read to its end while other commands run")
    func cursors() async throws {
        try await TestServer.withClient { client, database in
            let ids = Array(0..<50)
            for id in ids {
                _ = try await client.run(.insert(id), on: database, as: .retryableWrite)
            }

            try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await client.collect(.find(batchSize: 3), on: database)
                            .flatMap(\.batch).compactMap { $0["_id"]?.int64 }
                    }
                }
                for try await found in group { #expect(found == ids.map(Int64.init)) }
            }
        }
    }

    @Test("a change stream reports inserts until its reader stops")
    func changeStream() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(
                BSONDocument { $0.append("create", "things") }, on: database, as: .write)
            let watch = BSONDocument {
                $0.append("aggregate", "things")
                $0.array("pipeline") { $0.document { $0.document("$changeStream") { _ in } } }
                $0.document("cursor") { _ in }
            }
            let seen = Mutex<[Int64]>([])

            async let following: Void = client.follow(watch, on: database, awaiting: 50) { reply in
                let ids = reply.batch.compactMap {
                    $0["documentKey"]?.document?["_id"]?.int64
                }
                return seen.withLock {
                    $0 += ids
                    return !$0.contains(99)
                }
            }
            // The stream may open before or after the first of these, so insert until one is seen.
            var id = 0
            while seen.withLock({ $0.isEmpty }), id < 20_000 {
                id += 1
                _ = try await client.run(.insert(id), on: database, as: .retryableWrite)
            }
            _ = try await client.run(.insert(99), on: database, as: .retryableWrite)
            try await following

            #expect(seen.withLock { $0.last } == 99)
        }
    }

    @Test("following ends when its task is cancelled")
    func cancelledFollowing() async throws {
        try await TestServer.withClient { client, database in
            let watch = BSONDocument {
                $0.append("aggregate", 1)
                $0.array("pipeline") { $0.document { $0.document("$changeStream") { _ in } } }
                $0.document("cursor") { _ in }
            }
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            let (replies, reply) = AsyncStream.makeStream(of: Void.self)

            let following = Task {
                try await client.follow(watch, on: database, awaiting: 50) { _ in
                    reply.yield()
                    return true
                }
            }
            for await _ in replies { break }
            following.cancel()

            await #expect(throws: CancellationError.self) { try await following.value }
        }
    }

    @Test("calls over the limit are refused at once, and the others succeed")
    func overload() async throws {
        try await TestServer.withClient(options: ["maxPoolSize=1"], queueLimit: 1) {
            client, database in
            let kinds = await withTaskGroup(of: MongoError.Kind?.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        do {
                            _ = try await client.run(.ping, on: database, as: .plain)
                            return nil
                        } catch {
                            return (error as? MongoError)?.kind ?? .other
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }

            #expect(kinds.contains(nil))
            #expect(kinds.contains(.overloaded))
            #expect(kinds.allSatisfy { $0 == nil || $0 == .overloaded })
        }
    }

    @Test("after a shutdown calls are refused")
    func shutdown() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.ping, on: database, as: .plain)

            await client.shutdown()

            let error = await #expect(throws: MongoError.self) {
                try await client.run(.ping, on: database, as: .plain)
            }
            #expect(error?.kind == .closed)
        }
    }

    @Test("the server's clock can be queried")
    func clock() async throws {
        try await TestServer.withClient { client, _ in
            let hello = try await client.run(
                BSONDocument { $0.append("hello", 1) }, on: "admin", as: .plain)

            #expect(try #require(hello["localTime"]?.date).milliseconds > 1_600_000_000_000)
        }
    }
}

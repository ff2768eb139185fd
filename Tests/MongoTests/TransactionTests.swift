import BSON
import Mongo
import Testing

@Suite struct TransactionTests {
    @Test("the changes of a transaction take effect together, when it ends")
    func commit() async throws {
        try await TestServer.withClient { client, database in
            let seen = try await client.transaction(on: database) { transaction in
                _ = try transaction.run(.insert(1))
                _ = try transaction.run(.insert(2))
                let outside = try transaction.runApart(.find())
                let inside = try transaction.run(.find())
                return [outside.batch.count, inside.batch.count]
            }

            #expect(seen == [0, 2])
            #expect(try await ids(client, database) == [1, 2])
        }
    }

    @Test("a transaction without a value changes nothing")
    func abort() async throws {
        try await TestServer.withClient { client, database in
            let value = try await client.transaction(on: database) { transaction -> Int? in
                _ = try transaction.run(.insert(1))
                return nil
            }

            #expect(value == nil)
            #expect(try await ids(client, database) == [])
        }
    }

    @Test("an error of the body undoes the changes, and is thrown")
    func failure() async throws {
        try await TestServer.withClient { client, database in
            let error = await #expect(throws: Failure.self) {
                try await client.transaction(on: database) { transaction -> Int? in
                    _ = try transaction.run(.insert(1))
                    throw Failure()
                }
            }
            let found = try await ids(client, database)

            #expect(error != nil)
            #expect(found == [])
        }
    }

    @Test("an error of the server ends the transaction")
    func refusal() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(2), on: database, as: .retryableWrite)
            let error = await #expect(throws: MongoError.self) {
                try await client.transaction(on: database) { transaction in
                    _ = try transaction.run(.insert(1))
                    return try transaction.run(.insert(2))
                }
            }

            #expect(error?.code == 11000)
            #expect(try await ids(client, database) == [2])
        }
    }

    @Test("of two transactions that change one document, one is a conflict")
    func conflict() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            await #expect(throws: MongoConflict.self) {
                try await client.transaction(on: database) { transaction in
                    _ = try transaction.run(.find())
                    _ = try transaction.runApart(.increment(1))
                    return try transaction.run(.increment(1))
                }
            }

            #expect(try await documents(client, database).map { $0["n"]?.integer } == [1])
        }
    }

    @Test("a transaction whose session another client ends is a conflict, and changes nothing")
    func killed() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            await #expect(throws: MongoConflict.self) {
                try await client.transaction(on: database) { transaction in
                    _ = try transaction.run(.increment(1))
                    let kill = BSONDocument { command in
                        command.array("killSessions") { sessions in
                            sessions.document { $0.append("id", transaction.sessionID) }
                        }
                    }
                    _ = try transaction.runApart(kill, on: "admin")
                    return try transaction.run(.increment(1))
                }
            }
            // Nothing holds the document any more.
            _ = try await client.run(.increment(1), on: database, as: .retryableWrite)

            #expect(try await documents(client, database).map { $0["n"]?.integer } == [1])
        }
    }

    @Test("many transactions of one client add up")
    func many() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.insert(1), on: database, as: .retryableWrite)
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<5 { try await incrementUntilDone(client, database) }
                    }
                }
                try await group.waitForAll()
            }

            #expect(try await documents(client, database).map { $0["n"]?.integer } == [40])
        }
    }

    private func incrementUntilDone(_ client: MongoClient, _ database: String) async throws {
        for _ in 0..<1000 {
            do {
                _ = try await client.transaction(on: database) { try $0.run(.increment(1)) }
                return
            } catch is MongoConflict {
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...10)))
            }
        }
        Issue.record("the transaction was never carried out")
    }

    private func documents(_ client: MongoClient, _ database: String) async throws -> [BSONDocument]
    {
        try await client.run(.find(), on: database, as: .read).batch
    }

    private func ids(_ client: MongoClient, _ database: String) async throws -> [Int64] {
        try await documents(client, database).compactMap { $0["_id"]?.int64 }
    }
}

private struct Failure: Error {}

extension BSONDocument {
    fileprivate static func increment(_ id: Int) -> BSONDocument {
        BSONDocument { command in
            command.append("findAndModify", "things")
            command.document("query") { $0.append("_id", id) }
            command.document("update") { $0.document("$inc") { $0.append("n", 1) } }
        }
    }
}

import BSON
import Jobs
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Indexes", .sharedCollection)
    struct IndexTests {
        private static let names = Set(JobIndexes.all.map(\.name) + ["_id_"])

        @Test("are created by several instances that start at once")
        func atOnce() async throws {
            try await TestCollection.with { collection in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<5 { group.addTask { try await collection.store().prepare() } }
                    try await group.waitForAll()
                }
                let names = try await collection.indexNames()
                #expect(names == Self.names)
            }
        }

        @Test("are created on a collection of an older service by several instances at once")
        func onOldCollection() async throws {
            try await TestCollection.with { collection in
                try await collection.insert((0..<5000).map { _ in NodeSample().document })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 { group.addTask { try await collection.store().prepare() } }
                    try await group.waitForAll()
                }
                let names = try await collection.indexNames()
                #expect(names == Self.names)
                #expect(try await collection.store().claim() != nil)
            }
        }

        @Test("are unchanged by another start")
        func again() async throws {
            let collection = try await TestCollection.shared()
            let id = try await collection.store().add().id
            try await collection.store().prepare()

            #expect(try await collection.indexNames().isSuperset(of: Self.names))
            #expect(try await collection.store().claim()?.job.id == id)
        }

        @Test("are not created if an operator has created equivalent ones")
        func operators() async throws {
            try await TestCollection.with { collection in
                let store = collection.store()
                let keys: [BSONLiteral] = [
                    ["ref_id": 1, "type": 1], ["type": 1, "_id": 1], ["created": 1],
                    ["completed": 1], ["execute_until": 1], ["type": 1, "retries": 1],
                    ["type": 1, "created": 1],
                ]
                for (number, keys) in keys.enumerated() {
                    try await collection.createIndex(keys, name: "own \(number)")
                }
                try await collection.insert(NodeSamples().documents)

                try await store.prepare()

                #expect(try await store.claimAll().count == NodeSamples.claimable.count)
                #expect(try await store.list { $0.refID = "ready" }.count == 1)
                #expect(
                    try await store.addUnique(NewJob(type: "mail", refID: "ready")).retries == 1)
                try await store.clean(Cleaning(maxRetries: 10))
                #expect(try await store.list { $0.completed.from = .min }.isEmpty)
                try await store.prepare()
            }
        }

        @Test("of an operator with a name of the service stop the start")
        func sameName() async throws {
            try await TestCollection.with { collection in
                try await collection.createIndex(["created": 1], name: "claim")
                let error = await #expect(throws: MongoIndexError.self) {
                    try await collection.store().prepare()
                }
                #expect(error?.description.contains("drop the index claim") == true)
            }
        }

        @Test("for cleaning are created for its limit")
        func limits() async throws {
            try await TestCollection.with { collection in
                let stores = (0..<3).map { _ in collection.store() }
                for store in stores { try await store.prepare() }

                try await withThrowingTaskGroup(of: Void.self) { group in
                    for store in stores {
                        group.addTask { try await store.clean(Cleaning(maxRetries: 3)) }
                        group.addTask { try await store.clean(Cleaning(maxRetries: 10)) }
                    }
                    try await group.waitForAll()
                }

                let names = try await collection.indexNames()
                #expect(names == Self.names.union(["exhausted_3", "exhausted_10"]))
            }
        }
    }
}

extension TestCollection {
    func indexNames() async throws -> Set<String> {
        let reply = try await client.collect(
            BSONDocument(["listIndexes": .string(name)]), on: database)
        let indexes = reply.first?["cursor"]?.document?["firstBatch"]?.array
        return Set(indexes?.compactMap { $0.document?["name"]?.string } ?? [])
    }

    fileprivate func createIndex(_ keys: BSONLiteral, name: String) async throws {
        let index: BSONLiteral = ["key": keys, "name": .string(name)]
        try await run(["createIndexes": .string(self.name), "indexes": [index]], as: .write)
    }
}

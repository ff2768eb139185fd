import BSON
import Jobs
import JobsPersistenceSuite
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Cleaning", .sharedCollection)
    struct CleaningTests {
        @Test("is done by one instance at a time, and by another once the lease has lapsed")
        func lease() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let crashed = CleaningLease(store.collection)
            #expect(try await crashed.take())

            #expect(try await store.cleanInTurn(Cleaning(maxRetries: 10)) == nil)
            #expect(try await store.clean(Cleaning(maxRetries: 10)) == CleanedJobs())

            try await collection.runOnRecords(["$set": ["until": .date(Timestamp.min)]])
            #expect(try await store.cleanInTurn(Cleaning(maxRetries: 10)) == CleanedJobs())
            #expect(try await store.cleanInTurn(Cleaning(maxRetries: 10)) == CleanedJobs())
        }

        @Test("removes more than a slice, and renews the lease")
        func slices() async throws {
            let collection = try await TestCollection.shared()
            try await collection.insert(
                (0..<2500).map {
                    [
                        "_id": .string("\($0)"), "type": "mail", "ref_id": "1",
                        "completed": .date(Timestamp.now()),
                    ]
                })

            let cleaned = try await collection.store().cleanInTurn(Cleaning(maxRetries: 10))

            #expect(cleaned == CleanedJobs(completed: 2500))
            #expect(try await collection.documents().isEmpty)
        }
    }
}

extension TestCollection {
    fileprivate func runOnRecords(_ update: BSONLiteral) async throws {
        let statement: BSONLiteral = ["q": [:], "u": update]
        try await run(
            ["update": .string("\(name)_records"), "updates": [statement]], as: .write)
    }
}

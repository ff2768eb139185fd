import BSON
import Jobs
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Lists", .sharedCollection)
    struct ListTests {
        @Test("continue after ids of all forms that older services and operators have created")
        func foreignIDs() async throws {
            let collection = try await TestCollection.shared()
            let digits = "0123456789abcdef01234567"
            let twice = "6123456789abcdef01234567"
            let ids: [BSONLiteral] = [
                "0190a1b2c3d47e8f9012345678901234", "2b1a9a9e-6b5c-4c39-8f0e-0d6f8a1b2c3d",
                "F00", .string(digits), "order 7", "\u{E9}", .value(try objectID(twice)),
                .value(try objectID("7123456789abcdef01234567")),
            ]
            try await collection.insert(
                ids.reversed().map { ["_id": $0, "type": "mail", "ref_id": "1"] })
            let store = collection.store()
            let all = try await store.list(JobFilter(), Paging()).jobs.map(\.id)
            #expect(all.count == ids.count)

            for size in 1...3 {
                for (type, isDescending) in [(nil, false), ("mail", false), ("mail", true)] {
                    var filter = JobFilter()
                    filter.type = type
                    var walked: [JobID] = []
                    while walked.count <= all.count {
                        let page = try await store.list(
                            filter,
                            Paging(take: size, after: walked.last, isDescending: isDescending))
                        if page.jobs.isEmpty { break }
                        walked += page.jobs.map(\.id)
                    }
                    #expect(walked == (isDescending ? all.reversed() : all))
                }
            }
        }

        @Test("with a limit in bytes leave no cursor open on the server")
        func cursors() async throws {
            let collection = try await TestCollection.shared()
            try await collection.insert(
                (0..<300).map {
                    [
                        "_id": .string("\($0)"), "type": "mail", "ref_id": "1",
                        "params": .string(String(repeating: "x", count: 1000)),
                    ]
                })
            let store = collection.store()
            let before = try await collection.openCursors()

            for _ in 0..<5 {
                let page = try await store.list(JobFilter(), Paging(maxBytes: 20_000))
                #expect(page.isCut && page.jobs.count < 30)
            }

            #expect(try await collection.openCursors() == before)
        }

        @Test("that take too long fail with the key that has no index")
        func timeout() async throws {
            let collection = try await TestCollection.shared()
            try await collection.insert(
                (0..<60_000).map { ["_id": .string("\($0)"), "type": "mail", "ref_id": "1"] })
            let store = MongoJobsPersistence(
                client: collection.client, database: collection.database,
                collection: collection.name, listTimeout: .milliseconds(1))
            var filter = JobFilter()
            filter.retries = 5

            for paging in [Paging(), Paging(take: -1, wantsTotal: true)] {
                let error = await #expect(throws: JobsError.self) {
                    try await store.list(filter, paging)
                }
                #expect(
                    error
                        == .timedOut(
                            reason: """
                                The list took longer than 1 ms: no index helps to find by retries, add \
                                a condition on one of id, type, ref_id, error_key, created, execute_until, \
                                completed and the states failed, cancelled, running, delayed and expired
                                """))
            }
        }

        private func objectID(_ digits: String) throws -> BSONObjectID {
            try #require(JobID(digits).objectID)
        }
    }
}

extension TestCollection {
    fileprivate func openCursors() async throws -> Int64? {
        let status = try await client.run(
            BSONDocument(["serverStatus": 1]), on: "admin", as: .plain)
        return status["metrics"]?.document?["cursor"]?.document?["open"]?.document?["total"]?
            .integer
    }
}

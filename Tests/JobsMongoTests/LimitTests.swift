import BSON
import Foundation
import JSON
import Jobs
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The limits of types as the database sees them.
    @Suite("Limits", .sharedCollection)
    struct LimitTests {
        @Test("only jobs of types with limits have their fields")
        func fields() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            try await collection.limit("mail", #"{"max_starts": {"count": 5, "period": 1000}}"#)
            for type in ["mail", "plain"] { _ = try await store.add(type: type) }

            _ = try await store.claim(collection.claim("mail"))
            _ = try await store.claim(collection.claim("plain", limits: nil))

            let documents = try await collection.documents()
            #expect(documents.map { $0["slot"] != nil } == [true, false])
            #expect(documents.map { $0["counted_at"] != nil } == [true, false])
        }

        @Test("the limits that are stored count, not those that the claim brings")
        func stored() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            for _ in 0..<4 { _ = try await store.add(type: "mail") }
            let claim = collection.claim("mail", limits: TypeLimits(maxRunning: 1), count: 3)

            #expect(try await store.claim(claim).count == 3)
            try await collection.limit("mail", #"{"max_running": 4}"#)
            #expect(try await store.claim(claim).count == 1)
        }

        @Test(
            "settings that cannot be read are no limits",
            arguments: [
                #"{"max_running": "a"}"#, "{}", #"{"max_starts": 7}"#,
            ])
        func unreadable(_ settings: String) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            for _ in 0..<2 { _ = try await store.add(type: "mail") }
            try await collection.limit("mail", settings)

            #expect(try await store.claim(collection.claim("mail", count: 2)).count == 2)
        }

        @Test("odd values in the turnstile do not stop the claims")
        func oddTurnstile() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            _ = try await store.add(type: "mail")
            try await collection.limit(
                "mail", #"{"max_running": 1, "max_starts": {"count": 5, "period": 1000}}"#)
            let odd: BSONLiteral = [
                "$set": [
                    "gate": 7, "starts": ["times": [1, "a"], "counts": "b", "grain": -5],
                    "marked": "x", "turn": 3,
                ]
            ]
            try await collection.changeRecord("type/mail", odd)

            #expect(try await store.claim(collection.claim("mail")).count == 1)
        }

        @Test("a turn whose instance has gone is taken over within a second")
        func abandoned() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            _ = try await store.add(type: "mail")
            try await collection.limit("mail", #"{"max_running": 1}"#)
            let (hasBegun, begin) = AsyncStream.makeStream(of: Void.self)
            // It stops with an open transaction, as an instance that is killed.
            let stuck = Task {
                try await collection.client.transaction(on: collection.database) { transaction in
                    let records = JobCollection(
                        client: collection.client, database: collection.database,
                        name: "\(collection.name)_records")
                    let gate = Gate(
                        id: "type/mail", token: "stuck", milliseconds: 500, records: records)
                    guard case .free = try gate.take(in: transaction) else { return false }
                    try gate.leave(nil, in: transaction)
                    begin.yield()
                    Thread.sleep(forTimeInterval: 3)
                    return true
                }
            }
            for await _ in hasBegun { break }

            let start = ContinuousClock.now
            let claimed = try await store.claim(collection.claim("mail"))
            let took = start.duration(to: .now)

            #expect(claimed.count == 1)
            #expect(took < .seconds(2))
            await #expect(throws: MongoConflict.self) { try await stuck.value }
        }

        @Test("the commands of a limited claim read a few keys of indexes, whatever else is there")
        func plans() async throws {
            try await TestCollection.withManyJobs { store, collection in
                try await collection.limit("mail", #"{"max_running": 5}"#)
                _ = try await store.claim(collection.claim("mail", count: 3))
                try await Task.sleep(for: .milliseconds(300))
                let commands = try await collection.profiled {
                    _ = try await store.claim(collection.claim("mail"))
                }
                for command in commands where !command.plan.contains("available_at") {
                    #expect(!command.plan.contains("COLLSCAN"), "\(command)")
                    #expect(command.keysExamined <= 10, "\(command)")
                }
                #expect(commands.contains { $0.plan.contains("slot") }, "\(commands)")
            }
        }

        @Test("a claim of a type with a limit per group counts by index")
        func groupPlans() async throws {
            try await TestCollection.withManyJobs { store, collection in
                try await collection.limit("grouped", #"{"max_running_per_group": 1}"#)
                _ = try await store.add(
                    (0..<50).map { index in
                        var new = NewJob(type: "grouped", refID: "1")
                        new.group = "g\(index % 10)"
                        return new
                    })
                let limits = TypeLimits(maxRunningPerGroup: 1)
                let claim = collection.claim("grouped", limits: limits, count: 5)
                #expect(try await store.claim(claim).count == 5)
                let commands = try await collection.profiled {
                    let claimed = try await store.claim(claim)
                    #expect(claimed.count == 5)
                }
                for command in commands {
                    #expect(!command.plan.contains("COLLSCAN"), "\(command)")
                    #expect(command.keysExamined <= 200, "\(command)")
                }
            }
        }

        @Test("a maximum number of starts of thousands is kept in few entries")
        func manyStarts() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            try await collection.limit(
                "mail", #"{"max_starts": {"count": 5000, "period": 100000}}"#)
            _ = try await store.add((0..<600).map { NewJob(type: "mail", refID: "\($0)") })
            let limits = TypeLimits(maxStarts: StartRate(count: 5000, period: 100_000))
            for _ in 0..<6 {
                let claim = collection.claim("mail", limits: limits, count: 100)
                #expect(try await store.claim(claim).count == 100)
            }

            let record = try #require(try await collection.record("type/mail"))
            let starts = record["starts"]?.document
            let counts = (starts?["counts"]?.array).map { $0.compactMap(\.integer) } ?? []
            #expect(counts.reduce(0, +) == 600)
            #expect(counts.count < 300)
        }
    }
}

extension TestCollection {
    fileprivate func claim(
        _ type: String, limits: TypeLimits? = TypeLimits(maxRunning: 1), count: Int = 1
    ) -> Claim {
        var claim = Claim(type: type, timeout: 60_000, limit: count)
        claim.limits = limits
        return claim
    }

    /// Writes the settings of a type.
    fileprivate func limit(_ type: String, _ settings: String) async throws {
        let text = try JSONText(settings)
        _ = try await store().records.update(.type, type) { _ in text }
    }

    fileprivate func changeRecord(_ id: String, _ update: BSONLiteral) async throws {
        let statement: BSONLiteral = ["q": ["_id": .string(id)], "u": update]
        try await run(["update": .string("\(name)_records"), "updates": [statement]], as: .write)
    }

    fileprivate func record(_ id: String) async throws -> BSONDocument? {
        try await run(
            ["find": .string("\(name)_records"), "filter": ["_id": .string(id)]], as: .read
        ).batch.first
    }
}

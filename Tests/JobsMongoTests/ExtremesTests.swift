import BSON
import JSON
import Jobs
import JobsTestSupport
import Mongo
import Synchronization
import Testing

@testable import JobsMongo

extension MongoTests {
    /// Documents with values that the service never writes, but other programs may.
    @Suite("Extremes of stored fields", .sharedCollection)
    struct ExtremesTests {
        static let fields = [
            "_id", "type", "ref_id", "params", "params_json", "created", "started", "locked_until",
            "execute_until", "completed", "retries", "priority", "delayed_until", "available_at",
            "leased", "parked_at", "lock_token", "lock_retries", "returned", "lapsed",
            "last_started", "unique_key", "unique", "max_retries", "retry", "group", "worker",
            "progress", "progress_json", "result", "error", "failed", "cancelled",
            "cancel_requested", "attempts", "budget_start", "outcome", "timeout",
        ]

        private static let values: [BSONLiteral] = [
            .date(.min), .date(.min + 1), .date(-62_135_596_800_001), .date(0),
            .date(253_402_300_800_000), .date(.max - 1), .date(.max),
            .value(Int32.min), .value(Int32.max), .value(Int64.min), .value(Int64.max), 0, 1,
            .value(Double.nan), .value(Double.infinity), .value(-Double.infinity), .value(1e300),
            .value(-1e300), .value(0x1p63), .value(-0x1p63), .value(2.5), .value(-0.0),
            "", "abc", "1", "2020-01-01T00:00:00Z", "a\u{0}b", "$type", true, false, .null, [:],
            ["a": 1], [], [1], ["mail"], [.date(0), .date(.max)],
            .value(BSONTimestamp(seconds: .max, increment: 1)),
            .value(BSONBinary(subtype: 4, bytes: Array(0..<16))),
            .odd(.decimal128, Array(repeating: 0, count: 15) + [0x7C]),
            .odd(.decimal128, Array(repeating: 0, count: 15) + [0x78]),
            .odd(.decimal128, Array(repeating: 0xFF, count: 14) + [0xFE, 0x5F]),
            .odd(.objectID, Array(1...12)), .odd(.minimumKey, []), .odd(.maximumKey, []),
            .odd(.undefined, []), .odd(.regularExpression, [0x61, 0, 0]),
            .odd(.code, [2, 0, 0, 0, 0x61, 0]), .odd(.string, [2, 0, 0, 0, 0xFF, 0]),
        ]

        /// A job whose `field` has the value; `nil` leaves the field out.
        private func document(_ number: Int, _ field: String, _ value: BSONLiteral?) -> BSONLiteral
        {
            let created = BSONLiteral.date(Timestamp.now().milliseconds - 60_000)
            var members: [BSONLiteral.Member] = [
                .init(key: "_id", value: .string("\(field) \(number)")),
                .init(key: "type", value: "mail"), .init(key: "ref_id", value: "odd"),
                .init(key: "params", value: .null), .init(key: "created", value: created),
                .init(key: "started", value: .null), .init(key: "locked_until", value: .null),
                .init(key: "execute_until", value: .null),
                .init(key: "completed", value: .null), .init(key: "retries", value: 0),
                .init(key: "priority", value: 0), .init(key: "available_at", value: created),
            ].filter { $0.key != field }
            if let value { members.append(.init(key: field, value: value)) }
            return .document(members)
        }

        /// Inserts a document for each value that the database accepts.
        private func insert(_ field: String, into collection: TestCollection) async throws -> Int {
            let documents = ([nil] + Self.values.map(Optional.some)).enumerated()
                .map { document($0, field, $1) }
            var count = 0
            for document in documents {
                do {
                    try await collection.insert([document])
                    count += 1
                } catch let error as MongoError where ["_id", "unique_key"].contains(field) {
                    // An id cannot be an array, a pattern or undefined; and 0 equals -0.0.
                    try #require(error.code != 0)
                }
            }
            return count
        }

        @Test("do not trap, hide other jobs or block their claims", arguments: fields)
        func life(field: String) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let count = try await insert(field, into: collection)
            let good = try await store.add(refID: "good")
            let later = try await store.add(refID: "later", delay: 1_000_000)

            #expect(try await store.list().count == count + 2)
            #expect(try await store.list { $0.created.from = .min }.contains { $0.id == good.id })
            #expect(try await store.list { $0.minRetries = -1 }.contains { $0.id == good.id })
            let next = try #require(try await store.nextAvailability(of: "mail"))
            #expect(next <= 1_000_000)
            try await store.adopt()
            _ = try await store.census(maxRetries: 10)

            var claimed = try await store.claim(
                Claim(type: "mail", timeout: 600_000, maxRetries: 10, limit: 20)
            ).map(\.job.id)
            for _ in 0...count {
                guard let started = try await store.claim(timeout: 600_000) else { break }
                claimed.append(started.job.id)
            }
            #expect(claimed.contains(good.id))
            #expect(Set(claimed).count == claimed.count)
            #expect(try await store.claim() == nil)
            #expect(try await store.addUnique(NewJob(type: "mail", refID: "good")).id == good.id)
            #expect(try await store.get(later.id) == later)

            try await store.clean(Cleaning(maxRetries: 10))
            #expect(try await store.get(good.id) != nil)
        }

        @Test("do not trap in changes of single jobs", arguments: fields)
        func changes(field: String) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            _ = try await insert(field, into: collection)
            let good = try await store.add(refID: "good")
            let ids = try await store.list().map(\.id)

            for id in ids {
                _ = try await store.get(id)
                let first = try await store.start(Start(id, timeout: 0))
                let second = try await store.start(Start(id, timeout: 600_000))
                if let first, let second {
                    #expect(second.job.retries >= first.job.retries)
                    let extended = try await store.extend(id, timeout: 700_000, second.lockToken)
                    #expect(extended?.retries == second.job.retries)
                    try await store.release([second])
                }
                _ = try await store.extend(id, timeout: 1)
                _ = try await store.abort(id)
            }
            let leases = ids.map { LeaseReference(id: $0) }
            _ = try await store.change(leases.map { JobChange($0, .extend(timeout: .max)) })
            _ = try await store.change(leases.map { JobChange($0, .abort(delay: .max)) })
            let failed = Act.fail(Failure())
            for act: Act in [failed, .cancel, .settle, failed, .replay(Replay())] {
                for id in ids { _ = try await store.start(Start(id, timeout: 600_000)) }
                _ = try await store.change(leases.map { JobChange($0, act) })
                for id in ids { _ = try await store.get(id) }
            }
            for state in JobState.allCases { _ = try await store.list { $0.state = state } }
            _ = try await store.change(leases.map { JobChange($0, .complete) })
            #expect(try await store.get(good.id)?.completed != nil)
            for id in ids { _ = try await store.delete(id) }
            #expect(try await store.get(good.id) == nil)
        }

        @Test("in unknown fields are unchanged through the life of a job")
        func foreign() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let job = try await store.add()
            let foreign: BSONLiteral = ["next": "mine", "applies": ["a": 1], "note": "x"]
            try await collection.update([:], ["$set": foreign])

            let first = try #require(try await store.claim())
            _ = try await store.extend(job.id, timeout: 1000, first.lockToken)
            _ = try await store.abort(job.id, first.lockToken)
            let second = try #require(
                try await store.claim(
                    Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 10)
                )
                .first)
            try await store.release([second])
            #expect(try await store.claimAll(maxRetries: 1) == [])
            _ = try await store.complete(job.id)

            let kept = try #require(try await collection.document("\(job.id)"))
            for field in ["next", "applies", "note"] {
                #expect(kept[field]?.bytes == BSONDocument(foreign)[field]?.bytes)
            }
        }

        @Test(
            "do not trap in the change stream",
            arguments: ["_id", "type", "available_at", "returned"])
        func news(field: String) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await store.follow(
                        ["mail"], onFollowing: { heard.add(nil) },
                        onNews: { news in for news in news { heard.add(news.id) } })
                }
                _ = try await eventually { heard.has(nil) }
                _ = try await insert(field, into: collection)
                let good = try await store.add()

                _ = try await eventually { heard.has(good.id) }
                group.cancelAll()
                while let result = await group.nextResult() {
                    if case .failure(let error) = result { #expect(error is CancellationError) }
                }
            }
        }
    }
}

/// The jobs that the change stream announced, and `nil` once the stream is open.
private final class Heard: Sendable {
    private let ids = Mutex<Set<JobID?>>([])

    func add(_ id: JobID?) { ids.withLock { _ = $0.insert(id) } }

    /// Whether the job was announced; `nil` if not yet.
    func has(_ id: JobID?) -> Bool? { ids.withLock { $0.contains(id) ? true : nil } }
}

/// A value of a type that the store never writes.
private struct OddValue: BSONEncodable, Sendable {
    let bsonType: BSONType
    let bytes: [UInt8]

    func appendBSON(to target: inout [UInt8]) { target.append(contentsOf: bytes) }
}

extension BSONLiteral {
    fileprivate static func date(_ milliseconds: Int64) -> BSONLiteral {
        .value(BSONDate(milliseconds: milliseconds))
    }

    fileprivate static func odd(_ type: BSONType, _ bytes: [UInt8]) -> BSONLiteral {
        .value(OddValue(bsonType: type, bytes: bytes))
    }
}

import BSON
import Jobs
import Mongo
import SeededRandom
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("The start of a plain job", .sharedCollection)
    struct PlainStartTests {
        private static let count = 300

        /// The values of each field: first those of plain jobs, then others.
        private static let values: [(field: String, plain: [BSONLiteral?], other: [BSONLiteral?])] =
            [
                ("created", [earlier], ["2020-01-01T00:00:00.000Z", .null, [earlier], nil]),
                ("completed", [nil, .null], [earlier, "2020-01-01", [.null], false]),
                ("started", [nil, .null], [earlier, "2020-01-01", [:]]),
                ("locked_until", [nil, .null], [earlier, future, "2020-01-01", [.null]]),
                ("execute_until", [nil, .null, future], [earlier, "2020-01-01", 5, [earlier]]),
                ("failed", [nil], [earlier, .null, "2020-01-01"]),
                ("cancelled", [nil], [earlier, .null, 7]),
                ("cancel_requested", [nil], [earlier, future, .null]),
                ("retries", [0, 3, .int(9)], [nil, 10, .int(.max), .value(2.5), "3", .null, [0]]),
                ("max_retries", [nil, 5, .int(50)], [.null, 0, 3, "5", .value(5.0)]),
                ("parked_at", [nil, earlier], [.null]), ("returned", [nil, "mail"], [1]),
                ("lapsed", [nil, true], [.null]), ("worker", [nil, "former"], [7]),
                ("claim_request", [nil], [["slot": 1]]), ("leased", [nil, true], [.null]),
                ("attempts", [nil, [["attempt": 1]]], ["none", .null]),
                ("lock_token", [nil, "former"], [.null]), ("lock_retries", [nil, 3], ["3"]),
            ]

        @Test(
            "is what the full pipeline would make of it", arguments: 1...4 as ClosedRange<UInt64>)
        func sameAsFull(seed: UInt64) async throws {
            let collection = try await TestCollection.shared()
            var random = SplitMix64(seed: seed)
            var (documents, updates): ([BSONLiteral], [BSONLiteral]) = ([], [])
            for number in 0..<Self.count {
                let members = Self.members(using: &random)
                let claim = Claim(
                    type: "mail", timeout: Bool.random(using: &random) ? 60_000 : .max,
                    maxRetries: Int.random(in: 4...12, using: &random),
                    worker: Bool.random(using: &random) ? "$worker" : nil)
                let name = String(10_000_000 + number)
                documents += ["plain \(name)", "full \(name)"].map { id in
                    .document([.init(key: "_id", value: .string(id))] + members)
                }
                let tokens = ClaimTokens(tag: "aaaaaa")
                updates += [
                    [
                        "q": [
                            "_id": .string("plain \(name)"),
                            "$expr": Pipelines.isPlain(maxRetries: claim.startLimit),
                        ],
                        "u": Pipelines.plainClaim(tokens.token(of: JobID(name)), claim),
                    ],
                    ["q": ["_id": .string("full \(name)")], "u": Pipelines.claim(tokens, claim)],
                ]
            }
            try await collection.insert(documents)
            // One command has one time.
            try await collection.run(
                ["update": .string(collection.name), "updates": .array(updates)], as: .write)

            let found = try await collection.documents()
            let full = found.prefix(Self.count).map(Stored.init)
            let plain = found.suffix(Self.count).map(Stored.init)
            for (full, plain) in zip(full, plain) where plain.isChanged {
                #expect(plain.members == full.members)
            }
            // Otherwise the test shows nothing.
            let changed = plain.count(where: \.isChanged)
            #expect(changed > Self.count / 5 && changed < Self.count * 4 / 5)
        }

        /// The members of a document, apart from its id.
        private struct Stored {
            let members: [String]
            let isChanged: Bool

            init(_ document: BSONDocument) {
                members = document.dropFirst().map {
                    "\($0.key) \($0.value.type) \($0.value.bytes)"
                }
                isChanged = document["available_at"]?.date != PlainStartTests.past
            }
        }

        private static let past = BSONDate(milliseconds: 1_700_000_000_000)
        private static let earlier = BSONLiteral.value(past)
        private static let future = BSONLiteral.value(BSONDate(milliseconds: 4_000_000_000_000))

        private static func members(using random: inout SplitMix64) -> [BSONLiteral.Member] {
            var members: [BSONLiteral.Member] = [.init(key: "available_at", value: earlier)]
            for (field, plain, other) in values {
                let isOther = Int.random(in: 0..<30, using: &random) == 0
                let value = (isOther ? other : plain).randomElement(using: &random) ?? nil
                guard let value else { continue }
                members.append(.init(key: field, value: value))
            }
            return members
        }
    }
}

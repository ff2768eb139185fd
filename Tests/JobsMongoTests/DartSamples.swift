import BSON
import Jobs

@testable import JobsMongo

/// A collection of the older service in Dart with one job in each state, and the expected results
/// of the migration.
///
/// That service writes dates as ISO strings, with microseconds if there are any; `locked_until` is
/// in local time without an offset. Only `started` (by type), `completed` and `locked_util` are
/// dates. The last is a misspelling: extending, aborting and completing should have changed
/// `locked_until`.
struct DartSamples {
    struct Sample {
        let document: BSONLiteral
        /// The expected fields after the migration; `nil` for missing. All others must be
        /// unchanged.
        let expected: [String: BSONLiteral?]

        var id: String { BSONDocument(document)["_id"]?.string ?? "" }
        var refID: String { BSONDocument(document)["ref_id"]?.string ?? "" }

        /// All fields after the migration.
        var fieldsAfterwards: [String: BSONDocument] {
            var fields = BSONDocument(document).fields
            for (name, value) in expected {
                fields[name] = value.map { BSONDocument(["value": $0]) }
            }
            return fields
        }
    }

    /// The jobs that can be claimed after the migration.
    static let claimable = [
        "ready", "microseconds", "with time", "lapsed", "aborted", "counted in doubles", "params",
        "array", "unknown fields",
    ]

    private(set) var all: [Sample] = []
    /// A time in the future, for live leases.
    let future = Timestamp.now().advanced(by: 600_000)

    init() {
        let local = String("\(future)".dropLast())
        let (created, at) = ("2026-06-08T10:00:00.123Z", Timestamp("2026-06-08T10:00:00.123Z"))

        add("ready", ["created": .string(created)], ["available_at": .date(at)])
        add(
            "microseconds", ["created": "2026-06-08T10:00:01.123456Z"],
            ["available_at": .date("2026-06-08T10:00:01.123Z")])
        add(
            "with time", ["execute_until": "2046-06-08T10:00:00.500Z"],
            ["execute_until": .date("2046-06-08T10:00:00.500Z")])
        add(
            "expired", ["execute_until": "2026-06-08T10:05:00.000Z"],
            ["execute_until": .date("2026-06-08T10:05:00Z")])
        add(
            "started by id",
            [
                "started": "2026-06-08T10:01:00.123456", "locked_until": .string(local),
                "retries": 1, "timeout": 600_000,
            ],
            [
                "started": .date("2026-06-08T10:01:00.123Z"), "locked_until": .date(future),
                "available_at": .date(future), "leased": true, "timeout": nil,
            ])
        add(
            "started by type",
            [
                "started": .date("2026-06-08T10:01:00.777Z"), "locked_until": .string(local),
                "retries": 1, "timeout": 600_000,
            ],
            [
                "locked_until": .date(future), "available_at": .date(future), "leased": true,
                "timeout": nil,
            ])
        add(
            "lapsed",
            [
                "started": "2026-06-08T10:01:00.123", "locked_until": "2026-06-08T10:02:00.123",
                "retries": 3,
            ],
            [
                "started": .date("2026-06-08T10:01:00.123Z"),
                "locked_until": .date("2026-06-08T10:02:00.123Z"),
                "available_at": .date("2026-06-08T10:02:00.123Z"), "leased": true,
            ])
        addSlips(local)
        addOthers()
    }

    private mutating func addSlips(_ local: String) {
        add(
            "extended",
            [
                "started": .date("2026-06-08T10:01:00Z"), "retries": 1, "timeout": 600_000,
                "locked_until": "2026-06-08T10:02:00.000", "locked_util": .date(future),
            ],
            [
                "locked_until": .date(future), "available_at": .date(future), "leased": true,
                "locked_util": nil, "timeout": nil,
            ])
        add(
            "started again after an extension",
            [
                "started": .date("2026-06-08T10:03:00Z"), "retries": 2,
                "locked_until": .string(local), "locked_util": .date("2026-06-08T10:02:30Z"),
            ],
            [
                "locked_until": .date(future), "available_at": .date(future), "leased": true,
                "locked_util": nil,
            ])
        add(
            "aborted",
            [
                "locked_until": .string(local), "locked_util": .null, "retries": 1,
                "timeout": 600_000,
            ],
            ["locked_until": .null, "locked_util": nil, "timeout": nil])
        add(
            "completed",
            [
                "completed": .date("2026-06-08T10:01:30.111Z"), "locked_until": .string(local),
                "locked_util": .null, "retries": 1, "timeout": 600_000,
            ],
            [
                "locked_until": .null, "locked_util": nil, "timeout": nil, "available_at": nil,
            ])
        add(
            "completed and never started",
            ["completed": .date("2026-06-08T10:01:30.111Z"), "locked_util": .null],
            ["locked_util": nil, "available_at": nil])
    }

    private mutating func addOthers() {
        add("exhausted", ["retries": 10], [:])
        add("given up", ["retries": .int(11)], [:])
        add("counted in doubles", ["retries": .value(2.0)], [:])
        // A text in an unknown field stays a text, even if it looks like a date.
        add(
            "params",
            [
                "params": [
                    "created": "2026-06-08T10:00:00.000Z", "list": [1, .value(1.5), "", .null],
                    "timeout": 5, "locked_util": ["$x": true], "at": .date("2026-06-08T10:00:00Z"),
                ]
            ], [:])
        add("array", ["params": [1, "2026-06-08T10:00:00.000Z"]], [:])
        add("unknown fields", ["note": "2026-06-08T10:00:00.000Z", "tags": ["a", ["b": 1]]], [:])
    }

    /// - Parameters:
    ///   - fields: The fields that differ from those of a new job.
    ///   - expected: The fields that differ from those of a job that was never started.
    private mutating func add(
        _ refID: String, _ fields: KeyValuePairs<String, BSONLiteral>,
        _ expected: [String: BSONLiteral?]
    ) {
        var document: [(String, BSONLiteral)] = [
            ("_id", .string(.randomID)), ("type", "mail"), ("ref_id", .string(refID)),
            ("params", .null), ("created", "2026-06-08T10:00:00.000Z"), ("started", .null),
            ("locked_until", .null), ("execute_until", .null), ("completed", .null),
            ("retries", 0),
        ]
        for (key, value) in fields {
            if let index = document.firstIndex(where: { $0.0 == key }) {
                document[index].1 = value
            } else {
                document.append((key, value))
            }
        }
        let created = BSONDocument(.document(document.map { .init(key: $0, value: $1) }))
        let moment = created["created"]?.string.flatMap { Timestamp(iso8601: $0) }
        let usual: [String: BSONLiteral?] = [
            "created": .date(moment), "available_at": .date(moment), "priority": 0,
        ]
        all.append(
            Sample(
                document: .document(document.map { .init(key: $0, value: $1) }),
                expected: usual.merging(expected) { $1 }))
    }
}

extension BSONDocument {
    /// The fields in any order, each value in a document so that it can be compared.
    var fields: [String: BSONDocument] {
        var fields: [String: BSONDocument] = [:]
        for element in self {
            fields[element.key] = BSONDocument(["value": .value(element.value)])
        }
        return fields
    }
}

extension BSONLiteral {
    static func date(_ text: String) -> BSONLiteral { .date(Timestamp(text)) }
}

extension Timestamp {
    /// - Precondition: the text is a date.
    init(_ text: String) {
        guard let moment = Timestamp(iso8601: text) else { preconditionFailure("no date: \(text)") }
        self = moment
    }
}

import BSON
import JSON
import Jobs
import Mongo

/// The document of the settings of a type, at which the claims of the type take turns over all
/// instances.
///
/// - `gate`: The turn of an instance: a `token`, the `session` of its transaction, and its end
///   `until`. It is missing if no instance has it.
/// - `former`: The gate before this one, if its turn was not left.
/// - `turn`: The number of turns that have changed something.
/// - `starts`: The times of the last starts, see `StartTimes`.
/// - `marked`: The version of the settings for which all leases have their ``Slot``.
/// - `at`: The time of the server when the turn began.
struct Turnstile: Sendable {
    let limits: TypeLimits?
    let version: Int64
    var starts: StartTimes
    let marked: Int64?
    let turn: Int64?
    /// The time of the server.
    let now: Timestamp
    /// The token of the instance that has the turn; `nil` if none has it.
    let token: String?
    /// The session of a turn that was not left.
    let formerSession: BSONBinary?

    init(_ document: BSONDocument) {
        let value =
            document["value"].flatMap { JSONText($0) }
            ?? document["value_json"]?.string.flatMap { try? JSONText($0) }
        limits = TypeSettings(value).limits
        version = document["version"]?.integer ?? 0
        starts = StartTimes(document["starts"]?.document)
        marked = document["marked"]?.integer
        turn = document["turn"]?.integer
        now = document["at"]?.moment ?? .min
        token = document["gate"]?.document?["token"]?.string
        formerSession = document["former"]?.document?["session"]?.binary
    }

    /// How long instances may not know new settings, in milliseconds. They look every second.
    private static let spread: Int64 = 5000

    /// Whether there may be leases without their ``Slot``.
    var needsMarks: Bool { marked != version }

    /// Whether all instances know the settings, so that no lease begins without its ``Slot``.
    var isKnown: Bool { now.milliseconds(since: Timestamp(milliseconds: version)) > Self.spread }

    // MARK: The gate

    static let shown = BSONLiteral.encoded([
        "version": 1, "value": 1, "value_json": 1, "starts": 1, "marked": 1, "turn": 1, "at": 1,
        "gate.token": 1, "former": 1,
    ])

    /// Whether no instance has the turn. A time far in the future is that of another clock.
    static let isFree = BSONLiteral.encoded([
        "$not": [
            "$and": [
                ["$gt": ["$gate.until", "$$NOW"]],
                ["$lte": ["$gate.until", ["$add": ["$$NOW", .int(60_000)]]]],
            ]
        ]
    ])

    /// The pipeline that takes the turn. If an instance has it, the document stays as it is, and
    /// nothing is written.
    static func take(_ token: String, _ session: BSONBinary, for milliseconds: Int64) -> BSONLiteral
    {
        let taken: BSONLiteral = [
            "$mergeObjects": [
                "$$ROOT",
                [
                    "former": "$gate", "at": "$$NOW",
                    "gate": [
                        "token": ["$literal": .string(token)],
                        "session": ["$literal": .value(session)],
                        "until": ["$add": ["$$NOW", .int(milliseconds)]],
                    ],
                ],
            ]
        ]
        return [["$replaceWith": ["$cond": [isFree, taken, "$$ROOT"]]]]
    }
}

extension StartTimes {
    /// Reads the field `starts`. Unreadable parts count as no start.
    fileprivate init(_ document: BSONDocument?) {
        let times = (document?["times"]?.array).map { $0.compactMap(\.integer) } ?? []
        let counts = (document?["counts"]?.array).map { $0.compactMap(\.integer) } ?? []
        self.init(
            zip(times, counts).map { Entry(time: $0, count: Int(clamping: $1)) },
            grain: document?["grain"]?.integer ?? 1)
    }

    /// The field `starts`.
    var literal: BSONLiteral {
        [
            "grain": .int(grain), "times": .array(entries.map { .int($0.time) }),
            "counts": .array(entries.map { .int(Int64($0.count)) }),
        ]
    }
}

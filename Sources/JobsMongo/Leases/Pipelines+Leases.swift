import BSON
import JSON
import Jobs

/// A change of one job or of many, with the same fields for all.
struct FieldChange {
    /// Whether the act applies, apart from the fencing check.
    let condition: BSONLiteral
    private let fields: FieldValues
    /// The stages of an act without values of its own, encoded once.
    private let encoded: (stage: BSONLiteral, ifApplying: BSONLiteral)?

    init(condition: BSONLiteral, fields: FieldValues) {
        self.condition = condition
        self.fields = fields
        encoded = nil
    }

    /// The same change, for an act without values of its own.
    init(constant change: FieldChange) {
        condition = .encoded(change.condition)
        fields = change.fields
        encoded = (.encoded(change.stage), .encoded(change.stageIfApplying))
    }

    /// The stage that sets the fields.
    var stage: BSONLiteral { encoded?.stage ?? fields.stage }

    /// The stage that sets the fields if the act applies.
    private var stageIfApplying: BSONLiteral {
        encoded?.ifApplying ?? FieldValues(if: Self.path, fields).stage
    }

    /// The pipeline for one job, which is found by its id only: the server finds it faster than by
    /// a query with conditions. If the act does not apply, the document is left unchanged.
    ///
    /// - Parameter token: The fencing token; `nil` skips the check.
    func pipeline(_ token: LockToken?) -> BSONLiteral {
        [
            [
                "$set": .document([
                    .init(
                        key: Self.applies, value: ["$and": [condition, Pipelines.isOwner(token)]])
                ])
            ],
            stageIfApplying,
            Self.unset,
        ]
    }

    /// The conditions of the query for many jobs, of which one has this token.
    static func query(_ condition: BSONLiteral, hasToken: Bool) -> BSONLiteral {
        hasToken ? ["$and": [Pipelines.isLastLease, condition]] : condition
    }

    private static let applies = Pipelines.temporary("applies")
    private static let path = BSONLiteral.string("$\(applies)")
    private static let unset = BSONLiteral.encoded(["$unset": [.string(applies)]])
}

/// The acts of a lease holder, except failures.
extension Pipelines {
    /// Moves the end of the lease, if there is one.
    static func extend(timeout: Int64, progress: JSONText?) -> FieldChange {
        let end = end(of: timeout)
        return FieldChange(
            condition: isHeld,
            fields: [
                "locked_until": end, "available_at": end, "leased": true, "parked_at": "$$REMOVE",
            ] + stored(progress, as: "progress"))
    }

    /// Ends the lease, and sets or removes the delay of the job.
    static func abort(delay: Int64?) -> FieldChange {
        guard let delay, delay > 0 else { return abortWithoutDelay }
        return aborting(delay)
    }

    private static let abortWithoutDelay = FieldChange(constant: aborting(nil))

    private static func aborting(_ delay: Int64?) -> FieldChange {
        let due = delay.map { end(of: $0) }
        var attempt: FieldValues = [:]
        if let delay { attempt["delay"] = .int(delay) }
        let fields: FieldValues = [
            "started": .null, "locked_until": .null,
            "available_at": due ?? onceAborted, "delayed_until": due ?? noLongerDelayed,
            "leased": "$$REMOVE", "parked_at": "$$REMOVE", "returned": givenBack,
            "attempts": recording(outcome(.aborted), attempt),
        ]
        let cancelled = cancelled(at: "$$NOW", recording: recording(outcome(.cancelled)))
        return FieldChange(
            condition: ["$and": [isOpen, hasLease]],
            fields: FieldValues(if: isCancelRequested, cancelled, else: fields))
    }

    /// Takes the last start back.
    static let release = FieldChange(
        constant: FieldChange(condition: ["$and": [isHeld, isNotRepeated]], fields: takenBack))

    private static let isNotRepeated = BSONLiteral.encoded(
        ["$ne": ["$claim_request.repeated", true]])

    private static let isHeld = BSONLiteral.encoded(["$and": [isOpen, hasStarted]])

    private static let takenBack =
        FieldValues(
            if: isCancelRequested, cancelled(at: "$$NOW", recording: "$attempts"),
            else: [
                "started": .null, "locked_until": .null, "leased": "$$REMOVE",
                "available_at": whenDue, "returned": givenBack,
            ])
        + [
            "retries": oneStartLess, "lock_token": "$$REMOVE", "lock_retries": "$$REMOVE",
            "claim_request": "$$REMOVE",
        ]

    /// Completes the job.
    static func complete(result: JSONText?) -> FieldChange {
        result == nil ? completionWithoutResult : completing(result)
    }

    private static let completionWithoutResult = FieldChange(constant: completing(nil))

    private static func completing(_ result: JSONText?) -> FieldChange {
        FieldChange(
            condition: isOpen,
            fields: [
                "completed": "$$NOW", "started": .null, "locked_until": .null,
                "available_at": "$$REMOVE", "leased": "$$REMOVE", "parked_at": "$$REMOVE",
                "unique_key": "$$REMOVE", "returned": "$$REMOVE", "outcome": "$$REMOVE",
                "error_group": "$$REMOVE", "last_started": whenStarted,
            ] + stored(result, as: "result"))
    }

    /// The fields of a JSON value, of which one has the value and the other is removed.
    private static func stored(_ json: JSONText?, as name: String) -> FieldValues {
        guard let json else { return [:] }
        var fields: FieldValues = [:]
        switch StoredJSON(json) {
        case .value(let value):
            fields[name] = .literal(value)
            fields["\(name)_json"] = "$$REMOVE"
        case .text(let text):
            fields[name] = "$$REMOVE"
            fields["\(name)_json"] = .literal(text)
        }
        return fields
    }

    private static let whenStarted = BSONLiteral.encoded(["$ifNull": ["$started", "$$REMOVE"]])
}

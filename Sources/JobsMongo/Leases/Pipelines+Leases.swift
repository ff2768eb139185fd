import BSON
import JSON
import Jobs

/// The pipelines of the acts that can be made on many jobs with one update. An act that does not apply
/// leaves the document unchanged. `nil` instead of a token skips the fencing check.
extension Pipelines {
    /// Moves the end of the lease, if there is one.
    static func extend(_ token: LockToken?, timeout: Int64, progress: JSONText?) -> BSONLiteral {
        let end = end(of: timeout)
        return change(
            if: ["$and": [isOpen, hasStarted, isOwner(token)]],
            [
                "locked_until": end, "available_at": end, "leased": true, "parked_at": "$$REMOVE",
            ] + stored(progress, as: "progress"))
    }

    /// Takes the last start back, if the token belongs to it.
    static func release(_ token: LockToken?) -> BSONLiteral {
        change(if: ["$and": [isOpen, hasStarted, isOwner(token)]], takenBack)
    }

    private static let takenBack =
        FieldValues(
            if: isCancelRequested, cancelled(at: "$$NOW", recording: "$attempts"),
            else: [
                "started": .null, "locked_until": .null, "leased": "$$REMOVE",
                "available_at": whenDue, "returned": givenBack,
            ])
        + ["retries": oneStartLess, "lock_token": "$$REMOVE", "lock_retries": "$$REMOVE"]

    /// Completes the job.
    static func complete(_ token: LockToken?, result: JSONText?) -> BSONLiteral {
        change(
            if: ["$and": [isOpen, isOwner(token)]],
            [
                "completed": "$$NOW", "started": .null, "locked_until": .null,
                "available_at": "$$REMOVE", "leased": "$$REMOVE", "parked_at": "$$REMOVE",
                "unique_key": "$$REMOVE", "returned": "$$REMOVE", "outcome": "$$REMOVE",
                "last_started": whenStarted,
            ] + stored(result, as: "result"))
    }

    /// The fields of a JSON value, of which one has the value and the other is removed.
    private static func stored(_ json: JSONText?, as name: String) -> FieldValues {
        guard let json else { return [:] }
        var fields: FieldValues = [:]
        switch StoredJSON(field: json) {
        case .value(let value):
            fields[name] = .literal(value)
            fields["\(name)_json"] = "$$REMOVE"
        case .text, .tooLarge:
            fields[name] = "$$REMOVE"
            fields["\(name)_json"] = .literal(json.description)
        }
        return fields
    }

    /// Sets fields if `condition` holds.
    private static func change(if condition: BSONLiteral, _ fields: FieldValues) -> BSONLiteral {
        [
            ["$set": .document([.init(key: applies, value: condition)])],
            FieldValues(if: .string("$\(applies)"), fields).stage,
            unsetApplies,
        ]
    }

    private static let whenStarted = BSONLiteral.encoded(["$ifNull": ["$started", "$$REMOVE"]])

    private static let applies = temporary("applies")

    private static let unsetApplies = BSONLiteral.encoded(["$unset": [.string(applies)]])
}

package import JSON

// The entries of the audit, as the wire and the records have them.

extension AuditEntry: WireObject {
    init() { self.init(command: "", outcome: "") }

    /// The members of an entry.
    package static let fields: [WireField<AuditEntry>] = [
        .required("id", \.id, note: "The id of the entry."),
        .required("at", \.at, note: "When it happened."),
        .required(
            "command", \.command,
            note:
                "The operation, such as delete_jobs; end_operation for the end of a bulk operation."
        ),
        .optional("principal", \.principal, note: "The caller, where that is known."),
        .required(
            "outcome", \.outcome,
            note: """
                done, or failed: it is unknown whether it was carried out. For end_operation the state of \
                the bulk operation.
                """),
        .optional("type", \.type, note: "The type of the jobs."),
        .optional("job_id", \.jobID, note: "The job."),
        .optional("operation_id", \.operationID, note: "The bulk operation."),
        .optional("schedule", \.schedule, note: "The schedule."),
        .optional("action", \.action, note: "What the bulk operation does."),
        .optional("jobs", \.jobs, .integer(0 ... .max), note: "The number of jobs."),
        .optional(
            "skipped", \.skipped, .integer(0 ... .max),
            note: "The number of jobs that were left as they were."),
        .optional(
            "errors", \.errors, .integer(0 ... .max),
            note: "The number of jobs that the store has refused to change."),
        .optional("filter", \.filter, note: "The filter as text, perhaps shortened."),
        .optional("reason", \.reason, note: "Why, as the caller gave it."),
        .optional("settings", \.settings, note: "The settings that were given, as text."),
    ]

    /// Reads the value of a record.
    ///
    /// - Returns: `nil` if it is not the entry of this id.
    package init?(_ value: JSONText, id: String) {
        guard let json = value.value(recordedDepth: 2), json["id"]?.string == id,
            let entry = AuditEntry(answer: json)
        else { return nil }
        self = entry
    }

    /// Reads an entry of an answer.
    ///
    /// - Returns: `nil` if the JSON is not that of an entry.
    package init?(answer json: JSONValue) {
        guard json.kind == .object, json["id"]?.kind == .string,
            json["at"]?.date != nil
        else { return nil }
        self.init(json)
    }

    /// The value of a record.
    package var json: JSONText { objectText }
}

extension JSONWriter {
    /// The answer of `get_audit`.
    package mutating func audit(_ entries: [AuditEntry]) {
        beginObject()
        key("data")
        beginArray()
        for entry in entries {
            beginObject()
            members(AuditEntry.fields, of: entry)
            endObject()
        }
        endArray()
        endObject()
    }
}

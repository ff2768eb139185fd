package import JSON

// A bulk operation, as the wire and the records have it.

extension JobFilter: WireObject {}
extension BulkOperation.Action: WireProperty {}
extension BulkOperation.State: WireProperty {}

extension BulkOperation.Batch: WireObject {
    init() { self.init(end: nil, count: 0) }

    static let fields: [WireField<BulkOperation.Batch>] = [
        .optional("end", \.end), .required("count", \.count),
    ]
}

extension BulkOperation: WireObject {
    init() { self.init(.cancel, JobFilter(), at: Timestamp(milliseconds: 0)) }

    /// The members of a record.
    package static let fields: [WireField<BulkOperation>] =
        shownFields + [
            .optional("position", \.position), .optional("batch", \.batch),
            .required("step", \.step),
        ]

    /// The members of an operation in answers.
    package static let shownFields: [WireField<BulkOperation>] = [
        .optional("id", \.id, note: "The id of the operation. Missing for a dry run."),
        .required("action", \.action, note: "What is done to each job."),
        .required("filter", \.filter, note: "Which jobs are treated."),
        .required(
            "before", \.before, note: "Only jobs created at this time or earlier are treated."),
        .required(
            "state", \.state,
            note: """
                waiting (it has not begun), running, done, cancelled, or failed (see last_error); later \
                versions may have more.
                """),
        .required("created", \.created, note: "When it was requested."),
        .optional("started_by", \.startedBy, note: "The caller that requested it, if known."),
        .optional("reason", \.reason, note: "Why, for people."),
        .optional(
            "start_delay", \.startDelay, unset: 0,
            note: "The milliseconds from created to begins. Missing where it is 0."),
        .optional("begins", \.begins, note: "No job is treated before. Missing without a delay."),
        .optional("started", \.started, note: "When the first batch began."),
        .optional("updated", \.updated, note: "When it last made progress."),
        .optional("ended", \.ended, note: "When it ended. Missing while it waits or runs."),
        .optional(
            "cancelled_by", \.cancelledBy, note: "The caller that cancelled it, if known."),
        .required("done", \.done, .integer(0 ... .max), note: "The number of treated jobs."),
        .required(
            "skipped", \.skipped, .integer(0 ... .max),
            note: """
                The number of jobs that had changed before their turn, or to which the action does not \
                apply.
                """),
        .required(
            "errors", \.errors, .integer(0 ... .max),
            note: "The number of jobs that the store has refused to change."),
        .optional(
            "last_error", \.lastError,
            note: "Why the last of them was refused, or why the operation has failed."),
        .required(
            "total", \.total, .integer(0 ... .max),
            note: """
                The number of jobs that matched when it was requested: done, skipped and errors together \
                are the progress. It is exact once the operation is done.
                """),
        .optional(
            "total_is_at_least", \.isTotalAtLeast, unset: false,
            note: "True where more jobs match, which were not counted; else missing."),
        .optional("delay", \.delay, note: "As it was given."),
        .optional("ttl", \.ttl, note: "As it was given."),
        .optional(
            "dry_run", \.isDryRun, unset: false,
            note: "True where the jobs were only counted; else missing."),
    ]

    /// Reads the value of a record.
    ///
    /// - Returns: `nil` if it is not the operation of this id, or has a condition that this version
    ///   does not know: without it, other jobs would be treated.
    package init?(_ value: JSONText, id: String) {
        guard let json = value.value(recordedDepth: 4), json["id"]?.string == id,
            Self.isSound(json)
        else { return nil }
        self.init(json)
    }

    /// Reads an operation of an answer.
    ///
    /// - Returns: `nil` if the JSON is not that of an operation.
    package init?(answer json: JSONValue) {
        guard json.kind == .object, json["action"]?.kind == .string,
            json["state"]?.kind == .string
        else { return nil }
        self.init(json)
    }

    private static func isSound(_ json: JSONValue) -> Bool {
        let needed = fields.filter(\.isRequired)
        guard json.kind == .object,
            needed.allSatisfy({ field in
                json[field.name].map { field.kind.value($0) != nil } ?? false
            })
        else { return false }
        let conditions = json["filter"]?.members ?? []
        return conditions.allSatisfy { name, value in
            JobFilter.fields.contains { $0.name == name && $0.kind.value(value) != nil }
        }
    }

    /// The value of a record.
    package var json: JSONText { objectText }
}

extension JSONWriter {
    /// An operation as callers see it.
    package mutating func operation(_ operation: BulkOperation) {
        beginObject()
        members(BulkOperation.shownFields, of: operation)
        endObject()
    }

    /// The answer of `get_operations`.
    package mutating func operations(_ operations: [BulkOperation]) {
        beginObject()
        key("data")
        beginArray()
        for operation in operations { self.operation(operation) }
        endArray()
        endObject()
    }
}

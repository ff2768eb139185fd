package import JSON

// The groups of errors, as the operation `get_errors` answers them.

extension ErrorGroup: WireObject {
    init() {
        let never = Timestamp(milliseconds: 0)
        self.init(
            type: "", errorKey: "", count: 0, first: never, last: never,
            example: Example(jobID: JobID("")))
    }

    /// The members of a group.
    package static let fields: [WireField<ErrorGroup>] = [
        .required("type", \.type, note: "The type of the jobs."),
        .required(
            "error_key", \.errorKey,
            note: "The message of their last error without numbers, ids and quoted parts."),
        .required("count", \.count, .integer(1 ... .max), note: "The number of jobs."),
        .optional(
            "count_is_at_least", \.isCountAtLeast, unset: false,
            note: "True where there are more jobs, which were not counted; else missing."),
        .required("first", \.first, note: "When the first of these jobs failed."),
        .required("last", \.last, note: "When the last of these jobs failed."),
        .optional(
            "recent", \.wireRecent,
            note: """
                How many of the jobs failed in each five minutes of the last hour, the oldest first. Of \
                more than a thousand jobs, the newest are counted. Missing if the store had no time \
                for it.
                """),
        .required("example", \.example, note: "The job that failed last."),
    ]

    private var wireRecent: WireNumbers? {
        get { recent.isEmpty ? nil : WireNumbers(recent) }
        set { recent = newValue?.numbers ?? [] }
    }
}

extension ErrorGroup.Example: WireObject {
    init() { self.init(jobID: JobID("")) }

    static let fields: [WireField<ErrorGroup.Example>] = [
        .required("job_id", \.jobID, note: "The id of the job."),
        .optional("error", \.error, note: "The error of the job, without its details."),
    ]
}

extension ErrorGroup {
    package static var kind: WireKind { wireKind }

    /// Reads a group of an answer. Members that are missing or of another kind are left unset.
    package init(answer json: JSONValue) { self.init(json) }
}

extension JSONWriter {
    /// The answer of `get_errors`.
    package mutating func errors(_ errors: ErrorGroups) {
        beginObject()
        key("data")
        beginArray()
        for group in errors.groups {
            beginObject()
            members(ErrorGroup.fields, of: group)
            endObject()
        }
        endArray()
        key("truncated")
        boolean(errors.isTruncated)
        if let moment = errors.asOf { member("as_of", .date(moment)) }
        endObject()
    }
}

package import JSON

// The rates of a type, as the wire has them.

extension JobRates: WireObject {
    init() { self.init(endingAt: Timestamp(milliseconds: 0), minutes: 0) }

    package static let fields: [WireField<JobRates>] = [
        .required("from", \.from, note: "When the first minute begins, by the store's clock."),
        .required(
            "added", \.wireAdded,
            note: "Added jobs in each minute, the oldest first. The last minute has not ended."),
        .required("started", \.wireStarted, note: "Starts."),
        .required("completed", \.wireCompleted, note: "Completed jobs."),
        .required("failed", \.wireFailed, note: "Failed attempts, repeated or not."),
    ]

    private var wireAdded: WireNumbers {
        get { WireNumbers(added) }
        set { added = newValue.numbers }
    }

    private var wireStarted: WireNumbers {
        get { WireNumbers(started) }
        set { started = newValue.numbers }
    }

    private var wireCompleted: WireNumbers {
        get { WireNumbers(completed) }
        set { completed = newValue.numbers }
    }

    private var wireFailed: WireNumbers {
        get { WireNumbers(failed) }
        set { failed = newValue.numbers }
    }

    /// Reads rates. Members that are missing or of another kind are left empty.
    ///
    /// - Returns: `nil` if the value is no object.
    package init?(row: JSONValue) {
        guard row.kind == .object else { return nil }
        self.init(row)
    }
}

extension JSONWriter {
    /// The rates of a type.
    package mutating func rates(_ rates: JobRates) {
        beginObject()
        members(JobRates.fields, of: rates)
        endObject()
    }
}

extension JobTimes: WireObject {
    init() { self.init(p50: 0, p95: 0) }

    static let fields: [WireField<JobTimes>] = [
        .required("p50", \.p50, .integer(0 ... .max), note: "Half took no longer."),
        .required("p95", \.p95, .integer(0 ... .max), note: "19 of 20 took no longer."),
    ]
}

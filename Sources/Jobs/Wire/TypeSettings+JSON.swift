package import JSON

// The settings of a type, as the wire and the records have them.

extension TypeSettings: WireObject {
    /// The settings that operators make, and the pause.
    package static let fields: [WireField<TypeSettings>] =
        settableFields + [
            .optional("paused", \.pause, note: "Why and since when no job of the type is claimed.")
        ]

    /// The members that `set_type` sets.
    package static let settableFields: [WireField<TypeSettings>] = [
        .optional(
            "max_running", \.maxRunning, .integer(1...Int64(Int32.max)),
            note: "The maximum number of jobs of the type that run at a time."),
        .optional(
            "max_running_per_group", \.maxRunningPerGroup, .integer(1...Int64(Int32.max)),
            note: "The maximum number of jobs of one group of the type that run at a time."),
        .optional(
            "max_starts", \.maxStarts, note: "The maximum number of starts in a time."),
        .optional(
            "retry", \.retry,
            note: "The delays after failed attempts of jobs without their own policy."),
        .optional("retention", \.retention, note: "How long ended jobs of the type are kept."),
    ]

    /// The names of the members that `set_type` sets.
    package static let settableNames = settableFields.map(\.name)

    /// Reads the value of a record. Unreadable members count as unset.
    package init(_ value: JSONText?) {
        self = value?.value(recordedDepth: 3).map { TypeSettings($0) } ?? TypeSettings()
    }

    /// The value of a record.
    package var json: JSONText { objectText }
}

extension StartRate: WireObject {
    init() { self.init(count: 1, period: 1000) }

    static let fields: [WireField<StartRate>] = [
        .required(
            "count", \.count, .integer(1...Int64(maximumCount)), note: "The number of starts."),
        .required(
            "period", \.period, .integer(1 ... .max), note: "The time, in milliseconds."),
    ]
}

extension TypeRetention: WireObject {
    static let fields: [WireField<TypeRetention>] = [
        .optional("completed", \.completed, note: "Milliseconds after the completion."),
        .optional("failed", \.failed, note: "Milliseconds after the failure."),
        .optional("cancelled", \.cancelled, note: "Milliseconds after the cancellation."),
        .optional("expired", \.expired, note: "Milliseconds after the deadline."),
    ]
}

extension TypePause: WireObject {
    init() { self.init(since: Timestamp(milliseconds: 0)) }

    static let fields: [WireField<TypePause>] = [
        .optional("reason", \.reason, note: "Why, in the words of the operator."),
        .required("since", \.since, note: "When the pause began."),
        .optional("until", \.until, note: "When it ends by itself."),
    ]
}

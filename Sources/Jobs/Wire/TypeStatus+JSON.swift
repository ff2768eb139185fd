package import JSON

// A row of `get_types`, as the wire has it.

extension TypeStatus: WireObject {
    init() { self.init(type: "") }

    package static let fields: [WireField<TypeStatus>] = [
        .required("type", \.type, note: "The type of the jobs."),
        .required("counts", \.counts, note: "The numbers of jobs by state."),
        .required(
            "oldest_ready", \.counts.oldestReady, .integer(0 ... .max),
            note: "How long the oldest ready job has been ready, in milliseconds; 0 without one."),
        .optional(
            "paused", \.pause,
            note: "The pause of the type. That of all types is in the row of the type \"*\"."),
        .optional("limits", \.limits, note: "The limits of the type."),
        .optional(
            "retry", \.retry,
            note: "The delays after failed attempts of jobs without their own policy."),
        .optional("retention", \.retention, note: "How long ended jobs of the type are kept."),
        .required(
            "workers", \.workers,
            note: """
                The workers that have asked for jobs of the type within the last hour or hold leases, \
                those that asked last first, at most 100.
                """),
        .required(
            "waiting", \.waiting, .integer(0 ... .max),
            note: "The number of claims that wait for a job of the type."),
        .optional(
            "last_claim", \.lastClaim,
            note: "When a claim last asked for jobs of the type. Missing after an hour."),
        .optional(
            "rates", \.rates,
            note: """
                What happened in each minute of the last hour. Missing unless rates was true, and for \
                types beyond the first hundred, which are counted together.
                """),
        .optional(
            "wait_time", \.waitTime,
            note: """
                How long jobs were ready before their first start, in milliseconds, in about the last \
                ten minutes. Missing unless rates was true, and without any.
                """),
        .optional(
            "run_time", \.runTime,
            note: """
                How long completed jobs had run, in milliseconds, in about the last ten minutes. Missing \
                unless rates was true, and without any.
                """),
    ]

    /// Reads a row of an answer. Members that are missing or of another kind are left unset.
    ///
    /// - Returns: `nil` if the value is no object.
    package init?(row: JSONValue) {
        guard row.kind == .object else { return nil }
        self.init(row)
    }
}

extension TypePage {
    /// Reads the pause of all types of an answer.
    package static func pause(_ value: JSONValue?) -> TypePause? {
        value.flatMap { $0.kind == .object ? TypePause($0) : nil }
    }
}

extension JobCounts: WireObject {
    static let fields: [WireField<JobCounts>] = [
        count("ready", \.ready, "Can be claimed."),
        count("delayed", \.delayed, "Their delay has not ended."),
        count("running", \.running, "Under a live lease."),
        count("exhausted", \.exhausted, "Started as often as their limit allows."),
        count("expired", \.expired, "Not started in time."),
        count("completed", \.completed, "Completed and not removed yet."),
        count("failed", \.failed, "Given up: the dead letters."),
        count("cancelled", \.cancelled, "Cancelled and not removed yet."),
    ]

    private static func count(
        _ name: String, _ path: any WritableKeyPath<JobCounts, Int> & Sendable, _ note: String
    ) -> WireField<JobCounts> {
        .required(name, path, .integer(0 ... .max), note: note)
    }
}

extension TypeLimits: WireObject {
    init() { self.init(maxRunning: nil) }

    static let fields: [WireField<TypeLimits>] = [
        .optional("max_running", \.maxRunning, note: "The maximum number of live leases."),
        .optional(
            "max_running_per_group", \.maxRunningPerGroup,
            note: "The maximum number of live leases in one group."),
        .optional(
            "max_starts", \.maxStarts, note: "The maximum number of starts in a time."),
    ]
}

extension SeenWorker: WireObject {
    init() { self.init(worker: "", lastClaim: Timestamp(milliseconds: 0), running: 0) }

    static let fields: [WireField<SeenWorker>] = [
        .required("worker", \.worker, note: "The name that the worker gives."),
        .required(
            "last_claim", \.lastClaim, note: "When it last asked for a job, or started one."),
        .required(
            "running", \.running, .integer(0 ... .max), note: "The number of its live leases."),
    ]
}

extension JSONWriter {
    /// A row of `get_types`.
    package mutating func type(_ status: TypeStatus) {
        beginObject()
        members(TypeStatus.fields, of: status)
        endObject()
    }

    /// The answer of `get_types`.
    package mutating func types(_ page: TypePage) {
        beginObject()
        members(of: page)
        endObject()
    }

    /// The members of the answer of `get_types`.
    package mutating func members(of page: TypePage) {
        key("data")
        beginArray()
        for status in page.types { type(status) }
        endArray()
        if let total = page.total {
            key("total")
            integer(total)
        }
        if let pause = page.pause?.wire, case .json(let json) = pause {
            key("paused")
            text(json)
        }
        if let rates = page.otherRates?.wire { member("other_rates", rates) }
        if let since = page.ratesSince { member("rates_since", .date(since)) }
        if let moment = page.asOf { member("as_of", .date(moment)) }
    }
}

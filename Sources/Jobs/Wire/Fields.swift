// The fields of a job, as the wire has them. To add one, add its row here and its place to the
// documents of the database; a field that all jobs have also needs a line in `JSONWriter.job`.

extension Job {
    /// The members of a job, in the order in which they are written.
    package static let fields: [WireField<Job>] = plainFields + extraFields

    static let plainFields: [WireField<Job>] = [
        .required("id", \.id), .required("type", \.type, note: "What kind of work it is."),
        .required("ref_id", \.refID, note: "What the job is about, in the producer's terms."),
        .required("params", \.params, note: "The producer's own data: any JSON value."),
        .required("created", \.created),
        .required("started", \.started, note: "When the lease began; null if there is none."),
        .required("locked_until", \.lockedUntil, note: "When the lease ends, or ended."),
        .required(
            "execute_until", \.executeUntil,
            note: "The job is not started from then on; null: no limit."),
        .required(
            "completed", \.completed, note: "When the job was completed; null if it was not."),
        .required(
            "retries", \.retries, .integer(0 ... .max), note: "How often the job was started."),
        .optional(
            "priority", \.priority, unset: 0, note: "Higher goes first. Missing where it is 0."),
        .optional(
            "delayed_until", \.delayedUntil,
            note: "The job cannot be claimed by type before this time. Missing without a delay."),
    ]

    /// The fields that only some jobs have.
    static let extraFields: [WireField<Job>] = [
        .optional(
            "max_retries", \.maxRetries, .integer(1 ... .max),
            note: "The limit of starts of this job."),
        .optional("retry", \.retry, note: "The delays after failed attempts of this job."),
        .optional("group", \.group, .name(upTo: maximumGroupLength), note: "Its group."),
        .optional(
            "traceparent", \.shownTraceparent, .name(upTo: maximumTraceparentLength),
            note: "The W3C trace context of the request that added the job."),
        .optional(
            "worker", \.worker, .name(upTo: maximumWorkerLength),
            note: "The worker of the last start."),
        .optional("progress", \.progress, note: "What a worker has reported last."),
        .optional("result", \.result, note: "The result of the completed job."),
        .optional("error", \.error, note: "The error of the last failed attempt."),
        .optional("failed", \.failed, note: "When the job failed for good."),
        .optional("cancelled", \.cancelled, note: "When the job was cancelled."),
        .optional(
            "cancel_requested", \.cancelRequested,
            note: "When a cancellation of the running job was requested."),
        .optional(
            "attempts", \.attempts, unset: [], audience: .details,
            note: "The last attempts that did not end in completion, oldest first."),
        .optional(
            "error_key", \.errorKey, .name(upTo: ErrorKey.maximumLength), audience: .details,
            note: "The group of errors that the job is in until it is completed or replayed."),
        .optional("errored", \.errored, audience: .store),
        .optional(
            "hidden_traceparent", \.hiddenTraceparent, .name(upTo: maximumTraceparentLength),
            audience: .store),
        .optional("budget_start", \.budgetStart, unset: 0, audience: .store),
        .optional("unique", \.isUnique, unset: false, audience: .store),
        .optional("request_id", \.requestID, audience: .store),
        .optional("claim_request", \.claimRequest, audience: .store),
    ]

    private var shownTraceparent: String? {
        get { hidesTraceparent ? nil : traceparent }
        set { traceparent = newValue ?? traceparent }
    }

    private var hiddenTraceparent: String? {
        get { hidesTraceparent ? traceparent : nil }
        set {
            guard let newValue else { return }
            traceparent = newValue
            hidesTraceparent = true
        }
    }
}

extension RetryPolicy: WireObject {
    init() { self.init(backoff: nil) }

    static let fields: [WireField<RetryPolicy>] = [
        .optional("backoff", \.backoff, note: "How the delay grows. Default: exponential."),
        .optional(
            "delay", \.delay, .integer(0 ... .max),
            note: "Milliseconds after the first failure. Default: 1000."),
        .optional(
            "max_delay", \.maxDelay, .integer(0 ... .max),
            note: "The longest delay in milliseconds, before jitter. Default: 3600000."),
        .optional(
            "jitter", \.jitter, .number(0...1),
            note: "The largest random share by which a delay differs. Default: 0.2."),
    ]
}

extension AttemptError: WireObject {
    init() { self.init(type: nil) }

    static let fields: [WireField<AttemptError>] = [
        .optional("type", \.type, note: "The kind of error."),
        .optional("message", \.message, note: "What happened."),
        .optional(
            "details", \.details, .json(upTo: maximumDetailsBytes), note: "Any JSON value."),
    ]
}

extension Attempt: WireObject {
    init() {
        self.init(number: 0, started: nil, ended: Timestamp(milliseconds: 0), outcome: .failed)
    }

    static let fields: [WireField<Attempt>] = [
        .required("attempt", \.number, note: "The value of retries during the attempt."),
        .required("started", \.started, note: "When it began."),
        .required("ended", \.ended, note: "When it ended."),
        .required("outcome", \.outcome, note: "How it ended."),
        .optional("worker", \.worker, note: "The name of its worker."),
        .optional("error", \.error, note: "What its worker reported."),
        .optional("delay", \.delay, note: "Milliseconds until the next attempt."),
        .optional("reason", \.reason, note: "Why no further attempt followed."),
    ]
}

extension NewJob {
    /// The members of a new job. Required ones are always sent.
    package static let fields: [WireField<NewJob>] = [
        .required(
            "type", \.type, .text(upTo: Job.maximumTypeBytes), note: "What kind of work it is."),
        .required(
            "ref_id", \.refID, .text(upTo: Job.maximumRefIDBytes),
            note: "What the job is about, in the producer's terms."),
        .required(
            "ttl", \.ttl, note: "Milliseconds in which the job may be started; 0: for ever."),
        .optional(
            "params", \.params, note: "The producer's own data; comes back as the same JSON value."),
        .optional(
            "priority", \.priority, .integer(Int64(Int32.min)...Int64(Int32.max)), unset: 0,
            note: "Higher goes first. Default: 0."),
        .optional(
            "delay", \.delay, note: "Milliseconds for which the job cannot be claimed by type."),
        .optional(
            "max_retries", \.maxRetries, .integer(1 ... .max),
            note: "The limit of starts of this job. Default: that of the claim or the service."),
        .optional(
            "retry", \.retry,
            note: "The delays after failed attempts. Default: those of the service."),
        .optional(
            "group", \.group, .name(upTo: Job.maximumGroupLength),
            note: "The group of the job, such as a customer."),
        .optional(
            "traceparent", \.traceparent, .name(upTo: Job.maximumTraceparentLength),
            note: "The W3C trace context. Default: that of the request."),
        .optional(
            "request_id", \.requestID, .name(upTo: Job.maximumRequestIDLength),
            note: "Makes the add repeatable: with the same type and request_id, one adds a job."),
    ]
}

extension Failure {
    /// The arguments with which workers describe a failed attempt.
    package static let fields: [WireField<Failure>] = [
        .optional("error", \.error, note: "What went wrong. Default: unknown."),
        .optional(
            "retry", \.retry, unset: true,
            note: "Whether the job may be tried again. Default: true."),
        .optional(
            "delay", \.delay,
            note: "Milliseconds until the next attempt. Default: by the policy of the job."),
    ]
}

extension JobFilter {
    /// The keys of a filter.
    package static let fields: [WireField<JobFilter>] =
        [
            .optional("id", \.id, note: "This id."),
            .optional("type", \.type, .text(upTo: Job.maximumTypeBytes), note: "This type."),
            .optional("ref_id", \.refID, .text(upTo: Job.maximumRefIDBytes), note: "This ref_id."),
        ]
        + dates("created", \.created.equal, from: \.created.from, to: \.created.to)
        + dates("started", \.started.equal, from: \.started.from, to: \.started.to)
        + dates(
            "locked_until", \.lockedUntil.equal, from: \.lockedUntil.from, to: \.lockedUntil.to)
        + dates(
            "execute_until", \.executeUntil.equal, from: \.executeUntil.from,
            to: \.executeUntil.to)
        + dates("completed", \.completed.equal, from: \.completed.from, to: \.completed.to)
        + [
            .optional("retries", \.retries, note: "Started so often."),
            .optional("min_retries", \.minRetries, note: "Started more often than that."),
            .optional("state", \.state, note: "In this state."),
            .optional(
                "worker", \.worker, .name(upTo: Job.maximumWorkerLength),
                note: "Last started by this worker."),
            .optional(
                "group", \.group, .name(upTo: Job.maximumGroupLength), note: "Of this group."),
            .optional(
                "error_type", \.errorType, .name(upTo: AttemptError.maximumTypeLength),
                note: "The last error is of this type."),
            .optional(
                "error_key", \.errorKey, .name(upTo: ErrorKey.maximumLength),
                note: "In this group of errors, see get_errors."),
        ]

    private typealias Bound = any WritableKeyPath<JobFilter, Timestamp?> & Sendable

    /// A date and its bounds, such as `locked_until`, `locked_from` and `locked_to`.
    private static func dates(_ name: String, _ equal: Bound, from: Bound, to: Bound)
        -> [WireField<JobFilter>]
    {
        let base = name.hasSuffix("_until") ? name.dropLast("_until".count) : name[...]
        return [
            .optional(name, equal, note: "At this date."),
            .optional("\(base)_from", from, note: "At this date or later."),
            .optional("\(base)_to", to, note: "At this date or earlier."),
        ]
    }
}

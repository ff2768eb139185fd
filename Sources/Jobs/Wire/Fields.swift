// The fields of a job, as the wire has them: to add one, add its row here, its value to what
// `JSONWriter.job` writes, and its place to the documents of the database.

extension Job {
    /// What is shown of a job, in the order in which it is written.
    package static let fields: [WireField<Job>] = [
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
            note: "Nobody gets the job by its type before. Missing where there was no delay."),
    ]
}

extension NewJob {
    /// What producers say of a job. What is required is always sent.
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
            "delay", \.delay, note: "Milliseconds for which nobody gets the job by its type."),
    ]
}

extension JobFilter {
    /// What jobs can be found by.
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

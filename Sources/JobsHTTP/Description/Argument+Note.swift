extension Argument {
    /// What an argument means to a caller.
    struct Note {
        let text: String
        /// Nil for what examples do better without.
        var example: JSONLiteral?
    }

    /// By name, since a name means the same wherever it stands.
    var note: Note { Self.notes[name] ?? Note(text: "") }

    private static let notes: [String: Note] = [
        "delay": Note(text: "Milliseconds for which nobody gets the job by its type."),
        "details": Note(text: "Whether to tell the state of each job. Default: false."),
        "filter": Note(
            text: "Which jobs: those that match all keys. What cannot be read is passed over.",
            example: ["type": "mail", "created_from": "2026-11-24T08:00:00Z"]),
        "job_id": Note(text: "The job's id.", example: "01a20c9e329d7346bfc5087a31cac110"),
        "jobs": Note(text: "The leases."),
        "lock_token": Note(
            text:
                "As the start answered it: the call has no effect if the lease is another's by now."
        ),
        "max_jobs": Note(text: "The most jobs to start.", example: 10),
        "max_retries": Note(
            text:
                "Leaves out jobs that were started so often. Default: as the service is configured."
        ),
        "new_job": Note(text: "The job."),
        "new_jobs": Note(text: "The jobs."),
        "paging": Note(text: "Which part of the jobs, in the order of their creation."),
        "params": Note(
            text: "The producer's own data; comes back as the same JSON value.",
            example: ["to": "ann@example.com"]),
        "priority": Note(text: "Higher goes first. Default: 0."),
        "ref_id": Note(text: "What the job is about, in the producer's terms.", example: "order-7"),
        "skip": Note(text: "How many jobs to pass over. Default: 0.", example: 0),
        "take": Note(
            text: "The most jobs to answer; 0: as many as the service is configured for.",
            example: 100),
        "timeout": Note(
            text: "How long the lease lasts from now, in milliseconds.", example: 60_000),
        "total": Note(
            text: "Whether to count all jobs that match. Default: false.", example: true),
        "ttl": Note(
            text: "Milliseconds in which the job may be started; 0: for ever.",
            example: 3_600_000),
        "type": Note(text: "What kind of work it is.", example: "mail"),
        "wait_timeout": Note(
            text: "How long to wait for a job if there is none, in milliseconds. Default: 0."),
    ]
}

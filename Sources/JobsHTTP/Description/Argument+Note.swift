import Jobs

extension Argument {
    /// What an argument means to a caller.
    struct Note {
        let text: String
        /// Nil for what examples do better without.
        var example: JSONLiteral?
    }

    /// By name, since a name means the same wherever it stands.
    var note: Note { Note(text: Self.texts[name] ?? "", example: Self.examples[name]) }

    private static let texts = [
        "details": "Whether to tell the state of each job. Default: false.",
        "filter": "Which jobs: those that match all keys. What cannot be read is passed over.",
        "job_id": "The job's id.",
        "jobs": "The leases.",
        "lock_token":
            "As the start answered it: the call has no effect if the lease is another's by now.",
        "max_jobs": "The most jobs to start.",
        "max_retries":
            "Leaves out jobs that were started so often. Default: as the service is configured.",
        "new_job": "The job.",
        "new_jobs": "The jobs.",
        "paging": "Which part of the jobs, in the order of their creation.",
        "skip": "How many jobs to pass over. Default: 0.",
        "take": "The most jobs to answer; 0: as many as the service is configured for.",
        "timeout": "How long the lease lasts from now, in milliseconds.",
        "total": "Whether to count all jobs that match. Default: false.",
        "wait_timeout": "How long to wait for a job if there is none, in milliseconds. Default: 0.",
    ].merging(NewJob.fields.map { ($0.name, $0.note) }) { $1 }

    private static let examples: [String: JSONLiteral] = [
        "filter": ["type": "mail", "created_from": "2026-11-24T08:00:00Z"],
        "job_id": "01a20c9e329d7346bfc5087a31cac110",
        "max_jobs": 10,
        "params": ["to": "ann@example.com"],
        "ref_id": "order-7",
        "skip": 0,
        "take": 100,
        "timeout": 60_000,
        "total": true,
        "ttl": 3_600_000,
        "type": "mail",
    ]
}

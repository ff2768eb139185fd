import Jobs

extension Argument {
    /// The description of an argument for callers.
    package struct Note {
        package let text: String
        /// The example; `nil` to leave the argument out of examples.
        var example: JSONLiteral?
    }

    /// The note by the name of the argument, which has the same meaning in all operations.
    package var note: Note { Note(text: Self.texts[name] ?? "", example: Self.examples[name]) }

    private static let texts = [
        "details": "Whether to return the state of each job. Default: false.",
        "filter": "Selects the jobs that match all keys. Values that cannot be read are ignored.",
        "job_id": "The job's id.",
        "jobs": "The leases.",
        "lock_token":
            "The token that the start returned: the call has no effect if another lease is newer.",
        "max_jobs": "The maximum number of jobs to start.",
        "max_retries":
            "Skips jobs with this many starts or more. Default: the setting of the service.",
        "new_job": "The job.",
        "new_jobs": "The jobs.",
        "paging": "The part of the jobs to return, in the order of their creation.",
        "skip": "The number of jobs to skip. Default: 0.",
        "take": "The maximum number of jobs to return; 0 for the limit of the service.",
        "timeout": "The duration of the lease from now, in milliseconds.",
        "total": "Whether to count all matching jobs. Default: false.",
        "wait_timeout": "How long to wait for a job if none is ready, in milliseconds. Default: 0.",
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

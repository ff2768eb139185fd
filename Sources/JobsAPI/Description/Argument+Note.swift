import Jobs

extension Argument {
    /// The description of an argument for callers. A class, so that it costs little to copy an
    /// argument, which each check of a request does.
    package final class Note: Sendable {
        package let text: String
        /// The example; `nil` to leave the argument out of examples.
        let example: JSONLiteral?

        init(_ text: String, example: JSONLiteral? = nil) {
            self.text = text
            self.example = example
        }

        /// The note of the arguments that have the same meaning in all operations with this name.
        static func common(_ name: String) -> Note {
            Note(texts[name] ?? "", example: examples[name])
        }
    }
}

extension Argument.Note {
    private static let texts = [
        "after":
            "Lists the jobs whose ids follow this one in the order of the list; no job needs to have it.",
        "details": "Whether to return the state and the last attempts of each job. Default: false.",
        "dry_run": "Whether to only tell which jobs would be replayed. Default: false.",
        "filter":
            "Selects the jobs that match all keys. Unreadable values of keys without a type are ignored.",
        "job_id": "The job's id.",
        "job_ids": "The ids of the jobs. Those of unknown jobs are ignored.",
        "jobs": "The leases.",
        "lock_token":
            "The token that the start returned: the call has no effect if another lease is newer.",
        "max_jobs": "The maximum number of jobs to start.",
        "max_retries":
            "Skips jobs with this many starts or more, except those with a limit of their own.",
        "new_job": "The job.",
        "new_jobs": "The jobs.",
        "order": "asc: the oldest jobs first; desc: the newest. Default: asc.",
        "paging": "The part of the jobs to return, in the order of their creation.",
        "progress": "The state of the work, which the next attempt can read: any JSON value.",
        "result": "The result of the work: any JSON value.",
        "skip": "The number of jobs to skip. Default: 0.",
        "take": "The maximum number of jobs to return; 0 for the limit of the service.",
        "timeout": "The duration of the lease from now, in milliseconds.",
        "total": "Whether to count all matching jobs. Default: false.",
        "wait_timeout": "How long to wait for a job if none is ready, in milliseconds. Default: 0.",
        "worker": "The name of the worker, which the job and its attempts show.",
    ].merging(NewJob.fields.map { ($0.name, $0.note) }) { first, _ in first }

    private static let examples: [String: JSONLiteral] = [
        "error": ["type": "Timeout", "message": "The mail server did not answer."],
        "filter": ["type": "mail", "created_from": "2026-11-24T08:00:00Z"],
        "job_id": "01a20c9e329d7346bfc5087a31cac110",
        "lock_token": "a2b774b52c9a888c37a0ff2737ed901b",
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

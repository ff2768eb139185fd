import Jobs
import JobsEngine

/// The arguments of the operations.
extension Command {
    static let type = Argument.required("type", .text(upTo: Job.maximumTypeBytes))

    static let oneType = Argument.optional("type", .text(upTo: Job.maximumTypeBytes))

    static let types = Argument.optional(
        "types", .texts(1...Claim.maximumTypes, upTo: Job.maximumTypeBytes),
        Argument.Note(
            """
            Several types instead of one, the most preferred first: starts jobs of the first type that has \
            some, and waits for jobs of all of them.
            """))

    static let newJob = NewJob.fields.map { field in
        let argument = Argument(field)
        guard field.name == "request_id" else { return argument }
        return .optional(
            field.name, .key(upTo: Job.maximumRequestIDLength), argument.note)
    }

    static let failure = Failure.fields.map { Argument($0) }

    static let worker = Argument.optional("worker", .name(upTo: Job.maximumWorkerLength))

    static let claimed: [Argument] = [
        .required("timeout", .integer()),
        .optional("max_retries", .integer()), .optional("wait_timeout", .integer(0...60_000)),
        worker,
        .optional(
            "request_id", .key(upTo: Job.maximumRequestIDLength),
            Argument.Note(
                """
                Makes the claim repeatable: with the same type or types and request_id, one claim starts \
                jobs, and the others get those that are still under its leases.
                """)),
    ]

    static let paging: [Argument] = [
        .optional("skip", .integer()), .optional("take", .integer()), .optional("total", .boolean),
        .optional("after", .string), .optional("order", .choice(["asc", "desc"])),
    ]

    static let details = Argument.optional("details", .boolean)

    static let jobID = Argument.required("job_id", .string)

    static let lease: [Argument] = [jobID, .optional("lock_token", .string)]

    static let progress = Argument.optional("progress", .any(upTo: Job.maximumProgressBytes))

    static let result = Argument.optional("result", .any())

    static let replay: [Argument] = [
        .optional("job_ids", .strings),
        .optional(
            "filter", .filter(isStrict: true),
            Argument.Note(
                """
                Selects the jobs that match all keys. With job_ids, a job has to match both. \
                Unknown keys and values that cannot be read are refused.
                """, example: ["state": "failed", "error_type": "Timeout"])),
        .optional(
            "max_jobs", .integer(1...Int64(ReplayRequest.maximumJobs)),
            Argument.Note(
                "The maximum number of jobs to replay, the oldest first. Default: 1000.",
                example: 100)),
        .optional(
            "delay", .integer(),
            Argument.Note("Milliseconds for which the jobs cannot be claimed by type. Default: 0.")),
        .optional(
            "ttl", .integer(),
            Argument.Note(
                """
                A new deadline in milliseconds from now; 0: for ever. Default: the old one, with which \
                expired jobs are not replayed.
                """)),
        .optional("dry_run", .boolean),
    ]
}

import HTTPEdge
import JSON
import Jobs

extension Command {
    /// Every operation of the service: the one truth of the wire.
    static let all = singles + batches

    /// The operations of the originals.
    static let singles: [Command] = [
        Command(
            name: "add_job", summary: "Adds a job.",
            scope: .produce,
            arguments: [.required("new_job", .object(newJob))],
            answers: [.job]
        ) { arguments, jobs in
            try await .job(jobs.add(arguments.object("new_job").newJob))
        },
        Command(
            name: "add_uniq_job",
            summary: "Adds a job unless an unfinished one of its type and ref_id is there.",
            scope: .produce,
            arguments: [.required("new_job", .object(newJob))],
            answers: [.job]
        ) { arguments, jobs in
            try await .job(jobs.addUnique(arguments.object("new_job").newJob))
        },
        Command(
            name: "get_jobs", summary: "Lists the jobs that match a filter, a page at a time.",
            scope: .read,
            arguments: [
                .optional("filter", .filter), .optional("paging", .object(paging)), details,
            ],
            answers: [.page]
        ) { arguments, jobs in
            let filter = JobFilter(arguments.object("filter"))
            var paging = arguments.object("paging").paging
            paging.maxBytes = PageRest.sliceSize
            let slice = paging
            let page = try await ClientConnection.whileThere(grace: .seconds(1)) {
                try await jobs.list(filter, slice)
            }
            return try await .page(page, of: filter, state: states(arguments, jobs))
        },
        Command(
            name: "get_job_by_id", summary: "Shows a job.",
            scope: .read,
            arguments: [.required("job_id", .string), details],
            answers: [.job, .nothing]
        ) { arguments, jobs in
            guard let job = try await jobs.get(arguments.jobID) else { return .nothing }
            return try await .job(job, states(arguments, jobs)(job))
        },
        Command(
            name: "start_job_by_id", summary: "Starts this job, if nobody has it.",
            scope: .work,
            arguments: [.required("job_id", .string), .required("timeout", .integer())],
            answers: [.started, .nothing]
        ) { arguments, jobs in
            try await started(jobs.start(arguments.jobID, timeout: arguments.timeout))
        },
        Command(
            name: "start_job_by_type", summary: "Starts the next job of a type.",
            scope: .work,
            arguments: claim,
            answers: [.started, .nothing],
            prepare: { arguments in
                let claim = start(arguments, limit: 1)
                return { jobs in try await started(claim(jobs).first) }
            }),
        Command(
            name: "extend_job", summary: "Makes a lease last from now for a time.",
            scope: .work,
            arguments: extended,
            answers: [.job, .nothing]
        ) { arguments, jobs in
            try await job(jobs.extend(arguments.lease, timeout: arguments.timeout))
        },
        Command(
            name: "abort_job", summary: "Gives a job back unfinished, at once or after a delay.",
            scope: .work,
            arguments: aborted,
            answers: [.job, .nothing]
        ) { arguments, jobs in
            try await job(jobs.abort(arguments.lease, delay: arguments.delay))
        },
        Command(
            name: "complete_job", summary: "Marks a job as completed.", scope: .work,
            arguments: lease,
            answers: [.job, .nothing]
        ) { arguments, jobs in
            try await job(jobs.complete(arguments.lease))
        },
        Command(
            name: "delete_job_by_id", summary: "Removes a job, whatever its state.",
            scope: .admin,
            arguments: [.required("job_id", .string)],
            answers: [.job, .nothing]
        ) { arguments, jobs in
            try await job(jobs.delete(arguments.jobID))
        },
        Command(
            name: "delete_jobs", summary: "Removes every job.", scope: .admin, arguments: [],
            answers: [.nothing]
        ) { _, jobs in
            _ = try await ClientConnection.whileThere { try await jobs.deleteAll() }
            return .nothing
        },
        Command(
            name: "clean_jobs", summary: "Removes completed, expired and given up jobs.",
            scope: .admin,
            arguments: [],
            answers: [.nothing]
        ) { _, jobs in
            _ = try await ClientConnection.whileThere { try await jobs.clean() }
            return .nothing
        },
    ]

    private static let details = Argument.optional("details", .boolean)

    /// What state jobs are in that were just read, if the caller asked for that.
    private static func states(_ arguments: Arguments, _ jobs: PermittedJobs) async throws
        -> @Sendable (Job) -> JobState?
    {
        guard arguments["details"]?.boolean == true else { return { _ in nil } }
        let (now, maxRetries) = (try await jobs.now(), jobs.maxRetries)
        return { $0.state(at: now, maxRetries: maxRetries) }
    }

    private static let type = Argument.required("type", .text(upTo: Job.maximumTypeBytes))

    static let newJob: [Argument] = [
        type, .required("ref_id", .text(upTo: Job.maximumRefIDBytes)),
        .required("ttl", .integer()),
        .optional("params", .any),
        .optional("priority", .integer(Int64(Int32.min)...Int64(Int32.max))),
        .optional("delay", .integer()),
    ]

    static let claim: [Argument] = [
        type, .required("timeout", .integer()),
        .optional("max_retries", .integer()), .optional("wait_timeout", .integer(0...60_000)),
    ]

    /// Claims jobs by type; if the caller is willing to wait, for as long as it is there. The work
    /// keeps nothing of the request but these few values, since it may last a minute.
    static func start(_ arguments: Arguments, limit: Int)
        -> @Sendable (PermittedJobs) async throws -> [StartedJob]
    {
        let (type, timeout) = (arguments.string("type"), arguments.timeout)
        let maxRetries = arguments["max_retries"]?.integer.map { Int($0) }
        let wait = arguments["wait_timeout"]?.integer ?? 0
        return { jobs in
            let claim = { @Sendable in
                try await jobs.start(
                    type: type, timeout: timeout, maxRetries: maxRetries, limit: limit, wait: wait,
                    onWaiting: { ClientConnection.current?.load?.suspend() })
            }
            return wait > 0 ? try await ClientConnection.whileThere(claim) : try await claim()
        }
    }

    private static let paging: [Argument] = [
        .optional("skip", .integer()), .optional("take", .integer()), .optional("total", .boolean),
    ]

    static let lease: [Argument] = [
        .required("job_id", .string), .optional("lock_token", .string),
    ]

    static let aborted = lease + [.optional("delay", .integer())]

    static let extended = lease + [.required("timeout", .integer())]
}

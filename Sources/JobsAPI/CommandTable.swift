import JSON
import Jobs
import JobsEngine

extension Command {
    /// All operations of the service: the single source of the HTTP API.
    package static let all = singles + batches

    /// The operations of the original services.
    package static let singles: [Command] = [
        add.single("add_job", "Adds a job.", in: "new_job"),
        addUnique.single(
            "add_uniq_job", "Adds a job unless there is an unfinished one of its type and ref_id.",
            in: "new_job"),
        Command(
            name: "get_jobs", summary: "Lists the jobs that match a filter, in pages.",
            scope: .read,
            arguments: [
                .optional("filter", .filter), .optional("paging", .object(paging)), details,
            ],
            answers: [.page], reach: .filter, graceWithoutClient: .seconds(1), prepare: list),
        get.single("get_job_by_id", "Returns a job."),
        startByID.single("start_job_by_id", "Starts this job if it is not locked."),
        Command(
            name: "start_job_by_type", summary: "Starts the next job of a type.",
            scope: .work, arguments: claimed, answers: [.started, .nothing],
            reach: .type("type"), mayWait: true, isAboutOneJob: true
        ) { arguments in
            let claim = claim(arguments, limit: 1)
            return { caller in try await claim(caller).first.map(Result.started) ?? .nothing }
        },
        extend.single("extend_job", "Extends a lease to a time from now."),
        abort.single("abort_job", "Releases a job without completing it, with an optional delay."),
        complete.single("complete_job", "Marks a job as completed."),
        delete.single("delete_job_by_id", "Deletes a job in any state."),
        Command(
            name: "delete_jobs", summary: "Deletes all jobs.", scope: .admin, arguments: [],
            answers: [.nothing], reach: .all, graceWithoutClient: .zero
        ) { _ in
            { caller in
                _ = try await caller.jobs.deleteAll()
                return .nothing
            }
        },
        Command(
            name: "clean_jobs", summary: "Deletes completed, expired and exhausted jobs.",
            scope: .admin, arguments: [], answers: [.nothing], reach: .all,
            graceWithoutClient: .zero
        ) { _ in
            { caller in
                _ = try await caller.jobs.clean()
                return .nothing
            }
        },
    ]

    /// The operations on many jobs at once.
    static let batches: [Command] = [
        add.many("add_jobs", "Adds jobs.", in: "new_jobs"),
        Command(
            name: "start_jobs_by_type",
            summary: "Starts the next jobs of a type, up to a maximum.",
            scope: .work,
            arguments: claimed + [.required("max_jobs", .integer(1...Int64(maximumItems)))],
            answers: [.items([.started])], reach: .type("type"), mayWait: true, isBatch: true
        ) { arguments in
            let claim = claim(arguments, limit: Int(arguments.integer("max_jobs")))
            return { caller in .items(try await claim(caller).map { .success(.started($0)) }) }
        },
        extend.many("extend_jobs", "Extends leases to a time from now.", in: "jobs"),
        abort.many(
            "abort_jobs", "Releases jobs without completing them, with optional delays.", in: "jobs"
        ),
        complete.many("complete_jobs", "Marks jobs as completed.", in: "jobs"),
    ]

    /// The maximum number of items in a request, and of jobs in an answer.
    package static let maximumItems = 1000

    // MARK: Operations on items

    private static let add = ItemOperation(
        scope: .produce, reach: .type("type"), arguments: newJob, answers: [.job]
    ) { items, jobs in
        try await jobs.add(items.map(\.newJob)).map { $0.map { .job($0) }.mapError { $0 } }
    }

    private static let addUnique = ItemOperation(
        scope: .produce, reach: .type("type"), arguments: newJob, answers: [.job],
        one: { item, jobs in .job(try await jobs.addUnique(item.newJob)) })

    private static let get = ItemOperation(
        scope: .read, reach: .job, arguments: [jobID, details], answers: [.job, .nothing],
        one: { item, jobs in
            guard let job = try await jobs.get(item.jobID) else { return .nothing }
            return .job(job, try await states(item, jobs)(job))
        })

    private static let startByID = ItemOperation(
        scope: .work, reach: .job, arguments: [jobID, .required("timeout", .integer())],
        answers: [.started, .nothing],
        one: { item, jobs in
            let started = try await jobs.start(Start(item.jobID, timeout: item.timeout))
            return started.map { .started($0) } ?? .nothing
        })

    private static let delete = ItemOperation(
        scope: .admin, reach: .job, arguments: [jobID], answers: [.job, .nothing],
        one: { item, jobs in .optional(try await jobs.delete(item.jobID)) })

    private static let extend = ItemOperation(change: lease + [.required("timeout", .integer())]) {
        .extend(timeout: $0.timeout)
    }

    private static let abort = ItemOperation(change: lease + [.optional("delay", .integer())]) {
        .abort(delay: $0.delay)
    }

    private static let complete = ItemOperation(change: lease) { _ in .complete }

    // MARK: Lists

    private static func list(_ arguments: Arguments) -> Work {
        { caller in
            var filter = JobFilter(arguments.object("filter"))
            if filter.type == nil { filter.types = caller.types }
            var paging = arguments.object("paging").paging
            paging.maxBytes = PageRest.sliceSize
            let page = try await caller.jobs.list(filter, paging)
            return try await .page(page, of: filter, state: states(arguments, caller.jobs))
        }
    }

    private static let details = Argument.optional("details", .boolean)

    /// The states of jobs that were just read, if the caller requested them.
    private static func states(_ arguments: Arguments, _ jobs: JobsController) async throws
        -> @Sendable (Job) -> JobState?
    {
        guard arguments["details"]?.boolean == true else { return { _ in nil } }
        let (now, maxRetries) = (try await jobs.now(), jobs.options.maxRetries)
        return { $0.state(at: now, maxRetries: maxRetries) }
    }

    // MARK: Claims

    /// Claims jobs by type. The work keeps only these few values of the request, since it may last a
    /// minute.
    private static func claim(_ arguments: Arguments, limit: Int)
        -> @Sendable (CallContext) async throws -> [StartedJob]
    {
        let claim = Claim(
            type: arguments.string("type"), timeout: arguments.timeout,
            maxRetries: arguments["max_retries"]?.integer.map { Int($0) }, limit: limit)
        let milliseconds = arguments["wait_timeout"]?.integer ?? 0
        return { caller in
            let wait = ClaimWait(
                milliseconds: milliseconds, caller: caller.claimant, during: caller.duringWait)
            return try await caller.jobs.claim(claim, wait)
        }
    }

    // MARK: Arguments

    private static let type = Argument.required("type", .text(upTo: Job.maximumTypeBytes))

    private static let newJob = NewJob.fields.map { Argument($0) }

    private static let claimed: [Argument] = [
        type, .required("timeout", .integer()),
        .optional("max_retries", .integer()), .optional("wait_timeout", .integer(0...60_000)),
    ]

    private static let paging: [Argument] = [
        .optional("skip", .integer()), .optional("take", .integer()), .optional("total", .boolean),
    ]

    private static let jobID = Argument.required("job_id", .string)

    private static let lease: [Argument] = [jobID, .optional("lock_token", .string)]
}

extension ItemOperation {
    /// A change of a job by the holder of its lease.
    fileprivate init(
        change arguments: [Argument], _ act: @escaping @Sendable (Arguments) -> Act
    ) {
        self.init(scope: .work, reach: .job, arguments: arguments, answers: [.job, .nothing]) {
            items, jobs in
            try await jobs.change(items.map { JobChange($0.lease, act($0)) })
                .map { $0.map(Command.Item.optional).mapError { $0 } }
        }
    }

    /// An operation that stores carry out for one item at a time.
    fileprivate init(
        scope: AccessScope, reach: Reach, arguments: [Argument], answers: [Command.Shape],
        one: @escaping @Sendable (Arguments, JobsController) async throws -> Command.Item
    ) {
        self.init(scope: scope, reach: reach, arguments: arguments, answers: answers) {
            items, jobs in
            var results: [ItemResult] = []
            for item in items { results.append(.success(try await one(item, jobs))) }
            return results
        }
    }
}

import JSON
import Jobs
import JobsEngine

/// The operations on one job, which exist for batches as well where that is useful.
extension Command {
    /// The operations on single jobs.
    static let jobCommands: [Command] = [
        add.single("add_job", "Adds a job.", in: "new_job"),
        addUnique.single(
            "add_uniq_job", "Adds a job unless there is an unfinished one of its type and ref_id.",
            in: "new_job"),
        get.single("get_job_by_id", "Returns a job."),
        startByID.single("start_job_by_id", "Starts this job if it is not locked."),
        extend.single("extend_job", "Extends a lease to a time from now."),
        abort.single("abort_job", "Releases a job without completing it, with an optional delay."),
        complete.single("complete_job", "Marks a job as completed."),
        fail.single(
            "fail_job",
            "Reports a failed attempt: the job is tried again after a delay, or has failed for good."
        ),
        cancel.single(
            "cancel_job", "Cancels a job: at once, or when the lease of its worker ends."),
        delete.single("delete_job_by_id", "Deletes a job in any state."),
    ]

    /// The operations on many jobs at once.
    static let batchCommands: [Command] = [
        add.many("add_jobs", "Adds jobs.", in: "new_jobs"),
        extend.many("extend_jobs", "Extends leases to a time from now.", in: "jobs"),
        abort.many(
            "abort_jobs", "Releases jobs without completing them, with optional delays.", in: "jobs"
        ),
        complete.many("complete_jobs", "Marks jobs as completed.", in: "jobs"),
        fail.many("fail_jobs", "Reports failed attempts, as fail_job does.", in: "jobs"),
    ]

    static let add = ItemOperation(
        scope: .produce, reach: .type("type"), arguments: newJob, answers: [.job]
    ) { items, caller in
        try await caller.jobs.add(items.map { caller.traced($0.newJob) })
            .map { $0.map { .job($0) }.mapError { $0 } }
    }

    static let addUnique = ItemOperation(
        scope: .produce, reach: .type("type"), arguments: newJob, answers: [.job],
        one: { item, caller in
            .job(try await caller.jobs.addUnique(caller.traced(item.newJob)))
        })

    static let get = ItemOperation(
        scope: .read, reach: .job, arguments: [jobID, details], answers: [.job, .nothing],
        one: { item, caller in
            guard let job = try await caller.jobs.get(item.jobID) else { return .nothing }
            return .job(job, try await states(item, caller.jobs)(job))
        })

    static let startByID = ItemOperation(
        scope: .work, reach: .job, arguments: [jobID, .required("timeout", .integer()), worker],
        answers: [.started, .nothing],
        one: { item, caller in
            let started = try await caller.jobs.start(
                Start(item.jobID, timeout: item.timeout, worker: item.worker))
            return started.map { .started($0) } ?? .nothing
        })

    static let delete = ItemOperation(
        scope: .admin, reach: .job, arguments: [jobID], answers: [.job, .nothing],
        one: { item, caller in .optional(try await caller.jobs.delete(item.jobID)) })

    static let extend = ItemOperation(
        change: lease + [.required("timeout", .integer()), progress]
    ) {
        .extend(timeout: $0.timeout, progress: $0["progress"]?.text)
    }

    static let abort = ItemOperation(change: lease + [.optional("delay", .integer())]) {
        .abort(delay: $0.delay)
    }

    static let complete = ItemOperation(change: lease + [result]) {
        .complete(result: $0["result"]?.text)
    }

    static let fail = ItemOperation(change: lease + failure) { .fail($0.failure) }

    static let cancel = ItemOperation(scope: .operate, change: [jobID]) { _ in .cancel }
}

extension CallContext {
    /// The job with the trace context of the request that adds it.
    fileprivate func traced(_ newJob: NewJob) -> NewJob {
        guard let traceparent else { return newJob }
        var newJob = newJob
        newJob.requestTraceparent = traceparent
        return newJob
    }
}

extension ItemOperation {
    /// A change of a job, usually by the holder of its lease.
    fileprivate init(
        scope: AccessScope = .work, change arguments: [Argument],
        _ act: @escaping @Sendable (Arguments) -> Act
    ) {
        self.init(scope: scope, reach: .job, arguments: arguments, answers: [.job, .nothing]) {
            items, caller in
            try await caller.jobs.change(items.map { JobChange($0.lease, act($0)) })
                .map { $0.map(Command.Item.optional).mapError { $0 } }
        }
    }

    /// An operation that stores carry out for one item at a time.
    fileprivate init(
        scope: AccessScope, reach: Reach, arguments: [Argument], answers: [Command.Shape],
        one: @escaping @Sendable (Arguments, CallContext) async throws -> Command.Item
    ) {
        self.init(scope: scope, reach: reach, arguments: arguments, answers: answers) {
            items, caller in
            var results: [ItemResult] = []
            for item in items { results.append(.success(try await one(item, caller))) }
            return results
        }
    }
}

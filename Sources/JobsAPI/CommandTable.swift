extension Command {
    /// All operations of the service: the single source of the HTTP API.
    package static let all = singles + batches

    /// The operations on single jobs, and on all that match something.
    package static let singles: [Command] = [
        add.single("add_job", "Adds a job.", in: "new_job"),
        addUnique.single(
            "add_uniq_job", "Adds a job unless there is an unfinished one of its type and ref_id.",
            in: "new_job"),
        listJobs,
        getErrors,
        get.single("get_job_by_id", "Returns a job."),
        startByID.single("start_job_by_id", "Starts this job if it is not locked."),
        startByType,
        extend.single("extend_job", "Extends a lease to a time from now."),
        abort.single("abort_job", "Releases a job without completing it, with an optional delay."),
        complete.single("complete_job", "Marks a job as completed."),
        fail.single(
            "fail_job",
            "Reports a failed attempt: the job is tried again after a delay, or has failed for good."
        ),
        cancel.single(
            "cancel_job", "Cancels a job: at once, or when the lease of its worker ends."),
        replayJobs,
        startOperation,
        getOperations,
        getOperation,
        cancelOperation,
        setSchedule,
        getSchedules,
        runSchedule,
        deleteSchedule,
        explain,
        getTypes,
        pauseType,
        resumeType,
        setType,
        delete.single("delete_job_by_id", "Deletes a job in any state."),
        deleteAll,
        clean,
        getAudit,
    ]

    /// The operations on many jobs at once.
    static let batches: [Command] = [
        add.many("add_jobs", "Adds jobs.", in: "new_jobs"),
        startManyByType,
        extend.many("extend_jobs", "Extends leases to a time from now.", in: "jobs"),
        abort.many(
            "abort_jobs", "Releases jobs without completing them, with optional delays.", in: "jobs"
        ),
        complete.many("complete_jobs", "Marks jobs as completed.", in: "jobs"),
        fail.many("fail_jobs", "Reports failed attempts, as fail_job does.", in: "jobs"),
    ]

    /// The maximum number of items in a request, and of jobs in an answer.
    package static let maximumItems = 1000
}

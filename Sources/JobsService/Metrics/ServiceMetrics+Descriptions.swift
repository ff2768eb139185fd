import Prometheus

extension ServiceMetrics {
    /// Beyond a minute as well: jobs may wait for hours.
    private static let jobSeconds = PrometheusMetrics.Description.seconds + [300, 1800, 7200]

    /// What every name means.
    static let descriptions: [PrometheusMetrics.Description] = [
        .init("exec_count", "Calls of a command."),
        .init("exec_errors", "Calls of a command that were answered with an error."),
        .init("exec_time_count", "Calls of a command that were timed."),
        .init("exec_time_max", "Longest call of a command, in milliseconds."),
        .init("exec_time_min", "Shortest call of a command, in milliseconds."),
        .init("exec_time_average", "Mean time of the calls of a command, in milliseconds."),
        .init("jobs_stored", "Jobs in the store, by type and state."),
        .init("jobs_ready", "Jobs that can be claimed now."),
        .init(
            "jobs_oldest_ready_seconds",
            "For how long the job has been ready that has waited longest; 0 if none is ready."),
        .init("jobs_added_total", "Jobs that were added."),
        .init("jobs_claims_total", "Jobs that were handed out."),
        .init("jobs_empty_claims_total", "Claims by type that were answered without a job."),
        .init("jobs_extensions_total", "Leases that were extended."),
        .init("jobs_aborts_total", "Jobs that were given back."),
        .init("jobs_completions_total", "Jobs that were completed."),
        .init("jobs_expirations_total", "Jobs that were met past their time."),
        .init(
            "jobs_exhaustions_total", "Jobs that were met started as often as a claim allows."),
        .init("jobs_cleaned_total", "Jobs that cleaning has removed, by the reason for it."),
        .init("jobs_leases_lost_total", "Calls refused since their lease is not the last."),
        .init(
            "jobs_leases_lapsed_total", "Jobs taken over from a worker whose lease had run out."),
        .init("jobs_waiting_claims", "Claims that wait for a job."),
        .init(
            "jobs_add_to_claim_seconds",
            "Time from when a job was added, or its delay was over, to its first start.",
            buckets: jobSeconds),
        .init(
            "jobs_claim_to_complete_seconds",
            "Time from the start of a job's last lease to its completion.", buckets: jobSeconds),
        .init(
            "jobs_batch_size", "Calls that went to the store as one command.",
            buckets: (0...10).map { Double(1 << $0) }),
        .init("jobs_command_seconds", "Time from a request's head to its answer."),
        .init("jobs_requests_in_flight", "Operations in work, waiting claims included."),
        .init("jobs_connections", "Open connections of clients."),
        .init("jobs_requests_refused_total", "Requests that were refused, by reason."),
        .init(
            "jobs_log_lines_dropped_total",
            "Lines of the log that were dropped, as nothing read them."),
        .init("jobs_store_up", "Whether the store answered when it was asked last."),
        .init("mongo_command_seconds", "Time that a command took on its connection."),
        .init("mongo_command_errors_total", "Commands that failed, by name and kind of error."),
        .init(
            "jobs_mongo_index_fallbacks_total",
            "Commands that were sent again without an index, as it was not there."),
        .init("mongo_pool_size", "Commands that can run at a time."),
        .init("mongo_pool_in_use", "Commands that run."),
        .init("mongo_pool_waiting", "Commands that wait for a connection."),
        .init(
            "event_loop_lag_seconds",
            "The latest that an event loop came to its work in the last 10 to 20 seconds."),
        .init("process_resident_memory_bytes", "Memory that the process has in RAM."),
        .init("process_cpu_seconds_total", "Time that processors spent on the process."),
        .init("process_open_fds", "Open files and sockets."),
        .init("process_max_fds", "The most files and sockets that may be open."),
        .init("process_start_time_seconds", "When the process began, since 1970."),
    ]
}

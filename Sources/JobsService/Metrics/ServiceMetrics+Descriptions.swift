import Prometheus

extension ServiceMetrics {
    /// The buckets reach beyond a minute, since jobs may wait for hours.
    private static let jobSeconds = PrometheusMetrics.Description.seconds + [300, 1800, 7200]

    /// The help texts of all metrics.
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
            "The time that the oldest ready job has been ready; 0 if no job is ready."),
        .init("jobs_added_total", "Jobs that were added."),
        .init("jobs_claims_total", "Jobs that were handed out."),
        .init("jobs_empty_claims_total", "Claims by type that were answered without a job."),
        .init("jobs_extensions_total", "Leases that were extended."),
        .init("jobs_aborts_total", "Jobs that were aborted by their workers."),
        .init("jobs_completions_total", "Jobs that were completed."),
        .init("jobs_failed_attempts_total", "Attempts that failed, by type of error."),
        .init("jobs_dead_letters_total", "Jobs that failed for good."),
        .init("jobs_cancelled_total", "Jobs that were cancelled."),
        .init("jobs_replayed_total", "Jobs that were made claimable again by a replay."),
        .init("jobs_schedule_firings_total", "Firings of schedules that added a job."),
        .init(
            "jobs_schedule_passed_over_total",
            "Times that schedules skipped firings without adding a job."),
        .init("jobs_schedule_failures_total", "Failed attempts to fire schedules."),
        .init(
            "jobs_attempts_per_completion", "Starts of a job until its completion.",
            buckets: [1, 2, 3, 4, 5, 7, 10, 15, 20, 50]),
        .init("jobs_expirations_total", "Jobs that were found expired."),
        .init(
            "jobs_exhaustions_total", "Jobs that claims found at their limit of attempts."),
        .init("jobs_operation_jobs_total", "Jobs that bulk operations have treated, by action."),
        .init("jobs_cleaned_total", "Jobs that cleaning has deleted, by reason."),
        .init("jobs_leases_lost_total", "Calls refused because of an old lease."),
        .init(
            "jobs_limited_claims_total",
            "Claims that found jobs, but no room under the limits of the type."),
        .init("jobs_leases_lapsed_total", "Claims that took over a job with a lapsed lease."),
        .init("jobs_waiting_claims", "Claims that wait for a job."),
        .init(
            "jobs_add_to_claim_seconds",
            "Time from the creation of a job, or the end of its delay, to its first start.",
            buckets: jobSeconds),
        .init(
            "jobs_claim_to_complete_seconds",
            "Time from the start of a job's last lease to its completion.", buckets: jobSeconds),
        .init(
            "jobs_batch_size", "Calls that were merged into one command to the store.",
            buckets: (0...10).map { Double(1 << $0) }),
        .init("jobs_command_seconds", "Time from the head of a request to its response."),
        .init("jobs_requests_in_flight", "Operations in progress, waiting claims included."),
        .init("jobs_connections", "Open connections of clients."),
        .init("jobs_requests_refused_total", "Requests that were refused, by reason."),
        .init(
            "jobs_log_lines_dropped_total",
            "Log lines that were dropped because nothing read them."),
        .init("jobs_store_up", "Whether the store answered the last check."),
        .init("mongo_command_seconds", "Time of a command on its connection."),
        .init("mongo_command_errors_total", "Commands that failed, by name and kind of error."),
        .init(
            "jobs_mongo_index_fallbacks_total",
            "Commands that were retried without a missing index."),
        .init("mongo_pool_size", "Commands that can run at the same time."),
        .init("mongo_pool_in_use", "Commands that are running."),
        .init("mongo_pool_waiting", "Commands that wait for a connection."),
        .init(
            "event_loop_lag_seconds",
            "The longest delay of an event loop in the last 10 to 20 seconds."),
        .init("process_resident_memory_bytes", "Resident memory of the process."),
        .init("process_cpu_seconds_total", "CPU time of the process."),
        .init("process_open_fds", "Open files and sockets."),
        .init("process_max_fds", "The limit of open files and sockets."),
        .init("process_start_time_seconds", "The start of the process, since 1970."),
    ]
}

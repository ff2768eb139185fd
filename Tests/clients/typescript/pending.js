// What the table of the client has and the program does not have yet. It is empty when both are complete.

export const pending = {
  operations: [
    "explain_job", "get_types", "pause_type", "resume_type", "set_type", "get_schedules",
    "set_schedule", "delete_schedule", "run_schedule",
  ],
  /** As `operation.argument`. */
  members: [
    "add_job.request_id", "add_uniq_job.request_id", "add_jobs.request_id",
    "start_job_by_type.request_id", "start_jobs_by_type.request_id", "new_job.request_id",
  ],
}

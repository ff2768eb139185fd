"""What the client knows and the service is about to learn."""

#: Operations that may be missing in the description of the service. Empty when it has them all.
OPERATIONS = {
    "get_types", "explain_job", "pause_type", "resume_type", "set_type",
    "set_schedule", "get_schedules", "delete_schedule", "run_schedule",
}
#: Arguments that may be missing, wherever they are.
ARGUMENTS = {"request_id"}

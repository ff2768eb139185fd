"""What the screens of the pages send to the service, screen by screen, each time that they are brought up to date.

Each screen is a function from what is known of the store (ids, a type, the key of an error) to its
operations with their arguments; see Sources/Dashboard/Pages/screen-*.js.
"""
ROW = ["id", "type", "ref_id", "state", "retries", "max_retries", "created", "delayed_until", "locked_until", "worker",
       "error", "execute_until", "completed", "failed", "cancelled", "cancel_requested", "started", "error_key"]
CHANGING = [name for name in ROW if name != "error"]
JOB = CHANGING + ["priority", "retry", "group", "traceparent"]


def newest(**filter):
    return ("get_jobs", {"filter": filter, "fields": ROW, "paging": {"take": 50, "order": "desc"}})


def again(job, **filter):
    """The page that is shown once more."""
    return ("get_jobs", {"filter": filter, "fields": CHANGING, "paging": {"take": 100, "order": "desc", "after": f"{job}!"}})


def older(job, **filter):
    return ("get_jobs", {"filter": filter, "fields": ROW, "paging": {"take": 50, "order": "desc", "after": job}})


def newer(job, **filter):
    return ("get_jobs", {"filter": filter, "fields": ["id"], "paging": {"take": 50, "order": "asc", "after": job}})


def job(job, **known):
    return [
        ("get_jobs", {"filter": {"id": job}, "fields": JOB, "paging": {"take": 1}}),
        ("get_jobs", {"filter": {"id": job}, "fields": ["error", "attempts"], "paging": {"take": 1}}),
        ("explain_job", {"job_id": job}),
        ("get_jobs", {"filter": {"id": job}, "fields": ["params"], "paging": {"take": 1}}),
        ("get_jobs", {"filter": {"ref_id": known["ref_id"]}, "fields": ["type", "state", "created"],
                      "paging": {"take": 11, "order": "desc"}}),
    ]


SCREENS = {
    "overview": lambda known: [("get_errors", {})],
    "type": lambda known: [("get_errors", {"type": known["type"]})],
    "polling": lambda known: [("get_types", {"rates": True, "paging": {"take": 1000}})],
    "all jobs": lambda known: [newest(), again(known["first"]), newer(known["first"]), older(known["last"])],
    "type's jobs": lambda known: [newest(type=known["type"]), older(known["last"], type=known["type"])],
    "failed jobs": lambda known: [newest(state="failed"), newest(type=known["type"], state="failed")],
    "a group": lambda known: [newest(type=known["type"], error_key=known["error_key"])],
    "ready jobs": lambda known: [newest(type=known["type"], state="ready")],
    "delayed jobs": lambda known: [newest(type=known["type"], state="delayed")],
    "by reference": lambda known: [newest(ref_id=known["ref_id"])],
    "failed job": lambda known: job(known["failed"], **known) + [("get_errors", {"type": known["type"]})],
    "large job": lambda known: job(known["big"], **known),
    "failures": lambda known: [("get_errors", {})],
    "running": lambda known: [
        ("get_jobs", {"filter": {"state": "running"}, "fields": CHANGING, "paging": {"take": 500}}),
        ("get_jobs", {"filter": {"type": known["few"], "state": "ready", "locked_from": "1970-01-01T00:00:00.000Z"},
                      "fields": CHANGING, "paging": {"take": 500}}),
    ],
    "schedules": lambda known: [("get_schedules", {"paging": {"take": 1000}})],
    "operations": lambda known: [("get_operations", {"max": 100})],
    "audit": lambda known: [("get_audit", {"max": 100})],
}

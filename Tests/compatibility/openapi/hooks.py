"""What schemathesis is to do otherwise with this service."""
import datetime
import itertools

import schemathesis

LONGEST_WAIT = 50  # milliseconds
OPERATIONS = 50  # of which a hundred may be open; the other calls only count

operations = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """A request that waits for a job as long as it may would hold the run up for a minute."""
    body = case.body
    if isinstance(body, dict):
        wait = body.get("wait_timeout")
        if isinstance(wait, (int, float)) and not isinstance(wait, bool) and LONGEST_WAIT < wait <= 60_000:
            body["wait_timeout"] = LONGEST_WAIT
        # No schema says which texts are cron expressions and time zones.
        for name, longest, text in (("cron", 256, "*/5 * * * *"), ("time_zone", 128, "Europe/Berlin")):
            if isinstance(body.get(name), str) and len(body[name]) <= longest:  # a longer one is refused
                body[name] = text
        if "action" in body and isinstance(body.get("filter"), dict) and next(operations) >= OPERATIONS:
            if body.get("dry_run") in (None, False):
                body["dry_run"] = True
        if isinstance(body.get("until"), str) and is_past(body["until"]):
            # A schema cannot say that a pause has to end in the future.
            body["until"] = "9999-12-31T23:59:59Z"


def is_past(text):
    try:
        date = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text == ""  # generated in spite of its format
    return date.tzinfo is None or date < datetime.datetime.now(datetime.timezone.utc)

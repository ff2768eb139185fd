"""What the compatibility tests have in common."""

import json
import time
import unittest
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from sdks import SDK

Job = dict[str, Any]

JOB_FIELDS = {
    "id", "type", "ref_id", "params", "created", "started", "locked_until", "execute_until",
    "completed", "retries",
}  # fmt: skip

NO_SUCH_ID = "00000000000000000000000000000000"


class JobsTestCase(unittest.TestCase):
    """A test against the running service, through one of the SDKs, on an empty store."""

    def __init__(self, method: str, sdk: SDK) -> None:
        super().__init__(method)
        self.sdk = sdk
        self.call = sdk.call

    def setUp(self) -> None:
        self.call("delete_jobs")

    def __str__(self) -> str:
        return f"{self.sdk.name}: {self.shortDescription() or self._testMethodName}"

    def add(self, type: str = "mail", ref_id: str = "1", ttl: int = 60_000, **others: Any) -> Job:
        new_job = {"type": type, "ref_id": ref_id, "ttl": ttl, **others}
        return self.call("add_job", {"new_job": new_job})

    def start(self, job: Job, timeout: float = 60_000) -> Job | None:
        return self.call("start_job_by_id", {"job_id": job["id"], "timeout": timeout})

    def start_type(self, type: str = "mail", timeout: int = 60_000, **others: Any) -> Job | None:
        return self.call("start_job_by_type", {"type": type, "timeout": timeout, **others})

    def stored(self, job: Job) -> Job | None:
        return self.call("get_job_by_id", {"job_id": job["id"]})

    def add_expired(self) -> Job:
        """A job whose deadline has passed by the server's clock."""
        job = self.add(ref_id="expired", ttl=1)
        self.wait_until(lambda: self.sdk.get("heartbeat") > job["execute_until"])
        return job

    def wait_until(self, condition: Callable[[], bool]) -> None:
        begin = time.monotonic()
        while not condition():
            self.assertLess(time.monotonic() - begin, 10, "waited for too long")

    def assertIsJob(self, job: Any, *, starts: bool = False) -> None:
        """Checks the shape: exactly the ten fields, and one more for who has just started it."""
        self.assertEqual(set(job), JOB_FIELDS | ({"lock_token"} if starts else set()))
        self.assertRegex(job["id"], "^[0-9a-f]{32}$")
        for name in ("type", "ref_id"):
            self.assertIsInstance(job[name], str)
        self.assertIsInstance(job["retries"], int)
        self.assertIsNotNone(job["created"])
        for name in ("created", "started", "locked_until", "execute_until", "completed"):
            if job[name] is not None:
                self.assertRegex(job[name], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def assertSameJSON(self, one: Any, other: Any) -> None:
        """Unlike `assertEqual` it tells 1 from 1.0 and from true."""
        self.assertEqual(json.dumps(one, sort_keys=True), json.dumps(other, sort_keys=True))


def date(text: str) -> datetime:
    return datetime.fromisoformat(text)


def milliseconds(begin: str, end: str) -> float:
    return (date(end) - date(begin)) / timedelta(milliseconds=1)


def without_token(started: Job) -> Job:
    return {name: value for name, value in started.items() if name != "lock_token"}


def at_once(count: int, call: Callable[[], Any]) -> list[Any]:
    """The results of so many calls made at the same time."""
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(lambda _: call(), range(count)))

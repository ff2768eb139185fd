"""Calls of the service, and jobs in every state to look at."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

TRACE = """Connection to mx{n}.example.com timed out after 30 s
Traceback (most recent call last):
  File "/srv/mailer/worker.py", line 118, in handle
    await deliver(job.params)
  File "/srv/mailer/delivery.py", line 64, in deliver
    server.send_message(message)
TimeoutError: timed out"""


class Refused(Exception):
    """The service has refused a call."""


class Service:
    """The operations of a service at a URL."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = url
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def call(self, operation: str, **arguments: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/v1/jobs/{operation}", json.dumps(arguments).encode(), self._headers
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer) if answer.status == 200 else None
        except urllib.error.HTTPError as error:
            raise Refused(f"{operation}: {error.code} {error.read().decode()}") from None

    def add(self, type: str = "mail", ref_id: str = "order-7", **more: Any) -> str:
        """Adds a job, and returns its id."""
        job = {"type": type, "ref_id": ref_id, "ttl": 0, "params": {"to": "ann@example.com"}} | more
        return str(self.call("add_job", new_job=job)["id"])

    def start(self, job_id: str, timeout: int = 600_000) -> Any:
        return self.call("start_job_by_id", job_id=job_id, timeout=timeout)

    def fail(
        self, message: str, type: str = "mail", ref_id: str = "order-7", retry: bool = False,
        error_type: str | None = None, details: Any = None, **more: Any,
    ) -> str:
        """Adds a job whose first attempt fails, and returns its id."""
        job_id = self.add(type, ref_id, **more)
        started = self.start(job_id)
        error = {"message": message}
        if error_type:
            error["type"] = error_type
        if details is not None:
            error["details"] = details
        self.call(
            "fail_job", job_id=job_id, lock_token=started["lock_token"], error=error, retry=retry,
            **({"delay": 3_600_000} if retry else {}),
        )
        return job_id

    def fail_many(self, number: int, error: Callable[[int], dict[str, Any]], type: str = "mail") -> list[str]:
        """Adds jobs order-0, order-1, ... whose only attempts fail with errors, and returns their ids."""
        new_jobs = [
            {"type": type, "ref_id": f"order-{n}", "ttl": 0, "params": {"to": f"ann{n}@example.com"}} for n in range(number)
        ]
        self.call("add_jobs", new_jobs=new_jobs)
        started = self.call("start_jobs_by_type", type=type, timeout=600_000, max_jobs=number, worker=f"{type}-1")["data"]
        self.call("fail_jobs", jobs=[
            {"job_id": job["id"], "lock_token": job["lock_token"], "error": error(n), "retry": False}
            for n, job in enumerate(started)
        ])
        return [job["id"] for job in started]

    def state(self, job_id: str) -> str | None:
        job = self.call("get_job_by_id", job_id=job_id, details=True)
        return None if job is None else str(job["state"])

    def count(self, **filter: Any) -> int:
        return int(self.call("get_jobs", filter=filter, paging={"take": 1, "total": True})["total"])


def fill(service: Service) -> dict[str, str]:
    """Fills the store with something for every screen; returns the ids of jobs by their states."""
    jobs = {"failed": service.fail_many(30, lambda n: {
        "message": TRACE.replace("{n}", str(n)), "details": {"attempt": n, "host": "mx"}
    } if n < 25 else {"type": "MailboxFull", "message": f"Mailbox {n} is full"})[0]}
    jobs["waiting"] = service.fail("try again later", retry=True, ref_id="order-again")
    service.call("add_jobs", new_jobs=[{"type": "thumbnail", "ref_id": f"image-{n}", "ttl": 0} for n in range(60)])
    jobs["delayed"] = service.add(delay=3_600_000, ref_id="later")
    jobs["running"] = service.add("report", "all")
    service.call("start_jobs_by_type", type="report", timeout=600_000, max_jobs=1, worker="report-1")
    jobs["cancelled"] = service.add(ref_id="never-mind")
    service.call("cancel_job", job_id=jobs["cancelled"])
    service.call("set_type", type="report", retention={"completed": 3_600_000})
    jobs["completed"] = service.add("report", "done")
    started = service.start(jobs["completed"])
    service.call(
        "complete_job", job_id=jobs["completed"], lock_token=started["lock_token"], result={"pages": 3}
    )
    jobs["expired"] = service.add("sms", "too-late", ttl=1)
    service.call("pause_type", type="sms", reason="The gateway is down")
    service.call("set_type", type="mail", max_running=10)
    new_job = {"type": "report", "ref_id": "all", "ttl": 0}
    service.call("set_schedule", id="nightly", cron="0 3 * * *", time_zone="Europe/Berlin", new_job=new_job)
    service.call("set_schedule", id="often", every=3_600_000, paused=True, new_job=new_job)
    return jobs

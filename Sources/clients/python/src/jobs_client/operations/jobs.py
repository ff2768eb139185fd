"""Adding, reading, replaying and removing jobs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import MISSING, replace
from dataclasses import fields as members
from datetime import datetime
from typing import Any

from ..http.steps import Repeat, Request, Steps
from ..wire.error_groups import ErrorGroups
from ..wire.fields import Duration, reader
from ..wire.jobs import Job, JobPage, NewJob, ReplayedJobs
from ..wire.queries import JobFilter, Paging
from .table import arguments, nothing, operation, optional, required, time_of


def identified(new_job: NewJob) -> NewJob:
    """Returns the job with a request id, by which its add can be repeated."""
    return new_job if new_job.request_id else replace(new_job, request_id=uuid.uuid4().hex)


def _add(name: str, new_job: NewJob) -> Steps[Job]:
    if new_job.request_id:
        # The caller's own: a service that does not know it has to refuse the call.
        return required(Job, name, Repeat.OWN_REQUEST_ID, arguments(new_job=new_job))
    return required(Job, name, Repeat.BY_REQUEST_ID, arguments(new_job=identified(new_job)))


@operation
def add_job(new_job: NewJob) -> Steps[Job]:
    """Adds a job."""
    return _add("add_job", new_job)


@operation
def add_uniq_job(new_job: NewJob) -> Steps[Job]:
    """Adds a job, or returns the unfinished, unexpired one of the same type and ref_id."""
    return _add("add_uniq_job", new_job)


@operation
def get_jobs(
    filter: JobFilter | None = None,
    paging: Paging | None = None,
    details: bool | None = None,
    fields: Sequence[str] | None = None,
) -> Steps[JobPage]:
    """Returns a page of the matching jobs; with `details` also `state`, `attempts` and `error_key`.

    With `fields`, only these members and the id are sent; members that are not among them are not
    set: `None`, or their default.
    """
    names = None if fields is None else list(fields)
    values = arguments(filter=filter, paging=paging, details=details, fields=names)
    if names is None:
        return (yield from required(JobPage, "get_jobs", Repeat.YES, values))
    return reader(JobPage)(_filled((yield Request("get_jobs", values, Repeat.YES)), names))


def _filled(page: Any, names: Sequence[str]) -> Any:
    """Returns a page whose jobs have `None` for the required members that were not asked for."""
    jobs = page.get("data") if isinstance(page, dict) else None
    if not isinstance(jobs, list):
        return page
    needed = [member.name for member in members(Job) if member.default is MISSING]
    absent = dict.fromkeys(name for name in needed if name != "id" and name not in names)
    return {**page, "data": [absent | job if isinstance(job, dict) else job for job in jobs]}


@operation
def get_errors(
    type: str | None = None, from_: datetime | None = None, to: datetime | None = None
) -> Steps[ErrorGroups]:
    """Returns the groups of jobs whose last attempts failed alike, between two dates.

    `from_` is `from` on the wire, which is a keyword of Python.
    """
    values = arguments(**{"type": type, "from": from_, "to": to})
    return required(ErrorGroups, "get_errors", Repeat.YES, values)


@operation
def get_job_by_id(job_id: str, details: bool | None = None) -> Steps[Job | None]:
    """Returns a job; `None` if there is none with this id."""
    return optional(
        Job, "get_job_by_id", Repeat.YES, arguments(job_id=job_id, details=details)
    )


@operation
def cancel_job(job_id: str) -> Steps[Job | None]:
    """Cancels a job: at once, or a running one when its lease ends without completion."""
    return optional(Job, "cancel_job", Repeat.YES, arguments(job_id=job_id))


@operation
def replay_jobs(
    job_ids: Sequence[str] | None = None,
    filter: JobFilter | None = None,
    max_jobs: int | None = None,
    delay: Duration | None = None,
    ttl: Duration | None = None,
    dry_run: bool | None = None,
) -> Steps[ReplayedJobs]:
    """Makes failed, cancelled, exhausted and expired jobs claimable again.

    At least one of `job_ids` and `filter` is needed. Expired jobs need a new `ttl`.
    """
    values = arguments(
        job_ids=None if job_ids is None else list(job_ids),
        filter=filter, max_jobs=max_jobs, delay=time_of(delay), ttl=time_of(ttl), dry_run=dry_run,
    )
    # With a maximum below the number of matching jobs, a repetition would replay the next ones.
    limit = 1000 if max_jobs is None else max_jobs
    is_whole = job_ids is not None and len(job_ids) <= limit
    repeat = Repeat.YES if dry_run or is_whole else Repeat.NO
    return required(ReplayedJobs, "replay_jobs", repeat, values)


@operation
def delete_job_by_id(job_id: str) -> Steps[Job | None]:
    """Removes a job, regardless of its state; returns it as it was."""
    return optional(Job, "delete_job_by_id", Repeat.NO, arguments(job_id=job_id))


@operation
def delete_jobs() -> Steps[None]:
    """Removes all jobs."""
    return nothing("delete_jobs")


@operation
def clean_jobs() -> Steps[None]:
    """Removes the jobs that are over and whose retention has passed."""
    return nothing("clean_jobs")

"""Operations on many jobs, in as many requests as necessary.

The answer has a job, `None` or a `JobsError` for each item, in order. An error of the first request
is raised, since nothing was done before. An error of a later request is the result of every item
without an answer. A service without an operation on many jobs gets a request for each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, Union

from ..errors import JobsError, NotUnderstoodError, UnknownOperationError, error_of
from ..http.steps import Repeat, Request, Steps
from ..wire.fields import reader, wire
from ..wire.jobs import Job, NewJob
from ..wire.queries import Abort, Completion, Extension, Failure
from . import changes
from .jobs import add_job, identified
from .table import operation

Item = TypeVar("Item")
#: The result of one item of a batch.
Outcome = Union[Job, None, JobsError]

#: The largest number of items of one request.
_MOST_ITEMS = 1000
#: The largest size of the items of one request: below the mebibyte of a body.
_MOST_BYTES = 1_000_000


@operation
def add_jobs(new_jobs: Sequence[NewJob]) -> Steps[list[Outcome]]:
    """Adds jobs, in order."""
    if any(job.request_id for job in new_jobs):
        # Ids of the caller's must not be left out for a service that has none, so none are added.
        has_all = all(job.request_id for job in new_jobs)
        repeat = Repeat.OWN_REQUEST_ID if has_all else Repeat.NO
        return _many("add_jobs", "new_jobs", new_jobs, lambda _: repeat, lambda _: True, add_job)
    return _many(
        "add_jobs", "new_jobs", new_jobs, lambda _: Repeat.BY_REQUEST_ID, lambda _: True, add_job,
        lambda job: wire(identified(job)),
    )


@operation
def extend_jobs(jobs: Sequence[Extension]) -> Steps[list[Outcome]]:
    """Extends leases, see `extend_job`."""
    return _many(
        "extend_jobs", "jobs", jobs, _by_leases, lambda some: all(j.progress is None for j in some),
        lambda job: changes.extend_job(job.job_id, job.timeout, job.lock_token, job.progress),
    )


@operation
def abort_jobs(jobs: Sequence[Abort]) -> Steps[list[Outcome]]:
    """Gives jobs back, see `abort_job`."""
    return _many(
        "abort_jobs", "jobs", jobs, _by_leases, lambda _: True,
        lambda job: changes.abort_job(job.job_id, job.lock_token, job.delay),
    )


@operation
def complete_jobs(jobs: Sequence[Completion]) -> Steps[list[Outcome]]:
    """Completes jobs, see `complete_job`."""
    return _many(
        "complete_jobs", "jobs", jobs, _by_leases, lambda some: all(j.result is None for j in some),
        lambda job: changes.complete_job(job.job_id, job.lock_token, job.result),
    )


@operation
def fail_jobs(jobs: Sequence[Failure]) -> Steps[list[Outcome]]:
    """Reports failed attempts, see `fail_job`."""
    return _many(
        "fail_jobs", "jobs", jobs, _by_leases, lambda _: True,
        lambda job: changes.fail_job(job.job_id, job.lock_token, job.error, job.retry, job.delay),
    )


def _by_leases(jobs: Sequence[Any]) -> Repeat:
    return Repeat.YES if all(job.lock_token is not None for job in jobs) else Repeat.NO


def _many(
    name: str,
    key: str,
    items: Sequence[Item],
    repeat: Callable[[Sequence[Item]], Repeat],
    is_strict: Callable[[Sequence[Item]], bool],
    one: Callable[[Item], Steps[Job | None]] | Callable[[Item], Steps[Job]],
    write: Callable[[Item], Any] = wire,
) -> Steps[list[Outcome]]:
    results: list[Outcome] = []
    while len(results) < len(items):
        members = _chunk(items[len(results) : len(results) + _MOST_ITEMS], write)
        some = items[len(results) : len(results) + len(members)]
        try:
            answer = yield Request(name, {key: members}, repeat(some), is_strict=is_strict(some))
            results += _outcomes(answer, len(some))
        except UnknownOperationError:
            for item in items[len(results) :]:
                try:
                    results.append((yield from one(item)))
                except JobsError as error:
                    if not results:
                        raise
                    results.append(error)
        except JobsError as error:
            if not results:
                raise
            results += [error] * (len(items) - len(results))
    return results


def _chunk(items: Sequence[Item], write: Callable[[Item], Any]) -> list[Any]:
    """Returns as many items as fit into a request, at least one."""
    members: list[Any] = []
    size = 0
    for item in items:
        member = write(item)
        size += len(json.dumps(member)) + 1
        if members and size > _MOST_BYTES:
            break
        members.append(member)
    return members


def _outcomes(answer: Any, count: int) -> list[Outcome]:
    answers = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(answers, list) or len(answers) != count:
        raise NotUnderstoodError("The answer has no result for each item")
    return [_outcome(item) for item in answers]


def _outcome(item: Any) -> Outcome:
    if item is None:
        return None
    if isinstance(item, dict) and "id" not in item and isinstance(item.get("status"), int):
        return error_of(item["status"], item)
    return reader(Job)(item)

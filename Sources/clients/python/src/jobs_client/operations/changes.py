"""Changing started jobs. With the token of its lease, a change is safe to repeat."""

from __future__ import annotations

from typing import Any

from ..http.steps import Repeat, Steps
from ..wire.fields import Duration
from ..wire.jobs import AttemptError, Job
from .table import arguments, operation, optional, time_of


def by_lease(lock_token: str | None) -> Repeat:
    """Returns whether a change may be repeated: with the token it cannot affect a later lease."""
    return Repeat.NO if lock_token is None else Repeat.YES


@operation
def extend_job(
    job_id: str, timeout: Duration, lock_token: str | None = None, progress: Any = None
) -> Steps[Job | None]:
    """Has the lease end `timeout` from now, and reports progress.

    The answer has `cancel_requested` if the job is to be cancelled.
    """
    values = arguments(
        job_id=job_id, timeout=time_of(timeout), lock_token=lock_token, progress=progress
    )
    # Without progress, an older service does the same work. So it does without results.
    return optional(
        Job, "extend_job", by_lease(lock_token), values, is_strict=progress is None
    )


@operation
def abort_job(
    job_id: str, lock_token: str | None = None, delay: Duration | None = None
) -> Steps[Job | None]:
    """Gives a job back: claimable at once, or after `delay`. Nothing has failed."""
    values = arguments(job_id=job_id, lock_token=lock_token, delay=time_of(delay))
    return optional(Job, "abort_job", by_lease(lock_token), values)


@operation
def complete_job(
    job_id: str, lock_token: str | None = None, result: Any = None
) -> Steps[Job | None]:
    """Completes a job. The answer of a job that ended otherwise has no `completed`."""
    values = arguments(job_id=job_id, lock_token=lock_token, result=result)
    return optional(
        Job, "complete_job", by_lease(lock_token), values, is_strict=result is None
    )


@operation
def fail_job(
    job_id: str,
    lock_token: str | None = None,
    error: AttemptError | None = None,
    retry: bool | None = None,
    delay: Duration | None = None,
) -> Steps[Job | None]:
    """Reports a failed attempt: the job comes back after a delay, or has failed for good."""
    values = arguments(
        job_id=job_id, lock_token=lock_token, error=error, retry=retry, delay=time_of(delay)
    )
    return optional(Job, "fail_job", by_lease(lock_token), values)

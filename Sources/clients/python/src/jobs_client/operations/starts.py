"""Starting jobs, with a lease."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from ..errors import NotUnderstoodError, UnknownOperationError
from ..http.steps import Repeat, Request, Steps
from ..wire.fields import Duration, reader, seconds
from ..wire.jobs import StartedJob
from .table import arguments, operation, optional, time_of

#: The longest wait that a service accepts, in seconds.
_LONGEST_WAIT = 60.0


@operation
def start_job_by_id(
    job_id: str, timeout: Duration, worker: str | None = None
) -> Steps[StartedJob | None]:
    """Starts a job, also during its delay; `None` if it has ended or is under a live lease."""
    values = arguments(job_id=job_id, timeout=time_of(timeout), worker=worker)
    # Without the worker's name, an older service does the same work.
    return optional(
        StartedJob, "start_job_by_id", Repeat.NO, values, is_strict=worker is None
    )


@operation
def start_job_by_type(
    type: str,
    timeout: Duration,
    max_retries: int | None = None,
    wait_timeout: Duration | None = None,
    worker: str | None = None,
    request_id: str | None = None,
) -> Steps[StartedJob | None]:
    """Starts the next job of a type; `None` if there is none within `wait_timeout`.

    `max_retries` skips jobs that were started so often, except those with their own limit.
    """
    answer = yield _claim(
        "start_job_by_type", wait_timeout, request_id,
        type=type, timeout=time_of(timeout), max_retries=max_retries, worker=worker,
    )
    return None if answer is None else reader(StartedJob)(answer)


@operation
def start_jobs_by_type(
    type: str | Sequence[str],
    timeout: Duration,
    max_jobs: int,
    max_retries: int | None = None,
    wait_timeout: Duration | None = None,
    worker: str | None = None,
    request_id: str | None = None,
) -> Steps[list[StartedJob]]:
    """Starts the next jobs of a type, at most `max_jobs` (1000); see `start_job_by_type`.

    Of several types, at most 20, it starts jobs of the first one that has some, and waits for jobs of all
    of them.
    """
    types = [type] if isinstance(type, str) else list(type)
    try:
        answer = yield _claim(
            "start_jobs_by_type", wait_timeout, request_id,
            **({"type": type} if isinstance(type, str) else {"types": types}),
            timeout=time_of(timeout), max_jobs=max_jobs, max_retries=max_retries, worker=worker,
        )
    except UnknownOperationError:
        # An older service: one job is better than to wait for several while others can be had.
        for each in types:
            wait = wait_timeout if each is types[-1] else None
            job = yield from start_job_by_type(each, timeout, max_retries, wait, worker)
            if job is not None:
                return [job]
        return []
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise NotUnderstoodError("The answer has no data")
    return [reader(StartedJob)(job) for job in answer["data"]]


def _claim(
    name: str, wait_timeout: Duration | None, request_id: str | None, **values: object
) -> Request:
    wait = 0.0 if wait_timeout is None else min(seconds(wait_timeout), _LONGEST_WAIT)
    return Request(
        name,
        arguments(
            **values,
            wait_timeout=time_of(wait) if wait > 0 else None,
            request_id=request_id or uuid.uuid4().hex,
        ),
        Repeat.OWN_REQUEST_ID if request_id else Repeat.BY_REQUEST_ID,
        wait=wait,
    )

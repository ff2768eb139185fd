"""A job, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .fields import Duration, Seconds


@dataclass(frozen=True)
class RetryPolicy:
    """The delays after failed attempts. What is left out has the defaults of the service."""

    #: How the delay grows.
    backoff: Literal["exponential", "linear", "constant", "none"] | None = None
    #: The delay after the first failure.
    delay: Duration | None = None
    #: The longest delay, before jitter.
    max_delay: Duration | None = None
    #: The largest random share by which a delay differs, from 0 to 1.
    jitter: float | None = None


@dataclass(frozen=True)
class AttemptError:
    """Why an attempt failed."""

    #: The kind of error, by which jobs can be found.
    type: str | None = None
    #: What happened, for people.
    message: str | None = None
    #: Any JSON value, at most 64 KiB.
    details: Any = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An attempt that did not end in completion."""

    #: The value of `Job.retries` during the attempt.
    attempt: int
    started: datetime | None = None
    ended: datetime
    #: How it ended: `failed`, `lapsed`, `aborted` or `cancelled`.
    outcome: str
    worker: str | None = None
    error: AttemptError | None = None
    #: The time until the next attempt.
    delay: Seconds | None = None
    #: Why no further attempt followed.
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as the service answered it."""

    id: str
    type: str
    ref_id: str
    #: The producer's own data: any JSON value.
    params: Any
    created: datetime
    #: When the lease began; `None` if there is none.
    started: datetime | None
    #: When the lease ends, or ended.
    locked_until: datetime | None
    #: The job is not started from then on; `None` for no limit.
    execute_until: datetime | None
    completed: datetime | None
    #: How often the job was started: the number of the attempt, in a handler.
    retries: int
    priority: int = 0
    delayed_until: datetime | None = None
    max_retries: int | None = None
    retry: RetryPolicy | None = None
    group: str | None = None
    traceparent: str | None = None
    #: The worker of the last start.
    worker: str | None = None
    #: What a worker has reported last.
    progress: Any = None
    #: The result of the completed job.
    result: Any = None
    #: The error of the last failed attempt.
    error: AttemptError | None = None
    failed: datetime | None = None
    cancelled: datetime | None = None
    #: When a cancellation of the running job was requested.
    cancel_requested: datetime | None = None
    #: The last attempts that did not end in completion; `None` unless asked for with `details`.
    attempts: tuple[Attempt, ...] | None = None
    #: The group of errors it is in until completed or replayed; only with `details`.
    error_key: str | None = None
    #: The state as judged by the service; `None` unless asked for with `details`.
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class StartedJob(Job):
    """A job with the token of its new lease."""

    #: Proves that the caller holds the lease.
    lock_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A job to add."""

    type: str
    #: What the job is about, in the producer's terms.
    ref_id: str
    #: The time in which the job may be started; 0 for ever.
    ttl: Duration = 0
    #: Any JSON value.
    params: Any = None
    #: Higher goes first.
    priority: int | None = None
    #: The time for which no claim gets the job.
    delay: Duration | None = None
    #: The limit of starts.
    max_retries: int | None = None
    retry: RetryPolicy | None = None
    #: The group, such as a customer, for limits by group.
    group: str | None = None
    traceparent: str | None = None
    #: Adds with the same type and request id add one job.
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobPage:
    """Some of the matching jobs."""

    data: tuple[Job, ...]
    #: The number of all matching jobs, if `Paging.total` asked for it.
    total: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReplayedJobs:
    """The ids of replayed jobs."""

    count: int
    data: tuple[str, ...]
    #: The unique jobs whose type and ref_id another job has by now.
    skipped: int = 0

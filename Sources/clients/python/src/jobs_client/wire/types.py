"""Types of jobs: their counts, pauses, limits and workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .fields import Duration, Seconds
from .jobs import Job, RetryPolicy


@dataclass(frozen=True, kw_only=True)
class StartRate:
    """At most so many starts in any window of a length."""

    count: int
    period: Duration


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long ended jobs of a type are kept."""

    completed: Duration | None = None
    failed: Duration | None = None
    cancelled: Duration | None = None
    expired: Duration | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a type, which hold over all instances."""

    max_running: int | None = None
    max_running_per_group: int | None = None
    max_starts: StartRate | None = None


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Why and since when no job of a type is claimed."""

    since: datetime
    reason: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TypeWorker:
    """A worker that has asked for jobs of a type."""

    worker: str
    last_claim: datetime | None = None
    running: int = 0


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What happened to jobs in each minute of a time, the oldest first."""

    #: When the first minute begins.
    from_: datetime
    added: tuple[int, ...]
    started: tuple[int, ...]
    completed: tuple[int, ...]
    #: Failed attempts, repeated or not.
    failed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Times:
    """How long something took in half of all cases, and in 19 of 20, at most."""

    p50: Seconds
    p95: Seconds


@dataclass(frozen=True, kw_only=True)
class TypeStatus:
    """A type of jobs as all instances see it."""

    type: str
    #: The number of jobs in each state.
    counts: dict[str, int]
    #: The age of the oldest ready job.
    oldest_ready: Seconds | None = None
    paused: Pause | None = None
    limits: Limits | None = None
    retry: RetryPolicy | None = None
    retention: Retention | None = None
    workers: tuple[TypeWorker, ...] = ()
    #: The number of waiting claims.
    waiting: int = 0
    last_claim: datetime | None = None
    #: The last hour, if `rates` asked for it, and the type is counted alone.
    rates: Rates | None = None
    #: How long jobs were ready before their first start, in the last ten minutes.
    wait_time: Times | None = None
    #: How long completed jobs ran, in the last ten minutes.
    run_time: Times | None = None


@dataclass(frozen=True, kw_only=True)
class TypePage:
    """Some of the types."""

    data: tuple[TypeStatus, ...]
    #: The number of all matching types, if `Paging.total` asked for it.
    total: int | None = None
    #: The pause of all types.
    paused: Pause | None = None
    #: The rates of the types that are not counted alone.
    other_rates: Rates | None = None
    #: Since when jobs are counted for the rates.
    rates_since: datetime | None = None
    #: When the jobs were counted, if that was before the call.
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a job does not run, or which worker holds it."""

    job: Job
    state: str
    #: `READY`, `PAUSED`, `TYPE_LIMIT`, `NO_WORKERS`, ...
    code: str
    message: str
    since: datetime | None = None
    until: datetime | None = None
    details: Any = None

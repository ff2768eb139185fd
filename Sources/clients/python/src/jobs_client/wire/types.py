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


@dataclass(frozen=True, kw_only=True)
class TypePage:
    """Some of the types."""

    data: tuple[TypeStatus, ...]
    #: The number of all matching types, if `Paging.total` asked for it.
    total: int | None = None
    #: The pause of all types.
    paused: Pause | None = None


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

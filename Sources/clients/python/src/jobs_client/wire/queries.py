"""Which jobs are meant, and the items of batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .fields import Duration
from .jobs import AttemptError

State = Literal[
    "delayed", "ready", "running", "completed", "exhausted", "expired", "failed", "cancelled"
]


@dataclass(frozen=True, kw_only=True)
class JobFilter:
    """Selects the jobs that match all members that are set."""

    id: str | None = None
    type: str | None = None
    ref_id: str | None = None
    state: State | None = None
    worker: str | None = None
    group: str | None = None
    error_type: str | None = None
    #: In this group of errors, see `get_errors`.
    error_key: str | None = None
    retries: int | None = None
    #: Started more often than that.
    min_retries: int | None = None
    created: datetime | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    started: datetime | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    locked_until: datetime | None = None
    locked_from: datetime | None = None
    locked_to: datetime | None = None
    execute_until: datetime | None = None
    execute_from: datetime | None = None
    execute_to: datetime | None = None
    completed: datetime | None = None
    completed_from: datetime | None = None
    completed_to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Paging:
    """The part of the matching rows to return, in the order of their creation."""

    skip: int | None = None
    take: int | None = None
    total: bool | None = None
    #: Lists the rows after this id.
    after: str | None = None
    order: Literal["asc", "desc"] | None = None


@dataclass(frozen=True, kw_only=True)
class Extension:
    """One item of `extend_jobs`."""

    job_id: str
    timeout: Duration
    lock_token: str | None = None
    progress: Any = None


@dataclass(frozen=True, kw_only=True)
class Abort:
    """One item of `abort_jobs`."""

    job_id: str
    lock_token: str | None = None
    delay: Duration | None = None


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One item of `complete_jobs`."""

    job_id: str
    lock_token: str | None = None
    result: Any = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One item of `fail_jobs`."""

    job_id: str
    lock_token: str | None = None
    error: AttemptError | None = None
    #: Whether the job may be tried again.
    retry: bool | None = None
    #: The time until the next attempt; `None` leaves it to the policy of the job.
    delay: Duration | None = None

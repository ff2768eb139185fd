"""Groups of jobs whose last attempts failed alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .jobs import AttemptError


@dataclass(frozen=True, kw_only=True)
class ErrorExample:
    """The job of a group that failed last."""

    job_id: str
    #: Its error, without the details.
    error: AttemptError | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorGroup:
    """The jobs of a type whose last errors have the same key."""

    type: str
    #: The message without numbers, ids and quoted parts; see `JobFilter.error_key`.
    error_key: str
    #: The number of jobs.
    count: int
    #: Whether there are more jobs, which were not counted.
    count_is_at_least: bool = False
    #: When the first of these jobs failed.
    first: datetime
    #: When the last of these jobs failed.
    last: datetime
    #: How many of them failed in each five minutes of the last hour, the oldest first.
    recent: tuple[int, ...] = ()
    example: ErrorExample


@dataclass(frozen=True, kw_only=True)
class ErrorGroups:
    """The groups of errors, those with the most jobs first."""

    data: tuple[ErrorGroup, ...]
    #: Whether there are more groups than these.
    truncated: bool = False
    #: When they were read, if that was before the call.
    as_of: datetime | None = None

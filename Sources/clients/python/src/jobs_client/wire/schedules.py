"""Schedules, which add jobs at their times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .fields import Seconds
from .jobs import NewJob

Overlap = Literal["allow", "skip"]
CatchUp = Literal["one", "none", "all"]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule as the service answered it."""

    id: str
    new_job: NewJob
    #: Five fields, or `@hourly` and the like.
    cron: str | None = None
    #: The time from one firing to the next.
    every: Seconds | None = None
    time_zone: str = "UTC"
    overlap: str = "allow"
    catch_up: str = "one"
    paused: bool = False
    until: datetime | None = None
    next: datetime | None = None
    last: datetime | None = None
    last_job_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class SchedulePage:
    """Some of the schedules."""

    data: tuple[Schedule, ...]
    total: int | None = None

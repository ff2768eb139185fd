"""Schedules, which add jobs at their times."""

from __future__ import annotations

from datetime import datetime

from ..http.steps import Repeat, Steps
from ..wire.fields import Duration
from ..wire.jobs import Job, NewJob
from ..wire.queries import Paging
from ..wire.schedules import CatchUp, Overlap, Schedule, SchedulePage
from .table import arguments, operation, optional, required, time_of


@operation
def set_schedule(
    id: str,
    new_job: NewJob,
    cron: str | None = None,
    every: Duration | None = None,
    time_zone: str | None = None,
    overlap: Overlap | None = None,
    catch_up: CatchUp | None = None,
    paused: bool | None = None,
    until: datetime | None = None,
) -> Steps[Schedule]:
    """Makes or replaces a schedule, with either `cron` or `every`."""
    values = arguments(
        id=id, new_job=new_job, cron=cron, every=time_of(every), time_zone=time_zone,
        overlap=overlap, catch_up=catch_up, paused=paused, until=until,
    )
    return required(Schedule, "set_schedule", Repeat.YES, values)


@operation
def get_schedules(id: str | None = None, paging: Paging | None = None) -> Steps[SchedulePage]:
    """Returns the schedules, or the one with an id, with their last and next firings."""
    values = arguments(id=id, paging=paging)
    return required(SchedulePage, "get_schedules", Repeat.YES, values)


@operation
def delete_schedule(id: str) -> Steps[Schedule | None]:
    """Removes a schedule; returns it as it was."""
    return optional(Schedule, "delete_schedule", Repeat.NO, arguments(id=id))


@operation
def run_schedule(id: str) -> Steps[Job | None]:
    """Fires a schedule now, also while it is paused; returns the added job."""
    return optional(Job, "run_schedule", Repeat.NO, arguments(id=id))

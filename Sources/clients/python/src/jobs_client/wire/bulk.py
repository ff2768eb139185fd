"""Bulk operations, and what operators and administrators did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .fields import Seconds
from .queries import JobFilter

Action = Literal["replay", "cancel", "complete", "delete"]
OperationState = Literal["waiting", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True, kw_only=True)
class BulkOperation:
    """The same done to all jobs that match a filter, as work of the service."""

    #: Not set for a dry run.
    id: str | None = None
    action: str
    filter: JobFilter
    #: Only jobs that were created then or earlier are treated.
    before: datetime
    state: str
    created: datetime
    started_by: str | None = None
    reason: str | None = None
    start_delay: Seconds = 0
    #: No job is treated before.
    begins: datetime | None = None
    started: datetime | None = None
    updated: datetime | None = None
    ended: datetime | None = None
    cancelled_by: str | None = None
    #: The number of jobs that were treated.
    done: int
    #: The number of jobs that had changed before their turn, or to which the action does not apply.
    skipped: int
    #: The number of jobs that the store has refused to change.
    errors: int
    last_error: str | None = None
    #: The number of matching jobs; exact once the operation is done.
    total: int
    #: Whether there are more jobs, which were not counted.
    total_is_at_least: bool = False
    delay: Seconds | None = None
    ttl: Seconds | None = None
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class OperationList:
    """Operations, the newest first."""

    data: tuple[BulkOperation, ...]


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """What an operator or an administrator did."""

    id: str
    at: datetime
    #: The operation, such as `delete_jobs`; `end_operation` for the end of a bulk operation.
    command: str
    principal: str | None = None
    #: `done`, or `failed`: it is unknown whether it was carried out.
    outcome: str
    type: str | None = None
    job_id: str | None = None
    operation_id: str | None = None
    schedule: str | None = None
    action: str | None = None
    #: The number of jobs.
    jobs: int | None = None
    skipped: int | None = None
    errors: int | None = None
    filter: str | None = None
    reason: str | None = None
    settings: str | None = None


@dataclass(frozen=True, kw_only=True)
class AuditList:
    """What was done, the newest first."""

    data: tuple[AuditEntry, ...]

"""Bulk operations, and what operators and administrators did."""

from __future__ import annotations

from datetime import datetime

from ..http.steps import Repeat, Steps
from ..wire.bulk import Action, AuditList, BulkOperation, OperationList, OperationState
from ..wire.fields import Duration
from ..wire.queries import JobFilter
from .table import arguments, operation, optional, required, time_of


@operation
def start_operation(
    action: Action,
    filter: JobFilter,
    before: datetime | None = None,
    dry_run: bool | None = None,
    start_delay: Duration | None = None,
    reason: str | None = None,
    delay: Duration | None = None,
    ttl: Duration | None = None,
) -> Steps[BulkOperation]:
    """Does the same to all jobs that match, as work of the service; with `dry_run` only counts them.

    Until `start_delay` has passed, no job is touched. `delay` and `ttl` are of replayed jobs.
    """
    values = arguments(
        action=action, filter=filter, before=before, dry_run=dry_run,
        start_delay=time_of(start_delay), reason=reason, delay=time_of(delay), ttl=time_of(ttl),
    )
    return required(BulkOperation, "start_operation", Repeat.YES if dry_run else Repeat.NO, values)


@operation
def get_operations(
    state: OperationState | None = None, max: int | None = None, after: str | None = None
) -> Steps[OperationList]:
    """Returns the operations of the last week, the newest first."""
    values = arguments(state=state, max=max, after=after)
    return required(OperationList, "get_operations", Repeat.YES, values)


@operation
def get_operation(operation_id: str) -> Steps[BulkOperation | None]:
    """Returns an operation."""
    values = arguments(operation_id=operation_id)
    return optional(BulkOperation, "get_operation", Repeat.YES, values)


@operation
def cancel_operation(operation_id: str) -> Steps[BulkOperation | None]:
    """Cancels an operation, which ends with the batch that is under way."""
    values = arguments(operation_id=operation_id)
    return optional(BulkOperation, "cancel_operation", Repeat.YES, values)


@operation
def get_audit(
    type: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    max: int | None = None,
    after: str | None = None,
) -> Steps[AuditList]:
    """Returns what operators and administrators did, the newest first, between two dates.

    `from_` is `from` on the wire, which is a keyword of Python.
    """
    values = arguments(**{"type": type, "from": from_, "to": to, "max": max, "after": after})
    return required(AuditList, "get_audit", Repeat.YES, values)

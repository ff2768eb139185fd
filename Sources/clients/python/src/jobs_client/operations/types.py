"""Types of jobs: seeing, pausing and limiting them, and why a job does not run."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Literal, TypeVar, Union

from ..http.steps import Repeat, Steps
from ..wire.fields import wire
from ..wire.jobs import RetryPolicy
from ..wire.queries import Paging
from ..wire.types import Explanation, Retention, StartRate, TypePage, TypeStatus
from .table import arguments, operation, optional, required

T = TypeVar("T")


class Unset(Enum):
    """Marks an argument that leaves a setting as it is, where `None` takes the setting away."""

    UNSET = "unset"


UNSET: Literal[Unset.UNSET] = Unset.UNSET
#: A value, `None` to take the setting away, or `UNSET` to leave it as it is.
Setting = Union[T, None, Literal[Unset.UNSET]]


@operation
def get_types(
    type: str | None = None, paging: Paging | None = None, rates: bool | None = None
) -> Steps[TypePage]:
    """Returns the types of jobs, or one type, with their counts, pauses, limits and workers.

    With `rates`, also how many jobs were added, started and completed in each minute of the last
    hour, and how many attempts failed.
    """
    values = arguments(type=type, paging=paging, rates=rates)
    return required(TypePage, "get_types", Repeat.YES, values)


@operation
def explain_job(job_id: str) -> Steps[Explanation | None]:
    """Tells why a job does not run, or which worker holds it."""
    return optional(Explanation, "explain_job", Repeat.YES, arguments(job_id=job_id))


@operation
def pause_type(
    type: str, reason: str | None = None, until: datetime | None = None
) -> Steps[TypeStatus | None]:
    """Has claims of a type find nothing, on all instances; `*` is all types."""
    values = arguments(type=type, reason=reason, until=until)
    return optional(TypeStatus, "pause_type", Repeat.YES, values)


@operation
def resume_type(type: str) -> Steps[TypeStatus | None]:
    """Ends the pause of a type."""
    return optional(TypeStatus, "resume_type", Repeat.YES, arguments(type=type))


@operation
def set_type(
    type: str,
    max_running: Setting[int] = UNSET,
    max_running_per_group: Setting[int] = UNSET,
    max_starts: Setting[StartRate] = UNSET,
    retry: Setting[RetryPolicy] = UNSET,
    retention: Setting[Retention] = UNSET,
) -> Steps[TypeStatus | None]:
    """Sets the limits, the retry policy and the retention of a type; `None` takes a setting away."""
    settings: dict[str, Any] = {
        "max_running": max_running,
        "max_running_per_group": max_running_per_group,
        "max_starts": max_starts,
        "retry": retry,
        "retention": retention,
    }
    values = {name: wire(value) for name, value in settings.items() if value is not UNSET}
    return optional(TypeStatus, "set_type", Repeat.YES, {"type": type, **values})

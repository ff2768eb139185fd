"""The table of operations: a function for each, whose arguments have the names of the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import NotUnderstoodError
from ..http.steps import Repeat, Request, Steps
from ..wire.fields import Duration, milliseconds, reader, wire

T = TypeVar("T")
Function = TypeVar("Function", bound=Callable[..., Any])

#: The functions by the name of the operation.
OPERATIONS: dict[str, Callable[..., Steps[Any]]] = {}


def operation(function: Function) -> Function:
    """Enters a function into the table."""
    OPERATIONS[function.__name__] = function
    return function


def arguments(**values: Any) -> dict[str, Any]:
    """Returns arguments as the wire has them.

    An argument that is not set is not sent, so that a service that does not know it accepts the call.
    """
    return {name: wire(value) for name, value in values.items() if value is not None}


def time_of(duration: Duration | None) -> int | None:
    """Returns a time as the wire has it."""
    return None if duration is None else milliseconds(duration)


def optional(
    cls: type[T], name: str, repeat: Repeat, values: dict[str, Any], *, is_strict: bool = True
) -> Steps[T | None]:
    """Calls an operation that answers a value, or nothing."""
    answer = yield Request(name, values, repeat, is_strict=is_strict)
    return None if answer is None else reader(cls)(answer)


def required(cls: type[T], name: str, repeat: Repeat, values: dict[str, Any]) -> Steps[T]:
    """Calls an operation that answers a value."""
    answer = yield Request(name, values, repeat)
    if answer is None:
        raise NotUnderstoodError(f"The answer to {name} is empty")
    return reader(cls)(answer)


def nothing(name: str) -> Steps[None]:
    """Calls an operation without arguments and without an answer."""
    yield Request(name, {})

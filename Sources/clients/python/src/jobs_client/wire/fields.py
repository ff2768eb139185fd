"""Reads and writes dataclasses as JSON objects whose members have the names of the fields."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ..errors import NotUnderstoodError

T = TypeVar("T")
Convert = Callable[[Any], Any]

_MILLISECONDS = object()

#: A time in seconds, or a `timedelta`. The wire has milliseconds.
Duration = Annotated[Union[float, timedelta], _MILLISECONDS]
#: A time in seconds that the service has answered.
Seconds = Annotated[float, _MILLISECONDS]


def milliseconds(duration: float | timedelta) -> int:
    """Returns a time as the wire has it."""
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    return round(seconds * 1000)


def seconds(duration: float | timedelta) -> float:
    """Returns a time as clocks have it."""
    return duration.total_seconds() if isinstance(duration, timedelta) else duration


def moment(date: datetime) -> str:
    """Returns a date as the wire has it. A date without a zone is local time."""
    utc = date.astimezone(timezone.utc)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _date(text: str) -> datetime:
    # Python 3.10 reads no Z.
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Returns what a hint is besides `None`, and its arguments."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return Annotated, arguments
    if origin in (Union, types.UnionType):
        rest = [part for part in arguments if part is not type(None)]
        return _parts(rest[0]) if len(rest) == 1 else (Union, tuple(rest))
    return (origin or hint), arguments


def _reading(hint: Any) -> Convert | None:
    kind, arguments = _parts(hint)
    if kind is Annotated and arguments[1] is _MILLISECONDS:
        return lambda number: number / 1000
    if kind is datetime:
        return _date
    if kind is tuple and (read := _reading(arguments[0])):
        convert = read
        return lambda items: tuple(convert(item) for item in items)
    if kind is tuple:
        return tuple
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return reader(kind)
    return None


def names(cls: type) -> list[str]:
    """Returns the names of the members of a dataclass, as the wire has them."""
    return [_name(field.name) for field in dataclasses.fields(cls)]


def _name(attribute: str) -> str:
    """Returns the name of a member. Attributes whose names are keywords have an underscore."""
    return attribute.rstrip("_")


_readers: dict[type, Callable[[Any], Any]] = {}


def reader(cls: type[T]) -> Callable[[Any], T]:
    """Returns a function that reads a dataclass from decoded JSON, ignoring unknown members."""
    if cls not in _readers:
        _readers[cls] = _new_reader(cls)
    return _readers[cls]


def _new_reader(cls: type[T]) -> Callable[[Any], T]:
    hints = get_type_hints(cls, include_extras=True).items()
    known = {_name(attribute): (attribute, _reading(hint)) for attribute, hint in hints}

    def read(json: Any) -> T:
        try:
            values = {}
            for name, value in json.items():
                if name in known:
                    attribute, convert = known[name]
                    values[attribute] = value if value is None or convert is None else convert(value)
            return cls(**values)
        except (AttributeError, TypeError, ValueError) as error:
            raise NotUnderstoodError(f"The answer is no {cls.__name__}: {error}") from error

    return read


def wire(value: Any) -> Any:
    """Returns a value as JSON has it. Members of dataclasses that are `None` are left out."""
    if isinstance(value, (str, int, float)):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = {}
        for name, convert in _writing(type(value)):
            member = getattr(value, name)
            if member is not None:
                members[name] = member if convert is None else convert(member)
        return members
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, (tuple, list)):
        return [wire(item) for item in value]
    return value


@cache
def _writing(cls: type) -> list[tuple[str, Convert | None]]:
    """Returns the names of the members of a dataclass, with what makes JSON of each."""
    plan: list[tuple[str, Convert | None]] = []
    for name, hint in get_type_hints(cls, include_extras=True).items():
        kind, arguments = _parts(hint)
        if kind is Annotated and arguments[1] is _MILLISECONDS:
            plan.append((name, milliseconds))
        else:
            # What is any JSON value is sent as it is.
            plan.append((name, None if kind is Any else wire))
    return plan

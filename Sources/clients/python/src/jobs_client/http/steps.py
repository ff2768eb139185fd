"""Calls as generators: they yield what is to be done, so that one text serves both clients."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeVar, Union

T = TypeVar("T")


class Repeat(Enum):
    """Whether a call may be repeated after it may have been carried out."""

    NO = "no"
    #: A repetition changes nothing more.
    YES = "yes"
    #: The call has a request id: only at a service that knows request ids.
    BY_REQUEST_ID = "by request id"
    #: The same, where the request id is the caller's and must not be left out.
    OWN_REQUEST_ID = "own request id"


@dataclass(frozen=True)
class Request:
    """A call of one operation."""

    operation: str
    arguments: Mapping[str, Any]
    repeat: Repeat = Repeat.NO
    #: How long the service may hold the request, in seconds.
    wait: float = 0
    #: Whether the service is to refuse the request if it does not know an argument. Not for
    #: arguments without which an older service does the same work.
    is_strict: bool = True

    def replacing(self, **changes: Any) -> Request:
        """Returns the request with some members changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Send:
    """One HTTP request to send, within a time in seconds."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout: float


@dataclass(frozen=True)
class Answer:
    """What the service has answered."""

    content: Any
    #: The preferences of the request that the service has applied.
    preferences: frozenset[str]


@dataclass(frozen=True)
class Pause:
    """Seconds to wait."""

    seconds: float


#: An operation: yields requests, is sent their answers or thrown their errors, returns the result.
Steps = Generator[Request, Any, T]
#: What a client carries out: yields requests to send and pauses, returns the result.
Actions = Generator[Union[Send, Pause], Any, T]

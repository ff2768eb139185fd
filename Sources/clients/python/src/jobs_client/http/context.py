"""What calls say about the work they belong to: a correlation id and a trace context."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

current_correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
current_traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


@contextmanager
def correlation_id(value: str | None) -> Generator[None, None, None]:
    """Has calls send this correlation id, which errors and the log of the service show."""
    token = current_correlation_id.set(value)
    try:
        yield
    finally:
        current_correlation_id.reset(token)


@contextmanager
def traceparent(value: str | None) -> Generator[None, None, None]:
    """Has calls send this W3C trace context, which jobs keep that are added meanwhile."""
    token = current_traceparent.set(value)
    try:
        yield
    finally:
        current_traceparent.reset(token)

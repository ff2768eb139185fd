"""What an HTTP answer says."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..errors import NotUnderstoodError, error_of
from .steps import Answer


def answer_of(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Returns what an answer says, or raises the error that it tells of."""
    if 200 <= status < 300:
        return Answer(_decoded(body), frozenset(_names(headers, "Preference-Applied")))
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        # Such as the page of a proxy.
        told = None
    after = headers.get("Retry-After", "")
    raise error_of(
        status,
        told,
        retry_after=float(after) if after.isdecimal() else None,
        ignored_arguments=tuple(_names(headers, "X-Ignored-Arguments")),
    )


def _names(headers: Mapping[str, str], header: str) -> list[str]:
    return [name.strip() for name in headers.get(header, "").split(",") if name.strip()]


def _decoded(body: bytes) -> object:
    """Returns the JSON of an answer; `None` for an answer without data."""
    try:
        answer: object = json.loads(body) if body else None
        return answer
    except (ValueError, RecursionError) as error:
        raise NotUnderstoodError(f"The answer is not JSON: {error}", status=200) from error

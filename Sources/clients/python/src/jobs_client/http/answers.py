"""What an HTTP answer says."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..errors import error_of
from .service import decoded


def answer_of(status: int, headers: Mapping[str, str], body: bytes) -> object:
    """Returns the JSON of an answer, or raises the error that it tells of."""
    if 200 <= status < 300:
        return decoded(body)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        # Such as the page of a proxy.
        told = None
    after = headers.get("Retry-After", "")
    ignored = headers.get("X-Ignored-Arguments", "")
    raise error_of(
        status,
        told,
        retry_after=float(after) if after.isdecimal() else None,
        ignored_arguments=tuple(name.strip() for name in ignored.split(",") if name.strip()),
    )

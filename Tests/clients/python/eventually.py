"""Waits for events with a bound."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def eventually(is_so: Callable[[], Any], within: float = 15) -> Any:
    """Waits until a condition holds, which may be asynchronous; returns its value."""
    end = time.monotonic() + within
    while True:
        value = is_so()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"it did not happen within {within} s")
        await asyncio.sleep(0.02)

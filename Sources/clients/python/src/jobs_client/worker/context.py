"""What a handler can tell and ask while it handles a job."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

from .failure import JobCancelled
from .leases import Held, Leases

#: The largest progress and the largest details of an error, in bytes of JSON.
LARGEST_NOTE = 65536


class JobContext:
    """What a handler can tell and ask, in the event loop or in a thread."""

    def __init__(self, leases: Leases, held: Held, loop: asyncio.AbstractEventLoop) -> None:
        self._leases, self._held, self._loop = leases, held, loop
        self._thread = threading.get_ident()

    @property
    def is_cancelled(self) -> bool:
        """Whether the handler has to stop: its job is cancelled, its lease lost, or the worker stops.

        The task of an asynchronous handler is cancelled at the same moment.
        """
        return self._held.must_stop.is_set()

    @property
    def is_cancel_requested(self) -> bool:
        """Whether the handler has to stop because the job is to be cancelled.

        The worker learns of it when it extends the lease, after at most a third of its duration.
        """
        return self._held.is_cancel_requested

    def check(self) -> None:
        """Raises `JobCancelled` if the handler has to stop."""
        if self.is_cancelled:
            raise JobCancelled

    def wait(self, seconds: float) -> bool:
        """Sleeps in a handler that runs in a thread; returns at once when it has to stop.

        Returns whether the handler has to stop.
        """
        return self._held.must_stop.wait(seconds)

    def progress(self, value: Any) -> None:
        """Reports the progress of the work, which the next attempt finds in `job.progress`.

        Does not wait: the worker sends the last progress with the next extension of the lease, at
        most every `WorkerOptions.progress_interval`, and when the handler ends. `None` is ignored. Raises
        `ValueError` if it is larger than 64 KiB, `TypeError` if it is no JSON.
        """
        if value is None:
            return
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        if len(text) > LARGEST_NOTE:
            raise ValueError(f"The progress has {len(text)} bytes of JSON; the limit is {LARGEST_NOTE}")
        # A copy, since the handler may change the value before it is sent.
        copy = json.loads(text)
        if threading.get_ident() == self._thread:
            self._leases.report(self._held, copy)
        else:
            self._loop.call_soon_threadsafe(self._leases.report, self._held, copy)

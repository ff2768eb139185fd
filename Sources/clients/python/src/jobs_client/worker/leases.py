"""The leases that a worker holds, and when each ends by the clock of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..wire.jobs import StartedJob


def now() -> float:
    """Returns a time that goes on while the machine sleeps, as leases do."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(eq=False)
class Held:
    """One lease. A lost job may be claimed again while the handler of the lost lease still runs."""

    job: StartedJob
    #: When the claim or the last successful extension was sent.
    renewed: float
    #: Why the lease is lost, or cannot be counted on.
    lost: str | None = None
    #: Whether the worker stops before the handler is done.
    is_stopping: bool = False
    is_cancel_requested: bool = False
    #: Set when the handler has to stop, for handlers in threads.
    must_stop: threading.Event = field(default_factory=threading.Event)
    #: Cancels the handler's task.
    cancel: Callable[[], object] | None = None
    #: The last progress that the handler has reported, until it is sent.
    progress: Any = None
    #: From when on progress may be sent again.
    progress_due: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether the lease is to be extended."""
        return self.lost is None and not self.is_stopping

    @property
    def can_send_progress(self) -> bool:
        """Whether there is progress to send, and a lease with which to send it."""
        return self.progress is not None and self.lost is None

    def stop(self) -> None:
        """Has the handler stop."""
        self.must_stop.set()
        if self.cancel is not None:
            self.cancel()


class Leases:
    """All leases of a worker, used in the thread of its event loop."""

    def __init__(self, timeout: float, progress_interval: float) -> None:
        self._timeout, self._progress_interval = timeout, progress_interval
        self._held: set[Held] = set()

    def hold(self, job: StartedJob, sent: float) -> Held:
        """Begins to keep the lease of a claim that was sent at a time."""
        held = Held(job, renewed=sent)
        self._held.add(held)
        return held

    def drop(self, held: Held) -> None:
        """Forgets a lease."""
        self._held.discard(held)

    def end(self, held: Held) -> float:
        """Returns when a lease counts as lost: a margin before its end, for the handler to stop."""
        return held.renewed + self._timeout - min(self._timeout / 20, 1)

    def lose(self, held: Held, reason: str) -> None:
        """Marks a lease as lost."""
        if held.is_live:
            held.lost = reason
            held.stop()

    def lose_overdue(self, at: float) -> float | None:
        """Marks the leases that have ended as lost; returns when the next one ends."""
        for held in list(self._held):
            if held.is_live and self.end(held) <= at:
                self.lose(held, "it was not extended in time")
        return min((self.end(held) for held in self._held if held.is_live), default=None)

    def stop_all(self) -> None:
        """Cancels all handlers, so that their jobs are given back."""
        for held in list(self._held):
            if held.is_live:
                held.is_stopping = True
                held.stop()

    def request_cancellation(self, held: Held) -> None:
        """Has a handler stop because its job is to be cancelled. The lease is kept until it has."""
        if not held.is_cancel_requested:
            held.is_cancel_requested = True
            held.stop()

    def due(self, at: float) -> tuple[list[Held], float]:
        """Returns the leases to extend now, and when to look again."""
        live = [held for held in self._held if held.is_live]
        next_due = min((held.renewed for held in live), default=at) + self._timeout / 3
        # Leases that are due soon are included, so that all are due together next time.
        is_due = next_due <= at
        soon = at - self._timeout / 6
        return [
            held
            for held in live
            if (is_due and held.renewed <= soon)
            or (held.progress is not None and (held.progress_due or 0) <= at)
        ], max(next_due, at)

    def report(self, held: Held, progress: Any) -> None:
        """Keeps a progress until it is sent."""
        held.progress = progress

    def take(self, some: Iterable[Held], at: float) -> list[tuple[Held, Any]]:
        """Takes the progress of leases, to extend them."""
        taken = []
        for held in some:
            taken.append((held, held.progress))
            if held.progress is not None:
                held.progress = None
                held.progress_due = at + self._progress_interval
        return taken

    def renew(self, held: Held, sent: float) -> None:
        """Records a successful extension, from the time at which it was sent."""
        if held.lost is None:
            held.renewed = max(held.renewed, sent)

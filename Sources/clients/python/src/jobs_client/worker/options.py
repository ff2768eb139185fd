"""The settings of a worker."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

#: The longest name of a worker that a service accepts.
_LONGEST_NAME = 200


def process_name() -> str:
    """Returns the name of the workers of this process: host, process and a random number.

    Processes in containers often have the same id.
    """
    return f"{socket.gethostname()[:100]}-{os.getpid()}-{_NUMBER:x}"


_NUMBER = random.randint(0x1000, 0xFFFF)


@dataclass(frozen=True)
class WorkerOptions:
    """The optional settings of a worker. Times are seconds."""

    #: The name that the service shows on jobs and attempts; `None` for none.
    name: str | None = field(default_factory=process_name)
    #: Only jobs that were started fewer times are claimed; `None` for the limit of the service.
    max_retries: int | None = None
    #: Returns the delay of a failed job after an attempt, counted from 1; `None` leaves that to the
    #: retry policy of the job or the service.
    retry_delay: Callable[[int], float | None] | None = None
    #: The delay of a job whose params cannot be decoded.
    undecodable_delay: float = 60
    #: How long the service may hold a claim until there is a job. It is clamped to a quarter of a
    #: lease, since a lease is counted from before the claim was sent.
    wait_timeout: float = 20
    #: The longest pause between two claims if the service does not hold them or is away.
    longest_pause: float = 2
    #: The shortest time between two calls that send the progress of a job, at least 10 ms.
    progress_interval: float = 1
    #: How long handlers may run after a shutdown begins. Then they are cancelled, and their jobs are
    #: given back.
    grace_period: float = 30
    #: Whether failures have the traceback of the exception in their details.
    tracebacks: bool = False

    @property
    def worker_name(self) -> str | None:
        """The name that a service accepts."""
        return self.name[:_LONGEST_NAME] if self.name else None

    @property
    def shortest_interval(self) -> float:
        """The shortest time between two calls that send progress."""
        return max(self.progress_interval, 0.01)


def exponential(first: float, longest: float, jitter: float = 0.2) -> Callable[[int], float]:
    """Returns delays that double with each attempt, less a random share of at most `jitter`."""

    def delay(attempt: int) -> float:
        grown = first * 2.0 ** min(max(attempt - 1, 0), 30)
        # Jobs that failed together must not come back together.
        return min(grown, longest) * (1 - random.uniform(0, jitter))

    return delay


#: The delays at a service without retry policies.
WITHOUT_POLICY = exponential(5, 600)

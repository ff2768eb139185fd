"""Claims jobs for the free slots of a worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from ..client import AsyncJobsClient
from ..errors import JobsError, OutcomeUnknownError
from ..http.backoff import Backoff
from ..wire.jobs import StartedJob
from .handlers import Kind
from .leases import now
from .options import WorkerOptions
from .slots import Slots

_log = logging.getLogger("jobs_client.worker")

#: The largest number of jobs that a service starts at once.
_MOST_JOBS = 1000

#: The largest number of types of a claim.
MOST_TYPES = 20

#: Begins a job whose claim was sent at a time.
Begin = Callable[[Kind, Slots, StartedJob, float], None]


def longest_way(timeout: float) -> float:
    """Returns the longest time of a claim. After a longer one, too little of the lease is left."""
    return timeout * 2 / 3


class Claims:
    """The claims of a worker, with leases of a duration."""

    def __init__(
        self, client: AsyncJobsClient, timeout: float, options: WorkerOptions, begin: Begin
    ) -> None:
        self._client, self._timeout, self._options, self._begin = client, timeout, options, begin
        self._going: set[asyncio.Task[list[StartedJob]]] = set()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Ends the pauses between claims."""
        self._stop.set()

    def interrupt(self) -> None:
        """Ends the claims that the service holds."""
        for claim in self._going:
            claim.cancel()

    async def run(self, kinds: Sequence[Kind], slots: Slots) -> None:
        """Claims as many jobs as there are free slots, until the worker stops.

        The jobs are of the first of the types that has some.
        """
        by_type = {kind.type: kind for kind in kinds}
        name = " or ".join(by_type)
        wait = min(self._options.wait_timeout, self._timeout / 4)
        pauses = Backoff(0.05, self._options.longest_pause)
        is_failing = False
        while free := await slots.take(_MOST_JOBS):
            sent = now()
            jobs: list[StartedJob] = []
            try:
                jobs = await self._interruptibly(self._once(list(by_type), free, wait))
                if is_failing:
                    _log.info("Claims of %s succeed again", name)
                is_failing = False
            except JobsError as error:
                if slots.is_closed:
                    return
                if not is_failing:
                    _log.error("Failed to claim %s jobs: %s", name, error)
                is_failing = True
            for job in jobs:
                if (kind := by_type.get(job.type)) is not None:
                    self._begin(kind, slots, job, sent)
                else:
                    _log.error("The service answered a %s job, not %s: %s", job.type, name, job.id)
                    slots.give(1)
            slots.give(free - len(jobs))
            # There are jobs, or the service has held the claim: no pause is necessary.
            if jobs or (not is_failing and wait > 0 and now() - sent >= wait * 0.9):
                pauses.reset()
            else:
                await self._pause(pauses.next())

    async def _interruptibly(
        self, call: Coroutine[Any, Any, list[StartedJob]]
    ) -> list[StartedJob]:
        """Makes a claim in a task, which ends after the longest time or when the worker stops.

        A claim that was answered just before is not lost.
        """
        claim = asyncio.create_task(call)
        self._going.add(claim)
        try:
            await asyncio.wait([claim], timeout=longest_way(self._timeout))
            claim.cancel()
            await asyncio.wait([claim])
            if claim.cancelled():
                raise OutcomeUnknownError(f"No answer within {longest_way(self._timeout):g} s")
            return claim.result()
        finally:
            claim.cancel()
            self._going.discard(claim)

    def _once(
        self, types: list[str], free: int, wait: float
    ) -> Coroutine[Any, Any, list[StartedJob]]:
        options = self._options
        if free > 1 or len(types) > 1:
            return self._client.start_jobs_by_type(
                types if len(types) > 1 else types[0],
                self._timeout, free, options.max_retries, wait, options.worker_name,
            )
        return self._one(types[0], wait)

    async def _one(self, type: str, wait: float) -> list[StartedJob]:
        options = self._options
        job = await self._client.start_job_by_type(
            type, self._timeout, options.max_retries, wait, options.worker_name
        )
        return [] if job is None else [job]

    async def _pause(self, length: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stop.wait(), length)

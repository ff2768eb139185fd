"""Extends leases and sends the progress of their handlers."""

from __future__ import annotations

import asyncio
import logging

from ..client import AsyncJobsClient
from ..errors import JobsError, LockLostError
from ..operations.batches import Outcome
from ..wire.queries import Extension
from .ends import within
from .leases import Held, Leases, now

_log = logging.getLogger("jobs_client.worker")


class Extensions:
    """Makes one call at a time, so that progress arrives in the order in which it was reported."""

    def __init__(self, client: AsyncJobsClient, leases: Leases, timeout: float) -> None:
        self._client, self._leases, self._timeout = client, leases, timeout
        self._one_at_a_time = asyncio.Lock()

    async def extend(self, some: list[Held]) -> None:
        """Extends leases with one call, and records the results."""
        async with self._one_at_a_time:
            sent = now()
            taken = self._leases.take(some, sent)
            items = [
                Extension(
                    job_id=held.job.id,
                    timeout=self._timeout,
                    lock_token=held.job.lock_token,
                    progress=progress,
                )
                for held, progress in taken
            ]
            outcomes: list[Outcome]
            try:
                outcomes = await within(self._timeout / 3, self._client.extend_jobs(items))
            except JobsError as error:
                _log.warning("Failed to extend %d leases: %s", len(items), error)
                outcomes = [error] * len(items)
            for (held, progress), outcome in zip(taken, outcomes):
                is_kept = isinstance(outcome, JobsError) and outcome.is_retryable
                if is_kept and held.progress is None:
                    # Unless the handler has reported a later one.
                    held.progress = progress
                self._record(held, outcome, sent)

    def _record(self, held: Held, outcome: Outcome, sent: float) -> None:
        leases = self._leases
        if outcome is None:
            leases.lose(held, "the job was removed")
        elif isinstance(outcome, LockLostError):
            leases.lose(held, "another client took it over")
        elif isinstance(outcome, JobsError):
            # Another call may succeed before the lease ends.
            return
        elif outcome.cancelled is not None:
            leases.lose(held, "the job was cancelled")
        elif outcome.locked_until is None or outcome.started is None:
            leases.lose(held, "the job is no longer started")
        else:
            leases.renew(held, sent)
            if outcome.cancel_requested is not None:
                leases.request_cancellation(held)

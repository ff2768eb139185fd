"""One job of a worker, from the claim until its end is reported to the service."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from ..client import AsyncJobsClient
from ..errors import JobsError, LockLostError
from ..http.backoff import Backoff
from ..http.context import current_correlation_id, current_traceparent
from ..operations.batches import Outcome
from ..wire.jobs import StartedJob
from ..wire.queries import Abort, Completion
from .claims import longest_way
from .context import JobContext
from .ends import End, Ends
from .extensions import Extensions
from .failing import Failing
from .failure import JobFailure
from .handlers import Kind, check_result
from .leases import Held, Leases, now
from .options import WorkerOptions

_log = logging.getLogger("jobs_client.worker")


class Work:
    """What the jobs of a worker share."""

    def __init__(self, client: AsyncJobsClient, timeout: float, options: WorkerOptions) -> None:
        self.timeout, self.options = timeout, options
        self.leases = Leases(timeout, options.shortest_interval)
        self.extensions = Extensions(client, self.leases, timeout)
        self.ends = Ends(client, timeout / 3)
        self.failing = Failing(options)
        #: The number of jobs by what became of them.
        self.counts: Counter[str] = Counter()
        self.is_stopping = False

    async def do(self, kind: Kind, job: StartedJob, sent: float) -> None:
        """Handles a job whose claim was sent at a time, and reports its end."""
        current_correlation_id.set(job.id)
        current_traceparent.set(job.traceparent)
        held = self.leases.hold(job, sent)
        try:
            if self.is_stopping:
                return await self._abort(held, "the worker stops")
            # The lease could end before it is extended.
            if now() - sent >= longest_way(self.timeout):
                return await self._abort(held, "the claim took too long")
            result = await self._handle(kind, held)
            if held.lost is not None:
                self.counts["lost"] += 1
                return self.log(logging.WARNING, held, f"Lost the lease: {held.lost}")
            if held.is_stopping:
                return await self._abort(held, "the grace period is over")
            if held.is_cancel_requested:
                return await self._abort(held, "it is to be cancelled", "cancelled")
            if isinstance(result, BaseException):
                await self._fail(held, result)
            else:
                await self._complete(held, result)
        finally:
            self.leases.drop(held)

    async def _handle(self, kind: Kind, held: Held) -> object:
        """Runs the handler in a task that is cancelled when it has to stop.

        Returns its result, or the exception that it raised.
        """
        self.log(logging.DEBUG, held, "Handling")
        loop = asyncio.get_running_loop()
        context = JobContext(self.leases, held, loop)
        task = asyncio.create_task(_result_of(kind, held.job, context))
        if kind.is_async:
            held.cancel = task.cancel
        self.counts["running"] += 1
        try:
            await asyncio.wait([task])
        finally:
            self.counts["running"] -= 1
        if task.cancelled():
            return JobFailure("The handler was cancelled", type="CancelledError")
        return task.result()

    async def _complete(self, held: Held, result: object) -> None:
        job = held.job
        outcome = await self.report(
            held, Completion(job_id=job.id, lock_token=job.lock_token, result=result)
        )
        if isinstance(outcome, LockLostError):
            self.counts["lost"] += 1
            self.log(logging.WARNING, held, f"Lost the lease before it was completed: {outcome}")
        elif isinstance(outcome, JobsError) and outcome.is_about_content and result is not None:
            # The next attempt would have the same result.
            await self._fail(held, JobFailure(str(outcome), type="ResultRefused", retry=False))
        elif isinstance(outcome, JobsError):
            self.counts["untold"] += 1
            told = "Failed to report the completion; the job will be handled again"
            self.log(logging.ERROR, held, f"{told}: {outcome}")
        elif outcome is not None and outcome.completed is None:
            self.counts["lost"] += 1
            end = "had ended" if outcome.cancelled is None else "was cancelled"
            self.log(logging.WARNING, held, f"The job {end} before it was completed")
        else:
            self.counts["completed"] += 1
            self.log(logging.DEBUG, held, "Completed")

    async def _fail(self, held: Held, error: BaseException) -> None:
        self.counts[self.failing.outcome(error)] += 1
        await self.failing.fail(held, error, self.report, self.log)

    async def _abort(self, held: Held, reason: str, counted: str = "returned") -> None:
        """Gives back a job that was not handled, without a delay."""
        self.counts[counted] += 1
        outcome = await self.report(
            held, Abort(job_id=held.job.id, lock_token=held.job.lock_token)
        )
        if isinstance(outcome, JobsError):
            told = f"Failed to give the job back ({reason}); its lease will lapse"
            self.log(logging.WARNING, held, f"{told}: {outcome}")
        else:
            self.log(logging.INFO, held, f"Gave the job back: {reason}")

    async def report(self, held: Held, end: End) -> Outcome:
        """Sends the last progress, then the end, and repeats that as long as the lease lasts.

        A repetition is safe, because no other worker can hold the lease during that time.
        """
        if held.can_send_progress:
            await self.extensions.extend([held])
        pauses = Backoff(0.05, 2)
        while True:
            outcome = await self.ends.report(end)
            if not (isinstance(outcome, JobsError) and outcome.is_retryable and held.is_live):
                return outcome
            pause = pauses.next()
            if now() + pause >= self.leases.end(held):
                return outcome
            await asyncio.sleep(pause)

    def log(self, level: int, held: Held, message: str) -> None:
        """Logs a message about a job."""
        job = held.job
        about = {"job_id": job.id, "job_type": job.type, "attempt": job.retries}
        _log.log(
            level, "%s (%s job %s, attempt %d)", message, job.type, job.id, job.retries, extra=about
        )


async def _result_of(kind: Kind, job: StartedJob, context: JobContext) -> object:
    try:
        result: object = await kind.run(job, context)
    except (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        # Also SystemExit, which would end the worker with all of its other jobs.
        return error
    try:
        check_result(result)
    except (TypeError, ValueError, RecursionError) as error:
        # The next attempt would have the same result, and the work is done.
        return JobFailure(f"The result is no JSON: {error}", type="ResultRefused", retry=False)
    return result

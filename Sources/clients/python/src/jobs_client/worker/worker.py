"""A worker that claims jobs and runs their handlers, several at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..client import AsyncJobsClient
from ..wire.fields import Duration, seconds
from ..wire.jobs import StartedJob
from .claims import MOST_TYPES, Claims
from .handlers import Handler, Kind
from .job import Work
from .leases import now
from .options import WorkerOptions
from .slots import Slots

_log = logging.getLogger("jobs_client.worker")

H = TypeVar("H", bound=Handler)

#: How long a running claim may take after a shutdown begins, since the service may hold it longer.
_CLAIM_PATIENCE = 1.0


class Worker:
    """Claims jobs of the types of its handlers, and runs a handler for each job.

        worker = Worker(AsyncJobsClient("http://localhost:8080"), timeout=60, concurrency=8)

        @worker.handler("mail")
        async def send(job, context):
            ...

        worker.main()

    The job is completed when its handler returns, with the returned value as the result. When the
    handler raises an exception, the job fails with the class and the text of the exception; a
    `JobFailure` says more. The retry policy of the job, or the service's, then decides when it is
    tried again, and when it has failed for good.

    The worker extends the lease while the handler runs. When the job is to be cancelled, when the
    lease is lost, or when the grace period after a signal is over, the task of the handler is
    cancelled; a handler that is not asynchronous runs in a thread and looks at `context`. A handler
    has to be idempotent: a worker may die after the work but before it reports the completion.
    """

    def __init__(
        self,
        client: AsyncJobsClient,
        *,
        timeout: Duration,
        concurrency: int = 1,
        shared: bool = False,
        options: WorkerOptions | None = None,
    ) -> None:
        """Creates a worker.

        The job of a crashed worker can be claimed again after `timeout`, the duration of a lease; every
        call has to succeed within a third of it. `concurrency` is the largest number of jobs of each
        type at a time. With `shared` it is that of all types together, at most 20: free slots get jobs of
        the first type that has some, in the order of the handlers.
        """
        if seconds(timeout) <= 0 or concurrency < 1:
            raise ValueError("A lease lasts for some time, and a worker handles at least one job")
        self._client, self._timeout, self._concurrency = client, seconds(timeout), concurrency
        self.options = options or WorkerOptions()
        self._is_shared = shared
        self._kinds: dict[str, Kind] = {}
        self._work = Work(client, self._timeout, self.options)
        self._slots: list[Slots] = []
        self._jobs: set[asyncio.Task[None]] = set()
        self._stop: asyncio.Event | None = None
        self._hurry: asyncio.Event | None = None
        self._is_asked_to_stop = False

    def handler(
        self,
        type: str,
        *,
        concurrency: int | None = None,
        decode: Callable[[Any], Any] | None = None,
    ) -> Callable[[H], H]:
        """Makes a function the handler of a type.

        The function takes the job, or the job and its `JobContext`. It is a coroutine function, or it
        runs in a thread. `decode` is called with the params, and `job.params` is what it returns; if
        it raises an exception, the job fails and comes back after `undecodable_delay`.
        """
        if type in self._kinds:
            raise ValueError(f"There is a handler of {type} already")
        if self._is_shared and concurrency is not None:
            raise ValueError("The types of this worker share its concurrency")
        if self._is_shared and len(self._kinds) == MOST_TYPES:
            raise ValueError(f"At most {MOST_TYPES} types share the concurrency of a worker")

        def enter(function: H) -> H:
            self._kinds[type] = Kind(type, function, concurrency or self._concurrency, decode)
            return function

        return enter

    @property
    def counts(self) -> dict[str, int]:
        """The number of jobs that are `running`, and of those that were `completed`, `failed`,
        `undecodable`, `lost`, `cancelled`, `returned`, or whose completion is `untold`."""
        return dict(self._work.counts)

    def main(self) -> None:
        """Runs the worker until SIGTERM or SIGINT, then closes the client."""

        async def run() -> None:
            async with self._client:
                await self.run()

        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run())

    def stop(self) -> None:
        """Begins the shutdown: no more claims, and handlers may finish within the grace period.

        Is called in the thread of the event loop. The second call ends the grace period.
        """
        if self._is_asked_to_stop and self._hurry is not None:
            self._hurry.set()
        self._is_asked_to_stop = True
        if self._stop is not None:
            self._stop.set()

    async def run(
        self, *, signals: Iterable[signal.Signals] = (signal.SIGTERM, signal.SIGINT)
    ) -> None:
        """Claims and handles jobs until one of the signals, `stop()`, or the end of the task.

        A failed call is logged and tried again; it never ends the worker. Returns when all handlers have
        returned. Raises an error only if no call can succeed, such as for a missing certificate.
        """
        if not self._kinds:
            raise ValueError("The worker has no handler")
        self._stop, self._hurry = asyncio.Event(), asyncio.Event()
        if self._is_asked_to_stop:
            self._stop.set()
        watched = self._watch(signals)
        claiming = Claims(self._client, self._timeout, self.options, self._begin)
        each = [[kind] for kind in self._kinds.values()]
        lines = [list(self._kinds.values())] if self._is_shared else each
        self._slots = [Slots(kinds[0].concurrency) for kinds in lines]
        claims = [
            asyncio.create_task(claiming.run(kinds, slots))
            for kinds, slots in zip(lines, self._slots)
        ]
        keepers = [
            asyncio.create_task(keep)
            for keep in (self._watch_leases(), self._extend_leases(), self._shut_down(claiming, claims))
        ]
        try:
            await _end_of(claims, keepers)
            self._close()
            await self._all_jobs()
        except asyncio.CancelledError:
            self._close()
            self._work.leases.stop_all()
            await self._all_jobs()
            raise
        finally:
            for task in keepers + claims:
                task.cancel()
            for kind in self._kinds.values():
                kind.close()
            for watched_signal in watched:
                asyncio.get_running_loop().remove_signal_handler(watched_signal)
        for task in claims + keepers:
            # Such as files of certificates that cannot be read: that must not look like a stop.
            if task.done() and not task.cancelled():
                task.result()

    def _watch(self, signals: Iterable[signal.Signals]) -> list[signal.Signals]:
        watched = []
        for each in signals:
            # Only the main thread can; Windows cannot.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(each, self.stop)
                watched.append(each)
        return watched

    def _close(self) -> None:
        self._work.is_stopping = True
        for slots in self._slots:
            slots.close()

    async def _all_jobs(self) -> None:
        while self._jobs:
            await asyncio.wait(self._jobs)

    def _begin(self, kind: Kind, slots: Slots, job: StartedJob, sent: float) -> None:
        async def work() -> None:
            try:
                await self._work.do(kind, job, sent)
            finally:
                slots.give(1)

        task = asyncio.create_task(work())
        self._jobs.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._jobs.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("A job ended with an error of the worker", exc_info=error)

    async def _watch_leases(self) -> None:
        """Cancels handlers when their leases end, independently of the extensions."""
        while True:
            at, pause = now(), self._timeout / 12
            end = self._work.leases.lose_overdue(at)
            # A new lease always lasts longer than this pause.
            await asyncio.sleep(pause if end is None else max(min(end - at, pause), 0))

    async def _extend_leases(self) -> None:
        """Extends leases after a third of their duration, or sooner if there is progress to send."""
        pause = min(self._timeout / 12, self.options.shortest_interval)
        while True:
            at = now()
            due, then = self._work.leases.due(at)
            if due:
                await self._work.extensions.extend(due)
                await asyncio.sleep(pause)
            else:
                await asyncio.sleep(max(min(then - at, pause), 0.001))

    async def _shut_down(self, claiming: Claims, claims: list[asyncio.Task[None]]) -> None:
        """Stops the worker in steps."""
        assert self._stop is not None and self._hurry is not None
        await self._stop.wait()
        _log.info("Claiming no more jobs")
        self._close()
        claiming.stop()
        patience = min(_CLAIM_PATIENCE, self.options.grace_period)
        end = now() + self.options.grace_period
        await asyncio.wait(claims, timeout=patience)
        claiming.interrupt()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), max(end - now(), 0))
        self._work.leases.stop_all()


async def _end_of(claims: list[asyncio.Task[None]], keepers: list[asyncio.Task[None]]) -> None:
    """Waits until all claims have ended, or any task has failed."""
    going = {*claims, *keepers}
    while any(not claim.done() for claim in claims):
        done, going = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
        if any(not task.cancelled() and task.exception() is not None for task in done):
            return

"""The handlers of a worker: functions of a job, or of a job and a context, asynchronous or not."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Union

from ..wire.jobs import StartedJob
from .context import JobContext
from .failure import UndecodableParams

#: Does the work of a job, and returns the result: any JSON value, or `None`.
Handler = Union[Callable[[StartedJob], Any], Callable[[StartedJob, JobContext], Any]]


@dataclass
class Kind:
    """A type of jobs with its handler."""

    type: str
    function: Callable[..., Any]
    #: The largest number of jobs at a time.
    concurrency: int
    decode: Callable[[Any], Any] | None = None
    is_async: bool = field(init=False)
    takes_context: bool = field(init=False)
    _threads: ThreadPoolExecutor | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Looks at the handler once."""
        # Also an object whose call is asynchronous.
        self.is_async = inspect.iscoroutinefunction(self.function) or (
            inspect.iscoroutinefunction(getattr(self.function, "__call__", None))
        )
        parameters = inspect.signature(self.function).parameters.values()
        positional = [
            p
            for p in parameters
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)
            and p.default is p.empty
        ]
        self.takes_context = len(positional) > 1 or any(
            p.kind is p.VAR_POSITIONAL for p in positional
        )

    async def run(self, job: StartedJob, context: JobContext) -> Any:
        """Runs the handler, in a thread if it is not asynchronous; returns its result."""
        if self.decode is not None:
            try:
                job = replace(job, params=self.decode(job.params))
            except Exception as error:
                raise UndecodableParams(f"{type(error).__name__}: {error}") from error
        arguments = (job, context) if self.takes_context else (job,)
        if self.is_async:
            result = await self.function(*arguments)
        else:
            result = await self._in_thread(arguments)
            if inspect.isawaitable(result):
                result = await result
        return result

    async def _in_thread(self, arguments: tuple[Any, ...]) -> Any:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self.concurrency, f"jobs-{self.type}")
        run = contextvars.copy_context().run
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, run, self.function, *arguments)
        # A thread cannot be cancelled: the handler sees that it has to stop, and the worker waits.
        return await asyncio.shield(future)

    def close(self) -> None:
        """Ends the threads, which are idle."""
        if self._threads is not None:
            self._threads.shutdown(wait=False)
            self._threads = None


def check_result(result: Any) -> None:
    """Raises an error if a result is no JSON."""
    json.dumps(result, allow_nan=False)

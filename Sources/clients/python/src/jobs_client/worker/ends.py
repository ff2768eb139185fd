"""Reports the results of jobs. Jobs that end during a call share the next call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar, Union

from ..client import AsyncJobsClient
from ..errors import JobsError, OutcomeUnknownError
from ..http.context import correlation_id
from ..operations.batches import Outcome
from ..wire.fields import milliseconds
from ..wire.queries import Abort, Completion, Failure
from .lane import Lane

T = TypeVar("T")
End = Union[Completion, Failure, Abort]


async def within(limit: float, call: Awaitable[T]) -> T:
    """Makes a call with a time limit, after which its outcome is unknown."""
    try:
        return await asyncio.wait_for(call, limit)
    except asyncio.TimeoutError as error:
        raise OutcomeUnknownError(f"No answer within {milliseconds(limit)} ms") from error


class Ends:
    """The ways to end a job."""

    def __init__(self, client: AsyncJobsClient, limit: float) -> None:
        self._client, self._limit = client, limit
        self._lanes: dict[type[End], Lane[End, Outcome]] = {
            kind: Lane(self._send) for kind in (Completion, Failure, Abort)
        }

    async def report(self, end: End) -> Outcome:
        """Reports the end of a job; returns the job as it is then, `None` or an error."""
        return await self._lanes[type(end)].call(end)

    async def _send(self, ends: list[End]) -> list[Outcome]:
        if len(ends) == 1:
            return [await self._one(ends[0])]
        # A call about several jobs does not belong to one of them.
        with correlation_id(None):
            try:
                outcomes = await within(self._limit, self._many(ends))
            except JobsError as error:
                outcomes = [error] * len(ends)
        # A job that the service refuses, such as one with a result that is too large, can have the
        # whole call refused. So the jobs of such a call are sent again one by one.
        return [
            await self._one(end)
            if isinstance(outcome, JobsError) and outcome.is_about_content
            else outcome
            for end, outcome in zip(ends, outcomes)
        ]

    async def _many(self, ends: list[End]) -> list[Outcome]:
        # All are of one kind, since each kind has its own lane.
        if isinstance(ends[0], Completion):
            return await self._client.complete_jobs([e for e in ends if isinstance(e, Completion)])
        if isinstance(ends[0], Failure):
            return await self._client.fail_jobs([e for e in ends if isinstance(e, Failure)])
        return await self._client.abort_jobs([e for e in ends if isinstance(e, Abort)])

    async def _one(self, end: End) -> Outcome:
        client = self._client
        with correlation_id(end.job_id):
            try:
                if isinstance(end, Completion):
                    call = client.complete_job(end.job_id, end.lock_token, end.result)
                elif isinstance(end, Failure):
                    call = client.fail_job(
                        end.job_id, end.lock_token, end.error, end.retry, end.delay
                    )
                else:
                    call = client.abort_job(end.job_id, end.lock_token, end.delay)
                return await within(self._limit, call)
            except JobsError as error:
                return error

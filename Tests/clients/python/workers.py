"""Workers with short waits, and what tests wait for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from eventually import eventually
from jobs_client import AsyncJobsClient, Job, NewJob, Worker, WorkerOptions


def worker(
    client: AsyncJobsClient, timeout: float = 3, concurrency: int = 4, shared: bool = False, **more: Any
) -> Worker:
    """Returns a worker that stops soon."""
    options = WorkerOptions(
        **{"wait_timeout": 0.2, "longest_pause": 0.2, "grace_period": 5, "name": "w-1", **more}
    )
    return Worker(client, timeout=timeout, concurrency=concurrency, shared=shared, options=options)


@contextlib.asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    """Runs workers for the time of a block."""
    tasks = [asyncio.create_task(each.run(signals=())) for each in workers]
    try:
        yield
    finally:
        for each in workers:
            each.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)


async def add(client: AsyncJobsClient, type: str = "mail", **more: Any) -> str:
    """Adds a job; returns its id."""
    return (await client.add_job(NewJob(type=type, ref_id="1", **more))).id


async def in_state(client: AsyncJobsClient, job_id: str, state: str, within: float = 15) -> Job:
    """Waits until a job is in a state; returns it."""

    async def found() -> Job | None:
        job = await client.get_job_by_id(job_id, details=True)
        return job if job is not None and job.state == state else None

    job: Job = await eventually(found, within)
    return job

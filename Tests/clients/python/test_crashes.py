"""Workers and producers while the program is killed and started again."""

from __future__ import annotations

import asyncio
from collections import Counter

from eventually import eventually
from jobs_client import (
    AsyncJobsClient, ClientOptions, JobFilter, JobsError, NewJob, Paging, StartedJob,
)
from program import Program
from workers import in_state, running, worker


async def test_no_job_is_lost_while_the_program_crashes(file_program: Program) -> None:
    options = ClientOptions(url=file_program.url, retries=20, retry_pause=0.05)
    async with AsyncJobsClient(options) as client:
        mailer = worker(client, timeout=4, concurrency=20)
        handled: Counter[str] = Counter()

        @mailer.handler("mail")
        async def send(job: StartedJob) -> str:
            await asyncio.sleep(0.02)
            handled[job.ref_id] += 1
            return job.ref_id

        added: set[str] = set()

        async def produce() -> None:
            for number in range(300):
                ref_id = str(number)
                try:
                    await client.add_job(NewJob(type="mail", ref_id=ref_id))
                    added.add(ref_id)
                except JobsError as error:
                    # Only what may have happened is left to the caller.
                    assert error.may_have_happened
                await asyncio.sleep(0.005)

        async with running(mailer):
            producing = asyncio.create_task(produce())
            for _ in range(3):
                await asyncio.sleep(0.5)
                await asyncio.to_thread(file_program.kill)
                await asyncio.to_thread(file_program.start)
            await producing

            async def all_are_completed() -> bool:
                done = JobFilter(type="mail")
                page = await client.get_jobs(done, Paging(take=1000))
                return all(job.completed is not None for job in page.data)

            await eventually(all_are_completed, within=20)

    # What is handled twice is what a crash has lost the answer of.
    assert added <= set(handled) and len(added) > 250
    assert sum(handled.values()) - len(handled) < 100


async def test_a_lease_outlives_a_restart(file_program: Program) -> None:
    async with AsyncJobsClient(file_program.url) as client:
        mailer = worker(client, timeout=6)

        @mailer.handler("mail")
        async def send(job: StartedJob) -> int:
            await asyncio.sleep(3)
            return job.retries

        async with running(mailer):
            job_id = (await client.add_job(NewJob(type="mail", ref_id="1"))).id
            await in_state(client, job_id, "running")
            await asyncio.to_thread(file_program.kill)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(file_program.start)
            job = await in_state(client, job_id, "completed")

    assert job.result == 1

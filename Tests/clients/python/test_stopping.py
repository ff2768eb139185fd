"""The end of the worker: it drains, and gives back what it has not done."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest
from eventually import eventually
from jobs_client import AsyncJobsClient, ClientOptions, StartedJob
from proxy import Proxy
from workers import add, in_state, running, worker


async def test_a_worker_that_stops_lets_its_handlers_finish(client: AsyncJobsClient) -> None:
    mailer = worker(client, timeout=1)
    begun = asyncio.Event()

    @mailer.handler("mail")
    async def send(job: StartedJob) -> str:
        begun.set()
        await asyncio.sleep(1.5)
        return "sent"

    job_id = await add(client)
    run = asyncio.create_task(mailer.run(signals=()))
    await begun.wait()
    mailer.stop()
    later = await add(client)
    await asyncio.wait_for(run, 5)

    assert (await in_state(client, job_id, "completed")).result == "sent"
    # A claim that was on its way may have got the other job, which is given back.
    assert mailer.counts["completed"] == 1
    other = await in_state(client, later, "ready")
    assert [attempt.outcome for attempt in other.attempts or ()] in ([], ["aborted"])


async def test_a_job_is_given_back_after_the_grace_period(client: AsyncJobsClient) -> None:
    mailer = worker(client, timeout=60, concurrency=1, grace_period=0.5)
    begun = asyncio.Event()

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        begun.set()
        await asyncio.sleep(30)

    job_id = await add(client)
    run = asyncio.create_task(mailer.run(signals=()))
    await begun.wait()
    mailer.stop()
    await asyncio.wait_for(run, 5)

    job = await in_state(client, job_id, "ready")
    assert job.attempts is not None and job.attempts[0].outcome == "aborted"
    assert mailer.counts["returned"] == 1


async def test_jobs_that_were_not_begun_are_given_back(
    client: AsyncJobsClient, proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    mailer = worker(proxied, timeout=60)
    handled: list[str] = []

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        handled.append(job.id)

    async with running(mailer):
        # The worker stops while its claim waits for a job, which comes within its patience.
        await eventually(lambda: proxy.named("start_jobs_by_type"))
        mailer.stop()
        await asyncio.sleep(0)
        job_id = await add(client)

    assert handled == []
    job = await in_state(client, job_id, "ready")
    assert job.attempts is not None and [a.outcome for a in job.attempts] in (["aborted"], [])


async def test_a_waiting_claim_does_not_hold_the_stop_up(client: AsyncJobsClient) -> None:
    mailer = worker(client, timeout=80, wait_timeout=20, grace_period=30)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None: ...

    run = asyncio.create_task(mailer.run(signals=()))
    await asyncio.sleep(0.2)
    begin = time.monotonic()
    mailer.stop()
    await asyncio.wait_for(run, 5)

    assert time.monotonic() - begin < 2


async def test_a_cancelled_run_gives_jobs_back(client: AsyncJobsClient) -> None:
    mailer = worker(client, timeout=60, concurrency=1)  # else it also waits for another job
    begun = asyncio.Event()

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        begun.set()
        await asyncio.sleep(30)

    job_id = await add(client)
    run = asyncio.create_task(mailer.run(signals=()))
    await begun.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(run, 5)

    await in_state(client, job_id, "ready")


async def test_a_signal_stops_the_worker_and_a_second_one_ends_the_grace_period(
    client: AsyncJobsClient,
) -> None:
    mailer = worker(client, timeout=60, concurrency=1, grace_period=30)
    begun = asyncio.Event()

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        begun.set()
        await asyncio.sleep(30)

    job_id = await add(client)
    run = asyncio.create_task(mailer.run())
    await begun.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert not run.done()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(run, 5)

    await in_state(client, job_id, "ready")


async def test_a_worker_that_can_make_no_call_says_so() -> None:
    options = ClientOptions(url="https://127.0.0.1:1", ca_file="/nonexistent/ca.pem")
    async with AsyncJobsClient(options) as client:
        mailer = worker(client)

        @mailer.handler("mail")
        async def send(job: StartedJob) -> None: ...

        with pytest.raises(FileNotFoundError):
            await asyncio.wait_for(mailer.run(signals=()), 5)
        with pytest.raises(ValueError, match="handler"):
            await worker(client).run()

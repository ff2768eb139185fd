"""Handlers that have to stop: their job is cancelled, or its lease is lost."""

from __future__ import annotations

import asyncio
import time

import pytest
from eventually import eventually
from jobs_client import AsyncJobsClient, ClientOptions, JobCancelled, JobContext, StartedJob
from proxy import Call, Fault, Proxy, unavailable
from workers import add, in_state, running, worker


async def test_a_handler_is_cancelled_when_its_job_is(client: AsyncJobsClient) -> None:
    mailer = worker(client, timeout=1)
    seen: list[tuple[bool, bool]] = []

    @mailer.handler("mail")
    async def send(job: StartedJob, context: JobContext) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            seen.append((context.is_cancelled, context.is_cancel_requested))

    async with running(mailer):
        job_id = await add(client)
        await in_state(client, job_id, "running")
        await client.cancel_job(job_id)
        job = await in_state(client, job_id, "cancelled", within=3)

    assert seen == [(True, True)] and mailer.counts["cancelled"] == 1
    assert job.attempts is not None and job.attempts[0].outcome == "cancelled"


async def test_a_handler_in_a_thread_sees_that_its_job_is_cancelled(
    client: AsyncJobsClient,
) -> None:
    mailer = worker(client, timeout=1)

    @mailer.handler("mail")
    def send(job: StartedJob, context: JobContext) -> str:
        assert not context.wait(0.01)
        context.check()
        assert context.wait(30)
        with pytest.raises(JobCancelled):
            context.check()
        # The result of a job that is to be cancelled is not wanted.
        return "sent"

    async with running(mailer):
        job_id = await add(client)
        await in_state(client, job_id, "running")
        await client.cancel_job(job_id)
        job = await in_state(client, job_id, "cancelled", within=3)

    assert job.result is None


async def test_a_handler_is_cancelled_when_another_worker_has_taken_the_job(
    client: AsyncJobsClient, proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    # The extensions of the first worker do not come through until its lease has been taken over.
    def fault(call: Call) -> Fault:
        is_later = call.operation == "extend_jobs" or (
            call.operation.startswith("start") and bool(proxy.named("extend_jobs"))
        )
        return unavailable("60") if is_later else None

    proxy.fault = fault
    late = worker(proxied, timeout=1, concurrency=1)
    cancelled = asyncio.Event()

    @late.handler("mail")
    async def send_late(job: StartedJob) -> str:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
        return "late"

    async with running(late):
        job_id = await add(client)
        begin = time.monotonic()
        await asyncio.wait_for(cancelled.wait(), 5)
        # A little before the end of the lease by the clock of the worker.
        assert 0.9 < time.monotonic() - begin < 1.2
        await eventually(lambda: late.counts.get("lost") == 1)
        taken = await eventually(lambda: client.start_job_by_type("mail", timeout=60))
        completed = await client.complete_job(job_id, taken.lock_token, result="in time")

    assert completed is not None and completed.result == "in time"
    assert not proxy.named("complete_job") and not proxy.named("abort_job")


async def test_a_handler_is_cancelled_when_its_lease_is_found_lost(
    client: AsyncJobsClient,
) -> None:
    mailer = worker(client, timeout=3)
    cancelled = asyncio.Event()

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            cancelled.set()

    async with running(mailer):
        job_id = await add(client)
        await in_state(client, job_id, "running")
        await client.delete_job_by_id(job_id)
        await asyncio.wait_for(cancelled.wait(), 2)

    assert mailer.counts["lost"] == 1


async def test_a_claim_that_took_too_long_is_given_back(
    client: AsyncJobsClient, proxy: Proxy
) -> None:
    # The answer arrives when two thirds of the lease are over.
    def fault(call: Call) -> Fault:
        if call.operation.startswith("start"):
            time.sleep(1.2)
        return None

    proxy.fault = fault
    await add(client)
    async with AsyncJobsClient(ClientOptions(url=proxy.url, request_ids=False)) as slow:
        mailer = worker(slow, timeout=1.5)
        handled: list[str] = []

        @mailer.handler("mail")
        async def send(job: StartedJob) -> None:
            handled.append(job.id)

        async with running(mailer):
            await eventually(lambda: len(proxy.named("start_jobs_by_type")) >= 2)

    assert handled == []

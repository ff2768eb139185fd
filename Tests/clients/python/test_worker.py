"""The worker over the real program: handlers, leases, results and progress."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Any

import pytest
from eventually import eventually
from jobs_client import (
    AsyncJobsClient, JobContext, JobsClient, NewJob, RetryPolicy, StartedJob, correlation_id,
)
from proxy import Proxy, unavailable
from workers import add, in_state, running, worker


async def test_the_value_of_a_handler_is_the_result(client: AsyncJobsClient) -> None:
    mailer = worker(client)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> dict[str, Any]:
        return {"to": job.params["to"], "attempt": job.retries}

    async with running(mailer):
        job_id = await add(client, params={"to": "ann"})
        job = await in_state(client, job_id, "completed")

    assert job.result == {"to": "ann", "attempt": 1} and job.worker == "w-1"
    assert mailer.counts == {"completed": 1, "running": 0}


async def test_handlers_that_block_run_in_threads(
    client: AsyncJobsClient, sync_client: JobsClient
) -> None:
    mailer = worker(client, concurrency=3)
    together = threading.Barrier(3)
    seen: list[str | None] = []

    @mailer.handler("mail")
    def send(job: StartedJob, context: JobContext) -> str:
        together.wait(10)
        seen.append(getattr(sync_client.get_job_by_id(job.id), "worker"))
        return threading.current_thread().name

    async with running(mailer):
        ids = [await add(client) for _ in range(3)]
        jobs = [await in_state(client, job_id, "completed") for job_id in ids]

    assert seen == ["w-1"] * 3
    assert {str(job.result)[:9] for job in jobs} == {"jobs-mail"}


async def test_each_type_has_its_handler(client: AsyncJobsClient) -> None:
    both = worker(client)

    @both.handler("mail")
    async def send(job: StartedJob) -> str:
        return "sent"

    class Printer:
        async def __call__(self, job: StartedJob, context: JobContext) -> str:
            return "printed"

    both.handler("print", concurrency=1)(Printer())

    async with running(both):
        sent = await in_state(client, await add(client), "completed")
        printed = await in_state(client, await add(client, "print"), "completed")

    assert (sent.result, printed.result) == ("sent", "printed")
    with pytest.raises(ValueError):
        both.handler("mail")(send)


async def test_jobs_are_claimed_and_completed_in_batches(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    await proxied.add_jobs([NewJob(type="mail", ref_id=str(n)) for n in range(200)])
    mailer = worker(proxied, timeout=60, concurrency=50)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        await asyncio.sleep(0)

    async with running(mailer):
        await eventually(lambda: mailer.counts.get("completed") == 200)

    assert proxy.named("start_jobs_by_type")[0].arguments["max_jobs"] == 50
    calls = proxy.named("complete_jobs") + proxy.named("complete_job")
    assert len(calls) < 40


async def test_no_more_jobs_run_than_there_are_slots(client: AsyncJobsClient) -> None:
    await client.add_jobs([NewJob(type="mail", ref_id=str(n)) for n in range(30)])
    mailer = worker(client, concurrency=3)
    most = 0

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        nonlocal most
        most = max(most, mailer.counts["running"])
        await asyncio.sleep(0.01)

    async with running(mailer):
        await eventually(lambda: mailer.counts.get("completed") == 30)

    assert most == 3


async def test_types_share_slots_in_the_order_of_the_handlers(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    for type in ["low", "high"]:
        await proxied.add_jobs([NewJob(type=type, ref_id=str(n)) for n in range(10)])
    both = worker(proxied, concurrency=2, shared=True, wait_timeout=5)
    order: list[str] = []
    most = 0

    async def handle(job: StartedJob) -> None:
        nonlocal most
        most = max(most, both.counts["running"])
        order.append(job.type)
        await asyncio.sleep(0.01)

    both.handler("high")(handle)
    both.handler("low")(handle)
    with pytest.raises(ValueError):
        both.handler("other", concurrency=1)

    async with running(both):
        await eventually(lambda: both.counts.get("completed") == 20)
        # While it waits for both, a job of either wakes it.
        for type in ["low", "high"]:
            sent = time.monotonic()
            await in_state(proxied, await add(proxied, type), "completed")
            assert time.monotonic() - sent < 4

    assert order[:20] == ["high"] * 10 + ["low"] * 10
    assert most == 2
    claim = proxy.named("start_jobs_by_type")[0].arguments
    assert claim["types"] == ["high", "low"] and "type" not in claim


async def test_a_lease_is_kept_while_the_handler_runs(client: AsyncJobsClient) -> None:
    mailer = worker(client, timeout=1)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        await asyncio.sleep(2.5)

    async with running(mailer):
        job = await in_state(client, await add(client), "completed")

    assert job.retries == 1 and mailer.counts["completed"] == 1


async def test_progress_is_seen_while_the_handler_runs_and_by_the_next_attempt(
    client: AsyncJobsClient,
) -> None:
    mailer = worker(client, progress_interval=0.05)
    go_on = asyncio.Event()

    @mailer.handler("mail")
    async def send(job: StartedJob, context: JobContext) -> Any:
        if job.progress is not None:
            return job.progress
        context.progress({"page": 1})
        await go_on.wait()
        context.progress({"page": 2})
        with pytest.raises(ValueError):
            context.progress("x" * 70_000)
        raise RuntimeError("page 3 is missing")

    async def progress() -> Any:
        return getattr(await client.get_job_by_id(job_id), "progress")

    async with running(mailer):
        job_id = await add(client, retry=RetryPolicy(backoff="none"))
        assert await eventually(progress) == {"page": 1}
        go_on.set()
        job = await in_state(client, job_id, "completed")

    assert job.result == {"page": 2}


async def test_calls_of_a_handler_carry_the_context_of_the_job(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    mailer = worker(proxied)
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        await proxied.add_job(NewJob(type="other", ref_id="1"))

    async with running(mailer):
        with correlation_id("mine"):
            job_id = await add(proxied, traceparent=trace)
        await in_state(proxied, job_id, "completed")

    other = proxy.named("add_job")[-1]
    assert other.path.endswith(f"correlation_id={job_id}")
    assert other.headers["traceparent"] == trace


async def test_the_worker_waits_while_the_service_is_busy(
    proxy: Proxy, proxied: AsyncJobsClient, caplog: pytest.LogCaptureFixture
) -> None:
    mailer = worker(proxied, longest_pause=0.3)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> str:
        return "sent"

    proxy.fault = lambda call: unavailable() if call.operation.startswith("start") else None
    with caplog.at_level(logging.INFO, "jobs_client"):
        async with running(mailer):
            job_id = await add(proxied)
            await asyncio.sleep(1.5)
            failed = len(proxy.named("start_jobs_by_type"))
            proxy.fault = lambda call: None
            await in_state(proxied, job_id, "completed")

    # Pauses grow, and the log tells once that claims fail, and once that they succeed again.
    assert failed < 60
    assert caplog.text.count("Failed to claim mail jobs") == 1
    assert caplog.text.count("succeed again") == 1


async def test_a_lost_answer_to_a_completion_is_asked_for_again(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    mailer = worker(proxied)
    proxy.fault = lambda call: (
        "drop" if call.operation == "complete_job" and call.earlier < 2 else None
    )

    @mailer.handler("mail")
    async def send(job: StartedJob) -> str:
        return "sent"

    async with running(mailer):
        await in_state(proxied, await add(proxied), "completed")
        await eventually(lambda: mailer.counts.get("completed") == 1)

"""What the worker reports when a handler fails."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from eventually import eventually
from jobs_client import AsyncJobsClient, AttemptError, JobFailure, RetryPolicy, StartedJob
from proxy import Proxy
from workers import add, in_state, running, worker


async def test_an_exception_fails_the_job(client: AsyncJobsClient) -> None:
    mailer = worker(client)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> str:
        if job.retries == 1:
            raise KeyError("no such customer")
        return "sent"

    async with running(mailer):
        policy = RetryPolicy(backoff="constant", delay=0.1)
        job = await in_state(client, await add(client, retry=policy), "completed")

    assert job.attempts is not None
    (attempt,) = job.attempts
    assert attempt.outcome == "failed"
    assert attempt.error == AttemptError(type="KeyError", message="'no such customer'")


async def test_a_failure_says_more(
    client: AsyncJobsClient, caplog: pytest.LogCaptureFixture
) -> None:
    mailer = worker(client)

    @mailer.handler("mail")
    def send(job: StartedJob) -> None:
        raise JobFailure("No address", type="NoAddress", details={"field": "to"}, retry=False)

    with caplog.at_level(logging.ERROR):
        async with running(mailer):
            job = await in_state(client, await add(client), "failed")
            await eventually(lambda: "no more attempts after 1" in caplog.text)

    assert job.error == AttemptError(
        type="NoAddress", message="No address", details={"field": "to"}
    )


@pytest.mark.parametrize("delay", ["failure", "options"])
async def test_a_failure_can_choose_its_delay(client: AsyncJobsClient, delay: str) -> None:
    more = {"retry_delay": lambda attempt: 60.0 * attempt} if delay == "options" else {}
    mailer = worker(client, **more)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        raise JobFailure("later", delay=60 if delay == "failure" else None)

    async with running(mailer):
        job = await in_state(client, await add(client), "delayed")

    assert job.attempts is not None and job.attempts[0].delay == 60


async def test_a_traceback_can_be_in_the_details(client: AsyncJobsClient) -> None:
    mailer = worker(client, tracebacks=True)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        raise RuntimeError("no")

    async with running(mailer):
        job = await in_state(client, await add(client, max_retries=1), "failed")

    assert job.error is not None and "in send" in job.error.details["traceback"]


async def test_params_that_cannot_be_decoded_come_back_later(client: AsyncJobsClient) -> None:
    mailer = worker(client)

    @mailer.handler("mail", decode=lambda params: params["to"])
    async def send(job: StartedJob) -> Any:
        return job.params

    async with running(mailer):
        good = await in_state(client, await add(client, params={"to": "ann"}), "completed")
        bad = await in_state(client, await add(client, params={}), "delayed")

    assert good.result == "ann"
    assert bad.attempts is not None and bad.attempts[0].delay == 60
    assert mailer.counts["undecodable"] == 1


@pytest.mark.parametrize("result", [{1, 2}, float("nan"), "x" * 2_000_000])
async def test_work_whose_result_is_refused_is_not_repeated(
    client: AsyncJobsClient, result: Any
) -> None:
    mailer = worker(client, timeout=10)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> Any:
        return result

    async with running(mailer):
        job = await in_state(client, await add(client), "failed")

    assert job.error is not None and job.error.type == "ResultRefused"


async def test_an_exit_in_a_handler_does_not_end_the_worker(client: AsyncJobsClient) -> None:
    mailer = worker(client)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        raise SystemExit(3)

    async with running(mailer):
        await in_state(client, await add(client, max_retries=1), "failed")
        await in_state(client, await add(client, max_retries=1), "failed")


async def test_details_that_are_too_large_are_left_out(client: AsyncJobsClient) -> None:
    mailer = worker(client)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        raise JobFailure("no", details="x" * 70_000, retry=False)

    async with running(mailer):
        job = await in_state(client, await add(client), "failed")

    assert job.error == AttemptError(type="JobFailure", message="no")


async def test_a_service_without_failures_gets_jobs_back(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = lambda call: (404, {}, b"") if call.operation.startswith("fail") else None
    mailer = worker(proxied)

    @mailer.handler("mail")
    async def send(job: StartedJob) -> None:
        raise RuntimeError("no")

    begin = time.time()
    async with running(mailer):
        job = await in_state(proxied, await add(proxied), "delayed")

    assert job.delayed_until is not None and job.delayed_until.timestamp() - begin > 3
    assert job.error is None

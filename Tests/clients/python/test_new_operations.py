"""Operations and arguments that the program of the tests may not have yet, see pending.py."""

from __future__ import annotations

import json
import urllib.request

import pending
import pytest
from jobs_client import (
    AsyncJobsClient, JobsClient, NewJob, RequestConflictError, RetryPolicy, StartRate,
)
from program import Program
from proxy import Proxy


def needs(program: Program, name: str) -> None:
    """Skips a test of what the program is about to learn; what is not pending is never skipped."""
    with urllib.request.urlopen(f"{program.url}/openapi.json") as answer:
        told = json.load(answer)["paths"]
    is_known = f"/v1/jobs/{name}" in told or f'"{name}"' in json.dumps(told)
    if not is_known and name in pending.OPERATIONS | pending.ARGUMENTS:
        pytest.skip(f"the program has no {name} yet")


@pytest.mark.parametrize("fault", ["lose", "drop"])
async def test_a_lost_add_adds_one_job(
    program: Program, proxy: Proxy, proxied: AsyncJobsClient, fault: str
) -> None:
    needs(program, "request_id")
    proxy.fault = lambda call: fault if call.operation == "add_job" and call.earlier < 2 else None

    added = await proxied.add_job(NewJob(type="mail", ref_id="1"))

    assert [job.id for job in (await proxied.get_jobs()).data] == [added.id]


async def test_lost_adds_of_a_batch_add_each_job_once(
    program: Program, proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    needs(program, "request_id")
    proxy.fault = lambda call: (
        "drop" if call.operation == "add_jobs" and call.earlier == 0 else None
    )

    added = await proxied.add_jobs([NewJob(type="mail", ref_id=str(n)) for n in range(10)])

    assert [job.id for job in (await proxied.get_jobs()).data] == [getattr(j, "id") for j in added]


async def test_a_lost_claim_gets_its_jobs(
    program: Program, proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    needs(program, "request_id")
    await proxied.add_jobs([NewJob(type="mail", ref_id=str(n)) for n in range(5)])
    proxy.fault = lambda call: (
        "drop" if call.operation == "start_jobs_by_type" and call.earlier == 0 else None
    )

    started = await proxied.start_jobs_by_type("mail", timeout=60, max_jobs=3)

    assert [job.retries for job in started] == [1, 1, 1]
    for job in started:
        assert await proxied.complete_job(job.id, job.lock_token) is not None
    assert len(await proxied.start_jobs_by_type("mail", timeout=60, max_jobs=9)) == 2


def test_a_request_id_is_for_one_job(program: Program, sync_client: JobsClient) -> None:
    needs(program, "request_id")
    job = sync_client.add_job(NewJob(type="mail", ref_id="1", request_id="mine"))

    assert sync_client.add_job(NewJob(type="mail", ref_id="1", request_id="mine")).id == job.id
    with pytest.raises(RequestConflictError):
        sync_client.add_job(NewJob(type="mail", ref_id="2", request_id="mine"))


def test_types_are_paused_and_limited(program: Program, sync_client: JobsClient) -> None:
    needs(program, "set_type")
    job = sync_client.add_job(NewJob(type="limited", ref_id="1"))

    paused = sync_client.pause_type("limited", reason="repair")
    sync_client.set_type(
        "limited", max_running=1, max_starts=StartRate(count=9, period=60),
        retry=RetryPolicy(delay=2),
    )
    explained = sync_client.explain_job(job.id)
    sync_client.resume_type("limited")
    shown = sync_client.set_type("limited", max_running=None)
    page = sync_client.get_types("limited")

    assert paused is not None and paused.paused is not None and paused.paused.reason == "repair"
    assert explained is not None and explained.code == "PAUSED" and explained.job.id == job.id
    assert shown is not None and shown.limits is not None and shown.paused is None
    assert shown.limits.max_running is None
    assert shown.limits.max_starts == StartRate(count=9, period=60)
    assert shown.retry is not None and shown.retry.delay == 2
    assert [row.counts["ready"] for row in page.data] == [1]


def test_schedules_add_jobs(program: Program, sync_client: JobsClient) -> None:
    needs(program, "set_schedule")
    new_job = NewJob(type="report", ref_id="nightly", ttl=3600)

    made = sync_client.set_schedule(
        "nightly", new_job, cron="0 3 * * *", time_zone="Europe/Berlin", catch_up="none"
    )
    job = sync_client.run_schedule("nightly")
    shown = sync_client.get_schedules("nightly")
    gone = sync_client.delete_schedule("nightly")

    assert (made.cron, made.every, made.catch_up) == ("0 3 * * *", None, "none")
    assert made.next is not None and made.new_job.ttl == 3600
    assert job is not None and (job.type, job.ref_id) == ("report", "nightly")
    assert [row.last_job_id for row in shown.data] == [job.id]
    assert gone is not None and gone.id == "nightly"
    assert sync_client.delete_schedule("nightly") is None

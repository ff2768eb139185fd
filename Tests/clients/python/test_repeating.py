"""What the client repeats, and what it must not."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from jobs_client import (
    AsyncJobsClient, ClientOptions, InvalidDataError, JobsClient, NewJob, OutcomeUnknownError,
    OverloadedError, StoreUnavailableError, UnknownOperationError,
)
from proxy import Call, Fault, Proxy, unavailable

MAIL = NewJob(type="mail", ref_id="order-7")


def first(fault: Fault, operation: str, times: int = 1) -> Any:
    """Returns a fault of the first calls of an operation."""
    return lambda call: fault if call.operation == operation and call.earlier < times else None


async def test_a_refusal_under_load_is_repeated(proxy: Proxy, proxied: AsyncJobsClient) -> None:
    proxy.fault = first(unavailable(), "get_jobs", 2)

    page = await proxied.get_jobs()

    assert page.data == () and len(proxy.named("get_jobs")) == 3


def test_the_synchronous_client_repeats_too(proxy: Proxy) -> None:
    proxy.fault = first("drop", "get_jobs")

    with JobsClient(ClientOptions(url=proxy.url, retry_pause=0.01)) as client:
        page = client.get_jobs()

    assert page.data == () and len(proxy.named("get_jobs")) == 2


async def test_the_pause_is_what_the_service_asks_for(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = first(unavailable("1"), "get_jobs")
    begin = time.monotonic()

    await proxied.get_jobs()

    assert time.monotonic() - begin >= 1


async def test_a_call_gives_up_after_its_repetitions(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = first(unavailable(), "get_jobs", 99)

    with pytest.raises(OverloadedError):
        await proxied.get_jobs()

    assert len(proxy.named("get_jobs")) == 4


async def test_a_deadline_ends_the_repetitions(proxy: Proxy) -> None:
    proxy.fault = first(unavailable(), "get_jobs", 99)
    options = ClientOptions(url=proxy.url, retries=1000, retry_pause=0.05, deadline=0.5)
    begin = time.monotonic()

    async with AsyncJobsClient(options) as client:
        with pytest.raises(OverloadedError):
            await client.get_jobs()

    assert time.monotonic() - begin < 2


async def test_a_change_by_its_lease_is_repeated(proxy: Proxy, proxied: AsyncJobsClient) -> None:
    await proxied.add_job(MAIL)
    job = await proxied.start_job_by_type("mail", timeout=60)
    assert job is not None
    proxy.fault = first("drop", "complete_job")

    completed = await proxied.complete_job(job.id, job.lock_token)

    assert completed is not None and completed.completed is not None
    assert len(proxy.named("complete_job")) == 2


async def test_a_change_without_a_token_is_not_repeated(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    job = await proxied.add_job(MAIL)
    proxy.fault = first("drop", "complete_job")

    with pytest.raises(OutcomeUnknownError):
        await proxied.complete_job(job.id)

    assert len(proxy.named("complete_job")) == 1


REFUSED: Fault = (400, {"X-Ignored-Arguments": "new_job.request_id"}, b'{"code":"INVALID_DATA"}')
JOB = {
    "id": "1", "type": "mail", "ref_id": "1", "params": None, "created": "2026-11-24T08:13:43.965Z",
    "started": None, "locked_until": None, "execute_until": None, "completed": None, "retries": 0,
}


def told(content: object, *, knows_ids: bool = True) -> Fault:
    """Returns an answer that says whether the service knows request ids."""
    preferences = "handling=strict, request-id" if knows_ids else "handling=strict"
    return 200, {"Preference-Applied": preferences}, json.dumps(content).encode()


async def test_an_add_is_not_repeated_at_a_service_that_does_not_announce_request_ids(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    # Such as one of the originals, which ignore the argument.
    faults: dict[str, Fault] = {"add_jobs": (404, {}, b""), "add_job": "lose"}
    proxy.fault = lambda call: faults[call.operation]

    with pytest.raises(OutcomeUnknownError):
        await proxied.add_job(MAIL)

    assert len(proxy.named("add_job")) == 1


async def test_an_add_goes_without_a_request_id_to_an_older_service(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    def fault(call: Call) -> Fault:
        return REFUSED if "request_id" in call.arguments["new_job"] else told(JOB, knows_ids=False)

    proxy.fault = fault

    await proxied.add_job(MAIL)
    await proxied.add_job(MAIL)

    # Found once: the third call is the second add.
    assert ["request_id" in call.arguments["new_job"] for call in proxy.named("add_job")] == [
        True, False, False
    ]


async def test_an_original_is_sent_no_more_request_ids_once_it_has_answered(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = lambda call: (200, {}, json.dumps(JOB).encode())

    await proxied.add_job(MAIL)
    await proxied.add_job(MAIL)

    assert ["request_id" in call.arguments["new_job"] for call in proxy.calls] == [True, False]


async def test_a_request_id_of_the_caller_is_never_left_out(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = lambda call: REFUSED

    with pytest.raises(InvalidDataError):
        await proxied.add_job(NewJob(type="mail", ref_id="1", request_id="mine"))

    assert len(proxy.calls) == 1


async def test_an_add_is_repeated_with_its_request_id(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    def fault(call: Call) -> Fault:
        if call.operation == "add_jobs":
            return unavailable() if call.earlier == 0 else told({"data": []})
        return "lose" if call.earlier < 2 else told(JOB)

    proxy.fault = fault

    added = await proxied.add_job(MAIL)

    assert added.id == "1"
    ids = {call.arguments["new_job"]["request_id"] for call in proxy.named("add_job")}
    assert len(proxy.named("add_job")) == 3 and len(ids) == 1
    # A service without request ids must refuse the repetition.
    assert all("handling=strict" in call.headers["Prefer"] for call in proxy.named("add_job"))
    assert proxy.named("add_jobs")[-1].arguments == {"new_jobs": []}


async def test_a_service_that_has_announced_request_ids_is_not_asked(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = lambda call: "lose" if call.earlier == 1 else told(JOB)

    await proxied.add_job(MAIL)
    await proxied.add_job(MAIL)

    assert [call.operation for call in proxy.calls] == ["add_job"] * 3


async def test_a_repetition_that_meets_an_older_instance_is_in_doubt(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    def fault(call: Call) -> Fault:
        if call.operation == "add_jobs":
            return told({"data": []})
        return "lose" if call.earlier == 0 else REFUSED

    proxy.fault = fault

    with pytest.raises(OutcomeUnknownError):
        await proxied.add_job(MAIL)

    # Above all, it is not sent again without its request id.
    assert len(proxy.named("add_job")) == 2


async def test_a_call_stays_in_doubt_when_the_last_attempt_did_nothing(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    def fault(call: Call) -> Fault:
        if call.operation == "add_jobs":
            return told({"data": []})
        return "lose" if call.earlier == 0 else unavailable()

    proxy.fault = fault

    with pytest.raises(OutcomeUnknownError, match="OVERLOADED") as raised:
        await proxied.add_job(MAIL)

    assert raised.value.may_have_happened and raised.value.status == 503


async def test_a_claim_is_repeated_with_its_request_id(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = lambda call: "lose" if call.operation[0] == "s" and call.earlier == 0 else told(
        {"data": []}
    )

    await proxied.start_jobs_by_type("mail", timeout=60, max_jobs=5, worker="w")

    one, two = proxy.named("start_jobs_by_type")
    assert one.arguments == two.arguments and one.arguments["request_id"]
    assert proxy.named("extend_jobs")[0].arguments == {"jobs": []}


async def test_no_request_ids_are_sent_when_they_are_switched_off(proxy: Proxy) -> None:
    async with AsyncJobsClient(ClientOptions(url=proxy.url, request_ids=False)) as client:
        await client.add_job(MAIL)
        await client.start_job_by_type("mail", timeout=60)

    assert not any("request_id" in str(call.arguments) for call in proxy.calls)


async def test_an_unavailable_store_is_no_reason_to_add_twice(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    faults: dict[str, Fault] = {
        "add_job": unavailable(code="CONNECT_FAILED"), "add_jobs": (404, {}, b"")
    }
    proxy.fault = lambda call: faults[call.operation]

    with pytest.raises(StoreUnavailableError):
        await proxied.add_job(MAIL)

    assert len(proxy.named("add_job")) == 1


async def test_batches_become_single_calls_at_an_older_service(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    proxy.fault = lambda call: (404, {}, b"") if call.operation.endswith("_jobs") else None

    added = await proxied.add_jobs([NewJob(type="mail", ref_id=str(n)) for n in range(3)])

    assert [getattr(job, "ref_id") for job in added] == ["0", "1", "2"]
    with pytest.raises(UnknownOperationError):
        await proxied.replay_jobs(job_ids=["1"])

"""Calls of both clients: arguments, results and errors."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from jobs_client import (
    Abort, AsyncJobsClient, AttemptError, ClientOptions, Completion, Extension, Failure,
    InvalidDataError, JobFilter, JobsClient, JobsError, LockLostError, NewJob,
    NotAuthenticatedError, Paging, RetryPolicy, UnavailableError, correlation_id, traceparent,
)
from program import Program, free_port
from proxy import Proxy

MAIL = NewJob(type="mail", ref_id="order-7", ttl=3600, params={"to": ["é", 1.5, None]})
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_job_goes_its_way(sync_client: JobsClient) -> None:
    added = sync_client.add_job(MAIL)
    started = sync_client.start_job_by_type("mail", timeout=timedelta(minutes=1), worker="w-1")
    assert started is not None
    extended = sync_client.extend_job(started.id, 60, started.lock_token, progress={"page": 7})
    completed = sync_client.complete_job(started.id, started.lock_token, result=[True])

    assert (added.params, added.retries, added.started) == (MAIL.params, 0, None)
    assert added.execute_until == added.created + timedelta(hours=1)
    assert (started.id, started.retries, started.worker) == (added.id, 1, "w-1")
    assert started.locked_until is not None and started.started is not None
    assert started.locked_until - started.started == timedelta(minutes=1)
    assert extended is not None and extended.progress == {"page": 7}
    assert completed is not None and completed.completed is not None
    assert completed.result == [True]
    assert sync_client.start_job_by_type("mail", timeout=60) is None


def test_a_failed_job_shows_why_and_is_replayed(sync_client: JobsClient) -> None:
    policy = RetryPolicy(backoff="constant", delay=0.5)
    job = sync_client.add_job(NewJob(type="mail", ref_id="1", retry=policy, max_retries=3))
    assert job.retry == policy
    started = sync_client.start_job_by_id(job.id, 60, worker="w")
    assert started is not None
    error = AttemptError(type="Full", message="no room", details={"size": 3})
    failed = sync_client.fail_job(job.id, started.lock_token, error, retry=False)

    assert failed is not None and failed.failed is not None and failed.error == error
    shown = sync_client.get_job_by_id(job.id, details=True)
    assert shown is not None and shown.state == "failed" and shown.attempts is not None
    (attempt,) = shown.attempts
    assert (attempt.outcome, attempt.worker, attempt.error) == ("failed", "w", error)
    replayed = sync_client.replay_jobs(filter=JobFilter(error_type="Full"))
    assert (replayed.count, replayed.data) == (1, (job.id,))


def test_failed_jobs_are_grouped_by_their_errors(sync_client: JobsClient) -> None:
    before = datetime.now(timezone.utc) - timedelta(minutes=1)
    for number in (17, 18):
        job = sync_client.add_job(NewJob(type="mail", ref_id=str(number)))
        started = sync_client.start_job_by_id(job.id, 60)
        assert started is not None
        error = AttemptError(type="Full", message=f"no room for {number}", details=[number])
        sync_client.fail_job(job.id, started.lock_token, error, retry=False)

    groups = sync_client.get_errors("mail", from_=before)
    (group,) = groups.data
    of_group = JobFilter(type="mail", error_key=group.error_key)
    page = sync_client.get_jobs(of_group, details=True)
    replayed = sync_client.replay_jobs(filter=of_group)

    assert (groups.truncated, group.type, group.count) == (False, "mail", 2)
    assert not group.count_is_at_least and before < group.first <= group.last
    assert group.example.job_id in [job.id for job in page.data]
    assert group.example.error is not None and group.example.error.type == "Full"
    assert [job.error_key for job in page.data] == [group.error_key] * 2
    assert replayed.count == 2
    assert sync_client.get_errors(to=before).data == sync_client.get_errors("mail").data == ()


def test_a_page_has_the_fields_that_were_asked_for(sync_client: JobsClient) -> None:
    added = sync_client.add_job(MAIL)

    (job,) = sync_client.get_jobs(fields=["ref_id", "state"]).data
    (other,) = sync_client.get_jobs(fields=("type", "params", "created")).data

    assert (job.id, job.ref_id, job.state) == (added.id, MAIL.ref_id, "ready")
    assert (job.type, job.params, job.created) == (None, None, None)
    assert (other.type, other.params, other.created) == (MAIL.type, MAIL.params, added.created)


def test_a_page_has_the_jobs_of_a_filter(sync_client: JobsClient) -> None:
    jobs = [sync_client.add_job(NewJob(type="mail", ref_id=str(number))) for number in range(3)]
    sync_client.add_job(NewJob(type="other", ref_id="1"))
    recent = datetime.now(timezone.utc) - timedelta(hours=1)

    page = sync_client.get_jobs(
        JobFilter(type="mail", created_from=recent),
        Paging(take=2, total=True, order="desc"), details=True,
    )

    assert [job.id for job in page.data] == [jobs[2].id, jobs[1].id]
    assert page.total == 3 and page.data[0].state == "ready"


def test_unique_jobs_are_added_once(sync_client: JobsClient) -> None:
    first, second = sync_client.add_uniq_job(MAIL), sync_client.add_uniq_job(MAIL)

    assert first.id == second.id


def test_a_cancelled_job_ends(sync_client: JobsClient) -> None:
    job = sync_client.add_job(MAIL)

    cancelled = sync_client.cancel_job(job.id)

    assert cancelled is not None and cancelled.cancelled is not None


def test_jobs_are_removed(sync_client: JobsClient) -> None:
    job, other = sync_client.add_job(MAIL), sync_client.add_job(MAIL)

    deleted = sync_client.delete_job_by_id(job.id)
    sync_client.clean_jobs()
    kept = sync_client.get_jobs()
    sync_client.delete_jobs()

    assert deleted is not None and deleted.id == job.id
    assert [job.id for job in kept.data] == [other.id]
    assert sync_client.get_jobs().data == ()


async def test_batches_answer_item_by_item(client: AsyncJobsClient) -> None:
    added = await client.add_jobs([NewJob(type="mail", ref_id=str(n)) for n in range(3)])
    assert not any(isinstance(job, JobsError) for job in added)
    one, two, three = await client.start_jobs_by_type("mail", timeout=60, max_jobs=10)

    extended = await client.extend_jobs([
        Extension(job_id=one.id, timeout=90, lock_token=one.lock_token, progress=1),
        Extension(job_id=two.id, timeout=90, lock_token="0" * 32),
        Extension(job_id="f" * 32, timeout=90),
    ])
    completed = await client.complete_jobs([Completion(job_id=one.id, lock_token=one.lock_token)])
    aborted = await client.abort_jobs([Abort(job_id=two.id, lock_token=two.lock_token, delay=60)])
    failed = await client.fail_jobs([
        Failure(job_id=three.id, lock_token=three.lock_token, error=AttemptError(message="no"))
    ])

    assert [type(each).__name__ for each in extended] == ["Job", "LockLostError", "NoneType"]
    assert getattr(completed[0], "completed") is not None
    assert getattr(aborted[0], "delayed_until") is not None
    assert getattr(failed[0], "error") == AttemptError(message="no")


async def test_a_large_batch_takes_several_requests(
    proxy: Proxy, proxied: AsyncJobsClient
) -> None:
    jobs = [NewJob(type="mail", ref_id=str(n), params="x" * 1500) for n in range(1200)]

    added = await proxied.add_jobs(jobs)

    assert [getattr(job, "ref_id") for job in added] == [job.ref_id for job in jobs]
    assert len(proxy.named("add_jobs")) >= 2


def test_errors_are_exceptions_by_code(sync_client: JobsClient) -> None:
    job = sync_client.add_job(MAIL)

    with pytest.raises(LockLostError) as lost:
        sync_client.complete_job(job.id, lock_token="0" * 32)
    with pytest.raises(InvalidDataError, match="group"):
        sync_client.add_job(NewJob(type="mail", ref_id="1", group="x" * 300))

    assert (lost.value.status, lost.value.code) == (409, "LOCK_LOST")
    assert not lost.value.is_retryable


async def test_a_service_that_is_away_is_unavailable() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    async with AsyncJobsClient(ClientOptions(url=url, retries=1, retry_pause=0.01)) as client:
        with pytest.raises(UnavailableError):
            await client.get_jobs()
    with JobsClient(ClientOptions(url=url, retries=1, retry_pause=0.01)) as client:
        with pytest.raises(UnavailableError):
            client.get_jobs()


async def test_a_call_carries_its_context(proxy: Proxy, proxied: AsyncJobsClient) -> None:
    with correlation_id("a/b +é"), traceparent(TRACE):
        added = await proxied.add_job(MAIL)
        with pytest.raises(LockLostError) as lost:
            await proxied.complete_job(added.id, "0" * 32)
    started = await proxied.start_job_by_type("mail", timeout=60)

    assert lost.value.correlation_id == "a/b +é"
    assert started is not None and started.traceparent == TRACE
    assert "correlation_id" not in proxy.named("start_job_by_type")[0].path


async def test_a_key_is_shown(proxy: Proxy) -> None:
    proxy.fault = lambda call: (401, {}, b'{"code":"NOT_AUTHORIZED","message":"who?"}')
    options = ClientOptions(url=proxy.url, key="secret-key")

    async with AsyncJobsClient(options) as client:
        with pytest.raises(NotAuthenticatedError):
            await client.get_jobs()

    assert proxy.calls[0].headers["Authorization"] == "Bearer secret-key"
    assert "secret-key" not in repr(options)


@pytest.mark.parametrize(
    "wrong", [{"url": "ftp://host"}, {"url": "localhost:8080"}, {"key": "a b"}, {"key_file": "k"}]
)
def test_options_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        ClientOptions(**wrong)  # type: ignore[arg-type]


def test_the_environment_has_the_address(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBS_URL", program.url)
    monkeypatch.setenv("JOBS_KEY", "k")

    with JobsClient() as client:
        assert client.options == ClientOptions(url=program.url, key="k")
        assert client.get_jobs().data == ()

"""Errors as callers of the clients see them: as exceptions, rebuilt from the answer."""

from typing import Any

import requests
from case import JobsTestCase
from sdks import SDK

NEW_JOB = {"type": "mail", "ref_id": "1", "ttl": 1000}
ID = {"job_id": "x"}
LEASE_OPERATIONS = ("extend_job", "abort_job", "complete_job")

# Arguments that are refused, and the places that the message must name.
REFUSED: list[tuple[str, Any, list[str]]] = [
    ("add_job", None, ["new_job"]),
    ("add_job", {}, ["new_job"]),
    ("add_job", {"new_job": None}, ["new_job"]),
    *(("add_job", {"new_job": value}, ["new_job"]) for value in (0, False, "", "x", [], [NEW_JOB])),
    ("add_job", {"new_job": {}}, ["new_job.type", "new_job.ref_id", "new_job.ttl"]),
    ("add_job", {"new_job": NEW_JOB | {"type": 5}}, ["new_job.type"]),
    ("add_job", {"new_job": NEW_JOB | {"type": None}}, ["new_job.type"]),
    ("add_job", {"new_job": NEW_JOB | {"ref_id": ["1"]}}, ["new_job.ref_id"]),
    ("add_job", {"new_job": NEW_JOB | {"ttl": "5"}}, ["new_job.ttl"]),
    ("add_job", {"new_job": NEW_JOB | {"ttl": True}}, ["new_job.ttl"]),
    ("add_job", {"new_job": NEW_JOB | {"ttl": None}}, ["new_job.ttl"]),
    ("add_job", {"new_job": NEW_JOB | {"priority": "1"}}, ["new_job.priority"]),
    ("add_job", {"new_job": NEW_JOB | {"delay": {}}}, ["new_job.delay"]),
    ("add_job", "a string instead of arguments", []),
    ("add_uniq_job", {}, ["new_job"]),
    ("add_uniq_job", {"new_job": {"ttl": "x"}}, ["new_job.type", "new_job.ref_id", "new_job.ttl"]),
    ("get_jobs", {"paging": 5}, ["paging"]),
    ("get_jobs", {"paging": {"skip": "1", "take": [], "total": 1}},
     ["paging.skip", "paging.take", "paging.total"]),
    ("get_jobs", {"paging": {"total": "true"}}, ["paging.total"]),
    ("get_job_by_id", None, ["job_id"]),
    ("get_job_by_id", {"job_id": 5}, ["job_id"]),
    ("get_job_by_id", {"job_id": {"$ne": None}}, ["job_id"]),
    ("delete_job_by_id", {}, ["job_id"]),
    ("delete_job_by_id", {"job_id": ["x"]}, ["job_id"]),
    ("start_job_by_id", {}, ["job_id", "timeout"]),
    ("start_job_by_id", ID | {"timeout": "1000"}, ["timeout"]),
    ("start_job_by_id", ID | {"timeout": None}, ["timeout"]),
    ("start_job_by_type", {}, ["type", "timeout"]),
    ("start_job_by_type", {"type": 1, "timeout": {}, "max_retries": "2"},
     ["type", "timeout", "max_retries"]),
    ("extend_job", {}, ["job_id", "timeout"]),
    ("extend_job", ID | {"timeout": True}, ["timeout"]),
    ("abort_job", {}, ["job_id"]),
    ("complete_job", {"job_id": False}, ["job_id"]),
    *((name, ID | {"timeout": 1, "lock_token": 5}, ["lock_token"]) for name in LEASE_OPERATIONS),
]  # fmt: skip


class Errors(JobsTestCase):
    def test_refused_arguments(self) -> None:
        """arguments that are refused: a BadRequestException that names each of them"""
        for operation, arguments, paths in REFUSED:
            with self.subTest(operation=operation, arguments=arguments):
                with self.assertRaises(self.sdk.errors.BadRequestException) as caught:
                    self.call(operation, arguments, "123")
                error = caught.exception
                self.assertEqual((error.status, error.code), (400, "INVALID_DATA"))
                self.assertTrue(error.message.startswith("Validation failed: "), error.message)
                for path in paths:
                    self.assertIn(f"{path} ", error.message)
                self.assert_details(error)
        self.assertEqual(self.call("get_jobs")["data"], [])

    def test_lost_lock(self) -> None:
        """the lock_token of a lock that was lost: a ConflictException, and nothing changes"""
        job = self.add()
        lost = self.start(job, timeout=0)
        self.start(job)
        before = self.stored(job)
        for operation in LEASE_OPERATIONS:
            for token in (lost["lock_token"], "no such token", ""):
                arguments = {"job_id": job["id"], "timeout": 1000, "lock_token": token}
                with self.assertRaises(self.sdk.errors.ConflictException) as caught:
                    self.call(operation, arguments, "123")
                error = caught.exception
                self.assertEqual((error.status, error.code), (409, "LOCK_LOST"))
                self.assertIn(job["id"], error.message)
                self.assert_details(error)
        self.assertEqual(self.stored(job), before)

    def test_unknown_operation(self) -> None:
        """an unknown operation: a NotFoundException"""
        for operation in ("no_such_job", "get_jobs/", "Get_Jobs", "a/b"):
            with self.assertRaises(self.sdk.errors.NotFoundException) as caught:
                self.call(operation, {}, "123")
            self.assertEqual(caught.exception.status, 404)
            self.assertIn(f"/v1/jobs/{operation}", caught.exception.message)

    def test_wrong_method(self) -> None:
        """another method than POST: an exception that names it"""
        for method in ("get", "put", "delete", "patch"):
            with self.assertRaises(self.sdk.errors.ApplicationException) as caught:
                self.sdk.client._call(method, "delete_jobs")
            self.assertIn(method.upper(), caught.exception.message)

    def assert_details(self, error: Any) -> None:
        if error.details is not None:
            self.assertTrue(all(isinstance(text, str) for text in error.details.values()))


class CorrelationIDs(JobsTestCase):
    """Clients of version 3 name a call by a correlation id, and find it in the exception."""

    def correlation_id(self, sdk: SDK, sent: str | None) -> str | None:
        with self.assertRaises(self.sdk.errors.BadRequestException) as caught:
            sdk.call("add_job", {}, sent)
        return caught.exception.correlation_id

    def test_query(self) -> None:
        """a correlation id in the query comes back in the error"""
        for sent in ("123", "a b+c", "ü &=%?#/\"'\\", "\U0001f600", "x" * 1000):
            with self.subTest(sent=sent):
                self.assertEqual(self.correlation_id(self.sdk, sent), sent)

    def test_header(self) -> None:
        """a correlation id in the header alone comes back in the error"""
        self.sdk.client._headers["correlation_id"] = "from the header"
        self.addCleanup(self.sdk.client._headers.clear)
        self.assertEqual(self.correlation_id(self.sdk, None), "from the header")
        self.assertEqual(self.correlation_id(self.sdk, ""), "from the header")
        self.assertEqual(self.correlation_id(self.sdk, "from the query"), "from the query")

    def test_both(self) -> None:
        """a client that is told to use the headers finds its correlation id in the error"""
        self.assertEqual(self.correlation_id(self.sdk.with_id_in_headers(), "123"), "123")

    def test_none(self) -> None:
        """without a correlation id the error has none"""
        for sent in (None, ""):
            self.assertIsNone(self.correlation_id(self.sdk, sent))


class TraceIDs(JobsTestCase):
    """Clients of version 4 name a call by a trace id, but do not look for it in the error: what
    the service answers is read from the wire."""

    def test_calls(self) -> None:
        """calls with a trace id are served, wherever the client puts it"""
        for sdk in (self.sdk, self.sdk.with_id_in_headers()):
            job = sdk.call("add_job", {"new_job": NEW_JOB}, "123")
            self.assertIsJob(job)
            self.assertEqual(sdk.call("get_job_by_id", {"job_id": job["id"]}, "a &=%?#/"), job)

    def test_wire(self) -> None:
        """a trace id in the query or the header comes back in the error"""
        url = f"{self.sdk.url}/v1/jobs/add_job"
        query, header = {"trace_id": "from the query"}, {"trace_id": "from the header"}
        for params, headers, expected in (
            (query, {}, "from the query"),
            ({}, header, "from the header"),
            (query, header, "from the query"),
        ):
            answer = requests.post(url, json={}, params=params, headers=headers, timeout=10)
            self.assertEqual(answer.status_code, 400)
            self.assertEqual(answer.json()["correlation_id"], expected)

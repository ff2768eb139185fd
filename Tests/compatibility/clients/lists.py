"""get_jobs: filters and pages."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from case import JobsTestCase, date


class Filters(JobsTestCase):
    def ids(self, **filter: Any) -> set[str]:
        """The jobs that a filter finds, built as applications build it."""
        params = self.sdk.data.FilterParams.from_value(filter)
        page = self.call("get_jobs", {"filter": params, "paging": None})
        return {job["id"] for job in page["data"]}

    def raw_ids(self, **filter: Any) -> set[str]:
        """The jobs that a filter of any JSON values finds."""
        return {job["id"] for job in self.call("get_jobs", {"filter": filter})["data"]}

    def test_text(self) -> None:
        """id, type and ref_id are compared exactly"""
        a, b = self.add(type="mail", ref_id="1"), self.add(type="Mail", ref_id="2")
        for name in ("id", "type", "ref_id"):
            self.assertEqual(self.ids(**{name: a[name]}), {a["id"]}, name)
            self.assertEqual(self.ids(**{name: b[name]}), {b["id"]}, name)
        self.assertEqual(self.ids(type="mail", ref_id="2"), set())
        for pattern in ("mai", "ma.l", "ma%", "*", "^mail$", "MAIL", " mail"):
            self.assertEqual(self.ids(type=pattern), set(), pattern)

    def test_dates(self) -> None:
        """each date is found by its value, and by bounds that include it"""
        unlocked = self.add()
        started = self.start(self.add(ttl=60_000))
        completed = self.call("complete_job", {"job_id": self.add(ttl=0)["id"]})
        cases = [
            ("created", "created", started), ("started", "started", started),
            ("locked_until", "locked", started), ("execute_until", "execute", started),
            ("completed", "completed", completed),
        ]  # fmt: skip
        for field, prefix, job in cases:
            for value in same_moments(job[field]):
                with self.subTest(field=field, value=value):
                    self.assertIn(job["id"], self.ids(**{field: value}))
                    self.assertIn(job["id"], self.ids(**{prefix + "_from": value}))
                    self.assertIn(job["id"], self.ids(**{prefix + "_to": value}))
            at = date(job[field])
            before, after = at - timedelta(milliseconds=1), at + timedelta(milliseconds=1)
            self.assertNotIn(job["id"], self.ids(**{field: before}))
            self.assertNotIn(job["id"], self.ids(**{field: after}))
            self.assertNotIn(job["id"], self.ids(**{prefix + "_from": after}))
            self.assertNotIn(job["id"], self.ids(**{prefix + "_to": before}))
            both = {prefix + "_from": before, prefix + "_to": after}
            self.assertIn(job["id"], self.ids(**both))
            if field in ("started", "locked_until", "completed"):
                self.assertNotIn(unlocked["id"], self.ids(**both))

    def test_empty_fields(self) -> None:
        """a date that a job does not have matches no bound"""
        self.add(ttl=0)
        for prefix in ("started", "locked", "execute", "completed"):
            for end, value in (("_from", datetime(1970, 1, 2)), ("_to", datetime(2999, 1, 1))):
                self.assertEqual(self.ids(**{prefix + end: value}), set(), prefix + end)

    def test_retries(self) -> None:
        """retries is compared for equality, min_retries must be exceeded"""
        none, once, twice = (self.add(ref_id=str(n)) for n in range(3))
        for job in (once, twice, twice):
            self.start(job, timeout=0)
        ids = {0: none["id"], 1: once["id"], 2: twice["id"]}
        for retries in range(4):
            expected = {ids[retries]} if retries in ids else set()
            above = {id for count, id in ids.items() if count > retries}
            for value in (retries, str(retries), float(retries), f"{retries}.0"):
                self.assertEqual(self.ids(retries=value), expected, value)
                self.assertEqual(self.raw_ids(retries=value), expected, value)
                self.assertEqual(self.ids(min_retries=value), above, value)

    def test_together(self) -> None:
        """several keys must all match"""
        jobs = [self.add(type=type, ref_id=ref) for type in "ab" for ref in "12"]
        self.start(jobs[0])
        self.assertEqual(self.ids(type="a", ref_id="1", min_retries=0), {jobs[0]["id"]})
        self.assertEqual(self.ids(type="a", retries=0), {jobs[1]["id"]})
        self.assertEqual(self.ids(type="b", min_retries=0), set())

    def test_ignored(self) -> None:
        """null, unknown keys, and what reads as no date or number are as if not given"""
        job = self.add()
        for filter in (
            {"type": None}, {"lock": "true"}, {"nothing": 1}, {"created": "abc"}, {"created": ""},
            {"created_from": "yesterday"}, {"created_to": 5}, {"retries": "abc"},
            {"min_retries": ""}, {"retries": None, "started": None},
        ):  # fmt: skip
            self.assertEqual(self.raw_ids(**filter), {job["id"]}, filter)

    def test_no_operators(self) -> None:
        """a value is never an operator"""
        self.add()
        for value in ({"$ne": None}, {"$gt": ""}, {"$regex": "."}, ["mail"] * 2, True, 5):
            for name in ("id", "type", "ref_id"):
                with self.subTest(name=name, value=value):
                    self.assertEqual(self.raw_ids(**{name: value}), set())


class Pages(JobsTestCase):
    def page(self, *paging: Any, **filter: Any) -> Any:
        arguments = {
            "filter": self.sdk.data.FilterParams.from_value(filter),
            "paging": self.sdk.data.PagingParams(*paging),
        }
        page = self.call("get_jobs", arguments)
        self.assertEqual(set(page), {"data", "total"})
        self.assertIsInstance(page["data"], list)
        return self.sdk.data.DataPage(page["data"], page["total"])

    def test_shape(self) -> None:
        """a page holds jobs, without lock_tokens, and no total unless it is asked for"""
        self.start(self.add())
        page = self.page()
        self.assertEqual(len(page.data), 1)
        self.assertIsJob(page.data[0])
        self.assertIsNone(page.total)

    def test_no_arguments(self) -> None:
        """get_jobs without a body, or with nulls, lists all jobs"""
        job = self.add()
        for arguments in (None, {}, {"filter": None}, {"filter": None, "paging": None}):
            self.assertEqual(self.call("get_jobs", arguments), {"data": [job], "total": None})
        nulls = {"skip": None, "take": None, "total": None}
        self.assertEqual(self.call("get_jobs", {"paging": nulls})["data"], [job])

    def test_total(self) -> None:
        """the total counts all jobs that match the filter"""
        for type in "aab":
            self.add(type=type)
        self.assertEqual(self.page(None, None, True).total, 3)
        self.assertEqual(self.page(0, 1, True, type="a").total, 2)
        self.assertEqual(self.page(5, 1, True, type="a").total, 2)
        self.assertEqual(self.page(0, 1, True, type="c").total, 0)
        self.assertIsNone(self.page(0, 1, False).total)

    def test_walk(self) -> None:
        """walking pages neither repeats nor misses a job, in the order of creation"""
        jobs = [self.add(ref_id=str(n)) for n in range(7)]
        walked = [job for skip in range(0, 9, 3) for job in self.page(skip, 3).data]
        self.assertEqual(walked, jobs)

    def test_bounds(self) -> None:
        """odd values of skip and take"""
        jobs = [self.add(ref_id=str(n)) for n in range(3)]
        for paging, expected in [
            ((-5, 2), jobs[:2]), ((1, 0), jobs[1:]), ((0, -1), []), ((3, 1), []),
            ((10**15, 10**15), []), ((0, 10**15), jobs),
        ]:  # fmt: skip
            self.assertEqual(self.page(*paging).data, expected, paging)
        fractions = self.call("get_jobs", {"paging": {"skip": 0.5, "take": 1.5}})
        self.assertEqual(fractions["data"], jobs[1:3])

    def test_maximum(self) -> None:
        """a page holds at most 1000 jobs"""
        for n in range(1001):
            self.add(ref_id=str(n))
        for take in (None, 0, 1000, 1001):
            page = self.page(None, take, True)
            self.assertEqual((len(page.data), page.total), (1000, 1001), take)
        self.assertEqual([job["ref_id"] for job in self.page(1000, None).data], ["1000"])


def same_moments(text: str) -> list[Any]:
    """The ways in which clients write a date of the service."""
    at = date(text)
    return [
        text,
        at,  # written by the client, with +00:00
        at.replace(tzinfo=None),  # and with Z
        at.astimezone(timezone(timedelta(hours=3))),
        at.astimezone(timezone(-timedelta(hours=5, minutes=30))),
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}000000Z",
        at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}",
    ]

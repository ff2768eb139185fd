"""How jobs come in."""

from typing import Any

from case import JobsTestCase, at_once, milliseconds, without_token


class Adding(JobsTestCase):
    def test_add(self) -> None:
        """add_job answers the new job"""
        job = self.add(type="mail", ref_id="r", ttl=10_000, params={"a": [1, None]})

        self.assertIsJob(job)
        self.assertEqual((job["type"], job["ref_id"], job["retries"]), ("mail", "r", 0))
        self.assertEqual(milliseconds(job["created"], job["execute_until"]), 10_000)
        for name in ("started", "locked_until", "completed"):
            self.assertIsNone(job[name])
        self.assertEqual(self.stored(job), job)

    def test_no_params(self) -> None:
        """params that were not given, or null, are null"""
        self.assertIsNone(self.add()["params"])
        self.assertIsNone(self.add(params=None)["params"])

    def test_ttl(self) -> None:
        """a ttl of 0 or less never expires"""
        for ttl in (0, -1):
            job = self.add(ttl=ttl)
            self.assertIsNone(job["execute_until"])
            self.assertIsJob(self.start(job), starts=True)

    def test_empty_names(self) -> None:
        """type and ref_id may be empty"""
        job = self.add(type="", ref_id="")
        self.assertEqual((job["type"], job["ref_id"]), ("", ""))
        self.assertEqual(self.start_type(type="")["id"], job["id"])

    def test_the_service_chooses(self) -> None:
        """a caller cannot choose the id or the state of a new job"""
        job = self.add(id="mine", retries=5, created="2020-01-01T00:00:00Z", completed="x", x=1)
        self.assertIsJob(job)
        self.assertNotEqual(job["id"], "mine")
        self.assertEqual(job["retries"], 0)
        self.assertIsNone(job["completed"])

    def test_params(self) -> None:
        """params come back as they were given"""
        for params in (
            "", "2020-01-01T00:00:00Z", "ünïcödé \U0001f600 \u0000", 0, -0.0, 1.0, 0.1, 1e-300,
            2**63 - 1, -(2**63), True, False, [], {}, [None, [[]], {}], {"": {"": None}},
            {"$oid": "0" * 24, "$date": "x", "a.b": {"$ne": 1}, "__proto__": {"x": 1}},
            {"$numberLong": "5"}, {"id": "x", "type": 1, "lock_token": "y"},
        ):  # fmt: skip
            with self.subTest(params=params):
                job = self.add(params=params)
                self.assertSameJSON(job["params"], params)
                self.assertSameJSON(self.stored(job)["params"], params)

    def test_duplicates(self) -> None:
        """add_job never looks for a job like the new one"""
        self.assertNotEqual(self.add()["id"], self.add()["id"])

    def test_priority_and_delay(self) -> None:
        """priority and delayed_until are shown only if they were asked for"""
        self.assertIsJob(self.add(priority=0))
        self.assertEqual(self.add(priority=5)["priority"], 5)
        delayed = self.add(delay=60_000)
        self.assertEqual(milliseconds(delayed["created"], delayed["delayed_until"]), 60_000)
        self.assertEqual(self.start_type()["priority"], 5)
        self.add(type="later", delay=60_000)
        self.assertIsNone(self.start_type(type="later"))


class AddingUnique(JobsTestCase):
    def add_unique(self, type: str = "mail", ref_id: str = "1", **others: Any) -> Any:
        new_job = {"type": type, "ref_id": ref_id, "ttl": 60_000, **others}
        return self.call("add_uniq_job", {"new_job": new_job})

    def test_existing(self) -> None:
        """add_uniq_job answers the unfinished job of its type and ref_id, unchanged"""
        job = self.add_unique(params=1)
        self.assertIsJob(job)
        self.assertEqual(self.add_unique(params=2), job)
        started = self.start(job)
        self.assertEqual(self.add_unique(params=3), without_token(started))

    def test_added_otherwise(self) -> None:
        """a job that add_job made counts too"""
        job = self.add()
        self.assertEqual(self.add_unique(), job)

    def test_others(self) -> None:
        """jobs of another type or ref_id do not count, and neither do completed ones"""
        job = self.add_unique()
        ids = {job["id"], self.add_unique(type="x")["id"], self.add_unique(ref_id="2")["id"]}
        self.call("complete_job", {"job_id": job["id"]})
        ids.add(self.add_unique()["id"])
        self.assertEqual(len(ids), 4)

    def test_at_once(self) -> None:
        """of concurrent calls exactly one adds a job"""
        ids = {job["id"] for job in at_once(20, self.add_unique)}
        self.assertEqual(len(ids), 1)
        self.assertEqual(len(self.call("get_jobs")["data"]), 1)

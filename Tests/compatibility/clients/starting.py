"""How jobs are handed out."""

from case import JobsTestCase, at_once, milliseconds, without_token


class Starting(JobsTestCase):
    def test_by_id(self) -> None:
        """start_job_by_id answers the started job with its lock_token"""
        job = self.add()
        started = self.start(job, timeout=5_000)

        self.assertIsJob(started, starts=True)
        self.assertIsInstance(started["lock_token"], str)
        self.assertEqual(milliseconds(started["started"], started["locked_until"]), 5_000)
        self.assertEqual(started["retries"], 1)
        same = ("id", "type", "ref_id", "params", "created", "execute_until", "completed")
        self.assertEqual({name: started[name] for name in same}, {name: job[name] for name in same})
        self.assertEqual(self.stored(job), without_token(started))

    def test_by_type(self) -> None:
        """start_job_by_type answers the oldest job of the type with its lock_token"""
        self.add(type="other")
        jobs = [self.add(ref_id=str(n)) for n in range(3)]
        for job in jobs:
            started = self.start_type()
            self.assertIsJob(started, starts=True)
            self.assertEqual(started["id"], job["id"])
        self.assertIsNone(self.start_type())

    def test_locked(self) -> None:
        """a locked job is not handed out"""
        job = self.add()
        started = self.start(job)
        self.assertIsNone(self.start(job))
        self.assertIsNone(self.start_type())
        self.assertEqual(self.stored(job), without_token(started))

    def test_lapsed(self) -> None:
        """a job whose lock has run out is handed out again, with another lock_token"""
        for timeout in (0, -5_000):
            job = self.add()
            first, second = self.start(job, timeout), self.start(job, timeout)
            self.assertNotEqual(first["lock_token"], second["lock_token"])
            self.assertEqual((first["retries"], second["retries"]), (1, 2))
            self.assertEqual(self.start_type()["retries"], 3)

    def test_completed(self) -> None:
        """a completed job is not handed out"""
        job = self.add()
        self.call("complete_job", {"job_id": job["id"]})
        self.assertIsNone(self.start(job))
        self.assertIsNone(self.start_type())

    def test_expired(self) -> None:
        """an expired job is not handed out"""
        job = self.add_expired()
        self.assertIsNone(self.start(job))
        self.assertIsNone(self.start_type())
        self.assertEqual(self.stored(job), job)

    def test_max_retries(self) -> None:
        """max_retries limits the starts by type, and not those by id"""
        job = self.add()
        for _ in range(2):
            self.assertIsNotNone(self.start_type(timeout=0, max_retries=2))
        self.assertIsNone(self.start_type(timeout=0, max_retries=2))
        self.assertIsNone(self.start_type(timeout=0, max_retries=0))
        self.assertEqual(self.start(job, timeout=0)["retries"], 3)
        self.assertEqual(self.start_type(timeout=0, max_retries=4)["retries"], 4)

    def test_default_max_retries(self) -> None:
        """without max_retries, or with null, a job is started by type ten times"""
        self.add()
        for retries in range(1, 11):
            others = {"max_retries": None} if retries % 2 else {}
            self.assertEqual(self.start_type(timeout=0, **others)["retries"], retries)
        self.assertIsNone(self.start_type(timeout=0))

    def test_fractions(self) -> None:
        """a fraction of a timeout is rounded up"""
        started = self.start(self.add(), timeout=1000.5)
        self.assertEqual(milliseconds(started["started"], started["locked_until"]), 1001)

    def test_at_once(self) -> None:
        """no job is handed out twice to workers that ask at once"""
        ids = {self.add(ref_id=str(n))["id"] for n in range(10)}
        started = [job["id"] for job in at_once(20, self.start_type) if job]
        self.assertEqual(len(started), 10)
        self.assertEqual(set(started), ids)

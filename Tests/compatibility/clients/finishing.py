"""What becomes of jobs, and of the service itself."""

from case import NO_SUCH_ID, JobsTestCase, milliseconds, without_token


class Finishing(JobsTestCase):
    def test_extend(self) -> None:
        """extend_job makes the lock last from now, and changes nothing else"""
        started = self.start(self.add(), timeout=1_000_000)
        extended = self.call("extend_job", {"job_id": started["id"], "timeout": 30_000})

        self.assertIsJob(extended)
        left = milliseconds(started["started"], extended["locked_until"])
        self.assertTrue(30_000 <= left < 60_000, left)
        self.assertEqual(
            extended | {"locked_until": None}, without_token(started) | {"locked_until": None}
        )
        self.assertEqual(self.stored(started), extended)

    def test_extend_not_running(self) -> None:
        """extend_job leaves jobs alone that nobody runs"""
        ready = self.add()
        completed = self.call("complete_job", {"job_id": self.add()["id"]})
        for job in (ready, completed):
            arguments = {"job_id": job["id"], "timeout": 1000}
            self.assertEqual(self.call("extend_job", arguments), job)

    def test_abort(self) -> None:
        """abort_job gives the job back, and keeps its retries"""
        job = self.add()
        self.start(job)
        aborted = self.call("abort_job", {"job_id": job["id"]})

        self.assertIsJob(aborted)
        self.assertEqual(aborted, job | {"retries": 1})
        self.assertEqual(self.start_type()["retries"], 2)

    def test_complete(self) -> None:
        """complete_job sets completed and ends the lock"""
        job = self.add()
        started = self.start(job)
        completed = self.call("complete_job", {"job_id": job["id"]})

        self.assertIsJob(completed)
        self.assertGreaterEqual(completed["completed"], started["started"])
        self.assertEqual(completed, job | {"retries": 1, "completed": completed["completed"]})
        self.assertEqual(self.stored(job), completed)

    def test_complete_otherwise(self) -> None:
        """jobs that were never started, or are expired, can be completed"""
        for job in (self.add(), self.add_expired()):
            self.assertIsNotNone(self.call("complete_job", {"job_id": job["id"]})["completed"])

    def test_after_completion(self) -> None:
        """a completed job stays as it is"""
        completed = self.call("complete_job", {"job_id": self.add()["id"]})
        for operation in ("abort_job", "complete_job"):
            self.assertEqual(self.call(operation, {"job_id": completed["id"]}), completed)

    def test_lock_tokens(self) -> None:
        """with its lock_token a worker extends, aborts and completes its job"""
        for operation in ("extend_job", "abort_job", "complete_job"):
            started = self.start(self.add())
            arguments = {
                "job_id": started["id"], "lock_token": started["lock_token"], "timeout": 1000
            }  # fmt: skip
            self.assertIsJob(self.call(operation, arguments))


class Removing(JobsTestCase):
    def test_delete_one(self) -> None:
        """delete_job_by_id answers the job as it was, running or not"""
        running = self.start(self.add())
        for job in (self.add(), without_token(running)):
            self.assertEqual(self.call("delete_job_by_id", {"job_id": job["id"]}), job)
            self.assertIsNone(self.call("delete_job_by_id", {"job_id": job["id"]}))
            self.assertIsNone(self.stored(job))

    def test_delete_all(self) -> None:
        """delete_jobs removes every job and answers nothing"""
        self.start(self.add())
        self.add()
        self.assertIsNone(self.call("delete_jobs"))
        self.assertEqual(self.call("get_jobs")["data"], [])

    def test_clean(self) -> None:
        """clean_jobs removes what is completed, expired or given up, and nothing else"""
        completed, given_up, ready, running = (self.add(ref_id=str(n)) for n in range(4))
        self.call("complete_job", {"job_id": completed["id"]})
        for _ in range(11):
            self.start(given_up, timeout=0)
        self.start(running)
        self.add_expired()

        self.assertIsNone(self.call("clean_jobs"))
        left = {job["id"] for job in self.call("get_jobs")["data"]}
        self.assertEqual(left, {ready["id"], running["id"]})

    def test_nothing(self) -> None:
        """an unknown job is null, not an error, whatever is asked"""
        arguments = {"job_id": NO_SUCH_ID, "timeout": 1000}
        for operation in (
            "get_job_by_id", "start_job_by_id", "extend_job", "abort_job", "complete_job",
            "delete_job_by_id",
        ):  # fmt: skip
            for job_id in (NO_SUCH_ID, "", "x", "é" * 1000):
                self.assertIsNone(self.call(operation, arguments | {"job_id": job_id}), operation)
        self.assertIsNone(self.start_type(type="no such type"))


class System(JobsTestCase):
    def test_heartbeat(self) -> None:
        """the heartbeat is the current time"""
        self.assertRegex(self.sdk.get("heartbeat"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_status(self) -> None:
        """the status says who and how long"""
        status = self.sdk.get("status")
        for name in ("id", "name", "description", "start_time", "current_time"):
            self.assertIsInstance(status[name], str, name)
        self.assertIsInstance(status["uptime"], int)
        self.assertIsInstance(status["properties"], dict)
        self.assertTrue(all(isinstance(name, str) for name in status["components"]))

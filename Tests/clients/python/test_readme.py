"""The examples of the package's README run as they stand."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jobs_client import AsyncJobsClient
from program import PROJECT, Program
from workers import add, in_state

README = PROJECT / "Sources/clients/python/README.md"
WORKER, PRODUCER = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.fixture
def worker_process(program: Program, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    file = tmp_path / "worker.py"
    file.write_text(WORKER)
    environment = {**os.environ, "JOBS_URL": program.url}
    process = subprocess.Popen([sys.executable, str(file)], env=environment,
                               stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_the_worker_of_the_project_is_that_of_the_package() -> None:
    assert WORKER in (PROJECT / "README.md").read_text()


async def test_the_examples_run_as_they_stand(
    client: AsyncJobsClient, program: Program, worker_process: subprocess.Popen[str]
) -> None:
    producer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PRODUCER, env={**os.environ, "JOBS_URL": program.url},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await producer.communicate()
    sent = await in_state(client, told.decode().split()[-1], "completed")
    failed = await in_state(client, await add(client, params={"to": "nobody"}), "failed")
    worker_process.send_signal(signal.SIGTERM)
    status = await asyncio.to_thread(worker_process.wait, 10)

    assert sent.result == {"sent": True} and sent.progress == {"parts": 3}
    assert failed.error is not None and failed.error.type == "NoAddress"
    assert status == 0


async def test_a_worker_that_is_killed_leaves_its_job_to_the_next_one(
    client: AsyncJobsClient, program: Program, tmp_path: Path
) -> None:
    code = WORKER.replace("timeout=60", "timeout=2").replace("sleep(0.1)", "sleep(30)")
    environment = {**os.environ, "JOBS_URL": program.url}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment,
                               stderr=subprocess.DEVNULL)
    try:
        job_id = await add(client, params={"to": "ann@example.com"})
        await in_state(client, job_id, "running")
    finally:
        process.kill()
        process.wait()
    job = await client.start_job_by_type("mail", timeout=5, wait_timeout=5)

    assert job is not None and (job.id, job.retries) == (job_id, 2)

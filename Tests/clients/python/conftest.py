"""What tests are given: a running program, a client of it, a proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from jobs_client import AsyncJobsClient, ClientOptions, JobsClient
from program import Program
from proxy import Proxy


@pytest.fixture(scope="session")
def shared_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("program"))
    try:
        program.start()
        yield program
    finally:
        program.stop()


@pytest.fixture
def program(shared_program: Program) -> Program:
    """A program with an empty store, which the test must not stop."""
    with JobsClient(shared_program.url) as client:
        client.delete_jobs()
    return shared_program


@pytest.fixture
def file_program(tmp_path: Path) -> Iterator[Program]:
    """A program of the test's own, which keeps its jobs in a file."""
    program = Program(tmp_path, file=True)
    try:
        program.start()
        yield program
    finally:
        program.stop()


@pytest.fixture
def proxy(program: Program) -> Iterator[Proxy]:
    proxy = Proxy(program.port)
    yield proxy
    proxy.close()


@pytest.fixture
def sync_client(program: Program) -> Iterator[JobsClient]:
    with JobsClient(program.url) as client:
        yield client


@pytest_asyncio.fixture
async def client(program: Program) -> AsyncIterator[AsyncJobsClient]:
    async with AsyncJobsClient(program.url) as client:
        yield client


@pytest_asyncio.fixture
async def proxied(proxy: Proxy) -> AsyncIterator[AsyncJobsClient]:
    """A client whose calls go through the proxy."""
    async with AsyncJobsClient(ClientOptions(url=proxy.url, retry_pause=0.02)) as client:
        yield client

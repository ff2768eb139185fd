"""Keys, and TLS with certificates of both sides."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from jobs_client import (
    AsyncJobsClient, ClientOptions, JobsClient, NewJob, NotAuthenticatedError, NotAuthorizedError,
    UnavailableError,
)
from program import PROJECT, Program, free_port


def test_a_key_gives_access(tmp_path: Path) -> None:
    made = subprocess.run(
        [os.environ["JOBS_PROGRAM"], "key", "mailer", "--scope", "work", "--type", "mail"],
        capture_output=True, text=True, check=True,
    )
    (tmp_path / "keys.yml").write_text(made.stdout)
    key = made.stderr.split()[-1]
    program = Program(tmp_path, ACCESS_KEYS_FILE=str(tmp_path / "keys.yml"))
    try:
        program.start()
        with JobsClient(ClientOptions(url=program.url, key=key)) as client:
            assert client.start_job_by_type("mail", timeout=60) is None
            with pytest.raises(NotAuthorizedError):
                client.add_job(NewJob(type="mail", ref_id="1"))
        with JobsClient(program.url) as client:
            with pytest.raises(NotAuthenticatedError):
                client.get_jobs()
    finally:
        program.stop()


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """A directory with the certificates of an authority, a server and a client."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    for name, issued in [
        ("server", authority.issue_cert("127.0.0.1")), ("client", authority.issue_cert("client"))
    ]:
        issued.private_key_pem.write_to_path(tmp_path / f"{name}.key")
        for part in issued.cert_chain_pems:
            part.write_to_path(tmp_path / f"{name}.crt", append=True)
    return tmp_path


@pytest.fixture
def tls_program(certificates: Path) -> Iterator[Program]:
    """A program that shows a certificate, and wants one of its clients."""
    config = (PROJECT / "config/config.yml").read_text()
    credential = f"""  credential:
    ssl_crt_file: "{certificates}/server.crt"
    ssl_key_file: "{certificates}/server.key"
    ssl_ca_file: "{certificates}/ca.pem"
  options:
    {{{{#HTTP_HEALTH_PORT}}}}
"""
    config = config.replace("  options:\n    {{#HTTP_HEALTH_PORT}}\n", credential)
    (certificates / "config.yml").write_text(config.replace('protocol: "http"', 'protocol: "https"'))
    port = str(free_port())
    program = Program(
        certificates, "--config", str(certificates / "config.yml"), HTTP_HEALTH_PORT=port
    )
    try:
        program.start(f"http://127.0.0.1:{port}")
        yield program
    finally:
        program.stop()


async def test_both_sides_show_certificates(certificates: Path, tls_program: Program) -> None:
    url = tls_program.url.replace("http:", "https:")
    options = ClientOptions(
        url=url, retries=0, ca_file=str(certificates / "ca.pem"),
        certificate_file=str(certificates / "client.crt"), key_file=str(certificates / "client.key"),
    )

    with JobsClient(options) as client:
        added = client.add_job(NewJob(type="mail", ref_id="1"))
    async with AsyncJobsClient(options) as client_too:
        found = await client_too.get_job_by_id(added.id)
    # The authority of the server is not one of the system's.
    async with AsyncJobsClient(ClientOptions(url=url, retries=0)) as stranger:
        with pytest.raises(UnavailableError):
            await stranger.get_jobs()
    with JobsClient(ClientOptions(url=url, retries=0)) as sync_stranger:
        with pytest.raises(UnavailableError):
            sync_stranger.get_jobs()

    assert found is not None and found.id == added.id

"""Behind a proxy that serves the pages below a path of its own."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from program import free_port
from service import Service
from tab import Tab

CONFIGURATION = """
defaults
    mode http
    timeout connect 2s
    timeout client 75s
    timeout server 75s

frontend http
    bind 127.0.0.1:{port}
    http-request redirect code 301 location /team/jobs/ if {{ path /team/jobs }}
    http-request return status 404 unless {{ path_beg /team/jobs/ }}
    http-request replace-path /team/jobs/(.*) /\\1
    default_backend jobs

backend jobs
    server jobs {server}
"""


@contextlib.contextmanager
def haproxy(directory: Path, server: str) -> Iterator[str]:
    port = free_port()
    file = directory / "haproxy.cfg"
    file.write_text(CONFIGURATION.format(port=port, server=server))
    process = subprocess.Popen([shutil.which("haproxy") or "/usr/sbin/haproxy", "-f", str(file)])
    url = f"http://127.0.0.1:{port}/team/jobs"
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/health/ready", timeout=2):
                break
            time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("start", ["", "/", "/ui", "/ui/"])
def test_below_a_path(start: str, tmp_path: Path, service: Service, open_tab: Callable[..., Tab]) -> None:
    job = service.fail("broken")
    with haproxy(tmp_path, service.url.removeprefix("http://")) as url:
        tab = open_tab(url)
        tab.page.goto(url + start)
        tab.has_heading("Overview")
        assert tab.page.url.startswith(f"{url}/ui/")
        expect(tab.page.get_by_role("rowheader", name="mail", exact=True)).to_be_visible()

        tab.search("order-7")
        tab.has_heading("order-7")
        tab.button("Replay").click()
        tab.button("Do it now").click()
        tab.says("1 job replayed.")

        assert service.state(job) == "ready"
        tab.page.get_by_role("link", name="Operations of the API").click()
        expect(tab.page).to_have_url(f"{url}/docs")
        tab.is_clean()

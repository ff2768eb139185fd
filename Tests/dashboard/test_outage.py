"""The store or the service goes away, and comes back: what was known stays, greyed, with its age."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import running
from playwright.sync_api import expect
from program import PROJECT, Program
from service import Service
from tab import Tab

MONGO = str(PROJECT / "scripts/mongo")


@contextlib.contextmanager
def mongo(directory: Path) -> Iterator[str]:
    """A MongoDB of the test's own; the URI of it."""
    started = subprocess.run([MONGO, "start", str(directory), "1"], check=True, capture_output=True, text=True)
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([MONGO, "stop", str(directory)], check=True)


def test_the_store_goes_away_and_comes_back(tmp_path: Path, open_tab: Callable[..., Tab]) -> None:
    # With the timeout of production each call fails only after 15 seconds.
    with mongo(tmp_path / "mongo") as uri, running(Program(
        tmp_path, MONGO_ENABLED="1", MONGO_SERVICE_URI=f"{uri}&serverSelectionTimeoutMS=2000"
    )) as program:
        service = Service(program.url)
        service.add(ref_id="order-7")
        service.fail("broken")
        tabs = {address: open_tab(program.url).open(address) for address in ("", "#/jobs", "#/failures")}
        for tab in tabs.values():
            expect(tab.rows().first).to_be_visible()

        subprocess.run([MONGO, "kill", str(tmp_path / "mongo"), "0"], check=True)
        for tab in tabs.values():
            alert = tab.page.get_by_role("alert").first
            expect(alert).to_contain_text("Below is what was known", timeout=60_000)
            expect(tab.rows().first).to_be_visible()
            expect(tab.page.locator(".old").first).to_be_visible()
            tab.is_accessible()

        subprocess.run([MONGO, "restart", str(tmp_path / "mongo"), "0"], check=True)
        for tab in tabs.values():
            expect(tab.page.locator(".old")).to_have_count(0, timeout=90_000)
            expect(tab.page.get_by_text("Below is what was known")).to_have_count(0)
        tab.is_clean_but_for("503")


def test_the_service_goes_away_and_comes_back(tmp_path: Path, open_tab: Callable[..., Tab]) -> None:
    with running(Program(tmp_path, file=True)) as program:
        Service(program.url).add(ref_id="order-7")
        tab = open_tab(program.url).open("#/jobs?type=mail", "Jobs")
        expect(tab.rows()).to_have_count(1)

        program.kill()
        expect(tab.page.get_by_role("alert").first).to_contain_text("The service does not answer.", timeout=60_000)
        expect(tab.rows()).to_have_count(1)
        program.start()

        expect(tab.page.locator(".old")).to_have_count(0, timeout=60_000)
        expect(tab.rows()).to_have_count(1)


def test_a_page_that_is_opened_meanwhile_waits(tmp_path: Path, open_tab: Callable[..., Tab], service: Service) -> None:
    tab = open_tab(service.url)
    tab.page.route("**/ui/session", lambda route: route.abort())
    tab.open("", "The service does not answer")
    tab.is_accessible()

    tab.page.unroute("**/ui/session")
    tab.button("Ask now").click()

    tab.has_heading("Overview")


@pytest.mark.parametrize("status", [404, 503])
def test_without_the_stream_the_numbers_are_asked_for(status: int, service: Service, tab: Tab) -> None:
    tab.page.route("**/v1/jobs/events", lambda route: route.fulfill(status=status, json={"code": "X", "message": "No stream."}))
    service.add("mail")
    tab.open("", "Overview")
    expect(tab.page.get_by_role("rowheader", name="mail", exact=True)).to_be_visible()

    service.add("mail")

    row = tab.rows("table.types tbody tr").first
    expect(row.locator("td").first).to_have_text("2")

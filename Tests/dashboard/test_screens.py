"""Every screen at every width, in light and dark: nothing is amiss for the browser, nothing for axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import running
from playwright.sync_api import expect
from program import Program
from service import Service, fill
from tab import Tab

WIDTHS = (320, 768, 1280)

# The address, and what shows that the screen has read its data. `{state}` is the id of such a job.
SCREENS = {
    "overview": ("", ".tiles"),
    "type": ("#/type/mail", ".tabs"),
    "paused type": ("#/type/sms", ".warning"),
    "jobs": ("#/jobs?type=mail", "tbody tr"),
    "no jobs": ("#/jobs?type=nothing", ".empty"),
    "failed job": ("#/job/{failed}", ".alike"),
    "running job": ("#/job/{running}", "#do-release"),
    "completed job": ("#/job/{completed}", ".json"),
    "no job": ("#/job/0123", ".job.gone"),
    "failures": ("#/failures", "tbody tr"),
    "running": ("#/running", "tbody tr"),
    "schedules": ("#/schedules", "tbody tr"),
    "operations": ("#/operations", ".empty, tbody tr"),
    "audit": ("#/audit", ".empty, tbody tr"),
    "service": ("#/service", "dd"),
    "unknown": ("#/nowhere", "h1"),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The URL of a service with something for every screen, and the ids of jobs by their states."""
    with running(Program(tmp_path_factory.mktemp("filled"))) as program:
        yield program.url, fill(Service(program.url))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_screen_fits_and_is_accessible(
    screen: str, scheme: str, filled: tuple[str, dict[str, str]], open_tab: Callable[..., Tab]
) -> None:
    (address, ready), (url, jobs) = SCREENS[screen], filled
    tab = open_tab(url, color_scheme=scheme)
    tab.open(address.format(**jobs))
    expect(tab.page.locator(f"main :is({ready})").first).to_be_visible()

    for width in WIDTHS:
        tab.page.set_viewport_size({"width": width, "height": 900})
        tab.is_within_width()
        if width == (1280 if scheme == "light" else 320):
            tab.is_accessible()
    tab.shows_its_links()
    tab.is_clean()


def test_first_steps(tmp_path: Path, open_tab: Callable[..., Tab]) -> None:
    with running(Program(tmp_path)) as program:
        tab = open_tab(program.url).open("", "Overview")

        expect(tab.page.get_by_role("heading", name="There are no jobs yet")).to_be_visible()
        command = tab.page.get_by_role("group", name="Command").first
        expect(command).to_contain_text(f"{program.url}/v1/jobs/add_job")
        tab.is_accessible()
        tab.is_clean()


def test_switches_are_kept(tab: Tab) -> None:
    tab.open("", "Overview")

    tab.button("Colours: auto").click()
    tab.button("Colours: light").click()
    tab.button("Times: local").click()
    tab.page.reload()

    expect(tab.button("Colours: dark")).to_be_visible()
    expect(tab.button("Times: UTC")).to_be_visible()
    assert tab.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 19, 24)"
    tab.is_clean()

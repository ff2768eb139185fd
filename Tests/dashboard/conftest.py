"""What tests are given: a running program, its operations, a browser, tabs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from program import Program
from service import Service, fill
from tab import Tab, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # The sandbox of chromium does not work for root, as which containers run tests.
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@contextlib.contextmanager
def running(program: Program) -> Iterator[Program]:
    """Runs a program of a test's own."""
    try:
        program.start()
        yield program
    finally:
        program.stop()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own: what happened to types, and what operators did, outlasts jobs.

    The program starts in less time than a page loads.
    """
    with running(Program(tmp_path)) as program:
        yield Service(program.url)


@pytest.fixture
def jobs(service: Service) -> dict[str, str]:
    """The ids of jobs in each state, of a service with something for every screen."""
    return fill(service)


@pytest.fixture
def open_tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Tab]]:
    """Opens tabs at a URL, each in a profile of its own."""
    contexts = []

    def open_tab(url: str, **options: Any) -> Tab:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        return Tab(context, url)

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def tab(service: Service, open_tab: Callable[..., Tab]) -> Tab:
    return open_tab(service.url)

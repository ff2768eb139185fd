"""Keys: who signs in may do what its scopes say, and sees why not where it may not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import running
from playwright.sync_api import expect
from program import PROJECT, Program
from service import Service
from tab import Tab

KEYS = {
    "admin": ("jobs:admin", None), "reader": ("jobs:read", None), "mailer": ("jobs:read, jobs:operate", "mail"),
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    directory = tmp_path_factory.mktemp("guarded")
    lines = []
    for name, (scopes, type) in KEYS.items():
        lines += [f"- name: {name}", f"  hash: {hashlib.sha256(name.encode()).hexdigest()}", f"  scopes: [{scopes}]"]
        lines += [f"  types: [{type}]"] if type else []
    keys = directory / "keys.yml"
    keys.write_text("\n".join(lines) + "\n")
    with running(Program(directory, ACCESS_KEYS_FILE=str(keys))) as program:
        yield program


def sign_in(tab: Tab, key: str) -> None:
    tab.has_heading("Sign in")
    tab.page.get_by_label("Key or token").fill(key)
    tab.button("Sign in").click()


def test_signing_in_leads_to_where_one_wanted(guarded: Program, open_tab: Callable[..., Tab]) -> None:
    job = Service(guarded.url, "admin").add(ref_id="order-7")
    tab = open_tab(guarded.url).open(f"#/job/{job}")
    tab.has_heading("Sign in")
    tab.is_accessible()

    sign_in(tab, "wrong")
    expect(tab.page.get_by_text("does not know this key")).to_be_visible()
    tab.is_accessible()
    sign_in(tab, "admin")

    tab.has_heading("order-7")
    expect(tab.page.locator("#session")).to_contain_text("admin")
    assert tab.page.context.cookies() == []
    tab.page.reload()
    tab.has_heading("order-7")
    tab.button("Sign out").click()
    tab.has_heading("Sign in")
    tab.page.go_back()
    tab.has_heading("Sign in")


def test_a_key_that_only_reads_sees_what_it_may_not(guarded: Program, open_tab: Callable[..., Tab]) -> None:
    service = Service(guarded.url, "admin")
    job = service.fail("broken", ref_id="order-8")
    tab = open_tab(guarded.url).open(f"#/job/{job}")
    sign_in(tab, "reader")
    tab.has_heading("order-8")

    replay = tab.page.locator("#do-replay")
    expect(replay).to_have_attribute("aria-disabled", "true")
    expect(replay).to_have_attribute("title", "Your key lacks the scope jobs:operate.")
    replay.click(force=True)  # switched off, but it says why
    tab.says("Your key lacks the scope jobs:operate.")
    tab.page.locator("#do-delete").click(force=True)
    tab.says("Your key lacks the scope jobs:admin.")
    tab.is_accessible()

    tab.page.goto(tab.url + "#/type/mail")
    expect(tab.page.locator("#pause")).to_have_attribute("aria-disabled", "true")
    assert service.state(job) == "failed"
    tab.is_clean_but_for("401")


def test_a_key_for_one_type_sees_only_that(guarded: Program, open_tab: Callable[..., Tab]) -> None:
    service = Service(guarded.url, "admin")
    service.add("mail", "order-9")
    service.add("report", "secret")
    tab = open_tab(guarded.url).open("#/jobs")
    sign_in(tab, "mailer")

    tab.has_heading("Jobs")
    expect(tab.page.locator("td.ref_id").first).to_have_text("order-9")
    expect(tab.page.get_by_text("secret")).to_have_count(0)
    expect(tab.page.locator("#session")).to_contain_text("mailer, types mail")
    tab.page.goto(tab.url + "#/")
    expect(tab.rows("table.types tbody tr")).to_have_count(1)
    tab.is_clean_but_for("401")


def configured(directory: Path, host: str, *lines: str) -> Program:
    """A program with further lines in the configuration of its service."""
    text = (PROJECT / "config/config.yml").read_text()
    place = '- descriptor: "pip-services-jobs:service:http:default:1.0"\n'
    assert place in text
    file = directory / "config.yml"
    file.write_text(text.replace(place, place + "".join(f"  {line}\n" for line in lines)))
    return Program(directory, "--config", str(file), HTTP_HOST=host)


def test_params_can_be_hidden(tmp_path: Path, open_tab: Callable[..., Tab]) -> None:
    with running(configured(tmp_path, "127.0.0.1", "dashboard: {hide_params: true}")) as program:
        job = Service(program.url).fail("broken", params={"to": "ann@example.com"}, details={"to": "ann@example.com"})
        tab = open_tab(program.url).open(f"#/job/{job}", "order-7")

        expect(tab.page.get_by_text("are hidden by the configuration")).to_be_visible()
        expect(tab.page.get_by_text("ann@example.com")).to_have_count(0)


def test_secrets_are_masked(service: Service, tab: Tab) -> None:
    job = service.add(params={"user": "ann", "Password": {"a": ["hush"]}, "list": [{"api_key": "hush"}], "after": 1})

    tab.open(f"#/job/{job}", "order-7")

    params = tab.page.get_by_role("group", name="Params")
    expect(params).to_contain_text('"user": "ann"')
    expect(params).to_contain_text('"after": 1')
    expect(params).not_to_contain_text("hush")
    expect(params).to_contain_text("(masked)")


def test_without_keys_other_machines_only_read(tmp_path: Path, open_tab: Callable[..., Tab]) -> None:
    with running(Program(tmp_path, HTTP_HOST="0.0.0.0")) as program:
        job = Service(program.url).add()
        tab = open_tab(program.url).open("", "Overview")
        expect(tab.page.locator(".warning")).to_contain_text("these pages only show jobs")
        tab.is_accessible()

        tab.open(f"#/job/{job}", "order-7")
        tab.page.locator("#do-cancel").click(force=True)

        tab.says("These pages only show jobs")
        assert Service(program.url).state(job) == "ready"


def test_the_root_leads_to_the_pages_or_to_the_description(tmp_path: Path, service: Service, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(service.url)
    tab.page.goto(service.url)
    tab.has_heading("Overview")

    with running(configured(tmp_path, "127.0.0.1", "dashboard: {enable: false}")) as program:
        tab.page.goto(program.url)
        assert tab.page.url == f"{program.url}/docs"

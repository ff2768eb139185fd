"""Nothing that one reads is moved, folded or lost by an update."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from service import Service
from tab import Tab


def test_new_jobs_wait_behind_a_button(service: Service, tab: Tab) -> None:
    for n in range(3):
        service.add(ref_id=f"order-{n}")
    tab.open("#/jobs?type=mail", "Jobs")
    tab.page.get_by_role("checkbox", name=re.compile("Select 0")).nth(1).check()
    tab.rows().nth(1).get_by_role("link").first.focus()

    for n in range(2):
        service.add(ref_id=f"newer-{n}")
    expect(tab.button("Show 2 new jobs")).to_be_visible()

    expect(tab.rows()).to_have_count(3)
    expect(tab.page.get_by_text("1 job selected")).to_be_visible()
    expect(tab.rows().nth(1).get_by_role("link").first).to_be_focused()
    tab.button("Show 2 new jobs").click()
    expect(tab.page.locator("td.ref_id").first).to_have_text("newer-1")
    expect(tab.page.get_by_text("1 job selected")).to_be_visible()
    expect(tab.rows()).to_have_count(5)
    tab.is_clean()


def test_a_job_that_leaves_the_list_keeps_its_row(service: Service, tab: Tab) -> None:
    jobs = [service.add(ref_id=f"order-{n}") for n in range(3)]
    tab.open("#/jobs?type=mail&state=ready", "Jobs")
    expect(tab.rows()).to_have_count(3)

    service.call("cancel_job", job_id=jobs[1])

    row = tab.rows().nth(1)
    expect(row).to_have_class("gone")
    expect(row).to_contain_text("cancelled")
    expect(tab.rows()).to_have_count(3)
    tab.is_accessible()
    tab.is_clean()


def test_an_open_trace_stays_while_its_job_goes_on(service: Service, tab: Tab) -> None:
    job = service.fail("first line\nsecond line", retry=True, ref_id="order-7", max_retries=5)
    tab.open(f"#/job/{job}", "order-7")
    tab.page.locator("details.error summary").click()
    trace = tab.page.get_by_role("group", name="Error", exact=True).first
    trace.focus()
    place = trace.bounding_box()

    started = service.start(job)
    service.call("fail_job", job_id=job, lock_token=started["lock_token"], error={"message": "again\nbroken"}, retry=False)
    expect(tab.page.locator(".timeline")).to_contain_text("Attempt 2 failed")

    expect(trace).to_be_visible()
    expect(trace).to_be_focused()
    expect(tab.page.locator("details.error[open]")).to_have_count(1)
    now = trace.bounding_box()
    assert place and now and abs(now["x"] - place["x"]) < 1
    tab.is_clean()


def test_what_is_typed_into_the_search_field_stays(service: Service, tab: Tab) -> None:
    tab.open("", "Overview")
    field = tab.page.get_by_role("combobox")
    field.fill("type:ma")

    service.add("brand-new")
    expect(tab.page.get_by_role("link", name="brand-new", exact=True).or_(tab.button("Show 1 new type"))).to_be_visible()

    expect(field).to_have_value("type:ma")
    expect(field).to_be_focused()


def test_a_group_keeps_its_place_and_its_fold(service: Service, tab: Tab) -> None:
    for n in range(3):
        service.fail(f"Mailbox {n} is full")
    service.fail("another\nmatter")
    tab.open("#/failures", "Failures")
    tab.rows().nth(1).locator("summary").click()

    for _ in range(4):
        service.fail("another\nmatter")
    expect(tab.rows().nth(1).locator("td.large")).to_have_text("5")

    expect(tab.rows().nth(1).locator("details[open]")).to_have_count(1)
    expect(tab.rows().nth(0)).to_contain_text("Mailbox # is full")


def test_a_group_shows_what_failed_in_the_last_hour(service: Service, tab: Tab) -> None:
    for n in range(3):
        service.fail(f"Mailbox {n} is full")
    tab.open("#/failures", "Failures")

    hour = tab.rows().first.locator("td.recent")
    expect(hour).to_contain_text("3")
    expect(hour.locator("rect")).to_have_count(1)
    service.fail("Mailbox 9 is full")
    expect(hour).to_contain_text("4")
    tab.is_accessible()
    tab.is_clean()


def test_lapsed_leases_are_on_top_until_they_are_taken_over(service: Service, tab: Tab) -> None:
    job = service.add(ref_id="left")
    service.start(job, timeout=1500)
    service.start(service.add(ref_id="busy"))
    service.start(service.add(ref_id="lapsed before"), timeout=1)
    tab.open("#/running", "Running")
    expect(tab.rows()).to_have_count(3)
    expect(tab.rows().nth(0)).to_contain_text("lapsed before")
    expect(tab.rows().nth(0)).to_contain_text("lease lapsed")

    expect(tab.rows().nth(1)).to_contain_text("lease lapsed")
    expect(tab.rows().nth(1)).to_contain_text("left")
    expect(tab.rows().nth(1)).not_to_have_class("gone")
    expect(tab.page.get_by_text("2 leases lapsed, and nobody has taken over yet.")).to_be_visible()
    service.start(job)
    expect(tab.rows().nth(1)).to_contain_text("running")
    tab.is_accessible()
    tab.is_clean()


def test_the_focus_stays_on_a_number_that_changes(service: Service, tab: Tab) -> None:
    service.fail("broken")
    tab.open("", "Overview")
    failed = tab.page.get_by_role("link", name="1 failed job of mail")
    failed.focus()

    service.fail("broken")

    expect(tab.page.get_by_role("link", name="2 failed jobs of mail")).to_be_focused()


def test_a_hidden_tab_asks_for_nothing(service: Service, tab: Tab) -> None:
    service.add()
    asked: list[str] = []
    tab.open("#/jobs?type=mail", "Jobs")
    expect(tab.rows()).to_have_count(1)
    tab.page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { get: () => window.isHidden });
        window.isHidden = true;
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    tab.page.wait_for_timeout(500)
    tab.page.on("request", lambda request: asked.append(request.url))

    service.add()
    tab.page.wait_for_timeout(7000)  # longer than the time between two questions
    assert asked == []
    tab.page.evaluate("() => { window.isHidden = false; document.dispatchEvent(new Event('visibilitychange')); }")

    expect(tab.button("Show 1 new job")).to_be_visible()


def test_updates_can_be_paused(service: Service, tab: Tab) -> None:
    service.add()
    tab.open("#/jobs?type=mail", "Jobs")
    expect(tab.rows()).to_have_count(1)
    tab.button("Pause updates").click()

    service.add()
    tab.page.wait_for_timeout(6000)
    expect(tab.page.locator("#newer")).to_have_count(0)
    tab.button("Updates are paused").click()

    expect(tab.button("Show 1 new job")).to_be_visible()

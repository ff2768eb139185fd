"""Actions: on jobs, on groups, on all that match; with time to undo them, and questions before large ones."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect
from service import Service
from tab import Tab


def eventually(tab: Tab, holds: Callable[[], bool], what: str) -> None:
    for _ in range(150):
        if holds():
            return
        tab.page.wait_for_timeout(200)
    raise AssertionError(what)


def select(tab: Tab, number: int) -> None:
    boxes = tab.page.get_by_role("checkbox", name=re.compile("Select 0"))
    for index in range(number):
        boxes.nth(index).check()


def test_a_few_jobs_are_replayed_without_a_question(service: Service, tab: Tab) -> None:
    jobs = service.fail_many(3, lambda n: {"message": "broken"})
    tab.open("#/jobs?state=failed", "Jobs")
    select(tab, 3)

    tab.button("Replay").click()
    expect(tab.page.get_by_text("Replaying 3 jobs")).to_be_visible()
    assert service.count(state="failed") == 3, "it begins only when the time to undo it is over"
    tab.button("Do it now").click()

    tab.says("3 jobs replayed.")
    assert [service.state(job) for job in jobs] == ["ready"] * 3
    expect(tab.page.get_by_text("No job is selected")).to_be_visible()
    tab.is_clean()


def test_undo_changes_nothing(service: Service, tab: Tab) -> None:
    job = service.add()
    tab.open(f"#/job/{job}", "order-7")
    tab.button("Cancel").click()

    expect(tab.button("Undo")).to_be_focused()
    tab.button("Undo").click()

    tab.says("Undone: nothing was changed.")
    expect(tab.button("Cancel")).to_be_focused()
    assert service.state(job) == "ready"


def test_what_is_pending_is_done_when_the_page_is_left(service: Service, tab: Tab) -> None:
    job = service.add()
    tab.open(f"#/job/{job}", "order-7")
    tab.button("Cancel").click()
    expect(tab.button("Undo")).to_be_visible()

    tab.page.goto("about:blank")

    eventually(tab, lambda: service.state(job) == "cancelled", "the job is cancelled")


def test_a_removal_asks_for_the_number(service: Service, tab: Tab) -> None:
    jobs = [service.add(ref_id=f"order-{n}") for n in range(2)]
    tab.open("#/jobs?type=mail", "Jobs")
    select(tab, 2)

    tab.button("Delete").click()
    tab.type_number(2, "Delete")
    tab.button("Do it now").click()

    tab.says("2 jobs deleted.")
    assert [service.state(job) for job in jobs] == [None, None]
    expect(tab.page.locator("tr.gone")).to_have_count(2)
    tab.is_clean()


def test_a_wrong_number_does_nothing(service: Service, tab: Tab) -> None:
    service.add()
    tab.open("#/jobs?type=mail", "Jobs")
    select(tab, 1)
    tab.button("Delete").click()

    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("11")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_text("That is not 1.")).to_be_visible()
    tab.is_accessible()
    tab.page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(tab.button("Delete")).to_be_focused()
    assert service.count() == 1


def test_a_group_of_failures_is_replayed(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open("#/failures", "Failures")
    expect(tab.rows()).to_have_count(3)
    expect(tab.rows().first).to_contain_text("timed out after # s")

    tab.rows().first.get_by_role("button", name=re.compile("Replay all")).click()
    tab.type_number(25, "Replay")
    expect(tab.page.get_by_text("Replaying 25 jobs")).to_be_visible()

    tab.says("25 jobs replayed.")
    assert service.count(type="mail", state="failed") == 5
    expect(tab.rows().first).to_have_class("gone")
    tab.is_clean()


def test_a_group_can_be_spared_within_ten_seconds(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open("#/failures", "Failures")

    tab.rows().nth(1).get_by_role("button", name=re.compile("Replay all")).click()
    expect(tab.page.get_by_text("Replaying 5 jobs")).to_be_visible()
    tab.button("Undo").click()
    tab.says("Undone: nothing was changed.")

    tab.page.goto(tab.url + "#/operations")
    expect(tab.rows().first).to_contain_text("cancelled")
    expect(tab.rows().first).to_contain_text("0 replayed")
    assert service.count(type="mail", state="failed") == 30
    tab.is_accessible()
    tab.is_clean()


def test_why_how_many_and_again_from_a_job(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open("", "Overview").search("order-7")

    tab.has_heading("order-7")
    expect(tab.page.locator("#why")).to_contain_text("timed out after 30 s")
    alike = tab.page.get_by_role("region", name="Jobs with the same error")
    expect(alike).to_contain_text("25 jobs have this error, this one included")
    alike.get_by_role("button", name=re.compile("Replay all")).click()
    tab.type_number(25, "Replay")
    tab.says("25 jobs replayed.")
    eventually(tab, lambda: service.count(state="failed") == 5, "the group is replayed")


def test_all_that_match_can_be_cancelled_on_the_way(service: Service, tab: Tab) -> None:
    for _ in range(10):
        service.call("add_jobs", new_jobs=[{"type": "bulk", "ref_id": "x", "ttl": 0}] * 1000)
    tab.open("#/jobs?type=bulk", "Jobs")

    tab.button("All that match…").click()
    tab.button("Delete all").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete 10,000")
    expect(dialog).to_contain_text("type: bulk")
    service.add("bulk", "came later")
    tab.type_number(10_000, "Delete")
    # A cancellation that comes before the first batch would leave all of them.
    eventually(tab, lambda: service.count(type="bulk") < 10_001, "the first jobs are deleted")
    tab.button(re.compile("Cancel: deleting"), exact=False).click()

    tab.says(re.compile("jobs deleted. .*Then it was cancelled."))
    left = service.count(type="bulk")
    assert 1 < left < 10_001, left
    assert service.count(type="bulk", ref_id="came later") == 1
    tab.is_clean()


def test_an_expired_job_is_replayed_with_a_new_deadline(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open(f"#/job/{jobs['expired']}", "too-late")

    tab.button("Replay").click()
    tab.page.get_by_role("dialog").get_by_role("button", name="One hour").click()
    tab.button("Do it now").click()

    tab.says("1 job replayed.")
    assert service.state(jobs["expired"]) == "ready"


def test_a_lease_is_taken_away(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open(f"#/job/{jobs['running']}", "all")

    tab.button("Take the lease away").click()
    tab.page.get_by_role("dialog").get_by_role("button", name="Take the lease away").click()
    tab.button("Do it now").click()

    tab.says("1 job given back.")
    assert service.state(jobs["running"]) == "ready"
    expect(tab.page.locator(".timeline")).to_contain_text("aborted")


def test_a_type_is_stopped_and_goes_on(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open("", "Overview")
    tab.page.get_by_role("rowheader", name="mail", exact=True).get_by_role("link").click()
    tab.has_heading("mail")

    tab.button("Pause mail").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Why, for the others").fill("Too many bounces")
    tab.is_accessible()
    dialog.get_by_role("button", name="Pause").click()
    tab.says("mail: paused.")
    expect(tab.page.locator(".warning")).to_contain_text("Too many bounces")
    assert service.call("start_job_by_type", type="mail", timeout=1000) is None

    tab.button("Resume mail").click()
    tab.says("mail: resumed.")
    expect(tab.page.locator(".warning")).to_have_count(0)
    tab.is_clean()


def test_schedules_run_pause_and_go(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open("#/schedules", "Schedules")
    expect(tab.rows().first).to_contain_text("at 03:00 every day")

    expect(tab.rows().first.locator("td.when time")).to_have_count(3)

    tab.button("Run nightly now").click()
    tab.says("A job was added.")
    expect(tab.rows().first.get_by_role("link", name="last job")).to_be_visible()
    tab.button("Pause nightly").click()
    expect(tab.button("Enable nightly")).to_be_visible()
    tab.button("Enable nightly").click()
    expect(tab.button("Pause nightly")).to_be_visible()
    tab.button("Delete often").click()
    tab.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    tab.says("The schedule is deleted.")

    rows = service.call("get_schedules")["data"]
    assert [(row["id"], row.get("paused", False)) for row in rows] == [("nightly", False)]
    tab.is_clean()


def test_the_audit_tells_who_did_what(service: Service, tab: Tab) -> None:
    job = service.add()
    service.call("delete_job_by_id", job_id=job)
    service.call("pause_type", type="mail", reason="Too many bounces")

    tab.open("#/audit", "Audit")

    expect(tab.rows().nth(0)).to_contain_text("Paused")
    expect(tab.rows().nth(0)).to_contain_text("Too many bounces")
    expect(tab.rows().nth(1)).to_contain_text("Deleted a job")
    expect(tab.rows().nth(1).get_by_role("link", name=job)).to_be_visible()
    tab.is_accessible()
    tab.is_clean()

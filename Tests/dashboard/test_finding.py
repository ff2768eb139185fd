"""Finding jobs, and finding back to them."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from service import Service
from tab import Tab


def test_a_reference_leads_to_its_job(service: Service, tab: Tab) -> None:
    job = service.fail("421 try again", ref_id="order-7")
    service.add(ref_id="order-8")

    tab.open("", "Overview").search("order-7")

    tab.has_heading("order-7")
    expect(tab.page.locator("#why")).to_contain_text("421 try again")
    assert tab.page.url.endswith(f"#/job/{job}")
    tab.page.go_back()
    tab.has_heading("Overview")
    tab.is_clean()


def test_an_id_leads_to_its_job(service: Service, tab: Tab) -> None:
    job = service.add(ref_id="order-9")

    tab.open("", "Overview").search(job)

    tab.has_heading("order-9")


def test_a_reference_of_several_jobs_lists_them(service: Service, tab: Tab) -> None:
    for type in ("mail", "report"):
        service.add(type, "order-7")

    tab.open("", "Overview").search("order-7")

    expect(tab.rows()).to_have_count(2)


def test_conditions_are_in_the_address_and_can_be_removed(jobs: dict[str, str], tab: Tab) -> None:
    tab.open("", "Overview").search('type:mail state:failed before:1s error_type:"MailboxFull"')

    expect(tab.page.get_by_role("list", name="Conditions").get_by_role("listitem")).to_have_count(4)
    assert "type=mail&state=failed&created_to=20" in tab.page.url and "&error_type=MailboxFull" in tab.page.url
    tab.page.get_by_role("link", name=re.compile("Remove the condition added until")).click()
    expect(tab.rows()).to_have_count(5)
    tab.page.get_by_role("link", name=re.compile("Remove the condition error type")).click()
    expect(tab.rows()).to_have_count(30)
    expect(tab.page.get_by_role("combobox")).to_have_value("type:mail state:failed")
    tab.is_clean()


def test_nothing_found_says_what_was_looked_for(service: Service, tab: Tab) -> None:
    tab.open("", "Overview").search("order-404")

    expect(tab.page.get_by_text("No job matches.")).to_be_visible()
    expect(tab.page.get_by_text("an id or a whole reference")).to_be_visible()
    tab.is_clean()


def test_pages_go_both_ways(service: Service, tab: Tab) -> None:
    service.call("add_jobs", new_jobs=[{"type": "mail", "ref_id": f"order-{n}", "ttl": 0} for n in range(120)])
    tab.open("#/jobs?type=mail", "Jobs")
    reference = tab.page.locator("td.ref_id").first

    expect(reference).to_have_text("order-119")
    tab.page.get_by_role("link", name="Older").click()
    expect(reference).to_have_text("order-69")
    tab.page.get_by_role("link", name="Older").click()
    expect(reference).to_have_text("order-19")
    expect(tab.rows()).to_have_count(20)
    tab.page.get_by_role("link", name="Newer").click()
    expect(reference).to_have_text("order-69")
    tab.page.get_by_role("link", name="Newest").click()
    expect(reference).to_have_text("order-119")
    tab.is_clean()


def test_back_forward_and_reload_keep_what_was_left(jobs: dict[str, str], tab: Tab) -> None:
    tab.open("#/jobs?type=thumbnail", "Jobs")
    expect(tab.rows()).to_have_count(50)
    boxes = tab.page.get_by_role("checkbox", name=re.compile("Select 0"))
    boxes.nth(30).check()
    boxes.nth(32).check()
    row = tab.rows().nth(33).get_by_role("link").first
    row.focus()
    tab.page.wait_for_function("scrollY > 200")
    tab.page.wait_for_timeout(500)  # the place is noted at most every 150 ms
    left = tab.page.evaluate("scrollY")

    row.press("Enter")
    tab.has_heading(re.compile("image-"))
    tab.page.go_back()

    for turn in ("back", "reload"):
        if turn == "reload":
            tab.page.reload()
        expect(tab.page.get_by_text("2 jobs selected")).to_be_visible()
        expect(boxes.nth(30)).to_be_checked()
        expect(row).to_be_focused()
        assert abs(tab.page.evaluate("scrollY") - left) < 60, turn
    tab.page.go_forward()
    tab.has_heading(re.compile("image-"))
    tab.is_clean()


def test_an_open_trace_is_open_after_a_reload(jobs: dict[str, str], tab: Tab) -> None:
    tab.open(f"#/job/{jobs['failed']}")
    tab.page.locator("details.error summary").click()
    expect(tab.page.get_by_role("group", name="Error", exact=True)).to_contain_text("TimeoutError: timed out")

    tab.page.reload()

    expect(tab.page.get_by_role("group", name="Error", exact=True)).to_be_visible()


def test_the_same_can_be_done_elsewhere(jobs: dict[str, str], open_tab, service: Service) -> None:
    tab = open_tab(service.url, permissions=["clipboard-read", "clipboard-write"])
    tab.open("#/jobs?type=mail&state=failed", "Jobs")
    copied = "navigator.clipboard.readText()"

    tab.button("as command").click()
    assert tab.page.evaluate(copied) == f"jobsctl list --url {service.url} --newest-first --type mail --state failed"
    tab.button("as curl").click()
    tab.page.wait_for_timeout(100)
    assert tab.page.evaluate(copied).startswith(f"curl -s {service.url}/v1/jobs/get_jobs -H ")
    tab.open(f"#/job/{jobs['completed']}", "done")
    expect(tab.page.get_by_role("group", name="Params")).to_be_visible()
    tab.button("a command that adds one like this").click()
    tab.page.wait_for_timeout(100)
    assert tab.page.evaluate(copied) == f"""jobsctl add --url {service.url} report done '{{"to": "ann@example.com"}}'"""
    tab.is_clean()

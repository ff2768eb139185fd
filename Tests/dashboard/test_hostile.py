"""What jobs hold is shown as it is, whatever it is: it never becomes markup, and never breaks a screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from service import Service
from tab import Tab

TEXTS = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "breaking out": "\"'><svg/onload=alert(1)>&lt;b&gt;{{7*7}}${7*7}",
    "address": "javascript:alert(1)//#/jobs?type=<b>&state=%zz",
    "bidi": "\u202egnp.exe\u2066\u2067 evil \u200f\u200e\u061c",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "combining": "Z̸̡͍a̴̡l̵͜g̷o" * 30,
    "lines": "one\ntwo\r\nthree\u2028four\u2029five\tsix",
    "long": "x" * 900,
    "spaces": "   ",
    "nothing to see": "\u200b\u2060\u00ad\u3164",
    "late": "\n \nat last",
    "prototype": "__proto__",
    "slashes": "../../v1/jobs/delete_jobs?x=1#y%2F%00",
}

# Where nothing of a text can be seen, this is seen in its place.
SHOWN = {"spaces": '"   "', "nothing to see": r'"\u{200b}\u{2060}\u{ad}\u{3164}"'}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_everywhere(name: str, service: Service, tab: Tab) -> None:
    text = TEXTS[name]
    shown = SHOWN.get(name)
    type = text[:200]
    job = service.fail(
        text, type, text[:200], error_type=text[:200], details={text: [text, {text: text}]},
        params={text: text, "list": [text] * 3}, group=text[:200],
    )
    other = service.add(type, text[:200])
    service.call("start_job_by_id", job_id=other, timeout=600_000, worker=text[:200])
    service.call("pause_type", type=type, reason=text[:200])
    service.call("set_schedule", id=text[:100], every=3_600_000, new_job={"type": type, "ref_id": text[:200], "ttl": 0})

    for address, ready in (
        ("", "tbody tr"), ("#/jobs", "tbody tr"), (f"#/job/{job}", ".json"), ("#/failures", "tbody tr"),
        ("#/running", "tbody tr"), ("#/schedules", "tbody tr"), ("#/audit", "tbody tr, .empty"),
    ):
        tab.open(address)
        expect(tab.page.locator(f"main :is({ready})").first).to_be_visible()
        for width in (320, 1280):
            tab.page.set_viewport_size({"width": width, "height": 900})
            tab.is_within_width()
        tab.shows_its_links()
        if shown:
            expect(tab.page.get_by_role("main")).to_contain_text(shown)
        if address.startswith("#/job/"):
            params = tab.page.get_by_role("group", name="Params").text_content() or ""
            assert tab.page.evaluate("(text) => JSON.stringify(JSON.parse(text).list[1])", params) == tab.page.evaluate(
                "(text) => JSON.stringify(text)", text)
            tab.page.locator("details").evaluate_all("(all) => all.forEach((one) => one.open = true)")
            tab.is_within_width()
    assert tab.page.locator("main :is(script, img, b)").count() == 0

    # The address of a type, and the conditions of a list, carry the text there and back.
    tab.open("").page.locator("th.type a").first.click()
    expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    assert tab.page.evaluate("document.querySelector('h1').textContent") == (shown or type)
    expect(tab.button(f"Resume {shown}" if shown else re.compile("Resume"))).to_be_visible()
    expect(tab.page.locator(".tabs")).to_contain_text("failed 1")
    tab.page.locator(".tabs a", has_text="failed").click()
    expect(tab.rows()).to_have_count(1)
    tab.is_clean()


def test_empty_names(service: Service, tab: Tab) -> None:
    """The name of a worker, and the type and message of an error may be empty."""
    job = service.add("mail")
    started = service.call("start_job_by_id", job_id=job, timeout=600_000, worker="")
    service.call("fail_job", job_id=job, lock_token=started["lock_token"], error={"type": "", "message": ""}, retry=False)
    service.call("start_job_by_id", job_id=service.add("mail"), timeout=600_000, worker="")

    tab.open(f"#/job/{job}", "order-7")
    worker = tab.page.locator("dt", has_text="Last worker").locator("xpath=following-sibling::dd[1]")
    expect(worker).to_have_text('""')
    expect(worker.get_by_title("An empty text")).to_be_visible()
    expect(tab.page.locator(".timeline")).to_contain_text("without a message")
    tab.open("#/running", "Running")
    expect(tab.page.locator("td.worker")).to_have_text('""')
    tab.is_clean()


def test_large_things(service: Service, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(service.url, viewport={"width": 1280, "height": 900})
    text = "y" * 100_000
    job = service.fail(text, ref_id="order-7", params={"text": "z" * 900_000, "number": 9223372036854775807})

    tab.open("#/jobs", "Jobs")
    expect(tab.rows()).to_have_count(1)
    tab.is_within_width()
    tab.open(f"#/job/{job}", "order-7")
    params = tab.page.get_by_role("group", name="Params")
    expect(params).to_be_visible()
    assert len(params.text_content() or "") == 64 * 1024
    tab.button("Show the rest").click()

    shown = params.text_content() or ""
    assert len(shown) > 900_000 and "9223372036854775807" in shown
    tab.is_within_width()
    tab.is_clean()

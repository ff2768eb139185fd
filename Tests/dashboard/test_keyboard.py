"""Everything with the keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from service import Service
from tab import Tab


def test_find_select_replay_and_undo_by_keys(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    press = tab.page.keyboard.press
    tab.open("", "Overview")
    expect(tab.rows().first).to_be_visible()

    press("/")
    expect(tab.page.get_by_role("combobox")).to_be_focused()
    tab.page.keyboard.type("type:mail state:failed")
    press("Enter")
    tab.has_heading("Jobs")
    expect(tab.rows()).to_have_count(30)
    press("j")
    press("j")
    expect(tab.rows().nth(1).get_by_role("link").first).to_be_focused()
    press("x")
    press("k")
    press("x")
    expect(tab.page.get_by_text("2 jobs selected")).to_be_visible()
    press("r")
    expect(tab.button("Undo")).to_be_focused()
    press("Enter")
    tab.says("Undone: nothing was changed.")

    expect(tab.rows().nth(0).get_by_role("link").first).to_be_focused()
    press("Enter")
    tab.has_heading(re.compile("order-"))
    press("r")
    expect(tab.button("Undo")).to_be_focused()
    press("Tab")
    press("Enter")
    tab.says("1 job replayed.")
    assert service.count(state="failed") == 29
    tab.is_clean()


def test_three_keys_run_a_group_again(jobs: dict[str, str], service: Service, tab: Tab) -> None:
    tab.open("#/failures", "Failures")
    expect(tab.rows().first).to_be_visible()

    tab.page.keyboard.press("j")
    tab.page.keyboard.press("r")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    tab.page.keyboard.type("25")
    tab.page.keyboard.press("Enter")

    expect(tab.page.get_by_text("Replaying 25 jobs")).to_be_visible()
    tab.page.keyboard.press("Enter")  # Undo has the focus
    tab.says("Undone: nothing was changed.")


def test_the_list_of_keys(tab: Tab) -> None:
    tab.open("", "Overview")
    tab.button("Keys").focus()

    tab.page.keyboard.press("?")
    expect(tab.page.get_by_role("dialog")).to_contain_text("to the search field")
    tab.is_accessible()
    tab.page.keyboard.press("Escape")

    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    expect(tab.button("Keys")).to_be_focused()


def test_the_first_tab_skips_to_the_content(service: Service, tab: Tab) -> None:
    service.add()
    tab.open("#/jobs", "Jobs")
    expect(tab.rows()).to_have_count(1)

    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab.page.keyboard.press("Enter")

    expect(tab.page.get_by_role("main")).to_be_focused()
    tab.has_heading("Jobs")


def test_every_control_is_reached_and_seen(jobs: dict[str, str], tab: Tab) -> None:
    tab.open(f"#/job/{jobs['failed']}")
    expect(tab.page.locator(".alike")).to_be_visible()
    wanted = tab.page.locator("a[href], button, input, summary, pre[tabindex]").count()

    reached = set()
    for _ in range(wanted + 5):
        tab.page.keyboard.press("Tab")
        reached.add(tab.page.evaluate("""() => {
            const all = [...document.querySelectorAll("a[href], button, input, summary, pre[tabindex]")];
            const one = document.activeElement;
            const style = getComputedStyle(one);
            const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
            return all.indexOf(one) * (seen ? 1 : 1000);
        }"""))

    hidden = tab.page.evaluate("""() => [...document.querySelectorAll("details:not([open]) :is(a[href], button, pre[tabindex])")].length""")
    assert len([one for one in reached if 0 <= one < 1000]) >= wanted - hidden, (sorted(reached), wanted, hidden)

"""A tab of the browser, which notes everything that a browser complains of."""

from __future__ import annotations

import os
import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, expect

# Busy machines are slow; nothing waits for so long unless it fails.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


class Tab:
    """The pages of a service in a tab."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = f"{url}/ui/"
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page.add_init_script(NOTE_VIOLATIONS)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._note)
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def open(self, address: str = "", heading: str | re.Pattern[str] | None = None) -> Tab:
        """Opens a screen by its address, and waits for its heading."""
        self.page.goto(self.url + address)
        if heading is not None:
            self.has_heading(heading)
        return self

    def has_heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def rows(self, table: str = "main tbody tr") -> Locator:
        return self.page.locator(table)

    def button(self, name: str | re.Pattern[str], exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def says(self, text: str | re.Pattern[str]) -> None:
        """Waits for a message about an action."""
        expect(self.page.locator("#notices").get_by_text(text)).to_be_visible()

    def search(self, text: str) -> None:
        field = self.page.get_by_role("combobox", name=re.compile("Find jobs"))
        field.fill(text)
        field.press("Enter")

    def type_number(self, number: int, button: str) -> None:
        """Answers the question for a number."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label(re.compile(f"Type the number {number} ")).fill(str(number))
        dialog.get_by_role("button", name=button, exact=True).click()

    def is_within_width(self) -> None:
        """Checks that nothing is wider than the page."""
        excess = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert excess <= 0, f"the page scrolls sideways by {excess} px: {self._widest()}"

    def shows_its_links(self) -> None:
        """Checks that every link has something to see and to click."""
        unseen = self.page.evaluate(r"""[...document.querySelectorAll("main a[href]")]
            .filter((one) => one.checkVisibility())
            .filter((one) => !/[^\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(one.innerText) || one.offsetWidth < 5)
            .map((one) => one.outerHTML)""")
        assert not unseen, "\n".join(unseen)

    def _widest(self) -> Any:
        return self.page.evaluate("""[...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => `${one.tagName}.${one.className}`).slice(-5)""")

    def is_accessible(self) -> None:
        """Checks the rules of axe."""
        rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
        found = Axe().run(self.page, options=rules).response["violations"]
        told = [
            f"{rule['id']}: {rule['help']}: "
            + "; ".join(f"{node['target']} {node.get('failureSummary', '')}" for node in rule["nodes"][:3])
            for rule in found
        ]
        assert not told, "\n".join(told)

    def is_clean(self) -> None:
        """Checks that the browser has complained of nothing."""
        assert not self.complaints, "\n".join(self.complaints)

    def is_clean_but_for(self, *statuses: str) -> None:
        """The same, where the service has refused some calls, of which the browser tells as well."""
        rest = [one for one in self.complaints if not any(f"status of {status}" in one for status in statuses)]
        assert not rest, "\n".join(rest)


def chromium() -> str:
    return os.environ.get("CHROMIUM", "/usr/bin/chromium")

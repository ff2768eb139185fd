"""Claims about a service, each checked by a function of its own."""

import time
import traceback
from collections.abc import Callable
from types import ModuleType

from raw_http import Server

Check = Callable[[Server], None]


def claim(text: str) -> Callable[[Check], Check]:
    """Marks the decorated function as the check of a claim; it fails by raising."""

    def mark(check: Check) -> Check:
        check.claim = text
        return check

    return mark


class Claims:
    """Checks claims about one service, prints a line for each and counts them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._passed = 0
        self.failed = 0

    def check_all(self, module: ModuleType) -> None:
        """Checks all claims of a module, in their order there."""
        for check in list(vars(module).values()):
            if text := getattr(check, "claim", None):
                self.check(text, check)

    def check(self, text: str, check: Check) -> None:
        """Checks a claim on an empty store."""
        begin = time.monotonic()
        try:
            self._server.call("delete_jobs")
            check(self._server)
        except Exception:
            self.failed += 1
            print(f"FAIL  {text}\n{traceback.format_exc(limit=-3)}", flush=True)
        else:
            self._passed += 1
            print(f"ok    {text} ({time.monotonic() - begin:.1f} s)", flush=True)

    def close(self) -> None:
        print(f"{self._passed} passed, {self.failed} failed")

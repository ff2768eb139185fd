"""Growing pauses."""

from __future__ import annotations

import random


class Backoff:
    """Pauses that double up to a maximum, each shortened by a random share of up to a half."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def next(self) -> float:
        """Returns the next pause in seconds."""
        pause = min(self._next, self._longest)
        self._next = min(self._next * 2, self._longest)
        # Clients that failed together must not come back together.
        return pause * random.uniform(0.5, 1)

    def reset(self) -> None:
        """Begins again with the first pause."""
        self._next = self._first

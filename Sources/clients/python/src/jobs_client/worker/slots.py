"""The free slots for jobs of one type."""

from __future__ import annotations

import asyncio


class Slots:
    """Slots that one task waits for, and every task can give back."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._changed = asyncio.Event()
        self.is_closed = False

    async def take(self, most: int) -> int:
        """Takes all free slots, at most so many, once there is one; 0 if the slots are closed."""
        while not self.is_closed and self._free == 0:
            self._changed.clear()
            await self._changed.wait()
        if self.is_closed:
            return 0
        taken = min(self._free, most)
        self._free -= taken
        return taken

    def give(self, count: int) -> None:
        """Gives slots back."""
        self._free += count
        self._changed.set()

    def close(self) -> None:
        """Ends the taking of slots."""
        self.is_closed = True
        self._changed.set()

"""A server drains the journals of its shops by itself: often, but never so often that readers wait for it."""

from __future__ import annotations

import time

from zhanggui.engines.collection import START
from zhanggui.engines.collection.draining import journal_end
from zhanggui.loop.desk import Desk

REST = 5.0  # times as long as the last drain took (with what follows it) nothing is drained
AFTER_TROUBLE = 30.0  # seconds until a drain that failed is tried again


class Drainer:
    """Drains one shop; :meth:`step` is called again and again."""

    def __init__(self, desk: Desk, key: str) -> None:
        self._desk = desk
        self._key = key
        self._seen = START
        self._not_before = float("-inf")

    def step(self) -> bool:
        """Drain when something came since the last time and the rest is over; whether it did.

        Raises:
            ZhangguiError: it failed; the next try is half a minute later. Stopped: the desk is closing.
        """
        end = journal_end(self._desk.folder(self._key))
        if end in (START, self._seen) or time.monotonic() < self._not_before:
            return False
        self._not_before = time.monotonic() + AFTER_TROUBLE
        self._desk.call(self._key, "drain", {})
        self._not_before = float("-inf")
        self._seen = end
        return True

    def rest(self, spent: float) -> None:
        """Let readers have the shop for a multiple of the ``spent`` seconds."""
        self._not_before = time.monotonic() + REST * spent

"""A progress bar on a terminal, and silence everywhere else."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TextIO

EVERY = 0.1  # seconds between two drawings
SIZE = 24  # signs of the bar


class Bar:
    """A progress callback that draws one line on ``out`` when that is a terminal.

    Used with ``with``: the line is wiped when the work ends.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._drawn = False
        self._last = 0.0
        self._on = out.isatty()

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        """Draw, at most ten times a second."""
        now = time.monotonic()
        if not self._on or now - self._last < EVERY:
            return
        self._last = now
        self._drawn = True
        self._out.write(f"\r\x1b[K{line(stage, done, total)}")
        self._out.flush()

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._out.write("\r\x1b[K")
            self._out.flush()


def line(stage: str, done: int, total: int | None) -> str:
    """The bar as text.

    >>> line("reading", 50, 100)
    '[############............]  50 %  reading'
    """
    if not total:
        return f"{done:>12,}  {stage}"
    share = min(max(done / total, 0.0), 1.0)
    full = round(share * SIZE)
    return f"[{'#' * full}{'.' * (SIZE - full)}] {share * 100:3.0f} %  {stage}"

"""What a benchmark answers, and how two things are timed against each other honestly."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One measured promise: ``value`` against ``limit`` (the most it may be), in ``unit``."""

    promise: str
    value: float
    limit: float
    unit: str
    note: str = ""

    @property
    def kept(self) -> bool:
        """True when the value is within the limit."""
        return self.value <= self.limit


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Median wall seconds of several runs."""
    return statistics.median(seconds(work) for _ in range(rounds))


def ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 9) -> float:
    """Median of ours / median of theirs, run in turns after a warm-up, so that noise meets both."""
    ours()
    theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)

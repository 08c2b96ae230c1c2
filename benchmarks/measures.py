"""What a benchmark answers, and how two things are timed against each other honestly."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


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


def told_by(module: str, scale: float) -> dict[str, Any]:
    """What a benchmark prints (one JSON object) when it runs as a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", module, "--scale", str(scale)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told

"""Goals and benchmarks as the other side of a comparison.

A goal holds for a period (its grain's bucket from ``period_start``). What adds up (sales, orders) is
prorated by the days of the window that lie in the period; what doesn't (rates, averages) is the mean of the
periods' targets weighted by those days. A benchmark is the newest value that began before the window's end.
Segments are written ``dimension=value``; '' is the whole shop.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zhanggui.basics.periods import GRAINS, Window, bucket_after
from zhanggui.store.opened import OpenShop

GOALS = "SELECT kpi, period_start, grain, segment, CAST(target AS DOUBLE) AS value FROM goals WHERE kpi IN ({})"
BENCHMARKS = "SELECT kpi, period_start, segment, CAST(value AS DOUBLE) AS value FROM benchmarks WHERE kpi IN ({})"


class Goals:
    """Targets of some KPIs, read once."""

    def __init__(self, shop: OpenShop, names: Sequence[str]) -> None:
        marks = ", ".join("?" for _ in names)
        self._rows = shop.warehouse.query(GOALS.format(marks), list(names)).to_pylist()

    def value(self, name: str, window: Window, segment: str, *, additive: bool) -> float | None:
        """The target of ``window``; None when no goal covers all of its days."""
        covered, total = 0, 0.0
        for row in self._rows:
            if row["kpi"] != name or (row["segment"] or "") != segment or row["grain"] not in GRAINS:
                continue
            start: date = row["period_start"]
            end = bucket_after(start, row["grain"])
            days = (min(end, window.to) - max(start, window.from_)).days
            if days > 0:
                covered += days
                total += row["value"] * (days / (end - start).days if additive else days)
        if covered < window.days:
            return None
        return total if additive else total / covered


class Benchmarks:
    """Benchmark values of some KPIs, read once."""

    def __init__(self, shop: OpenShop, names: Sequence[str]) -> None:
        marks = ", ".join("?" for _ in names)
        self._rows = shop.warehouse.query(BENCHMARKS.format(marks), list(names)).to_pylist()

    def value(self, name: str, window: Window, segment: str, *, additive: bool) -> float | None:
        """The newest benchmark that began before the window's end."""
        del additive
        fitting = [
            row
            for row in self._rows
            if row["kpi"] == name and (row["segment"] or "") == segment and row["period_start"] < window.to
        ]
        return max(fitting, key=lambda row: row["period_start"])["value"] if fitting else None

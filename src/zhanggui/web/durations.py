"""Lengths of time as people say them: 850 ms, 4.2 s, 1 min 20 s, 2 h 5 min, 3.2 days."""

from __future__ import annotations

from zhanggui.web.page import Context

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def duration(seconds: float | None, context: Context) -> str:
    """``seconds`` in the two units that matter; an en dash when unknown.

    Two units for minutes and hours, one for seconds and days: nobody plans by the seconds of a day.
    """
    if seconds is None:
        return "–"
    t, size = context.t, max(float(seconds), 0.0)
    if size < 1:
        return t("time.ms", count=f"{size * 1000:.0f}")
    if size < 10:
        return t("time.s", count=f"{size:.1f}".removesuffix(".0"))
    whole = round(size)
    if whole < MINUTE:
        return t("time.s", count=whole)
    if whole < HOUR:
        return _two(t("time.min", count=whole // MINUTE), whole % MINUTE, "time.s", context)
    if size < 2 * DAY:
        minutes = round(size / MINUTE)
        return _two(t("time.h", count=minutes // 60), minutes % 60, "time.min", context)
    return t("time.days", count=f"{size / DAY:.1f}".removesuffix(".0"))


def _two(first: str, rest: int, unit: str, context: Context) -> str:
    return context.t("time.two", first=first, second=context.t(unit, count=rest)) if rest else first


def milliseconds(value: float | None, context: Context) -> str:
    """A load time or web vital: 850 ms, 2.4 s."""
    if value is None:
        return "–"
    if value < 1000:
        return context.t("time.ms", count=f"{value:.0f}")
    return context.t("time.s", count=f"{value / 1000:.2f}" if value < 10_000 else f"{value / 1000:.1f}")

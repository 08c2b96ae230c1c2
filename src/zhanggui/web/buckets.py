"""How values of dimensions are written for people: buckets of time by language, known values in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhanggui.basics.errors import DefinitionError
from zhanggui.basics.numbers import format_day
from zhanggui.basics.periods import CYCLES, GRAINS, Window, bucket_of_label
from zhanggui.loop.values import value_words
from zhanggui.web.page import Context

TIME = (*GRAINS, *CYCLES)
MOST_DAYS = 92  # more buckets than this are no longer read one by one


def bucket_text(value: Any, dim: str, context: Context) -> str:
    """A value of ``dim`` for a person: 3 Feb, week 5 of 2011, Monday, 14:00, Organic Search, (none)."""
    if dim == "hour" and value is not None:
        return f"{int(value):02d}:00"
    if dim not in GRAINS or value is None:
        return value_words(dim, value)[context.view.language]
    try:
        start = bucket_of_label(str(value), dim)
    except DefinitionError:
        return str(value)
    return _bucket(start, dim, context)


def _bucket(start: date, dim: str, context: Context) -> str:
    chinese = context.view.language == "zh"
    if dim == "day":
        window = context.view.window
        if window is not None and window.from_.year == window.shifted(-1).to.year:
            return f"{start.month}月{start.day}日" if chinese else f"{start.day} {start:%b}"
        return format_day(start, context.view.language)
    if dim == "week":
        iso = start.isocalendar()
        return f"{iso.year}年第{iso.week}周" if chinese else f"{iso.year} week {iso.week}"
    if dim == "month":
        return f"{start.year}年{start.month}月" if chinese else f"{start:%b %Y}"
    if dim == "quarter":
        quarter = (start.month - 1) // 3 + 1
        return f"{start.year}年第{quarter}季度" if chinese else f"Q{quarter} {start.year}"
    return f"{start.year}年" if chinese else f"{start.year}"


def fitting_grain(window: Window | None) -> str:
    """The grain at which a window gives a readable line: days, weeks, or months."""
    if window is None or window.days <= MOST_DAYS:
        return "day"
    return "week" if window.days <= 2 * 366 else "month"

"""What the chart script draws. Every text that a reader reads off is written here, so that it decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from zhanggui.basics.numbers import SYMBOLS
from zhanggui.web.page import Context, Json

Role = Literal["main", "other", "tail"]
"""main: a line of its own colour; other: the comparison, thin and dashed; tail: all others, grey."""
Kind = Literal["line", "bar", "bars"]


def series(name: str, values: Sequence[float | None], unit: str, context: Context, role: Role = "main") -> Json:
    """One line or set of bars, with each value's text."""
    return {
        "name": name,
        "values": list(values),
        "texts": [context.short(value, unit) for value in values],
        "role": role,
    }


def chart(kind: Kind, title: str, labels: Sequence[str], lines: Sequence[Json], unit: str, context: Context) -> Json:
    """A chart of at most six series over ``labels``; ``bars`` lie on their side, one per label."""
    return {"kind": kind, "title": title, "labels": list(labels), "series": list(lines), **axis(unit, context)}


def waterfall_chart(title: str, unit: str, names: Sequence[str], numbers: Sequence[float], context: Context) -> Json:
    """A waterfall as a picture to take away: ``numbers`` are the start, each step, and the end."""
    return {
        "kind": "waterfall",
        "title": title,
        "start": numbers[0],
        "steps": list(numbers[1:-1]),
        "better": "",
        "names": list(names),
        "texts": [context.short(number, unit) for number in numbers],
        **axis(unit, context),
    }


def axis(unit: str, context: Context) -> Json:
    """What the labels of a value axis need: unit, language, symbol of the currency."""
    currency = context.shop.currency
    symbol = SYMBOLS.get(currency, f"{currency} ") if unit == "money" and currency else ""
    return {"unit": unit, "language": context.view.language, "symbol": symbol}


def extremes(labels: Sequence[str], values: Sequence[float | None], unit: str, context: Context) -> str:
    """The highest and the lowest point of a line in words; '' when it says nothing."""
    known = [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
    if len(known) < 3:
        return ""
    high, low = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    if high[0] == low[0]:
        return ""
    return context.t(
        "explore.extremes",
        high=context.short(high[0], unit),
        high_at=high[1],
        low=context.short(low[0], unit),
        low_at=low[1],
    )


def comparison_name(context: Context) -> str:
    """What the dashed line is called."""
    return context.t.get(f"against.{context.view.against}", context.t("against.custom"))

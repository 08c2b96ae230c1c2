"""Numbers, money and days as people read them, by language.

English: 12.4k, £1.3m, 12.3 %, 3 Feb 2011. Chinese: 1.24万, ¥1.3亿, 12.3%, 2011年2月3日.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

SYMBOLS = {
    "CNY": "¥", "JPY": "¥", "GBP": "£", "EUR": "€", "USD": "$", "BRL": "R$", "INR": "₹", "KRW": "₩",
    "HKD": "HK$", "TWD": "NT$", "AUD": "A$", "CAD": "C$", "SGD": "S$", "CHF": "CHF ", "RUB": "₽", "THB": "฿",
}  # fmt: skip
UNIT_WORDS = {
    "days": ("days", "天"), "hours": ("h", "小时"), "ms": ("ms", "毫秒"), "points": ("points", "分"),
    "stars": ("", ""), "per_year": ("per year", "次/年"),
}  # fmt: skip
MINUS = "\u2212"
Number = float | int | Decimal


def format_value(value: Number | None, unit: str, language: str = "en", currency: str = "") -> str:
    """``value`` with its unit, short enough for a tile; an unknown value is an en dash.

    Units: money, count, rate (0..1, shown in %), ratio, days, hours, ms, points, stars, per_year.

    >>> format_value(12345.6, "money", "en", "GBP"), format_value(12345.6, "money", "zh", "CNY")
    ('£12.3k', '¥1.23万')
    >>> format_value(0.1234, "rate"), format_value(None, "rate")
    ('12.3 %', '–')
    """
    if value is None:
        return "–"
    number = float(value)
    if unit == "rate":
        return (
            f"{_plain(number * 100, 1 if abs(number) >= 0.01 or number == 0 else 2)}{'%' if language == 'zh' else ' %'}"
        )
    if unit == "money":
        sign = MINUS if number < 0 else ""
        symbol = SYMBOLS.get(currency, f"{currency} " if currency else "")
        return f"{sign}{symbol}{_short(abs(number), language, cents=True)}"
    if unit in UNIT_WORDS:
        after = UNIT_WORDS[unit][1 if language == "zh" else 0]
        return f"{_plain(number, 0 if unit == 'ms' else 1 if unit != 'stars' else 2)} {after}".strip()
    return _short(number, language, cents=False)


def format_exact(value: Number | None, unit: str, language: str = "en", currency: str = "") -> str:
    """``value`` in full, for tables: thousands separated, money with cents."""
    if value is None:
        return "–"
    number = float(value)
    if unit == "money":
        sign = MINUS if number < 0 else ""
        return f"{sign}{SYMBOLS.get(currency, currency + ' ' if currency else '')}{abs(number):,.2f}"
    if unit in ("count", "ratio"):
        whole = unit == "count" and number == int(number)
        return _plain(number, 0 if whole else _places(number))
    return format_value(value, unit, language, currency)


def format_change(change: Number | None, rate: Number | None, unit: str, language: str = "en") -> str:
    """A change with its sign: in percent, and for rates in percentage points.

    >>> format_change(-120, -0.061, "money"), format_change(0.012, 0.3, "rate")
    ('−6.1 %', '+1.2 points')
    """
    if unit == "rate":
        if change is None:
            return "–"
        points = float(change) * 100
        return f"{_sign(points)}{_plain(abs(points), 1)} {'个百分点' if language == 'zh' else 'points'}"
    if rate is None:
        return "–"
    percent = float(rate) * 100
    return f"{_sign(percent)}{_plain(abs(percent), 1)}{'%' if language == 'zh' else ' %'}"


def format_day(day: date, language: str = "en") -> str:
    """3 Feb 2011 or 2011年2月3日."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%b %Y}"


def _sign(number: float) -> str:
    return "+" if number > 0 else MINUS if number < 0 else "±"


def _plain(number: float, places: int) -> str:
    text = f"{abs(number):,.{places}f}"
    return f"{MINUS}{text}" if number < 0 and float(text.replace(",", "")) != 0 else text


def _short(number: float, language: str, *, cents: bool) -> str:
    size = abs(number)
    steps = ((1e8, "亿"), (1e4, "万")) if language == "zh" else ((1e9, "bn"), (1e6, "m"), (1e4, "k"))
    for step, name in steps:
        if size >= step:
            return f"{_significant(number / (1e3 if name == 'k' else step))}{name}"
    if cents:
        return _plain(number, 2 if size < 1000 else 0)
    return _plain(number, 0 if number == int(number) else _places(number) if size < 100 else 1)


def _places(number: float) -> int:
    """Decimals that leave a small number three digits: 1.42, 0.343, 0.0261."""
    size = abs(number)
    return 2 if size >= 1 or size == 0 else min(8, 2 - math.floor(math.log10(size)))


def _significant(number: float) -> str:
    size = abs(number)
    return _plain(number, 2 if size < 10 else 1 if size < 1000 else 0)

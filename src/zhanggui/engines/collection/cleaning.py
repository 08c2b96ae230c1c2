"""One event as it came, made to fit the shop model, or the reason why it cannot be.

The patient way for what the strict decoder of :mod:`intake` refuses: texts with blanks around them, numbers written as
text, times with a blank or without a zone (UTC). It accepts what an import of the table ``events`` accepts, nothing
more, so that the warehouse never refuses later what was acknowledged here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from zhanggui.basics.words import Words
from zhanggui.engines.collection.types import MOST_ADDRESS, MOST_COUNT, MOST_ID, MOST_TEXT, Event
from zhanggui.shop import TABLES, Column
from zhanggui.store.importing.casting import FIRST_YEAR, last_moment
from zhanggui.store.importing.checks import SCIENTIFIC

FIRST_MOMENT = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
MOST_AMOUNT = Decimal("99999999999999.9999")  # what a decimal of 18 digits with four places holds
SHOWN = 200  # characters of a refused value that are kept

_EXTRAS = (
    Column("referrer", "text", Words("Page before", "来源页")),
    Column("sent_at", "moment", Words("When the browser sent it", "发送时间")),
    Column("timezone", "text", Words("Time zone of the browser", "浏览器时区")),
    Column("language", "text", Words("Language of the browser", "浏览器语言")),
    Column("title", "text", Words("Title of the page", "页面标题")),
    Column("screen", "text", Words("Size of the screen", "屏幕尺寸")),
)
COLUMNS = (*TABLES["events"].columns, *_EXTRAS)
_ADDRESSES = ("page_url", "referrer")
_FOUR_PLACES = Decimal("0.0001")
_BLANKS = " \t\r\n"
_LOST_ID = re.compile(SCIENTIFIC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?\s*(Z|z|[+-]\d\d(:?\d\d)?)?)?")
_FLAGS = {"true": True, "t": True, "yes": True, "1": True, "false": False, "f": False, "no": False, "0": False}


class Unfit(Exception):
    """An event breaks a rule: which ``column``, what stood there, and the ``reason``."""

    def __init__(self, column: str, value: object, reason: Words) -> None:
        super().__init__(reason.en)
        self.column = column
        self.value = shown(value)
        self.reason = reason


def cleaned(raw: Mapping[str, Any]) -> Event:
    """The event that the JSON object ``raw`` means; names that are no column are left out.

    Raises:
        Unfit: a column is missing or not what it should be.
    """
    found: dict[str, Any] = {}
    for column in COLUMNS:
        value = raw.get(column.name)
        if value is not None:
            try:
                value = _READERS[column.kind](value, column)
            except (ValueError, OverflowError, InvalidOperation):
                raise Unfit(column.name, value, _no_value(column)) from None
        if value is not None:
            found[column.name] = value
        elif column.required:
            raise Unfit(column.name, "", _missing(column.name))
    return Event(**found)


def shown(value: object) -> str:
    """``value`` as a short text for people."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def fits(value: Decimal) -> bool:
    """Whether ``value`` is a decimal of 18 digits, four of them behind the point."""
    if not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -4 and -MOST_AMOUNT <= value <= MOST_AMOUNT


def _text(value: Any, column: Column) -> str | None:
    if isinstance(value, bool | list | dict):
        raise ValueError
    text = _plain(value) if isinstance(value, int | float) else value.strip(_BLANKS)
    if not text:
        return None
    if "\0" in text:
        reason = Words(f"{column.name} holds the character NUL", f"{column.name} 含有空字符 NUL")
        raise Unfit(column.name, text, reason)
    # Half of a pair, as a browser sends for a cut emoji, is no text in UTF-8.
    text = text.encode("utf-8", "replace").decode()
    if column.choices:
        return _choice(text.lower(), column)
    most = MOST_ID if column.kind == "id" else MOST_ADDRESS if column.name in _ADDRESSES else MOST_TEXT
    if len(text) > most:
        reason = Words(f"{column.name} is longer than {most} characters", f"{column.name} 超过 {most} 个字符")
        raise Unfit(column.name, text, reason)
    if column.kind == "id" and _LOST_ID.fullmatch(text):
        reason = Words(
            f"{column.name} has been cut to a number such as 9.44E+18; send it as text",
            f"{column.name} 已变成 9.44E+18 之类的数字，位数丢失；请以文本发送",
        )
        raise Unfit(column.name, text, reason)
    return text


def _choice(text: str, column: Column) -> str:
    if text not in column.choices:
        names = ", ".join(column.choices)
        reason = Words(f"{column.name} is none of {names}", f"{column.name} 不是以下之一：{names}")
        raise Unfit(column.name, text, reason)
    return text


def _moment(value: Any, column: Column) -> datetime | None:
    if not isinstance(value, str):
        raise ValueError
    text = value.strip(_BLANKS)
    if not text:
        return None
    if not _MOMENT.fullmatch(text):
        raise ValueError
    when = datetime.fromisoformat(re.sub(r"\s+(?=[Zz+-])", "", text).replace("z", "Z").replace(",", "."))
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    if not FIRST_MOMENT <= when <= last_moment():
        reason = Words(
            f"{column.name} is not between {FIRST_YEAR} and two years from now",
            f"{column.name} 不在 {FIRST_YEAR} 年至两年后之间",
        )
        raise Unfit(column.name, value, reason)
    return when.astimezone(UTC)


def _decimal(value: Any, column: Column) -> Decimal | None:
    number = _number_of(value)
    if number is None:
        return None
    if not isinstance(value, str):
        # A computed float such as 12.340000000000002 means four places at most; text with more is a mistake.
        number = number.quantize(_FOUR_PLACES, ROUND_HALF_EVEN)
    elif number.is_finite() and number != number.quantize(_FOUR_PLACES):
        reason = Words(f"{column.name} has more than four decimals", f"{column.name} 小数超过四位")
        raise Unfit(column.name, value, reason)
    if not number.is_finite() or abs(number) > MOST_AMOUNT:
        raise ValueError
    return number.quantize(_FOUR_PLACES)


def _count(value: Any, _column: Column) -> int | None:
    number = _number_of(value)
    if number is None:
        return None
    if not number.is_finite() or abs(number) > MOST_COUNT or number != int(number):
        raise ValueError
    return int(number)


def _number(value: Any, _column: Column) -> float | None:
    number = _number_of(value)
    if number is None:
        return None
    found = float(number)
    if not math.isfinite(found):
        raise ValueError
    return found


def _flag(value: Any, _column: Column) -> bool | None:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str | int | float):
        raise ValueError
    text = _plain(value) if isinstance(value, int | float) else value.strip(_BLANKS).lower()
    if not text:
        return None
    if text not in _FLAGS:
        raise ValueError
    return _FLAGS[text]


def _number_of(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError
    text = value.strip(_BLANKS) if isinstance(value, str) else repr(value)
    if not text:
        return None
    if not text.isascii() or "_" in text:
        raise ValueError
    return Decimal(text)


def _plain(value: float) -> str:
    """A number as an id: 42.0 is 42, as a spreadsheet means it."""
    return str(int(value)) if isinstance(value, int) or (value.is_integer() and abs(value) < 9e15) else repr(value)


_READERS: dict[str, Callable[[Any, Column], Any]] = {
    "id": _text,
    "text": _text,
    "moment": _moment,
    "amount": _decimal,
    "quantity": _decimal,
    "count": _count,
    "number": _number,
    "flag": _flag,
}
_EXPECTED = {
    "id": Words("is no text", "不是文本"),
    "text": Words("is no text", "不是文本"),
    "moment": Words("is no time; write it as 2011-01-31T09:30:00Z", "不是时间；请写成 2011-01-31T09:30:00Z"),
    "amount": Words("is no amount; write it as 1234.56", "不是金额；请写成 1234.56"),
    "quantity": Words("is no quantity; write it as 3 or 1.5", "不是数量；请写成 3 或 1.5"),
    "count": Words("is no whole number", "不是整数"),
    "number": Words("is no number", "不是数字"),
    "flag": Words("is neither true nor false", "既不是 true 也不是 false"),
}


def _no_value(column: Column) -> Words:
    expected = _EXPECTED[column.kind]
    return Words(f"{column.name} {expected.en}", f"{column.name} {expected.zh}")


def _missing(name: str) -> Words:
    if name == "event_id":
        return Words(
            "event_id is missing; every event needs its own, so that a repeated request counts once",
            "缺少 event_id；每个事件都需要自己的编号，重复发送才不会重复计数",
        )
    return Words(f"{name} is missing; every event needs it", f"缺少 {name}；每个事件都必须填写")

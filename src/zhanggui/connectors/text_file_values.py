"""Values as exports write them: amounts, moments, ids, and what spreadsheets do to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from zhanggui.basics.periods import zone as zone_named
from zhanggui.basics.words import Words
from zhanggui.connectors.unreadable import Unreadable

_WHITE = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b\u200e\u200f"
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+(\d{1,3})")
_SIMPLE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_AMOUNT = re.compile(r"[+-]?(\d[\d.,' ]*|[.,]\d+)")
_MONTHS = {
    name: number + 1
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december")
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = (
    r"(?:[T, ]+(?P<ap>上午|下午|晚上|凌晨)?\s*(?P<H>\d{1,2})[:时](?P<M>\d{1,2})"
    r"(?:[:分](?P<S>\d{1,2})(?:\.(?P<F>\d{1,9}))?)?[分秒]?\s*(?P<pm>[AaPp]\.?[Mm]\.?)?)?"
)
_ZONE = r"(?:\s*(?P<Z>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}))?"
_FORMS = tuple(
    re.compile(date + _CLOCK + _ZONE)
    for date in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?",
        r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})",
        r"(?P<mon>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<mon>[A-Za-z]{3,9})\.?,?[\s-]+(?P<y>\d{4})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?!\d)")


def clean(value: str) -> str:
    """``value`` without what spreadsheets and exports wrap around it: outer spaces, TABs, ``="..."``, an apostrophe.

    >>> clean("\\t6917"), clean('="00123"'), clean("'13800001111"), clean("'tis")
    ('6917', '00123', '13800001111', "'tis")
    """
    value = value.strip(_WHITE)
    if value[:2] == '="' and value[-1:] == '"' and len(value) > 2:
        return value[2:-1].strip(_WHITE)
    if value[:1] == "'" and _escaped(value[1:]):
        return value[1:].strip(_WHITE)
    return value


def _escaped(rest: str) -> bool:
    if rest[:1] in {"=", "+", "-", "@", "\t"}:
        return True
    return not any(map(str.isspace, rest)) and any(map(str.isdigit, rest))


def destroyed_id(value: str) -> Words:
    """Why a row is refused whose id :func:`looks_like_scientific`."""
    return Words(
        f"the id was turned into {value!r} by a spreadsheet and its digits are lost; "
        "export the file again and do not open it in a spreadsheet",
        f"该编号已被电子表格变成 {value!r}，原有数字已丢失；请重新导出文件，且不要用电子表格打开",
    )


def looks_like_scientific(value: str) -> bool:
    """Whether a spreadsheet has destroyed the id ``value``, as in ``9.44E+18``.

    Spreadsheets do so from twelve digits on; a shorter one, such as 9e+05, was written so by the program that
    made the file and has lost nothing.
    """
    found = _SCIENTIFIC.fullmatch(value.strip()) if "+" in value else None
    return found is not None and int(found[1]) >= 11


def parse_amount(text: str, decimal: str | None = None) -> Decimal | None:
    """The amount written in ``text``; None when it is empty or a dash.

    Currency signs and codes around it, thousands separators (comma, dot, space, apostrophe),
    accounting brackets and trailing minus signs are understood. ``decimal`` is the decimal mark when
    the file is known to use it; else the last of two different marks is it, and a lone comma
    before exactly three digits is a thousands separator.

    Raises:
        ValueError: not an amount.

    >>> [str(parse_amount(t)) for t in ("1.234,56", "1,234.56", "¥12.00", "(12.00)", "12,5", "1,234")]
    ['1234.56', '1234.56', '12.00', '-12.00', '12.5', '1234']
    """
    bare = text.strip(_WHITE)
    if decimal != "," and _SIMPLE.fullmatch(bare):
        return Decimal(bare)
    if bare in {"", "-", "--", "—"}:
        return None
    plain = unicodedata.normalize("NFKC", bare).replace("\u2212", "-")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()")
    plain = re.sub(r"^([+-]?)\s*(?:[A-Z]{1,3}\$|[A-Za-z]{3}(?![A-Za-z])|[$¥£€₹₩₽฿])\s*([+-]?)", r"\1\2", plain)
    plain = re.sub(r"\s*(?:[A-Za-z]{3}|[$¥£€₹₩₽฿元])$", "", plain).strip()
    if plain.endswith("-"):
        negative, plain = not negative, plain[:-1].strip()
    if not _AMOUNT.fullmatch(plain):
        raise _no_amount(bare)
    number = _decimal(plain.replace(" ", "").replace("'", ""), decimal, bare)
    return -number if negative else number


def _no_amount(text: str) -> Unreadable:
    return Unreadable(Words(f"{text!r} is not an amount", f"{text!r} 不是金额"))


def _no_moment(text: str) -> Unreadable:
    return Unreadable(Words(f"{text!r} is not a date or time", f"{text!r} 不是日期或时间"))


def _decimal(plain: str, decimal: str | None, shown: str) -> Decimal:
    mark = decimal or _decimal_mark(plain)
    other = "," if mark == "." else "."
    if plain.count(mark) > 1 or other in plain.partition(mark)[2]:
        raise _no_amount(shown)
    try:
        return Decimal(plain.replace(other, "").replace(mark, "."))
    except InvalidOperation as error:
        raise _no_amount(shown) from error


def _decimal_mark(plain: str) -> str:
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and dot >= 0:
        return "," if comma > dot else "."
    if comma >= 0:
        thousands = plain.count(",") > 1 or (len(plain) - comma == 4 and plain.lstrip("+-")[:1] not in {"0", ","})
        return "." if thousands else ","
    return "," if plain.count(".") > 1 else "."


_COMMA_DECIMAL = re.compile(r"[^\d]{0,4}\d{1,3}(?:[. ']?\d{3})*,(?:\d{1,2}|\d{4})[^\d]{0,4}")
_DOT_DECIMAL = re.compile(r"[^\d]{0,4}\d{1,3}(?:[, ']?\d{3})*\.(?:\d{1,2}|\d{4})[^\d]{0,4}")


def decimal_mark(values: Iterable[str]) -> str:
    """The decimal mark that ``values`` of a file use: ',' when more of them show it so than '.'."""
    comma = dot = 0
    for value in values:
        comma += _COMMA_DECIMAL.fullmatch(value) is not None
        dot += _DOT_DECIMAL.fullmatch(value) is not None
    return "," if comma > dot else "."


def guess_day_first(values: Iterable[str]) -> bool | None:
    """Whether dates such as 05/03/2020 put the day first, as ``values`` show; None when they do not tell."""
    for value in values:
        found = _SLASHED.match(value.strip(_WHITE))
        if found and int(found[1]) > 12:
            return True
        if found and int(found[2]) > 12:
            return False
    return None


@lru_cache(maxsize=65536)
def parse_moment(text: str, zone: str = "UTC", *, day_first: bool | None = None) -> datetime | None:
    """The instant (UTC) written in ``text``; None when it is empty.

    ISO with or without offset, 2020/2/1 8:05, 2020年2月1日 8时5分, 02-21-20, 21/02/2020, 21.02.2020,
    Feb 21, 2020 8:05 PM, 20200221. A time without offset is local time of ``zone``; one that a clock
    change skips moves forward, one that occurs twice is the first. With ``day_first`` unknown,
    a dot means day first, and 05/03/2020 is read month first unless a part above 12 tells.

    Raises:
        ValueError: not a date or time.
    """
    bare = text.strip(_WHITE)
    if bare in {"", "-", "--"}:
        return None
    packed = _PACKED.fullmatch(bare)
    try:
        if packed:
            year, month, day, hour, minute, second = map(int, packed.groups())
            return _instant(datetime(year, month, day, hour, minute, second), zone)  # noqa: DTZ001 - local
        for form in _FORMS:
            found = form.fullmatch(bare)
            if found:
                return _from_parts(found.groupdict(), zone, day_first)
    except (ValueError, OverflowError) as error:
        raise _no_moment(bare) from error
    raise _no_moment(bare)


def _from_parts(parts: dict[str, str | None], zone: str, day_first: bool | None) -> datetime:
    year, month, day = _date_parts(parts, day_first)
    hour = int(parts["H"] or 0)
    half = (parts["pm"] or "").lower()[:1]
    if half or parts["ap"]:
        later = half == "p" or parts["ap"] in {"下午", "晚上"}
        hour = hour % 12 + (12 if later else 0)
    micro = int(((parts["F"] or "") + "000000")[:6])
    local = datetime(year, month, day, hour, int(parts["M"] or 0), int(parts["S"] or 0), micro)  # noqa: DTZ001 - local
    return _instant(local, zone, parts["Z"])


def _date_parts(parts: dict[str, str | None], day_first: bool | None) -> tuple[int, int, int]:
    year = int(parts["y"] or 0)
    if year < 100:
        year += 2000 if year < 70 else 1900
    if parts.get("a"):
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        if day_first is None:
            day_first = parts["sep"] == "." or first > 12
        return (year, second, first) if day_first else (year, first, second)
    if parts.get("mon"):
        month = _MONTHS.get((parts["mon"] or "").lower())
        if month is None:
            raise ValueError(parts["mon"])
        return year, month, int(parts["d"] or 0)
    return year, int(parts["m"] or 0), int(parts["d"] or 0)


def _instant(local: datetime, zone: str, offset: str | None = None) -> datetime:
    if offset in {"Z", "UTC", "GMT"}:
        return local.replace(tzinfo=UTC)
    if offset:
        digits = offset[1:].replace(":", "")
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
        return (local - ahead if offset[0] == "+" else local + ahead).replace(tzinfo=UTC)
    # fold=0: the first of two, and in a gap the offset before the jump, which moves the time forward.
    return local.replace(tzinfo=zone_named(zone)).astimezone(UTC)

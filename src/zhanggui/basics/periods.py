"""Days, windows and comparisons in the shop's time zone.

A window is half-open, ``[from, to)``, and made of whole local days. Its two ends become
instants in UTC through ``zoneinfo``, so days of 23 and 25 hours are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zhanggui.basics.errors import DefinitionError

GRAINS = ("day", "week", "month", "quarter", "year")
CYCLES = ("weekday", "hour")
DEFAULT_DAYS = 28


@dataclass(frozen=True, order=True)
class Window:
    """Local days from ``from_`` (included) to ``to`` (excluded)."""

    from_: date
    to: date

    def __post_init__(self) -> None:
        if self.from_ >= self.to:
            raise DefinitionError(
                f"The window {self.from_}..{self.to} holds no day; 'to' is excluded and must come after 'from'.",
                zh=f"时间段 {self.from_}..{self.to} 不含任何一天；'to' 当天不计入，必须晚于 'from'。",
            )

    @property
    def days(self) -> int:
        """Number of local days."""
        return (self.to - self.from_).days

    def __iter__(self) -> Iterator[date]:
        return (self.from_ + timedelta(n) for n in range(self.days))

    def shifted(self, days: int) -> Window:
        """The same length, ``days`` later (earlier when negative)."""
        return Window(self.from_ + timedelta(days), self.to + timedelta(days))

    def to_json(self) -> dict[str, str]:
        """``{"from": "2011-01-31", "to": "2011-02-28"}``."""
        return {"from": self.from_.isoformat(), "to": self.to.isoformat()}


def zone(name: str) -> ZoneInfo:
    """The time zone called ``name`` (IANA, such as Asia/Shanghai)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DefinitionError(
            f"No time zone is called {name!r}; use an IANA name such as Asia/Shanghai.",
            zh=f"没有名为 {name!r} 的时区；请用 IANA 名称，例如 Asia/Shanghai。",
        ) from error


@lru_cache(maxsize=65536)
def midnight(day: date, zone_name: str) -> datetime:
    """The instant in UTC at which ``day`` begins in the zone (the first moment of that local day)."""
    local = datetime.combine(day, time(), tzinfo=zone(zone_name))
    instant = local.astimezone(UTC)
    # A zone whose clocks jump over midnight has no 00:00 that day: begin where the day really begins.
    if instant.astimezone(zone(zone_name)).date() < day:
        instant += timedelta(hours=1)
    return instant


def local_day(moment: datetime, zone_name: str) -> date:
    """The local day that holds the instant ``moment``."""
    return moment.astimezone(zone(zone_name)).date()


def parse_day(text: str | date) -> date:
    """``2011-01-31`` as a date; a date passes through.

    Raises:
        DefinitionError: not a date.
    """
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise DefinitionError(
            f"{text!r} is not a day; write it as 2011-01-31.", zh=f"{text!r} 不是日期；请写成 2011-01-31 的形式。"
        ) from error


def last_year(day: date) -> date:
    """The same date one year earlier; 29 February becomes 1 March minus one day, so 28 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def comparison(window: Window, against: str) -> Window:
    """The window that ``window`` is compared with.

    ``previous`` | ``last-year`` | ``last-year-weekday`` | ``FROM..TO``.

    Raises:
        DefinitionError: none of these.
    """
    if against == "previous":
        return window.shifted(-window.days)
    if against == "last-year":
        return Window(last_year(window.from_), last_year(window.to))
    if against == "last-year-weekday":
        return window.shifted(-364)
    parts = re.fullmatch(r"\s*(\S+?)\.\.(\S+?)\s*", against)
    if parts:
        return Window(parse_day(parts[1]), parse_day(parts[2]))
    raise DefinitionError(
        f"{against!r} is no comparison; use previous, last-year, last-year-weekday, goal, benchmark or FROM..TO.",
        zh=(f"{against!r} 不是对比方式；可用 previous、last-year、last-year-weekday、goal、benchmark 或 FROM..TO。"),
    )


def bucket_start(day: date, grain: str) -> date:
    """First day of the bucket of ``grain`` that holds ``day``; weeks begin on Monday (ISO)."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    if grain == "year":
        return day.replace(month=1, day=1)
    raise DefinitionError(
        f"{grain!r} is no grain; use {', '.join(GRAINS)}.", zh=f"{grain!r} 不是时间粒度；可用 {', '.join(GRAINS)}。"
    )


def bucket_after(start: date, grain: str) -> date:
    """First day of the bucket after the one that begins on ``start``."""
    step = {"day": 1, "week": 7, "month": 32, "quarter": 100, "year": 370}[grain]
    return bucket_start(start + timedelta(step), grain)


def bucket_label(start: date, grain: str) -> str:
    """How the bucket that begins on ``start`` is written: 2011-01-31, 2011-W05, 2011-01, 2011-Q1, 2011."""
    if grain == "week":
        iso = start.isocalendar()
        return f"{iso.year}-W{iso.week:02d}"
    if grain == "month":
        return f"{start:%Y-%m}"
    if grain == "quarter":
        return f"{start.year}-Q{(start.month - 1) // 3 + 1}"
    if grain == "year":
        return f"{start.year}"
    return start.isoformat()


def bucket_of_label(label: str, grain: str) -> date:
    """The first day of the bucket written ``label``; the inverse of :func:`bucket_label`.

    Raises:
        DefinitionError: not written like a bucket of that grain.
    """
    try:
        if grain == "week":
            found = re.fullmatch(r"(\d{4})-W(\d{2})", label)
            if found:
                return date.fromisocalendar(int(found[1]), int(found[2]), 1)
        elif grain == "month":
            return date.fromisoformat(f"{label}-01")
        elif grain == "quarter":
            found = re.fullmatch(r"(\d{4})-Q([1-4])", label)
            if found:
                return date(int(found[1]), 3 * int(found[2]) - 2, 1)
        elif grain == "year":
            if re.fullmatch(r"\d{4}", label):
                return date(int(label), 1, 1)
        else:
            return date.fromisoformat(label)
    except ValueError:
        pass
    example = bucket_label(date(2011, 1, 31), grain)
    raise DefinitionError(
        f"{label!r} is not written like a {grain}; write it as {example}.",
        zh=f"{label!r} 不是 {grain} 的写法；请写成 {example} 的形式。",
    )


def buckets(window: Window, grain: str) -> list[date]:
    """First days of the buckets of ``grain`` that touch ``window``, in order."""
    starts = [bucket_start(window.from_, grain)]
    while (following := bucket_after(starts[-1], grain)) < window.to:
        starts.append(following)
    return starts

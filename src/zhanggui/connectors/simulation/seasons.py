"""The rhythm of the year: festivals, platform and own promotions, weekdays, hours, trend.

Dates of moving festivals are tabulated for 2021 to 2026 (lunar calendar; Qingming by the solar term).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from zhanggui.basics.words import Words
from zhanggui.connectors.simulation.arrays import Floats
from zhanggui.connectors.simulation.clock import Clock
from zhanggui.connectors.simulation.options import Options

YEARS = range(2021, 2028)
SPRING = ("2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06")
QINGMING = ("2021-04-04", "2022-04-05", "2023-04-05", "2024-04-04", "2025-04-04", "2026-04-05", "2027-04-05")
DRAGON_BOAT = ("2021-06-14", "2022-06-03", "2023-06-22", "2024-06-10", "2025-05-31", "2026-06-19", "2027-06-09")
QIXI = ("2021-08-14", "2022-08-04", "2023-08-22", "2024-08-10", "2025-08-29", "2026-08-19", "2027-08-08")
MID_AUTUMN = ("2021-09-21", "2022-09-10", "2023-09-29", "2024-09-17", "2025-10-06", "2026-09-25", "2027-09-15")

WEEKDAY = (1.05, 1.02, 1.00, 0.97, 0.93, 0.98, 1.07)
WEEKDAY_BUYING = (1.03, 1.02, 1.00, 1.00, 0.98, 0.96, 1.00)
GROWTH = 0.13
"""Yearly growth of traffic."""

Shape = tuple[tuple[int, int, float, float], ...]
"""(first day, last day, traffic, buying) around the festival's day."""


@dataclass(frozen=True)
class Festival:
    """A festival with its days and what it does to traffic and buying."""

    words: Words
    country: str
    dates: tuple[date, ...]
    shape: Shape
    last: int = 0


@dataclass(frozen=True)
class Promotion:
    """One run of a promotion: phases are (phase, first day, last day) around ``day``."""

    key: str
    words: Words
    day: date
    platform: bool
    rate: float
    phases: tuple[tuple[str, int, int], ...]
    shape: Shape


def _moving(days: tuple[str, ...]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in days)


def _fixed(month: int, day: int) -> tuple[date, ...]:
    return tuple(date(year, month, day) for year in YEARS)


def _nth(month: int, weekday: int, nth: int) -> tuple[date, ...]:
    firsts = [date(year, month, 1) for year in YEARS]
    return tuple(first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1)) for first in firsts)


def festivals() -> tuple[Festival, ...]:
    """All festivals of 2021 to 2027."""
    return (
        Festival(
            Words("Spring Festival", "春节"),
            "CN",
            _moving(SPRING),
            ((-24, -11, 1.16, 1.12), (-10, -6, 1.0, 0.95), (-5, -2, 0.72, 0.72), (-1, 4, 0.46, 0.62),
             (5, 8, 0.68, 0.8), (9, 14, 0.86, 0.92)),
            6,
        ),
        Festival(Words("Qingming", "清明节"), "CN", _moving(QINGMING), ((0, 2, 0.90, 0.95),), 2),
        Festival(Words("Labour Day", "劳动节"), "CN", _fixed(5, 1), ((-2, -1, 1.03, 1.0), (0, 4, 0.88, 0.96)), 4),
        Festival(Words("Dragon Boat Festival", "端午节"), "CN", _moving(DRAGON_BOAT), ((0, 2, 0.93, 0.97),), 2),
        Festival(Words("Qixi", "七夕"), "CN", _moving(QIXI), ((-6, -1, 1.08, 1.06), (0, 0, 1.04, 1.0)), 0),
        Festival(
            Words("Mid-Autumn Festival", "中秋节"), "CN", _moving(MID_AUTUMN),
            ((-12, -3, 1.10, 1.06), (0, 1, 0.88, 0.95)), 1,
        ),
        Festival(Words("National Day", "国庆节"), "CN", _fixed(10, 1), ((-4, -1, 1.04, 1.0), (0, 6, 0.84, 0.95)), 6),
        Festival(Words("Valentine's Day", "情人节"), "", _fixed(2, 14), ((-5, -1, 1.06, 1.05),), 0),
        Festival(Words("Mother's Day", "母亲节"), "", _nth(5, 6, 2), ((-6, -1, 1.07, 1.05),), 0),
        Festival(Words("Christmas", "圣诞节"), "", _fixed(12, 25), ((-16, -4, 1.09, 1.06), (0, 1, 0.96, 0.95)), 1),
        Festival(Words("New Year", "元旦"), "", _fixed(1, 1), ((0, 1, 0.92, 0.97),), 0),
    )  # fmt: skip


def promotions() -> tuple[Promotion, ...]:
    """All runs of the promotions of 2021 to 2027."""
    days = dict(zip(YEARS, _nth(11, 4, 4), strict=True))
    return tuple(run for year in YEARS for run in _year(year, days[year]))


def _year(year: int, black_friday: date) -> tuple[Promotion, ...]:
    calm = ((-3, -1, 1.03, 0.95), (0, 3, 1.22, 1.16), (4, 5, 1.05, 1.03), (6, 10, 0.97, 0.95))
    own = (("warm_up", -3, -1), ("burst", 0, 3), ("extension", 4, 5))
    big = (
        (-12, -3, 1.10, 0.88), (-2, -2, 1.25, 0.95), (-1, -1, 1.75, 1.35), (0, 0, 2.25, 1.60), (1, 3, 1.25, 1.15),
        (4, 12, 0.92, 0.88),
    )  # fmt: skip
    middle = ((-8, -3, 1.06, 0.93), (-2, -1, 1.35, 1.2), (0, 0, 1.85, 1.42), (1, 2, 1.15, 1.1), (3, 9, 0.94, 0.92))
    twelve = ((-4, -1, 1.05, 0.95), (0, 0, 1.60, 1.35), (1, 1, 1.12, 1.08), (2, 5, 0.96, 0.95))
    friday = ((-2, -1, 1.02, 0.98), (0, 3, 1.16, 1.12))
    return (
        Promotion("SPRING", Words("Spring refresh", "春季焕新"), date(year, 3, 14), False, 0.08, own, calm),
        Promotion("520", Words("Anniversary", "店庆"), date(year, 5, 20), False, 0.10, own, calm),
        Promotion(
            "618", Words("618", "618 年中大促"), date(year, 6, 18), True, 0.12,
            (("warm_up", -8, -3), ("burst", -2, 0), ("extension", 1, 2)), middle,
        ),
        Promotion("HOME", Words("Home week", "家居周"), date(year, 9, 17), False, 0.09, own, calm),
        Promotion(
            "D11", Words("Double 11", "双十一"), date(year, 11, 11), True, 0.15,
            (("warm_up", -12, -2), ("burst", -1, 0), ("extension", 1, 3)), big,
        ),
        Promotion(
            "BF", Words("Black Friday", "黑色星期五"), black_friday, False, 0.10,
            (("warm_up", -2, -1), ("burst", 0, 1), ("extension", 2, 3)), friday,
        ),
        Promotion(
            "D12", Words("Double 12", "双十二"), date(year, 12, 12), True, 0.10,
            (("warm_up", -4, -1), ("burst", 0, 0), ("extension", 1, 1)), twelve,
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Seasons:
    """Factors of every simulated day: traffic, buying, own price reductions; and what causes them."""

    traffic: Floats
    buying: Floats
    reduction: Floats
    burst: Floats
    festivals: tuple[Festival, ...]
    promotions: tuple[Promotion, ...]


def seasons_of(options: Options, clock: Clock) -> Seasons:
    """The rhythm of all days, with three months more at the end for whoever looks ahead."""
    count = clock.days + 90
    weekday = (np.arange(count) + clock.start.weekday()) % 7
    ages = np.arange(count) + clock.day_number(date(2025, 10, 1)) * -1
    traffic = np.array(WEEKDAY)[weekday] * (1 + GROWTH) ** (ages / 365.0)
    buying = np.array(WEEKDAY_BUYING)[weekday].astype(np.float64)
    season = 2 * np.pi * (np.arange(count) + clock.start.timetuple().tm_yday) / 365.25
    traffic *= 1 + 0.05 * np.cos(season - 2 * np.pi * 325 / 365.25)
    reduction = np.zeros(count)
    burst = np.zeros(count)
    runs, feasts = [], festivals()
    for feast in feasts:
        for day in feast.dates:
            _shape(traffic, buying, clock.day_number(day), feast.shape)
    for run in promotions():
        at = clock.day_number(run.day)
        _shape(traffic, buying, at, run.shape)
        for phase, first, last in run.phases:
            days = _days(count, at + first, at + last)
            if phase != "warm_up":
                reduction[days] = np.maximum(reduction[days], run.rate if phase == "burst" else run.rate * 0.6)
            burst[days] = 1.0 if phase == "burst" else np.maximum(burst[days], 0.3)
        if at + run.phases[-1][2] >= 0 and at + run.phases[0][1] < clock.days:
            runs.append(run)
    noise = np.random.default_rng([options.seed, 11])
    weather = noise.normal(0, 0.035, count)
    for later in range(1, count):
        weather[later] += 0.45 * weather[later - 1]
    return Seasons(traffic * np.exp(weather), buying, reduction, burst, feasts, tuple(runs))


def _days(count: int, first: int, last: int) -> slice:
    return slice(min(max(first, 0), count), min(max(last + 1, 0), count))


def _shape(traffic: Floats, buying: Floats, at: int, shape: Shape) -> None:
    for first, last, more, better in shape:
        days = _days(len(traffic), at + first, at + last)
        traffic[days] *= more
        buying[days] *= better


_MOBILE_HOURS = (26, 15, 8, 5, 4, 6, 14, 27, 38, 45, 50, 52, 60, 56, 48, 46, 46, 48, 54, 66, 82, 90, 78, 50)
_DESK_HOURS = (10, 6, 4, 3, 3, 4, 8, 20, 48, 78, 86, 80, 62, 66, 84, 86, 80, 66, 46, 44, 50, 48, 36, 20)
_FREE_HOURS = (24, 15, 9, 6, 4, 5, 9, 18, 32, 48, 58, 60, 60, 60, 60, 60, 58, 56, 58, 66, 76, 78, 66, 44)


def hour_profiles() -> Floats:
    """Cumulated share of the day up to the end of every hour: mobile, desktop, days off."""
    shares = np.array((_MOBILE_HOURS, _DESK_HOURS, _FREE_HOURS), np.float64)
    return np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)

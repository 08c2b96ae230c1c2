"""Arrays become Arrow columns; local time becomes instants; amounts are shared exactly."""

# Queries are easier to read in one line.
# ruff: noqa: E501

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.connectors.simulation import arrays
from zhanggui.connectors.simulation.clock import DAY, HOUR, Clock
from zhanggui.connectors.simulation.options import Options
from zhanggui.connectors.simulation.orders import spread
from zhanggui.connectors.simulation.seasons import festivals, promotions, seasons_of
from zhanggui.connectors.simulation.voice import working_hours


@given(st.lists(st.integers(-1, 9_999_999), max_size=60), st.integers(7, 10))
def test_ids_are_padded_and_negative_numbers_are_null(numbers: list[int], digits: int) -> None:
    made = arrays.ids("O", np.array(numbers, np.int64), digits).to_pylist()
    assert made == [None if number < 0 else f"O{number:0{digits}d}" for number in numbers]


def test_ids_that_are_mostly_null_are_right_too() -> None:
    numbers = np.full(100, -1)
    numbers[[3, 98]] = [7, 12345]
    made = arrays.ids("E", numbers, 6).to_pylist()
    assert made[3] == "E000007"
    assert made[98] == "E012345"
    assert sum(value is None for value in made) == 98


def test_words_are_looked_up_and_unknown_codes_are_null() -> None:
    made = arrays.words(np.array([1, 0, -1, 2]), ("a", None, "c"))
    assert made.to_pylist() == [None, "a", None, "c"]
    assert arrays.words(np.array([-1]), ()).to_pylist() == [None]


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=40))
def test_money_is_exact_with_four_places(cents: list[int]) -> None:
    made = arrays.money(np.array(cents, np.int64))
    assert made.type == pa.decimal128(18, 4)
    assert made.to_pylist() == [Decimal(value) / 100 for value in cents]


def test_missing_money_is_null() -> None:
    made = arrays.money(np.array([100, 200]), np.array([False, True]))
    assert made.to_pylist() == [Decimal(1), None]
    assert arrays.pieces(np.array([3])).to_pylist() == [Decimal(3)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/London", "America/Santiago", "Pacific/Apia"])
def test_local_midnights_become_real_midnights(zone: str) -> None:
    clock = Clock(Options(months=24, timezone=zone))
    days = np.arange(730)
    made = clock.moments(days * DAY).to_pylist()
    for day, moment in zip(days, made, strict=True):
        assert moment.astimezone(ZoneInfo(zone)).date() == clock.date_of(int(day))


def test_a_day_of_twenty_three_hours_stays_one_day() -> None:
    clock = Clock(Options(months=24, timezone="Europe/London"))
    spring = clock.day_number(date(2025, 3, 30))
    made = clock.moments(np.array([spring * DAY, spring * DAY + 24 * HOUR - 1, (spring + 1) * DAY])).to_pylist()
    assert made[0] == datetime(2025, 3, 30, 0, 0, tzinfo=UTC)
    assert made[1] < made[2] == datetime(2025, 3, 30, 23, 0, tzinfo=UTC)


def test_missing_moments_and_dates_are_null() -> None:
    clock = Clock(Options(months=1))
    none = np.array([False, True])
    assert clock.moments(np.array([0, -1]), none).to_pylist()[1] is None
    assert clock.dates(np.array([0, 5]), none).to_pylist() == [date(2026, 9, 1), None]


cents = st.integers(1, 40)


@given(st.lists(st.tuples(st.integers(0, 60), st.lists(cents, min_size=1, max_size=5)), min_size=1, max_size=8))
def test_parts_of_an_order_discount_add_up_and_stay_in_proportion(orders: list[tuple[int, list[int]]]) -> None:
    totals = np.array([total for total, _ in orders])
    weights = np.array([weight for _, lines in orders for weight in lines])
    group = np.repeat(np.arange(len(orders)), [len(lines) for _, lines in orders])
    first = np.concatenate([[0], np.cumsum([len(lines) for _, lines in orders])])
    parts = spread(totals, weights, group, first)
    for number, (total, lines) in enumerate(orders):
        mine = parts[group == number]
        assert mine.sum() == total
        for part, weight in zip(mine, lines, strict=True):
            assert abs(part - total * weight / sum(lines)) < 1


def test_nothing_is_shared_over_nothing() -> None:
    none = np.empty(0, np.int64)
    assert len(spread(none, none, none, np.zeros(1, np.int64))) == 0


@pytest.mark.parametrize(
    ("opened", "wait", "answered"),
    [(10 * HOUR, HOUR, 11 * HOUR), (22 * HOUR, HOUR, DAY + 10 * HOUR), (3 * HOUR, HOUR, 10 * HOUR),
     (20 * HOUR, 2 * HOUR, DAY + 10 * HOUR), (9 * HOUR, 13 * HOUR, DAY + 10 * HOUR), (9 * HOUR, 25 * HOUR, 2 * DAY + 10 * HOUR)],
)  # fmt: skip
def test_the_service_answers_between_nine_and_twenty_one(opened: int, wait: int, answered: int) -> None:
    assert working_hours(np.array([opened]), np.array([wait]))[0] == answered


def test_festivals_agree_with_the_lunar_calendar() -> None:
    from lunardate import LunarDate

    moving = {"Spring Festival": (1, 1), "Dragon Boat Festival": (5, 5), "Qixi": (7, 7), "Mid-Autumn Festival": (8, 15)}
    for feast in festivals():
        if feast.words.en in moving:
            for day in feast.dates:
                lunar = (
                    LunarDate.from_solar_date(day.year, day.month, day.day)
                    if hasattr(LunarDate, "from_solar_date")
                    else LunarDate.fromSolarDate(day.year, day.month, day.day)
                )
                assert (lunar.month, lunar.day) == moving[feast.words.en], day


def test_phases_of_a_promotion_follow_each_other_without_gap() -> None:
    for run in promotions():
        assert [phase for phase, _, _ in run.phases] == ["warm_up", "burst", "extension"]
        for (_, _, last), (_, first, _) in zip(run.phases, run.phases[1:], strict=False):
            assert first == last + 1


def test_the_seasons_reach_beyond_the_last_day() -> None:
    options = Options(months=3)
    clock = Clock(options)
    seasons = seasons_of(options, clock)
    assert len(seasons.traffic) >= clock.days + 60
    assert (seasons.traffic > 0.2).all()
    assert (seasons.reduction <= 0.15).all()

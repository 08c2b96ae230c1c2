"""The product against plain Python, on a shop full of traps: every KPI, by every dimension it has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from fixture.trap_shop import EVENTS_END, FROM, TO
from truth.counting_by_hand import TIME, days_of, keys_of, time_value
from truth.kpis_by_hand import COUNT_LIKE, all_names, by_hand, dims_by_hand, parts
from truth.leaves_by_hand import LEAVES
from truth.rows_by_hand import ALL, HandShop

from zhanggui.basics.periods import Window
from zhanggui.metrics.answering import answer
from zhanggui.metrics.catalogue import load_catalogue
from zhanggui.metrics.known import measurable
from zhanggui.metrics.question import Question
from zhanggui.store.opened import OpenShop

Traps = tuple[OpenShop, HandShop]
NAMES = list(all_names())
DIMENSIONS = list(dict.fromkeys(dim for name in NAMES for dim in dims_by_hand(name)))
SPANS = {name for name in NAMES if any(LEAVES[part].span != "window" for part in parts(name))}
"""KPIs that look at other days than the window's; by time each bucket has days of its own (tested below)."""
WINDOW = Window(FROM, TO)
EVENTS = Window(FROM, EVENTS_END)
"""Here all behaviour comes from events, so that visitors can be told apart."""


def same(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def differences(
    traps: Traps,
    names: list[str],
    window: Window,
    by: tuple[str, ...] = (),
    where: dict[str, tuple[Any, ...]] | None = None,
) -> list[str]:
    """Where the product and plain Python disagree, in words; both in groups and in total."""
    shop, hand = traps
    where = where or {}
    pairs = tuple(
        (name, "(none)" if value is None else str(value)) for name, values in where.items() for value in values
    )
    found = answer(shop, Question(tuple(names), by=by, window=window, where=pairs))
    wrong = [f"{name}: {why}" for name, why in found.not_measurable.items()]
    for name in found.total:
        whole = by_hand(hand, name, window.from_, window.to, where=where)[()]
        if not same(found.total[name].value, whole):
            wrong.append(f"{name} in total: {found.total[name].value}, by hand {whole}")
        if by:
            wrong += _groups(
                hand,
                name,
                window,
                by,
                where,
                {tuple(row.keys[dim] for dim in by): row.cells[name].value for row in found.rows},
            )
    return wrong


def _groups(
    hand: HandShop,
    name: str,
    window: Window,
    by: tuple[str, ...],
    where: dict[str, tuple[Any, ...]],
    found: dict[Any, Any],
) -> list[str]:
    expected = by_hand(hand, name, window.from_, window.to, by, where)
    wrong = []
    for key in {*found, *expected}:
        # A group without rows is left out or shown as 0 by whoever shows it beside other KPIs; both say the same.
        mine, theirs = found.get(key), expected.get(key)
        if not same(mine, theirs) and not (
            mine in (None, 0) and theirs in (None, 0) and (key not in found or key not in expected)
        ):
            wrong.append(f"{name} by {by} {key}: {mine}, by hand {theirs}")
    return wrong


@pytest.mark.parametrize(
    "window",
    [
        EVENTS,
        pytest.param(WINDOW, marks=pytest.mark.slow),
        pytest.param(Window(FROM, FROM + timedelta(1)), marks=pytest.mark.slow),
        pytest.param(Window(date(2026, 3, 8), date(2026, 3, 9)), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_every_kpi_of_a_window_is_what_plain_python_says(traps: Traps, window: Window) -> None:
    assert differences(traps, NAMES, window) == []


@pytest.mark.parametrize("dim", ["day", pytest.param("category", marks=pytest.mark.slow)])
def test_every_kpi_by_day_and_by_category_is_what_plain_python_says(traps: Traps, dim: str) -> None:
    names = [name for name in NAMES if dim in dims_by_hand(name) and not (dim in TIME and name in SPANS)]
    assert differences(traps, names, EVENTS, (dim,)) == []


@pytest.mark.slow
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_every_kpi_by_a_dimension_is_what_plain_python_says(traps: Traps, dim: str) -> None:
    names = [name for name in NAMES if dim in dims_by_hand(name) and not (dim in TIME and name in SPANS)]
    assert differences(traps, names, EVENTS, (dim,)) == []
    assert [line for line in differences(traps, names, WINDOW, (dim,)) if "visitor" not in line] == []


def test_every_kpi_has_the_dimensions_that_make_sense_for_it(traps: Traps) -> None:
    known = measurable(traps[0])
    missing = {name: set(dims_by_hand(name)) - set(known[name].dims) for name in NAMES}
    assert {name: dims for name, dims in missing.items() if dims} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "by",
    [
        ("day", "country"),
        ("week", "category"),
        ("category_1", "customer_type"),
        ("device", "medium", "month"),
        ("product", "brand"),
        ("weekday", "hour"),
        ("campaign", "week"),
    ],
    ids=str,
)
def test_every_kpi_by_several_dimensions_is_what_plain_python_says(traps: Traps, by: tuple[str, ...]) -> None:
    names = [
        name for name in NAMES if all(dim in dims_by_hand(name) and not (dim in TIME and name in SPANS) for dim in by)
    ]
    assert names
    assert differences(traps, names, EVENTS, by) == []


FILTERS: list[dict[str, tuple[Any, ...]]] = [
    {"country": ("CN", None)},
    {"country": ("C:\\US",), "device": ("mobile", "desktop")},
    {"category_1": ("Home",)},
    {"category": ("Home > Kitchen > 杯子", None), "country": ("CN", "GB", "Côte d'Ivoire")},
    {"product": ("p1", "p2", "p8")},
    {"customer_type": ("new", "anonymous")},
    {"weekday": (1, 7)},
    {"month": ("2026-01",), "source": ("🛍️ shop", "百度")},
    {"hour": (0, 23)},
    {"warehouse": ("north", None)},
    {"page_type": ("item", None)},
    {"brand": ("O'Neil",)},
]


@pytest.mark.slow
@pytest.mark.parametrize("where", FILTERS, ids=str)
def test_every_kpi_filtered_is_what_plain_python_says(traps: Traps, where: dict[str, tuple[Any, ...]]) -> None:
    names = [
        name
        for name in NAMES
        if all(dim in dims_by_hand(name) and not (dim in TIME and name in SPANS) for dim in where)
    ]
    assert names
    assert differences(traps, names, EVENTS, (), where) == []
    by = tuple(dim for dim in where if dim not in TIME)[:1]
    assert differences(traps, names, EVENTS, by, where) == []


@pytest.mark.slow
@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter"])
def test_kpis_of_other_days_than_the_window_look_from_the_end_of_each_bucket(traps: Traps, grain: str) -> None:
    shop, hand = traps
    names = sorted(name for name in SPANS if grain in dims_by_hand(name) or name == "units_28_days")
    found = answer(shop, Question(tuple(names), by=(grain,), window=WINDOW))
    assert found.rows
    for row in found.rows:
        days = [day for day in WINDOW if _in_bucket(hand, day, grain, row.keys[grain])]
        for name in names:
            expected = by_hand(hand, name, days[0], days[-1] + timedelta(1))[()]
            assert same(row.cells[name].value, expected), (name, row.keys, row.cells[name].value, expected)


def _in_bucket(hand: HandShop, day: date, grain: str, label: Any) -> bool:
    return bool(time_value(hand, day, grain) == label)


TOPS = [
    ("category", "gateway"),
    ("category", "carrier"),
    ("brand", "country"),
    ("product", "customer_type"),
    ("country",),
    ("category_1",),
]
COUNTED = ("payment_attempts", "shipments_delivered", "orders", "buyers", "sales", "refunded", "tickets")


@pytest.mark.slow
@pytest.mark.parametrize("by", TOPS, ids=str)
def test_all_others_are_the_rows_with_a_group_outside_the_top(traps: Traps, by: tuple[str, ...]) -> None:
    shop, hand = traps
    for name in (each for each in COUNTED if set(by) <= set(dims_by_hand(each))):
        rows = answer(shop, Question((name,), by=by, window=EVENTS, top=2)).rows
        top = {tuple(row.keys[dim] for dim in by) for row in rows if not row.others}
        others = [row.cells[name].value for row in rows if row.others]
        assert others == [pytest.approx(_outside(hand, name, by, top))], name


def _outside(hand: HandShop, name: str, by: tuple[str, ...], top: set[tuple[Any, ...]]) -> float | None:
    leaf, counted = LEAVES[name], []
    for fact in leaf.rows(hand, days_of(EVENTS.from_, EVENTS.to), ALL):
        if fact.at is not None and EVENTS.from_ <= hand.day(fact.at) < EVENTS.to and leaf.keep(fact.data):
            left = [share for key, share in keys_of(hand, fact, by, {}) if key not in top]
            if left:
                counted.append((fact.data, sum(left) if name == "refunded" else 1.0))
    return leaf.reduce(counted)


def test_hidden_building_blocks_are_counted_like_all_others() -> None:
    assert {name for name, kpi in load_catalogue().items() if kpi.hidden} <= set(NAMES)
    assert set(LEAVES) >= COUNT_LIKE

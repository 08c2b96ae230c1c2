"""Every KPI gives the same numbers on every engine, and they are those of plain Python: not of any engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from engines.engine_shops import ClickHouse, EngineShop, Postgres, fill, open_empty
from fixture.filling import completed
from fixture.trap_shop import EVENTS_END, FROM, NEW_YORK, SHANGHAI, TO, trap_shop
from truth.counting_by_hand import TIME
from truth.kpis_by_hand import all_names, by_hand, dims_by_hand, parts
from truth.leaves_by_hand import LEAVES
from truth.rows_by_hand import HandShop

from zhanggui.basics.periods import GRAINS, Window
from zhanggui.metrics.catalogue import load_catalogue
from zhanggui.metrics.compile import View
from zhanggui.metrics.labels import shown
from zhanggui.metrics.portable import measure
from zhanggui.metrics.reading import Engine

pytestmark = pytest.mark.engine
CATALOGUE = load_catalogue()
NAMES = list(all_names())
EVENTS, WHOLE = Window(FROM, EVENTS_END), Window(FROM, TO)
Where = dict[str, tuple[Any, ...]]
BY: list[tuple[str, ...]] = [
    *((grain,) for grain in GRAINS), ("weekday",), ("hour",), ("category",), ("category_2",), ("customer_type",),
    ("country",), ("campaign", "source"), ("page_type",), ("warehouse",), ("gateway",), ("brand", "month"),
    ("day", "product"),
]  # fmt: skip
FILTERS: list[Where] = [
    {"country": ("C:\\US", "Côte d'Ivoire", None)},
    {"category_1": ("Home", "礼品")},
    {"brand": ("O'Neil",), "weekday": (1, 2)},
    {"source": ("🛍️ shop",), "hour": (0, 23)},
]


@pytest.fixture(scope="module", params=["clickhouse", "postgres"])
def engine_shop(request: pytest.FixtureRequest) -> Iterator[EngineShop]:
    """An empty shop on ClickHouse (chDB) or on PostgreSQL."""
    shop: ClickHouse | Postgres
    if request.param == "clickhouse":
        pytest.importorskip("chdb", reason="needs ClickHouse embedded: pip install 'zhanggui[clickhouse]'")
        shop = ClickHouse()
    else:
        programs = Postgres.programs()
        if programs is None:
            pytest.skip("needs a PostgreSQL server: apt-get install postgresql")
        shop = Postgres(programs)
    try:
        open_empty(shop)
        yield shop
    finally:
        shop.close()


def view_of(window: Window, by: tuple[str, ...] = (), where: Where | None = None) -> View:
    pairs = tuple((name, tuple(map(written, values))) for name, values in (where or {}).items())
    return View(by, pairs, window)


def written(value: Any) -> str:
    return "(none)" if value is None else str(value)


def same(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def differences(
    engine: Engine, hand: HandShop, name: str, window: Window, by: tuple[str, ...] = (), where: Where | None = None
) -> list[str]:
    """Where engine and plain Python disagree; groups of 0 may be left out."""
    try:
        answer = measure(CATALOGUE[name], CATALOGUE, view_of(window, by, where), engine)
    except Exception as error:  # noqa: BLE001 -- whatever the engine says is a difference to report
        return [f"{name} by {by}: {str(error)[:300]}"]
    wrong = []
    whole = answer.pop(())
    expected = by_hand(hand, name, window.from_, window.to, (), where)[()]
    if not same(whole, expected):
        wrong.append(f"{name} in total: {whole}, by hand {expected}")
    if by:
        groups = {label(by, keys, window): value for keys, value in answer.items()}
        truth = by_hand(hand, name, window.from_, window.to, by, where)
        for key in {*groups, *truth}:
            mine, theirs = groups.get(key), truth.get(key)
            if not same(mine, theirs) and not (mine in (None, 0) and theirs in (None, 0)):
                wrong.append(f"{name} by {by} {key}: {mine}, by hand {theirs}")
    return wrong


def label(by: tuple[str, ...], keys: tuple[Any, ...], window: Window) -> tuple[Any, ...]:
    return tuple(shown(dim, key, window) for dim, key in zip(by, keys, strict=True))


def sliceable(name: str, dims: tuple[str, ...]) -> bool:
    """Has the dimensions; and is not counted over other days than the bucket's (these have a test of their own)."""
    other_days = name == "stock_turnover" or any(LEAVES[part].span != "window" for part in parts(name))
    return set(dims) <= set(dims_by_hand(name)) and not (other_days and set(dims) & set(TIME))


def test_every_example_of_the_catalogue_comes_true(engine_shop: EngineShop) -> None:
    wrong = []
    for kpi in CATALOGUE.values():
        for number, example in enumerate(kpi.examples, start=1):
            tables = {name: completed(name, rows) for name, rows in example.tables.items()}
            engine = fill(engine_shop, tables, example.zone)
            window = Window(date.fromisoformat(example.from_), date.fromisoformat(example.to))
            found = measure(kpi, CATALOGUE, view_of(window), engine)[()]
            if not same(found, example.expect):  # type: ignore[arg-type]
                wrong.append(f"{kpi.name} example {number}: {found}, expected {example.expect}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK])
def test_every_kpi_on_the_trap_shop_is_what_plain_python_says(engine_shop: EngineShop, zone: str) -> None:
    tables = trap_shop(zone)
    engine, hand = fill(engine_shop, tables, zone), HandShop(tables, zone)
    wrong = [line for name in NAMES for window in (EVENTS, WHOLE) for line in differences(engine, hand, name, window)]
    for by in BY:
        for name in NAMES:
            if sliceable(name, by):
                wrong += differences(engine, hand, name, EVENTS, by)
    for where in FILTERS:
        for name in NAMES:
            if sliceable(name, tuple(where)):
                wrong += differences(engine, hand, name, EVENTS, (), where)
    assert "\n".join(wrong) == ""

"""The product against SQL written by hand: on the trap shop, and on the real shops of the shared data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fixture.filling import new_shop, refill
from fixture.trap_shop import EVENTS_END, FROM, SHANGHAI, trap_shop
from truth.counting_by_hand import TIME
from truth.kpis_by_hand import all_names, dims_by_hand, parts
from truth.leaves_by_hand import LEAVES
from truth.sql_by_hand import blocks, by_sql

import zhanggui.connectors
from zhanggui.basics.periods import Window, comparison
from zhanggui.connectors.source import Inputs, ShopFacts, sources
from zhanggui.metrics.answering import answer
from zhanggui.metrics.known import measurable
from zhanggui.metrics.question import Question
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

Where = dict[str, tuple[Any, ...]]
NAMES = list(all_names())
OTHER_DAYS = {name for name in NAMES if any(LEAVES[part].span != "window" for part in parts(name))} | {"stock_turnover"}
OF_EVENTS = {"page_type", "query", "category", "category_1", "category_2", "product", "brand"}


@dataclass(frozen=True)
class Real:
    """A real shop: where its files are, how it is imported, and windows in the middle and at the edges of its data."""

    folder: str
    source: str
    zone: str
    currency: str
    windows: tuple[Window, ...]
    filters: tuple[Where, ...]
    mapping: str | None = None


REAL = {
    "online_retail_uci": Real(
        "online_retail_uci",
        "online-retail",
        "Europe/London",
        "GBP",
        (Window(date(2011, 3, 1), date(2011, 5, 1)), Window(date(2010, 11, 1), date(2012, 1, 1))),
        (
            {"country": ("France", "EIRE")},
            {"product": ("85123A", "22423")},
            {"customer_type": ("new", "anonymous"), "weekday": (4, 5)},
        ),
    ),
    "olist": Real(
        "olist",
        "olist",
        "America/Sao_Paulo",
        "BRL",
        (Window(date(2017, 10, 1), date(2018, 3, 1)), Window(date(2016, 1, 1), date(2019, 1, 1))),
        ({"region": ("SP", "RJ")}, {"city": ("sao paulo",), "month": ("2017-11",)}),
    ),
    "completejourney": Real(
        "completejourney",
        "mapped",
        "America/New_York",
        "USD",
        (Window(date(2017, 3, 1), date(2017, 4, 1)), Window(date(2017, 1, 1), date(2018, 2, 1))),
        ({"category_1": ("GROCERY", "PRODUCE"), "hour": (17, 18)}, {"brand": ("Private",)}),
        "completejourney.map.toml",
    ),
}
"""London and New York change their clocks within the first window."""


@pytest.fixture(scope="module", params=REAL)
def real(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OpenShop, Real]]:
    """A real shop, imported the way everyone imports it."""
    wanted = REAL[request.param]
    folder = tmp_path_factory.mktemp(request.param) / "shop"
    create_shop(folder, Settings(name=request.param, currency=wanted.currency, timezone=wanted.zone))
    files = sorted((shared_data / wanted.folder).glob("*.parquet"))
    mapping = Path(zhanggui.connectors.__file__).parent / "mappings" / wanted.mapping if wanted.mapping else None
    inputs = Inputs(paths=tuple(files), settings=ShopFacts(wanted.currency, wanted.zone), mapping=mapping)
    with open_shop_folder(folder) as shop:
        pieces = sources()[wanted.source].read(inputs)
        import_pieces(shop, pieces, source=wanted.source, files=[str(path) for path in files])
        yield shop, wanted


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    """The trap shop with events only: an analyst's SQL does not mix three sources of visits."""
    tables = {name: rows for name, rows in trap_shop(SHANGHAI).items() if name not in ("sessions", "traffic_daily")}
    with new_shop(tmp_path_factory.mktemp("trap") / "shop", SHANGHAI) as shop:
        refill(shop, tables)
        yield shop


def same(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found in (None, 0) and expected in (None, 0)
    return found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def keyed(row: Any, by: tuple[str, ...]) -> tuple[str | None, ...]:
    return tuple(None if row.keys[dim] is None else str(row.keys[dim]) for dim in by)


def differences(
    shop: OpenShop, names: list[str], window: Window, by: tuple[str, ...] = (), where: Where | None = None
) -> list[str]:
    """Where the product's answer and hand-written SQL disagree, in groups and in total."""
    pairs = tuple((name, str(value)) for name, values in (where or {}).items() for value in values)
    found = answer(shop, Question(tuple(names), by=by, window=window, where=pairs))
    wrong = [f"{name}: {why}" for name, why in found.not_measurable.items()]
    for name in found.total:
        whole = by_sql(shop, name, window.from_, window.to, (), where)[()]
        if not same(found.total[name].value, whole):
            wrong.append(f"{name} in total: {found.total[name].value}, by SQL {whole}")
        groups = {keyed(row, by): row.cells[name].value for row in found.rows}
        expected = by_sql(shop, name, window.from_, window.to, by, where) if by else {}
        for key in {*groups, *expected}:
            if not same(groups.get(key), expected.get(key)):
                wrong.append(f"{name} by {by} {key}: {groups.get(key)}, by SQL {expected.get(key)}")
    return wrong


def test_there_is_sql_by_hand_for_all_that_is_counted() -> None:
    assert {name for name in blocks() if "@" not in name} == set(LEAVES)


@pytest.mark.parametrize("by", [(), pytest.param(("customer_type",), marks=pytest.mark.slow)], ids=str)
def test_the_trap_shop_agrees_with_sql_by_hand(trap: OpenShop, by: tuple[str, ...]) -> None:
    names = [name for name in NAMES if set(by) <= set(dims_by_hand(name))]
    assert differences(trap, names, Window(FROM, EVENTS_END), by) == []


@pytest.mark.slow
@pytest.mark.parametrize("dim", [*TIME, "country", "category_1", "product", "source", "warehouse", "gateway", "coupon"])
def test_the_trap_shop_by_a_dimension_agrees_with_sql_by_hand(trap: OpenShop, dim: str) -> None:
    names = [name for name in NAMES if dim in dims_by_hand(name) and not (dim in TIME and name in OTHER_DAYS)]
    if dim in OF_EVENTS:
        names = [name for name in names if not any("page_type" in LEAVES[part].dims for part in parts(name))]
    assert differences(trap, names, Window(FROM, EVENTS_END), (dim,)) == []


def names_of(shop: OpenShop, dims: tuple[str, ...] = ()) -> list[str]:
    """What the shop can measure by these dimensions."""
    known = measurable(shop)
    found = [name for name in NAMES if known[name].ok and set(dims) <= set(dims_by_hand(name))]
    return [name for name in found if not (set(dims) & set(TIME) and name in OTHER_DAYS)]


@pytest.mark.data
@pytest.mark.slow
def test_real_data_agree_with_sql_by_hand(real: tuple[OpenShop, Real]) -> None:
    shop, facts = real
    names = names_of(shop)
    assert {"sales", "buyers", "repurchase_rate", "aov"} <= set(names)
    for window in facts.windows:
        assert differences(shop, names, window) == []


DIMENSIONS = sorted({dim for name in NAMES for dim in dims_by_hand(name)} - {"page_type", "query"})


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_real_data_by_a_dimension_agree_with_sql_by_hand(real: tuple[OpenShop, Real], dim: str) -> None:
    shop, facts = real
    names = names_of(shop, (dim,))
    if not names:
        pytest.skip(f"{facts.folder} has nothing by {dim}")
    assert differences(shop, names, facts.windows[0], (dim,)) == []


@pytest.mark.data
@pytest.mark.slow
def test_real_data_filtered_agree_with_sql_by_hand(real: tuple[OpenShop, Real]) -> None:
    shop, facts = real
    for where in facts.filters:
        names = names_of(shop, tuple(where))
        assert differences(shop, names, facts.windows[0], (), where) == []
        by_week = names_of(shop, (*where, "week"))
        assert differences(shop, by_week, facts.windows[0], ("week",), where) == []


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("against", ["previous", "last-year-weekday", "2017-01-05..2017-01-20"])
def test_real_data_compared_agree_with_sql_by_hand(real: tuple[OpenShop, Real], against: str) -> None:
    shop, facts = real
    window, names = facts.windows[0], names_of(shop)
    before = comparison(window, against)
    found = answer(shop, Question(tuple(names), window=window, against=against))
    assert found.against == before
    for name, cell in found.total.items():
        expected = by_sql(shop, name, before.from_, before.to)[()]
        assert same(cell.against, expected), name
        if cell.value is not None and cell.against is not None:
            assert cell.change == pytest.approx(cell.value - cell.against)

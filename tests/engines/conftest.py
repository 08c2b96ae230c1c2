"""Small shops written by hand, straight into the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from zhanggui.shop import TABLES
from zhanggui.store import derived
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

Rows = Sequence[Mapping[str, Any]]
ShopOf = Callable[..., OpenShop]


def _fill(shop: OpenShop, tables: Mapping[str, Rows]) -> None:
    with shop.warehouse.transaction() as con:
        for name, rows in tables.items():
            for columns, alike in groupby(rows, key=tuple):
                _insert(con, name, columns, [list(row.values()) for row in alike])
            table = TABLES[name]
            known = sorted({column for row in rows for column, value in row.items() if value is not None})
            moments = sorted(str(row[table.time]) for row in rows if table.time and row.get(table.time) is not None)
            ends = (moments[0], moments[-1]) if moments else (None, None)
            con.execute("INSERT INTO zg.facts VALUES (?, ?, ?, ?, ?, true)", [name, len(rows), known, *ends])
        derived.rebuild(con, shop.settings.timezone)
        con.execute(
            "INSERT INTO zg.batches (seq, batch, source, received_at) "
            "VALUES (1, 'b1', 'test', '2030-01-01 00:00:00+00')"
        )


def _insert(con: Any, table: str, columns: Sequence[str], rows: Sequence[list[Any]]) -> None:
    """Many rows by one statement, because parsing is what takes the time."""
    named = ", ".join(f'"{column}"' for column in columns)
    for start in range(0, len(rows), 200):
        some = rows[start : start + 200]
        marks = ", ".join("(" + ", ".join("?" for _ in columns) + ")" for _ in some)
        con.execute(f'INSERT INTO "{table}" ({named}) VALUES {marks}', [cell for row in some for cell in row])


def shop_with(folder: Path, tables: Mapping[str, Rows], timezone: str, currency: str) -> OpenShop:
    """A shop in ``folder`` that holds ``tables``; whoever asks closes it."""
    create_shop(folder, Settings(name="Test", currency=currency, timezone=timezone))
    shop = open_shop_folder(folder)
    _fill(shop, tables)
    return shop


@pytest.fixture(scope="module")
def shop_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopOf]:
    """Makes a shop of rows by table; times are in UTC, the currency is GBP unless said."""
    with ExitStack() as stack:

        def make(timezone: str = "UTC", currency: str = "GBP", **tables: Rows) -> OpenShop:
            shop = shop_with(tmp_path_factory.mktemp("shop"), tables, timezone, currency)
            stack.callback(shop.close)
            return shop

        yield make


def at(day: int, hour: int = 12, month: int = 1) -> str:
    """A moment of early 2026 in UTC."""
    return datetime(2026, month, day, hour, tzinfo=UTC).isoformat()


def order(order_id: str, day: int, **columns: Any) -> dict[str, Any]:
    """An order, paid unless said."""
    return {"order_id": order_id, "placed_at": at(day), "status": "paid", **columns}


def line(order_id: str, price: float, quantity: int = 1, **columns: Any) -> dict[str, Any]:
    """A line of an order, line 1 of product p unless said."""
    given = {"order_id": order_id, "line_no": 1, "product_id": "p", "unit_price": price, "quantity": quantity}
    return given | columns


@pytest.fixture(scope="session")
def make_order() -> Callable[..., dict[str, Any]]:
    """Makes an order row."""
    return order


@pytest.fixture(scope="session")
def make_line() -> Callable[..., dict[str, Any]]:
    """Makes an order line row."""
    return line


@pytest.fixture(scope="session")
def moment() -> Callable[..., str]:
    """Makes a moment of early 2026."""
    return at


@pytest.fixture(scope="session")
def weeks() -> tuple[date, date, date]:
    """Three Mondays: the window before runs from the first to the second, the window to the third."""
    return date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)

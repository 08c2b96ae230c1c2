"""Rolling and to-date windows against plain Python: sums, distinct counts and ratios of every day's own window."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa
import pytest

from zhanggui.basics.periods import Window
from zhanggui.metrics import Question, answer
from zhanggui.shop.rows import Rows
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

ASKED = Window(date(2026, 2, 26), date(2026, 3, 6))
NAMES = ("orders", "buyers", "sales", "aov")
Order = tuple[date, str, int]


def _orders() -> list[Order]:
    chance = random.Random(5)
    days = [date(2026, 2, 10) + timedelta(n) for n in range(26)]
    return [(chance.choice(days), f"c{chance.randrange(6)}", chance.randrange(1, 90)) for _ in range(70)]


ORDERS = _orders()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    folder = tmp_path_factory.mktemp("windows") / "s"
    create_shop(folder, Settings("s", "CNY", "UTC"))
    ids = [str(number) for number in range(len(ORDERS))]
    orders = {
        "order_id": ids,
        "customer_id": [customer for _, customer, _ in ORDERS],
        "placed_at": [f"{day}T12:00:00Z" for day, _, _ in ORDERS],
        "status": ["paid"] * len(ids),
    }
    lines = {
        "order_id": ids,
        "line_no": ["1"] * len(ids),
        "product_id": ["a"] * len(ids),
        "quantity": ["1"] * len(ids),
        "unit_price": [str(price) for _, _, price in ORDERS],
    }
    with open_shop_folder(folder) as opened:
        pieces = [Rows("orders", pa.table(orders), "o"), Rows("order_lines", pa.table(lines), "l")]
        import_pieces(opened, pieces, source="tables", files=[])
        yield opened


def _by_hand(first: date, last: date) -> dict[str, float]:
    inside = [order for order in ORDERS if first <= order[0] <= last]
    sales = sum(price for _, _, price in inside)
    buyers = len({customer for _, customer, _ in inside})
    return {"orders": len(inside), "buyers": buyers, "sales": sales, "aov": sales / len(inside)}


def _by_day(shop: OpenShop, question: Question) -> dict[str, dict[str, float | None]]:
    rows = answer(shop, question).rows
    return {str(row.keys["day"]): {name: cell.value for name, cell in row.cells.items()} for row in rows}


def test_a_rolling_day_is_counted_over_the_days_that_end_with_it(shop: OpenShop) -> None:
    found = _by_day(shop, Question(NAMES, by=("day",), window=ASKED, rolling=7))
    assert set(found) == {day.isoformat() for day in ASKED}
    for day in ASKED:
        assert found[day.isoformat()] == pytest.approx(_by_hand(day - timedelta(6), day))


def test_a_day_to_date_is_counted_since_its_month_began(shop: OpenShop) -> None:
    found = _by_day(shop, Question(NAMES, by=("day",), window=ASKED, to_date="month"))
    for day in ASKED:
        month = [order for order in ORDERS if day.replace(day=1) <= order[0] <= day]
        if month:
            assert found[day.isoformat()] == pytest.approx(_by_hand(day.replace(day=1), day))
        else:
            assert day.isoformat() not in found

"""A day without orders is a day with no sales, as long as the shop has data for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from zhanggui.basics.periods import Window
from zhanggui.loop.today import today
from zhanggui.loop.verbs.today import TodayParams
from zhanggui.metrics import Question, answer
from zhanggui.shop.rows import Rows
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings


def _shop(folder: Path) -> OpenShop:
    create_shop(folder, Settings("gaps", "GBP", "Europe/London"))
    shop = open_shop_folder(folder)
    days = ["2026-01-05", "2026-01-07", "2026-01-12"]
    orders = {"order_id": days, "placed_at": [f"{day}T12:00:00Z" for day in days], "status": ["paid"] * 3}
    lines = {
        "order_id": days,
        "line_no": ["1"] * 3,
        "product_id": ["a"] * 3,
        "quantity": ["1"] * 3,
        "unit_price": ["10"] * 3,
    }
    pieces = [Rows("orders", pa.table(orders), "o"), Rows("order_lines", pa.table(lines), "l")]
    import_pieces(shop, pieces, source="tables", files=[])
    return shop


def test_the_course_of_sales_is_zero_on_closed_days_and_unknown_before_the_data(tmp_path: Path) -> None:
    with _shop(tmp_path / "s") as shop:
        found = today(
            shop, TodayParams(from_=date(2026, 1, 3), to=date(2026, 1, 9), as_of=None, against=None, where=())
        )
        sales = next(tile for tile in found.tiles if tile.kpi.name == "sales")
        aov = next(tile for tile in found.tiles if tile.kpi.name == "aov")
    assert [value for _, value in sales.series] == [None, None, 10.0, 0.0, 10.0, 0.0]
    assert [value for _, value in aov.series] == [None, None, 10.0, None, 10.0, None]


def test_an_answer_says_what_an_empty_group_is_and_which_days_are_known(tmp_path: Path) -> None:
    with _shop(tmp_path / "s") as shop:
        window = Window(date(2026, 1, 5), date(2026, 1, 9))
        found = answer(shop, Question(("sales", "aov"), by=("day",), window=window)).to_json()
    assert found["empty"] == {"sales": 0.0, "aov": None}
    assert found["known"] == {"from": "2026-01-05", "to": "2026-01-13"}
    assert [row["day"] for row in found["rows"]] == ["2026-01-05", "2026-01-07"]

"""Filter values: those that exist anywhere at home, and near names for those that don't."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.metrics import Question, answer
from zhanggui.shop.rows import Rows
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

DAY = Window(date(2026, 1, 5), date(2026, 1, 6))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    folder = tmp_path_factory.mktemp("values") / "s"
    create_shop(folder, Settings("s", "GBP", "UTC"))
    with open_shop_folder(folder) as opened:
        at = ["2026-01-05T12:00:00Z"] * 2
        orders = {"order_id": ["1", "2"], "placed_at": at, "status": ["paid"] * 2, "country": ["Germany", "France"]}
        lines = {"order_id": ["1"], "line_no": ["1"], "product_id": ["a"], "quantity": ["1"], "unit_price": ["10"]}
        products = {"product_id": ["a", "b"], "category": ["Home > Tea", "Home > 茶具"]}
        tables = {"orders": orders, "order_lines": lines, "products": products}
        pieces = [Rows(name, pa.table(columns), name) for name, columns in tables.items()]
        import_pieces(opened, pieces, source="tables", files=[])
        yield opened


def _sales(shop: OpenShop, name: str, value: str) -> float | None:
    return answer(shop, Question(("sales",), window=DAY, where=((name, value),))).total["sales"].value


def test_a_country_whose_orders_have_no_lines_sells_nothing(shop: OpenShop) -> None:
    assert _sales(shop, "country", "France") == 0


def test_a_category_that_nobody_bought_sells_nothing(shop: OpenShop) -> None:
    assert _sales(shop, "category_2", "茶具") == 0
    assert _sales(shop, "product", "b") == 0


@pytest.mark.parametrize(("name", "value", "near"), [("country", "Germny", "Germany"), ("category_2", "tea", "Tea")])
def test_a_value_that_does_not_exist_is_refused_with_the_nearest(
    shop: OpenShop, name: str, value: str, near: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        _sales(shop, name, value)
    assert near in caught.value.suggestions


def test_a_table_of_an_answer_marks_the_row_of_all_others(shop: OpenShop) -> None:
    found = answer(shop, Question(("orders",), by=("country",), window=DAY, top=1)).to_arrow().to_pydict()
    assert found["country"] == ["France", None]
    assert found["others"] == [False, True]
    assert found["orders"] == [1.0, 1.0]
    assert "others" not in answer(shop, Question(("orders",), by=("country",), window=DAY)).to_arrow().column_names

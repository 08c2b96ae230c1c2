"""Online Retail: the real file, to the cent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.table_reading import Read, read

from zhanggui.connectors.sources.online_retail import SOURCE

pytestmark = [pytest.mark.slow, pytest.mark.data]


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Read:
    return read(SOURCE, shared_data / "online_retail_uci" / "online_retail.parquet")


def test_the_total_is_that_of_the_file_and_the_bridge_closes_to_the_cent(real):
    assert real.steps["platform_total"] == Decimal("5079250.872")
    assert real.sales == real.bridge
    assert real.rejects == []


def test_every_line_of_the_file_is_somewhere(real, shared_data):
    table = pq.read_table(shared_data / "online_retail_uci" / "online_retail.parquet")
    placed = len(real["order_lines"]) + len(real["refunds"]) + len(real["stock_movements"])
    left_out = sum(
        note.rows or 0 for note in real.notes if note.words.en in {"Amazon's fees", "Bank charges", "Samples"}
    )
    codes = [code.upper() for code in table["StockCode"].to_pylist()]
    shipping = sum(code in {"POST", "DOT", "C2"} for code in codes)
    discounts = codes.count("D") - sum(row["reason"] == "discount" for row in real["refunds"])
    assert placed + left_out + shipping + discounts == table.num_rows == 285_421


def test_the_classes_have_the_sizes_that_plain_counting_gives(real):
    assert len(real["stock_movements"]) == 875
    assert len(real["customers"]) == 3193
    assert len(set(real.column("products", "product_id"))) == len(real["products"])


def test_refunds_come_after_the_orders_they_take_back(real):
    placed = {row["order_id"]: row["placed_at"] for row in real["orders"]}
    found = [row for row in real["refunds"] if row["order_id"] in placed]
    assert len(found) > 3_500
    assert all(placed[row["order_id"]] <= row["refunded_at"] for row in found)


def test_the_text_form_gives_the_same(shared_data, tmp_path):
    table = pq.read_table(shared_data / "online_retail_uci" / "online_retail.parquet").slice(0, 20_000)
    path, parquet = tmp_path / "r.csv", tmp_path / "r.parquet"
    pa_csv.write_csv(table, path)
    pq.write_table(table, parquet)
    text, typed = read(SOURCE, path), read(SOURCE, parquet)
    assert text.sales == typed.sales
    assert text.steps == typed.steps
    assert [row["_line"] for row in text["refunds"]] == [row["_line"] + 1 for row in typed["refunds"]]

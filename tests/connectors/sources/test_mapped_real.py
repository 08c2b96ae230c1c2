"""Mappings on real files and on a database: the sums are those of plain reading."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.table_reading import read

import zhanggui.connectors
from zhanggui.connectors.sources.mapped import SOURCE
from zhanggui.connectors.suggest import suggest_map

MAPPINGS = Path(zhanggui.connectors.__file__).parent / "mappings"


def total(shared_data: Path, file: str, column: str) -> Decimal:
    return sum((Decimal(repr(value)) for value in pq.read_table(shared_data / file)[column].to_pylist()), Decimal(0))


@pytest.mark.data
@pytest.mark.slow
def test_completejourney_gives_the_sales_of_the_file_to_the_cent(shared_data):
    folder = shared_data / "completejourney"
    result = read(
        SOURCE,
        folder / "transactions_sample.parquet",
        folder / "products.parquet",
        mapping=MAPPINGS / "completejourney.map.toml",
        currency="USD",
        timezone="America/New_York",
    )
    assert result.sales == total(shared_data, "completejourney/transactions_sample.parquet", "sales_value")
    assert {table: len(rows) for table, rows in result.tables.items()} == {
        "orders": 23_774,
        "order_lines": 37_683,
        "products": 92_331,
        "customers": 1_188,
    }
    goods = sum(Decimal(row["goods_amount"]) - Decimal(row["discount_amount"]) for row in result["orders"])
    assert goods == result.sales
    assert result.rejects == []
    milk = next(row for row in result["products"] if row["product_id"] == "25671")
    assert milk["category"] == "GROCERY > FRZN ICE > ICE - CRUSHED/CUBED"


@pytest.mark.data
@pytest.mark.slow
def test_the_draft_for_tmall_orders_gives_the_sums_of_the_file(shared_data, tmp_path):
    path = shared_data / "tmall_orders" / "tmall_order_report.parquet"
    mapping = tmp_path / "m.map.toml"
    mapping.write_text(suggest_map(path), encoding="utf-8")
    result = read(SOURCE, path, mapping=mapping, currency="CNY", timezone="Asia/Shanghai")
    assert len(result["orders"]) == 8131
    assert result.sales == total(shared_data, "tmall_orders/tmall_order_report.parquet", "总金额")
    back = sum(Decimal(row["amount"]) for row in result["refunds"])
    assert back == total(shared_data, "tmall_orders/tmall_order_report.parquet", "退款金额")


@pytest.mark.data
@pytest.mark.slow
def test_the_draft_for_the_shopify_challenge_gives_the_sum_of_the_file(shared_data, tmp_path):
    path = shared_data / "shopify_challenge" / "orders_5000.parquet"
    mapping = tmp_path / "m.map.toml"
    mapping.write_text(suggest_map(path), encoding="utf-8")
    result = read(SOURCE, path, mapping=mapping, currency="USD", timezone="America/Toronto")
    assert result.sales == total(shared_data, "shopify_challenge/orders_5000.parquet", "order_amount")
    assert result.column("orders", "placed_at")[0] == "2017-03-13T16:36:00+00:00"


@pytest.mark.data
@pytest.mark.slow
def test_the_draft_for_payments_counts_the_successes_of_the_file(shared_data, tmp_path):
    path = shared_data / "psp_routing" / "psp.parquet"
    mapping = tmp_path / "m.map.toml"
    mapping.write_text(suggest_map(path), encoding="utf-8")
    result = read(SOURCE, path, mapping=mapping, currency="EUR", timezone="Europe/Berlin")
    good = sum(row["status"] == "succeeded" for row in result["payments"])
    assert len(result["payments"]) == 26_304
    assert good == total(shared_data, "psp_routing/psp.parquet", "success")


@pytest.mark.data
@pytest.mark.slow
def test_the_draft_for_facebook_ads_gives_the_spend_of_the_file(shared_data, tmp_path):
    path = shared_data / "kag_facebook_ads" / "kag.parquet"
    mapping = tmp_path / "m.map.toml"
    mapping.write_text(suggest_map(path), encoding="utf-8")
    result = read(SOURCE, path, mapping=mapping, currency="USD", timezone="UTC")
    assert len(result["ad_spend"]) == 3
    spent = sum(Decimal(row["spend"]) for row in result["ad_spend"])
    assert abs(spent - total(shared_data, "kag_facebook_ads/kag.parquet", "Spent")) < Decimal("0.06")


def test_a_query_fills_a_table(tmp_path):
    with sqlite3.connect(tmp_path / "legacy.db") as connection:
        connection.execute("CREATE TABLE verkauf (nr TEXT, am TEXT, sku TEXT, stk INTEGER, betrag REAL)")
        connection.executemany(
            "INSERT INTO verkauf VALUES (?, ?, ?, ?, ?)",
            [
                ("1", "2020-02-01 08:00:00", "A", 2, 10.0),
                ("2", "2020-02-01 09:00:00", "'007", 1, 3.5),
                ("3", None, "C", 1, 1),
            ],
        )
    connection.close()
    mapping = tmp_path / "legacy.map.toml"
    mapping.write_text(
        """[[table]]
fills = "orders"
url = "sqlite:///legacy.db"
sql = "SELECT nr, am FROM verkauf ORDER BY nr"
[table.columns]
order_id = "nr"
placed_at = "am"
status = { const = "paid" }

[[table]]
fills = "order_lines"
url = "sqlite:///legacy.db"
sql = "SELECT nr, sku, stk, betrag FROM verkauf ORDER BY nr"
[table.columns]
order_id = "nr"
line_no = { const = "1" }
product_id = "sku"
quantity = "stk"
unit_price = { formula = "betrag / stk" }
""",
        encoding="utf-8",
    )
    result = read(SOURCE, mapping, currency="EUR", timezone="Europe/Berlin")
    assert [(row["order_id"], row["placed_at"], row["_line"]) for row in result["orders"]] == [
        ("1", "2020-02-01T07:00:00+00:00", 1),
        ("2", "2020-02-01T08:00:00+00:00", 2),
        ("3", None, 3),
    ]
    assert result.column("order_lines", "product_id") == ["A", "007", "C"]
    assert result.sales == Decimal("14.5")

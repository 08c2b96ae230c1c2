"""Drafting a mapping from a file: what is recognised, and that every draft loads and reads its file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.table_reading import Read, read

from zhanggui.basics.errors import DataError
from zhanggui.connectors.mapping import Mapping, parse_mapping
from zhanggui.connectors.sources.mapped import SOURCE
from zhanggui.connectors.suggest import suggest_map
from zhanggui.connectors.suggest_words import MEANINGS, plain
from zhanggui.shop import TABLES


@pytest.fixture
def draft(tmp_path: Path):
    """The drafted mapping of a CSV text, and what it reads of that file."""

    def _draft(content: str | bytes) -> tuple[str, Mapping, Read]:
        path = tmp_path / "export.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        text = suggest_map(path)
        mapping = tmp_path / "export.map.toml"
        mapping.write_text(text, encoding="utf-8")
        return text, parse_mapping(text, mapping), read(SOURCE, path, mapping=mapping, currency="CNY")

    return _draft


def tables_of(mapping: Mapping) -> list[str]:
    return [table.table.name for table in mapping.tables]


def test_order_lines_in_english_become_orders_lines_products_and_customers(draft):
    text, mapping, result = draft(
        "Order Number,Order Date,Order Status,Customer ID,SKU,Product Name,Category,Qty,Unit Price,Discount,"
        "Ship Country,Colour\n"
        "1001,2020-02-01 10:00,Shipped,c1,A,Cup,Kitchen,2,3.50,0.50,DE,red\n"
        "1001,2020-02-01 10:00,Shipped,c1,B,Pan,Kitchen,1,20.00,0,DE,blue\n"
        "1002,2020-02-02 10:00,Cancelled,c2,A,Cup,Kitchen,1,3.50,0,FR,red\n"
    )
    assert tables_of(mapping) == ["orders", "order_lines", "products", "customers"]
    assert [(row["order_id"], row["status"], row["country"]) for row in result["orders"]] == [
        ("1001", "shipped", "DE"),
        ("1002", "cancelled", "FR"),
    ]
    assert [row["line_no"] for row in result["order_lines"]] == ["1", "2", "1"]
    assert result.sales == Decimal("26.50")
    assert [row["name"] for row in result["products"]] == ["Cup", "Pan"]
    assert text.rstrip().endswith("# Not used: Colour")


def test_orders_in_chinese_and_gb18030_are_understood(draft):
    _, mapping, result = draft(
        (
            "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n"
            "1,178.8,0,上海,2020-02-21 00:00:00,,0\n2,21,21,内蒙古自治区,2020-02-20 23:59:54,2020-02-21 00:00:02,5\n"
        ).encode("gb18030")
    )
    assert tables_of(mapping) == ["orders", "order_lines", "refunds"]
    assert [(row["status"], row["region"], row["total_amount"]) for row in result["orders"]] == [
        ("placed", "上海", "178.8"),
        ("paid", "内蒙古自治区", "21"),
    ]
    assert [(row["order_id"], row["amount"]) for row in result["refunds"]] == [("2", "5")]


def test_amounts_of_lines_become_prices_that_keep_every_cent(draft):
    text, _, result = draft("order_id,created_at,sku,qty,amount\n1,2020-01-01,A,3,10.00\n2,2020-01-01,A,7,9.99\n")
    assert 'formula = "up(amount / qty)"' in text
    assert result.sales == Decimal("19.99")


def test_payments_are_told_by_gateway_and_success(draft):
    _, mapping, result = draft(
        "Unnamed: 0,tmsp,country,amount,success,PSP,card\n0,2019-01-01 00:01:11,Germany,89,0,UK_Card,Visa\n"
        "1,2019-01-01 00:01:17,Germany,89,1,UK_Card,Visa\n"
    )
    assert tables_of(mapping) == ["payments"]
    assert [(row["attempt_id"], row["status"], row["gateway"], row["method"]) for row in result["payments"]] == [
        ("0", "failed", "UK_Card", "Visa"),
        ("1", "succeeded", "UK_Card", "Visa"),
    ]


def test_advertising_of_several_ads_a_day_is_added_up(draft):
    _, mapping, result = draft(
        "Date,Campaign ID,Impressions,Clicks,Spent\n2020-01-01,c,10,1,1.50\n2020-01-01,c,20,2,2.50\n"
        "2020-01-02,c,5,0,1\n"
    )
    assert tables_of(mapping) == ["ad_spend"]
    assert [(row["day"], row["impressions"], row["spend"]) for row in result["ad_spend"]] == [
        ("2020-01-01", "30", "4.00"),
        ("2020-01-02", "5", "1"),
    ]


def test_what_the_file_lacks_is_a_todo_and_the_draft_still_loads(draft):
    text, mapping, _ = draft("Campaign,Impressions,Clicks,Spent\nc,10,1,1.50\n")
    assert 'day = { const = "2020-01-01" }  # TODO: the file has no date' in text
    assert tables_of(mapping) == ["ad_spend"]


@pytest.mark.parametrize(
    ("content", "table"),
    [
        ("review_id,product_id,created_at,rating,comment\n1,A,2020-01-01,5,good\n", "reviews"),
        ("日期,访客数,浏览量\n2020-01-01,10,50\n", "traffic_daily"),
        ("商品编码,仓库,库存数量\nA,上海,5\n", "stock_levels"),
        ("商品编码,商品名称,一级类目,二级类目,品牌\nA,杯子,家居,厨房,X\n", "products"),
        ("member id,gender,birth year,city\n1,F,1980,Ulm\n", "customers"),
    ],
)
def test_other_tables_are_recognised(draft, content, table):
    _, mapping, result = draft(content)
    assert table in tables_of(mapping)
    assert len(result[table]) == 1


def test_a_column_that_holds_no_numbers_is_no_amount(draft):
    text, _, _ = draft("order_id,created_at,price,total\n1,2020-01-01,cheap,5\n2,2020-01-01,dear,6\n")
    assert '"price"' not in text
    assert 'unit_price = "total"' in text


def test_column_names_with_spaces_and_quotes_are_written_rightly(draft):
    _, _, result = draft('order id,"total ""net"" sales",order date,qty\n1,9,2020-01-01,2\n')
    assert result.column("orders", "order_id") == ["1"]


def test_customers_known_by_their_address_are_kept_as_a_hash(draft):
    text, _, result = draft("order id,order date,sku,qty,price,Email\n1,2020-01-01,A,2,3,ann@x.de\n")
    assert 'customer_id = { column = "Email", hash = true }' in text
    assert "ann" not in str(result["orders"])
    assert result.column("orders", "customer_id") == result.column("customers", "customer_id")


def test_decimal_commas_are_told(draft):
    text, _, result = draft("order id;order date;sku;qty;price\n1;31.01.2020;A;2;1.234,50\n")
    assert 'decimal = ","' in text
    assert result.column("order_lines", "unit_price") == ["1234.50"]


def test_a_file_that_nobody_understands_gives_a_commented_skeleton(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("foo,bar\n1,2\n")
    text = suggest_map(path)
    assert all(line.startswith("#") for line in text.splitlines())
    assert "foo, bar" in text


def test_a_file_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("")
    with pytest.raises(DataError, match="is empty"):
        suggest_map(tmp_path / "x.csv")


def test_words_are_plain_and_mean_one_thing_first():
    assert plain("Order_ID ") == plain("orderid") == "orderid"
    columns = {column.name for table in TABLES.values() for column in table.columns}
    computed = {"line_amount", "order_amount", "success", "row_id", "refund_amount"}
    assert set(MEANINGS) <= columns | computed
    assert all(words and all(words) for words in MEANINGS.values())


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("tmall_orders/tmall_order_report", ["orders", "order_lines", "refunds"]),
        ("shopify_challenge/orders_5000", ["orders", "order_lines", "customers"]),
        ("psp_routing/psp", ["payments"]),
        ("kag_facebook_ads/kag", ["ad_spend"]),
        ("completejourney/transactions_sample", ["orders", "order_lines", "customers"]),
        ("completejourney/products", ["products"]),
        ("online_retail_uci/online_retail", ["orders", "order_lines", "products", "customers"]),
        ("gms_ga/products", ["products", "stock_levels"]),
        ("cdnow/cdnow", []),
        ("hillstrom/hillstrom", []),
        ("online_shoppers_uci/osi", []),
    ],
)
def test_drafts_of_real_files_load(shared_data, name, tables):
    path = shared_data / f"{name}.parquet"
    text = suggest_map(path)
    if tables:
        assert tables_of(parse_mapping(text, path)) == tables
    elif "[[table]]\n" in text.replace("# [[table]]\n", ""):
        assert parse_mapping(text, path).tables

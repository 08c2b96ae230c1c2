"""The exchange form: which file is which table, which way in it takes, and what its traps become."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.table_reading import read

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head
from zhanggui.connectors.sources.tables import SOURCE
from zhanggui.shop.rows import CsvScan, Rows

GOOD = "order_id,placed_at,status\n1,2020-02-01 08:00:00,paid\n"


@pytest.fixture
def write(tmp_path: Path):
    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


def test_a_plain_file_is_handed_to_the_store_as_it_is(write):
    path = write("orders.csv", "status,order_id,PLACED_AT ,colour\npaid,1,2020-02-01T08:00:00Z,red\n")
    result = read(SOURCE, path)
    (scan,) = [piece for piece in result.pieces if isinstance(piece, CsvScan)]
    assert scan == CsvScan("orders", path, ("status", "order_id", "placed_at", None), "orders.csv")


@pytest.mark.parametrize(("separator", "name"), [(";", "orders.csv"), ("\t", "orders.tsv"), ("|", "orders.txt")])
def test_other_separators_are_handed_over_too(write, separator, name):
    (scan,) = read(SOURCE, write(name, GOOD.replace(",", separator))).pieces
    assert isinstance(scan, CsvScan)
    assert scan.separator == separator


def test_title_lines_are_skipped(write):
    (scan,) = read(SOURCE, write("orders.csv", "Orders of the shop\n\n" + GOOD)).pieces
    assert isinstance(scan, CsvScan)
    assert scan.skip == 3


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-16"),
        gzip.compress(GOOD.encode(), mtime=0),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace("1,2020", "'001,2020").encode(),
        GOOD.replace("1,2020", '"=""001""",2020').encode(),
        GOOD.replace("2020-02-01 08:00:00", "02/13/2020 8:00").encode(),
        GOOD.replace("paid", "pa\0id").encode(),
    ],
    ids=["utf-16", "packed", "carriage returns", "apostrophe", "formula", "month first", "zero byte"],
)
def test_files_that_need_work_are_read_row_by_row(write, content):
    result = read(SOURCE, write("orders.csv", content))
    assert not [piece for piece in result.pieces if isinstance(piece, CsvScan)]
    (row,) = result["orders"]
    assert (row["order_id"].lstrip("0"), row["status"], row["_line"]) == ("1", "paid", 2)


def test_leading_zeros_of_protected_ids_stay(write):
    assert read(SOURCE, write("orders.csv", GOOD.replace("1,", "'001,"))).column("orders", "order_id") == ["001"]


def test_decimal_commas_become_points(write):
    text = "order_id;line_no;product_id;quantity;unit_price\n1;1;A;2;1.234,50\n1;2;B;1;0,99\n1;3;C;1;free\n"
    result = read(SOURCE, write("order_lines.csv", text))
    assert result.column("order_lines", "unit_price") == ["1234.50", "0.99", "free"]


def test_local_dates_are_read_by_what_the_column_shows(write):
    text = "order_id,placed_at,status\n1,03/02/2020 8:05,paid\n2,21/02/2020 8:05,paid\n3,soon,paid\n"
    result = read(SOURCE, write("orders.csv", text))
    assert result.column("orders", "placed_at") == ["2020-02-03T08:05:00+00:00", "2020-02-21T08:05:00+00:00", "soon"]


def test_days_stay_days(write):
    text = "day,campaign_id,spend\n2020年2月1日,c,5\n"
    assert read(SOURCE, write("ad_spend.csv", text)).column("ad_spend", "day") == ["2020-02-01"]


def test_an_id_destroyed_by_a_spreadsheet_is_refused(write):
    text = GOOD.encode("utf-16-le").decode("utf-16-le") + "9.44E+18,2020-02-01,paid\n"
    result = read(SOURCE, write("orders.csv", text.encode("utf-16")))
    assert [(reject.line, reject.column, reject.value) for reject in result.rejects] == [(3, "order_id", "9.44E+18")]
    assert len(result["orders"]) == 1


def test_a_cut_file_loses_its_last_row_only(write):
    result = read(SOURCE, write("orders.csv", (GOOD + "2,2020-02").encode("utf-16")))
    assert [(reject.table, reject.line) for reject in result.rejects] == [("orders", 3)]


def test_parquet_goes_typed_in_batches_with_row_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr("zhanggui.connectors.sources.tables.BATCH", 2)
    table = pa.table(
        {
            "order_id": pa.array([1.0, 2.0, None]),
            "placed_at": pa.array([datetime(2020, 2, 1, tzinfo=UTC)] * 3),
            "status": pa.array(["paid"] * 3).dictionary_encode(),
            "Goods_Amount": pa.array([Decimal("1.50")] * 3),
            "colour": ["red"] * 3,
        }
    )
    pq.write_table(table, tmp_path / "orders.parquet")
    result = read(SOURCE, tmp_path / "orders.parquet")
    rows = [piece for piece in result.pieces if isinstance(piece, Rows)]
    assert [(piece.first_row, piece.data.num_rows) for piece in rows] == [(0, 2), (2, 1)]
    assert result.column("orders", "order_id") == ["1", "2", None]
    assert rows[0].data.schema.field("goods_amount").type == pa.decimal128(3, 2)
    assert rows[0].data.schema.field("status").type == pa.string()
    assert "colour" in result.notes[0].words.en


def test_floating_ids_that_are_not_whole_stay_as_they_are(tmp_path):
    pq.write_table(pa.table({"customer_id": [1.5, 2.0]}), tmp_path / "customers.parquet")
    assert read(SOURCE, tmp_path / "customers.parquet").column("customers", "customer_id") == ["1.5", "2"]


def test_a_folder_gives_its_tables_and_names_what_it_leaves_out(write, tmp_path):
    write("orders.csv", GOOD)
    write("truth.json", "{}")
    write(".hidden.csv", "x")
    write("customers.csv", "customer_id\n1\n")
    (tmp_path / "more").mkdir()
    result = read(SOURCE, tmp_path)
    assert [piece.table for piece in result.pieces if isinstance(piece, CsvScan)] == ["customers", "orders"]
    assert [(note.rows, note.words.en) for note in result.notes] == [
        (1, "Left out, not named after a table: truth.json")
    ]


def test_an_empty_folder_is_refused_with_the_next_step(tmp_path):
    with pytest.raises(DataError, match=r"holds no file that is named after a table.*suggest-map"):
        read(SOURCE, tmp_path)


@pytest.mark.parametrize(
    "name", ["orders.csv", "Orders.CSV", "orders_2020.csv", "orders-2020-01.csv", "orders.2020.csv", "orders_part1.csv"]
)
def test_parts_of_a_table_are_recognised_by_their_names(write, name):
    (scan,) = read(SOURCE, write(name, GOOD)).pieces
    assert isinstance(scan, CsvScan)
    assert (scan.table, scan.file) == ("orders", name)


def test_the_longest_table_name_wins(write):
    text = "order_id,line_no,product_id,quantity,unit_price\n1,1,A,1,1\n"
    (scan,) = read(SOURCE, write("order-lines_1.csv", text)).pieces
    assert isinstance(scan, CsvScan)
    assert scan.table == "order_lines"


@pytest.mark.parametrize("name", ["order.csv", "sales.csv", "orders_old.csv"])
def test_a_file_with_another_name_is_refused_with_suggestions(write, name):
    with pytest.raises(DataError, match=f"{name} is not named after a table"):
        read(SOURCE, write(name, GOOD))


def test_near_names_are_suggested(write):
    with pytest.raises(DataError) as caught:
        read(SOURCE, write("oders.csv", GOOD))
    assert "orders" in caught.value.suggestions


@pytest.mark.parametrize("name", ["orders.csv", "orders.parquet"])
def test_a_missing_required_column_is_named(write, tmp_path, name):
    if name.endswith("csv"):
        write(name, "order_id,status\n1,paid\n")
    else:
        pq.write_table(pa.table({"order_id": ["1"], "status": ["paid"]}), tmp_path / name)
    with pytest.raises(DataError, match="column 'placed_at' is missing; the file has order_id, status"):
        read(SOURCE, tmp_path / name)


def test_an_empty_file_is_refused(write):
    with pytest.raises(DataError, match=r"orders\.csv is empty"):
        read(SOURCE, write("orders.csv", ""))


def test_tables_come_in_the_order_of_the_model_and_files_by_name(write):
    paths = [
        write("reviews.csv", "review_id,created_at\n1,2020-01-01\n"),
        write("orders_2.csv", GOOD),
        write("orders_1.csv", GOOD),
    ]
    result = read(SOURCE, *paths)
    assert [piece.file for piece in result.pieces if isinstance(piece, CsvScan)] == [
        "orders_1.csv",
        "orders_2.csv",
        "reviews.csv",
    ]


def test_typed_days_pass_through(tmp_path):
    pq.write_table(
        pa.table({"day": [date(2020, 1, 1)], "campaign_id": ["c"], "spend": [1.5]}), tmp_path / "ad_spend.parquet"
    )
    assert read(SOURCE, tmp_path / "ad_spend.parquet").column("ad_spend", "day") == [date(2020, 1, 1)]


@pytest.mark.parametrize(
    ("name", "columns", "is_ours"),
    [
        ("orders.csv", ("order_id", "placed_at", "status", "city"), True),
        ("orders.csv", ("order_id", "customer_id", "order_status"), False),
        ("products.parquet", ("product_id", "product_category_name", "product_weight_g"), False),
        ("sales.csv", ("order_id", "placed_at", "status"), False),
        ("orders.csv", (), False),
    ],
)
def test_it_detects_files_that_are_named_and_shaped_like_tables(name, columns, is_ours):
    assert SOURCE.detect(Head((FileHead(Path(name), name, columns),))) is is_ours

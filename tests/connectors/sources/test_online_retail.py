"""Online Retail: every class of line and every edge."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.table_reading import Read, read

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head
from zhanggui.connectors.sources.online_retail import SOURCE

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


@pytest.fixture
def retail(tmp_path: Path):
    """Reads lines such as '1,A1,Cup,2,13/12/2010 10:00,1.5,7,France'; several texts are several files."""

    def _retail(*texts: str) -> Read:
        paths = []
        for number, text in enumerate(texts):
            path = tmp_path / f"part{number}.csv"
            lines = "".join(line.strip() + "\n" for line in text.strip().splitlines())
            path.write_text(HEADER + lines, encoding="utf-8")
            paths.append(path)
        return read(SOURCE, *paths)

    return _retail


def closes(result: Read) -> bool:
    return result.sales == result.bridge


def test_lines_of_an_invoice_become_one_order(retail):
    result = retail("""
        1,10001,Cup,2,13/12/2010 10:00,1.50,7,France
        1,10002,Plate,1,13/12/2010 10:00,4,7,France
    """)
    (order,) = result["orders"]
    assert (order["order_id"], order["customer_id"], order["status"], order["country"]) == ("1", "7", "paid", "France")
    assert order["placed_at"] == datetime(2010, 12, 13, 10, tzinfo=UTC)
    assert order["goods_amount"] == order["total_amount"] == 7
    assert result.column("order_lines", "line_no") == [1, 2]
    assert closes(result)


def test_exact_duplicates_of_one_invoice_are_kept_and_numbered_in_file_order(retail):
    result = retail("""
        1,10001,Cup,2,13/12/2010 10:00,1.50,7,France
        2,10001,Cup,1,13/12/2010 10:05,1.50,8,France
        1,10001,Cup,2,13/12/2010 10:00,1.50,7,France
    """)
    assert [(row["order_id"], row["line_no"], row["_line"]) for row in result["order_lines"]] == [
        ("1", 1, 2),
        ("2", 1, 3),
        ("1", 2, 4),
    ]


def test_a_cancellation_is_a_refund_of_the_latest_earlier_invoice_with_the_product(retail):
    result = retail("""
        1,10001,Cup,2,13/12/2010 10:00,1.50,7,France
        2,10002,Plate,2,14/12/2010 10:00,4.00,7,France
        2,10001,Cup,5,14/12/2010 10:00,1.50,7,France
        3,10001,Cup,9,15/12/2010 10:00,1.50,8,France
        C4,10001,Cup,-3,16/12/2010 11:30,1.50,7,France
        5,10001,Cup,2,17/12/2010 10:00,1.50,7,France
    """)
    (refund,) = result["refunds"]
    assert refund["refund_id"] == "C4-1"
    assert (refund["order_id"], refund["line_no"]) == ("2", 2)
    assert (refund["quantity"], refund["amount"]) == (3, Decimal("4.50"))
    assert refund["refunded_at"] == datetime(2010, 12, 16, 11, 30, tzinfo=UTC)
    assert [row["order_id"] for row in result["orders"]] == ["1", "2", "3", "5"]
    assert result.steps["platform_total"] == Decimal("30.50")
    assert result.steps["refunded"] == Decimal("4.50")
    assert closes(result)


def test_a_cancellation_without_an_earlier_invoice_keeps_its_own_number(retail):
    result = retail("""
        C1,10001,Cup,-1,13/12/2010 10:00,1.50,7,France
        2,10001,Cup,1,14/12/2010 10:00,1.50,7,France
        C3,10009,Bowl,-1,15/12/2010 10:00,2.00,7,France
        C4,10001,Cup,-1,15/12/2010 10:00,1.50,,France
    """)
    assert result.column("refunds", "order_id") == ["C1", "C3", "C4"]
    assert result.column("refunds", "line_no") == [None, None, None]
    assert closes(result)


def test_a_file_that_is_not_in_order_of_time_finds_the_same_invoice(retail):
    result = retail("""
        C9,10001,Cup,-1,16/12/2010 10:00,1.50,7,France
        2,10001,Cup,1,14/12/2010 10:00,1.50,7,France
        1,10001,Cup,1,13/12/2010 10:00,1.50,7,France
    """)
    assert result.column("refunds", "order_id") == ["2"]


def test_a_cancellation_finds_its_invoice_in_another_file(retail):
    result = retail("C9,10001,Cup,-1,16/12/2010 10:00,1.50,7,France", "1,10001,Cup,1,13/12/2010 10:00,1.50,7,France")
    (refund,) = result["refunds"]
    assert refund["order_id"] == "1"
    files = {piece.table: piece.file for piece in result.pieces if hasattr(piece, "table")}
    assert (files["refunds"], files["orders"]) == ("part0.csv", "part1.csv")
    assert [row["_line"] for row in result["orders"]] == [2]


def test_a_customer_who_returns_by_negative_quantity_without_c_is_refunded(retail):
    result = retail("""
        1,10001,Cup,2,13/12/2010 10:00,1.50,7,France
        2,10001,Cup,-1,14/12/2010 10:00,1.50,7,France
    """)
    assert result.column("refunds", "order_id") == ["1"]
    assert result.column("orders", "order_id") == ["1"]
    assert closes(result)


def test_negative_quantity_without_c_and_customer_is_a_write_off(retail):
    result = retail("2,10001,damaged,-3,14/12/2010 10:00,0,,United Kingdom")
    assert result["orders"] == []
    (moved,) = result["stock_movements"]
    assert (moved["product_id"], moved["quantity"], moved["reason"], moved["reference"]) == (
        "10001",
        -3,
        "write_off",
        "2",
    )
    assert closes(result)


@pytest.mark.parametrize("code", ["POST", "DOT", "C2", "post"])
def test_postage_is_shipping_of_the_order_and_no_line(retail, code):
    result = retail(f"""
        1,10001,Cup,2,13/12/2010 10:00,1.50,7,France
        1,{code},POSTAGE,2,13/12/2010 10:00,9.00,7,France
    """)
    (order,) = result["orders"]
    assert (order["goods_amount"], order["shipping_amount"], order["total_amount"]) == (3, 18, 21)
    assert len(result["order_lines"]) == 1
    assert result.steps["shipping"] == -18
    assert closes(result)


def test_an_invoice_of_postage_only_is_an_order_without_lines(retail):
    result = retail("1,POST,POSTAGE,1,13/12/2010 10:00,9.00,7,France")
    assert [(row["order_id"], row["goods_amount"], row["shipping_amount"]) for row in result["orders"]] == [("1", 0, 9)]


def test_postage_given_back_lowers_the_shipping_of_the_earlier_invoice(retail):
    result = retail("""
        1,10001,Cup,2,13/12/2010 10:00,1.50,7,France
        1,POST,POSTAGE,1,13/12/2010 10:00,9.00,7,France
        C2,POST,POSTAGE,-1,14/12/2010 10:00,4.00,7,France
        C3,POST,POSTAGE,-1,15/12/2010 10:00,8.00,7,France
        C4,POST,POSTAGE,-1,15/12/2010 10:00,2.50,,France
    """)
    assert result.column("orders", "shipping_amount") == [0]
    assert result["refunds"] == []
    (note,) = result.notes
    assert note.amount == Decimal("-5.50")
    assert closes(result)


def test_a_discount_lowers_the_lines_of_the_latest_invoice_that_can_bear_it(retail):
    result = retail("""
        1,10001,Cup,3,13/12/2010 10:00,10,7,France
        1,10002,Plate,1,13/12/2010 10:00,60,7,France
        2,10001,Cup,1,14/12/2010 10:00,5,7,France
        C3,D,Discount,-1,15/12/2010 10:00,9.10,7,France
    """)
    assert [(row["order_id"], row["discount_amount"]) for row in result["orders"]] == [("1", Decimal("9.1")), ("2", 0)]
    assert result.column("order_lines", "discount_amount") == [Decimal("3.03"), Decimal("6.07"), 0]
    assert result["refunds"] == []
    assert closes(result)


def test_a_discount_larger_than_any_invoice_becomes_money_given_back(retail):
    result = retail("""
        1,10001,Cup,1,13/12/2010 10:00,5,7,France
        C2,D,Discount,-1,15/12/2010 10:00,9,7,France
        C3,D,Discount,-1,15/12/2010 10:00,2,8,France
    """)
    assert result.column("order_lines", "discount_amount") == [5]
    assert [(row["order_id"], row["amount"], row["reason"]) for row in result["refunds"]] == [
        ("1", 4, "discount"),
        ("C3", 2, "discount"),
    ]
    assert closes(result)


def test_a_discount_on_an_ordinary_invoice_is_of_that_invoice(retail):
    result = retail("""
        1,10001,Cup,1,13/12/2010 10:00,5,7,France
        1,D,Discount,-1,13/12/2010 10:00,1,7,France
    """)
    assert result.column("orders", "discount_amount") == [1]
    assert closes(result)


@pytest.mark.parametrize("code", ["M", "m", "gift_0001_10", "DCGS0003", "PADS"])
def test_manual_entries_and_gift_vouchers_are_products(retail, code):
    result = retail(f"1,{code},Something,1,13/12/2010 10:00,8.33,7,France")
    assert result.column("order_lines", "product_id") == [code.upper()]


@pytest.mark.parametrize("code", ["BANK CHARGES", "AMAZONFEE", "CRUK", "S", "B", "TEST001"])
def test_what_is_no_sale_is_left_out_and_its_sum_is_told(retail, code):
    result = retail(f"""
        1,{code},no sale,1,13/12/2010 10:00,15,7,France
        C2,{code},no sale,-1,13/12/2010 10:00,20,7,France
        3,10001,Cup,1,13/12/2010 10:00,5,7,France
    """)
    assert result.column("orders", "order_id") == ["3"]
    assert result["refunds"] == []
    assert [(note.amount, note.rows) for note in result.notes] == [(-5, 2)]
    assert result.steps["left_out"] == 5
    assert closes(result)


def test_bad_debt_is_left_out(retail):
    result = retail("A1,B,Adjust bad debt,1,13/12/2010 10:00,-11062.06,,United Kingdom")
    assert result.tables.keys() <= {"orders"}
    assert [note.words.en for note in result.notes] == ["Bad debt"]
    assert closes(result)


def test_a_code_in_lower_case_is_the_same_product(retail):
    result = retail("""
        1,15056BL,PARASOL,1,13/12/2010 10:00,5,7,France
        2,15056bl,PARASOL,1,14/12/2010 10:00,5,7,France
    """)
    assert result.column("products", "product_id") == ["15056BL"]
    assert set(result.column("order_lines", "product_id")) == {"15056BL"}


def test_the_name_of_a_product_is_its_most_frequent_description_in_sales(retail):
    result = retail("""
        1,10001,?,-1,13/12/2010 10:00,0,,France
        2,10001,?,-1,13/12/2010 10:00,0,,France
        3,10001,?,-1,13/12/2010 10:00,0,,France
        4,10001,OLD CUP,1,13/12/2010 10:00,5,7,France
        5,10001,RED   CUP ,1,13/12/2010 10:00,5,7,France
        6,10001,RED CUP,1,13/12/2010 10:00,5,7,France
        7,10002,thrown away,-1,13/12/2010 10:00,0,,France
        8,10003,,1,13/12/2010 10:00,0,,France
    """)
    assert {row["product_id"]: row["name"] for row in result["products"]} == {
        "10001": "RED CUP",
        "10002": "thrown away",
        "10003": None,
    }


def test_the_country_of_a_customer_is_that_of_the_latest_line(retail):
    result = retail("""
        2,10001,Cup,1,14/12/2010 10:00,5,7,Belgium
        1,10001,Cup,1,13/12/2010 10:00,5,7,France
        3,10001,Cup,1,13/12/2010 10:00,5,,Spain
    """)
    assert [(row["customer_id"], row["country"]) for row in result["customers"]] == [("7", "Belgium")]


def test_an_invoice_written_over_several_minutes_is_placed_at_the_first(retail):
    result = retail("""
        1,10001,Cup,1,13/12/2010 10:01,5,,France
        1,10002,Plate,1,13/12/2010 10:00,5,7,France
    """)
    (order,) = result["orders"]
    assert order["placed_at"] == datetime(2010, 12, 13, 10, tzinfo=UTC)
    assert order["customer_id"] == "7"


def test_times_are_those_of_london(retail):
    result = retail("1,10001,Cup,1,13/07/2011 10:00,5,7,France")
    assert result.column("orders", "placed_at") == [datetime(2011, 7, 13, 9, tzinfo=UTC)]


def test_american_dates_are_recognised_by_the_days_above_twelve(retail):
    result = retail("""
        1,10001,Cup,1,1/2/2011 10:00,5,7,France
        2,10001,Cup,1,1/13/2011 10:00,5,7,France
    """)
    assert result.column("orders", "placed_at")[0] == datetime(2011, 1, 2, 10, tzinfo=UTC)


def test_lines_at_price_zero_are_kept_and_told(retail):
    result = retail("1,10001,found,1,13/12/2010 10:00,0,,United Kingdom")
    assert len(result["order_lines"]) == 1
    assert [(note.amount, note.rows) for note in result.notes] == [(0, 1)]


def test_floating_prices_and_ids_are_cleaned(retail):
    result = retail("536365.0,10001,Cup,6.0,13/12/2010 10:00,0.00125,17850.0,France")
    assert result.column("orders", "order_id") == ["536365"]
    assert result.column("orders", "customer_id") == ["17850"]
    assert result.column("order_lines", "unit_price") == [Decimal("0.0012")]


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        ("1,10001,Cup,many,13/12/2010 10:00,5,7,France", "Quantity", "many"),
        ("1,10001,Cup,,13/12/2010 10:00,5,7,France", "Quantity", None),
        ("1,10001,Cup,1,13/12/2010 10:00,free,7,France", "UnitPrice", "free"),
        ("1,10001,Cup,1,some day,5,7,France", "InvoiceDate", "some day"),
        (",10001,Cup,1,13/12/2010 10:00,5,7,France", "InvoiceNo", None),
        ("1,,Cup,1,13/12/2010 10:00,5,7,France", "StockCode", None),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_place(retail, line, column, value):
    result = retail(f"2,10001,Cup,1,13/12/2010 10:00,5,7,France\n{line}")
    (reject,) = result.rejects
    assert (reject.table, reject.file, reject.line, reject.column, reject.value) == (
        "order_lines",
        "part0.csv",
        3,
        column,
        value,
    )
    assert result.column("orders", "order_id") == ["2"]
    assert closes(result)


def test_a_file_cut_in_the_middle_loses_that_line_only(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text(HEADER + "1,10001,Cup,1,13/12/2010 10:00,5,7,France\n2,100", encoding="utf-8")
    result = read(SOURCE, path)
    assert result.column("orders", "order_id") == ["1"]
    assert [(reject.line, reject.file) for reject in result.rejects] == [(3, "cut.csv")]


def test_the_second_edition_and_its_workbook_of_two_sheets_are_read(tmp_path):
    book = openpyxl.Workbook()
    header = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
    for number, title in enumerate(("Year 2009-2010", "Year 2010-2011")):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = title
        sheet.append(header)
        sheet.append(
            [489434 + number, 85048, "LIGHTS", 12, datetime.fromisoformat("2009-12-01T07:45"), 6.95, 13085, "UK"]
        )
    path = tmp_path / "online_retail_II.xlsx"
    book.save(path)
    result = read(SOURCE, path)
    assert [(row["order_id"], row["customer_id"]) for row in result["orders"]] == [
        ("489434", "13085"),
        ("489435", "13085"),
    ]
    assert result.sales == Decimal("166.80")


def test_western_encodings_are_read(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes((HEADER + "1,10001,CAFÉ £5 CUP,1,12/13/2010 10:00,5,7,EIRE\n").encode("cp1252"))
    assert read(SOURCE, path).column("products", "name") == ["CAFÉ £5 CUP"]


def test_parquet_with_text_columns_or_gaps_is_read_like_text(tmp_path):
    table = {
        "InvoiceNo": ["1", "2"],
        "StockCode": ["10001", "10001"],
        "Description": ["Cup", None],
        "Quantity": [1.0, None],
        "InvoiceDate": ["2010-12-13 10:00:00", "2010-12-13 10:00:00"],
        "UnitPrice": [5.0, 5.0],
        "CustomerID": [7.0, None],
        "Country": ["France", "France"],
    }
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table(table), path)
    result = read(SOURCE, path)
    assert [(row["order_id"], row["customer_id"], row["_line"]) for row in result["orders"]] == [("1", "7", 1)]
    assert [reject.line for reject in result.rejects] == [2]


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("InvoiceNo,StockCode,Quantity,InvoiceDate\n1,2,3,4\n")
    with pytest.raises(DataError, match="column 'UnitPrice' is missing; the file has InvoiceNo, StockCode"):
        read(SOURCE, path)


def test_both_editions_are_detected_and_others_not():
    def head(*columns: str) -> Head:
        return Head((FileHead(Path("x.csv"), "x.csv", columns),))

    assert SOURCE.detect(head("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"))
    assert SOURCE.detect(head("Invoice", "StockCode", "Quantity", "InvoiceDate", "Price"))
    assert not SOURCE.detect(head("order_id", "placed_at"))
    assert not SOURCE.detect(Head(()))

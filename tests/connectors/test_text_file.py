"""Every trap that real exports set for whoever reads them."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhanggui.basics.errors import DataError
from zhanggui.connectors import text_file_records
from zhanggui.connectors.text_file import open_rows


@pytest.fixture
def write(tmp_path: Path):
    def _write(content: str | bytes, name: str = "orders.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


def rows_of(path: Path, **options: object) -> list[tuple[int, dict[str, str]]]:
    return list(open_rows(path, **options))  # type: ignore[arg-type]


def test_a_plain_file_gives_rows_with_their_lines(write):
    assert rows_of(write("id,name\n1,Ann\n2,Bo\n")) == [(2, {"id": "1", "name": "Ann"}), (3, {"id": "2", "name": "Bo"})]


def test_rows_may_be_read_twice(write):
    rows = open_rows(write("id,name\n1,Ann\n"))
    assert list(rows) == list(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_is_read_in_every_encoding_that_exports_use(write, encoding):
    text = "订单编号,收货地址 ,备注\n1,上海市浦东新区世纪大道,好的\n2,北京,\n"
    rows = rows_of(write(text.encode(encoding)))
    assert rows[0] == (2, {"订单编号": "1", "收货地址": "上海市浦东新区世纪大道", "备注": "好的"})
    assert len(rows) == 2


def test_rare_characters_of_gb18030_are_read(write):
    assert rows_of(write("名,值\n㐀㐁𠀀,1\n张三李四,2\n".encode("gb18030")))[0][1]["名"] == "㐀㐁𠀀"


def test_western_code_pages_are_not_taken_for_chinese(write):
    text = "name;city\nMüller;Köln\nJosé;São Paulo\nFrançois;Besançon\n"
    assert [row["city"] for _, row in rows_of(write(text.encode("cp1252")))] == ["Köln", "São Paulo", "Besançon"]


def test_the_first_foreign_character_may_come_late_in_the_file(write):
    text = "id,name\n" + f"1,{'plain ' * 40}\n" * 6_000 + "2,上海天猫\n"
    assert rows_of(write(text.encode("gbk")))[-1] == (6_002, {"id": "2", "name": "上海天猫"})


def test_one_damaged_byte_does_not_change_the_encoding(write):
    content = ("id,name\n" + "1,上海市\n" * 50).encode() + b"2,ab\xffcd\n"
    rows = rows_of(write(content))
    assert rows[0][1]["name"] == "上海市"
    assert rows[-1][1]["name"] == "ab\ufffdcd"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(write, separator):
    text = "id,amount,note\n1,5,hello\n2,6,bye\n".replace(",", separator)
    assert rows_of(write(text))[1] == (3, {"id": "2", "amount": "6", "note": "bye"})


def test_decimal_commas_with_semicolons_are_noticed(write):
    rows = open_rows(write("id;amount\n1;1.234,50\n2;0,99\n"))
    assert rows.decimal == ","
    assert [row["amount"] for _, row in rows] == ["1.234,50", "0,99"]


def test_commas_in_text_do_not_beat_the_real_separator(write):
    text = "id;text;n\n1;a, b, c, d;4\n2;a, b, c, d;5\n3;x, y, z, w;6\n"
    assert rows_of(write(text))[0][1] == {"id": "1", "text": "a, b, c, d", "n": "4"}


def test_header_cells_lose_spaces_and_keep_the_known_spelling(write):
    rows = open_rows(write("收货地址 , ORDER ID,x\n上海,7,1\n"), header_has=["Order ID"])
    assert rows.columns == ("收货地址", "Order ID", "x")


def test_columns_that_repeat_are_numbered_and_nameless_ones_named(write):
    assert open_rows(write(",a,a\n0,1,2\n")).columns == ("column 1", "a", "a (2)")


def test_ids_lose_what_protects_them_from_spreadsheets(write):
    text = 'id,phone,sku,name\n"\t6917000000000000001",\'13800001111,"=""00123""",\'tis true\n'
    assert rows_of(write(text))[0][1] == {
        "id": "6917000000000000001",
        "phone": "13800001111",
        "sku": "00123",
        "name": "'tis true",
    }


def test_line_breaks_and_quotes_inside_cells_keep_line_numbers_right(write):
    text = 'id,text\n1,"first\nsecond ""quoted"", third"\n2,plain\n'
    assert rows_of(write(text)) == [
        (2, {"id": "1", "text": 'first\nsecond "quoted", third'}),
        (4, {"id": "2", "text": "plain"}),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_understood(write, end):
    assert [line for line, _ in rows_of(write(f"id,b{end}1,2{end}{end}3,4"))] == [2, 4]


def test_title_lines_before_the_header_are_skipped(write):
    text = (
        'Campaign performance\n"January 1, 2020 - January 31, 2020"\nCampaign,Clicks,Cost\nA,1,2.50\nTotal: ,1,2.50\n'
    )
    rows = open_rows(write(text))
    assert rows.header_line == 3
    assert next(iter(rows)) == (4, {"Campaign": "A", "Clicks": "1", "Cost": "2.50"})


def test_title_lines_padded_with_separators_are_skipped_too(write):
    rows = rows_of(write("Report,,\n,,\nCampaign,Clicks,Cost\nA,1,2\n"))
    assert rows == [(4, {"Campaign": "A", "Clicks": "1", "Cost": "2"})]


def test_rows_of_nothing_but_separators_are_no_rows(write):
    assert [line for line, _ in rows_of(write("a,b\n1,2\n,\n , \n3,4\n"))] == [2, 5]


def test_trailing_separators_do_not_break_rows(write):
    assert rows_of(write("a,b,\n1,2,\n3,4,\n")) == [(2, {"a": "1", "b": "2"}), (3, {"a": "3", "b": "4"})]


def test_a_file_cut_in_the_middle_of_a_row_loses_that_row_only(write):
    rows = open_rows(write("id,name,amount\n1,Ann,5\n2,Bo,6\n3,Cl"))
    assert [row["id"] for _, row in rows] == ["1", "2"]
    (reject,) = rows.rejects("orders")
    assert (reject.file, reject.line, reject.value) == ("orders.csv", 4, "3,Cl")
    assert "ends in the middle" in reject.reason


def test_a_file_cut_inside_quotes_loses_that_row_only(write):
    rows = open_rows(write('id,text,n\n1,a,1\n2,"several lines\nof text'))
    assert [row["id"] for _, row in rows] == ["1"]
    assert [(reject.line, "ends in the middle" in reject.reason) for reject in rows.rejects("reviews")] == [(3, True)]


def test_a_file_cut_inside_a_character_is_read_up_to_there(write):
    rows = open_rows(write("id,name\n1,上海\n2,北京\n".encode()[:-2]))
    assert [row["id"] for _, row in rows] == ["1"]
    assert [reject.line for reject in rows.rejects("t")] == [3]


def test_a_stray_quote_costs_one_line_and_not_the_rest_of_the_file(write):
    rows = open_rows(write('id,text,n\n1,a,1\n2,"stray,2\n3,b,3\n4,c,4\n'))
    assert [row["id"] for _, row in rows] == ["1", "3", "4"]
    assert [(reject.line, reject.reason) for reject in rows.rejects("t")] == [(3, text_file_records.UNCLOSED.en)]


def test_a_stray_quote_that_meets_another_quote_costs_one_line(write):
    rows = open_rows(write('id,text,n\n2,"stray,2\n3,b,3\n4,"good, text",4\n5,d,5\n'))
    assert [row["id"] for _, row in rows] == ["3", "4", "5"]


def test_a_quote_that_never_closes_does_not_eat_the_memory(write, monkeypatch):
    monkeypatch.setattr(text_file_records, "MAX_RECORD", 1000)
    rows = open_rows(write('id,text\n1,"stray\n' + "".join(f"{n},some text\n" for n in range(2, 500))))
    assert len(list(rows)) == 498
    assert [reject.line for reject in rows.rejects("t")] == [2]


def test_inch_marks_inside_cells_are_text(write):
    assert rows_of(write('id,name,n\n1,12" screen,3\n'))[0][1]["name"] == '12" screen'


def test_rows_of_another_length_are_refused_with_their_line(write):
    rows = open_rows(write("a,b\n1,2\n1\n1,2,3\n5,6\n"))
    assert [line for line, _ in rows] == [2, 5]
    assert [(reject.line, reject.reason) for reject in rows.rejects("t")] == [
        (3, "the row has 1 cells, the header has 2"),
        (4, "the row has 3 cells, the header has 2"),
    ]


def test_nul_bytes_are_dropped(write):
    assert rows_of(write(b"id,name\n1,A\x00nn\n"))[0][1]["name"] == "Ann"


def test_very_long_cells_are_read(write):
    long = "x" * 1_000_000
    assert rows_of(write(f"id,text\n1,{long}\n"))[0][1]["text"] == long


def test_packed_text_is_unpacked(write):
    path = write(gzip.compress(b"id,name\n1,Ann\n"), "orders.csv.gz")
    assert rows_of(path) == [(2, {"id": "1", "name": "Ann"})]


def test_packed_text_that_is_cut_gives_what_it_holds(write):
    content = b"id,name\n" + b"".join(b"%d,name of %d\n" % (n, n * n) for n in range(100_000))
    path = write(gzip.compress(content)[:-20_000], "orders.csv.gz")
    rows = open_rows(path)
    assert len(list(rows)) > 1000
    assert any("packed file ends too early" in reject.reason for reject in rows.rejects("orders"))


def test_a_file_of_nothing_but_a_header_has_no_rows(write):
    assert rows_of(write("a,b,c\n")) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "only blank lines"),
        (b"\xef\xbb\xbf", "only blank lines"),
        (b"<html><table><tr><td>1</td></tr></table>", "is a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "old Excel file"),
        (b"PK\x03\x04 broken", "not an Excel workbook"),
        (b"PAR1 broken", "not a whole Parquet file"),
        (b"\x1f\x8bbroken", "packed file"),
        (bytes(range(1, 32)) * 20, "is not a table"),
    ],
)
def test_files_that_are_no_tables_are_refused_in_a_sentence(write, content, says):
    with pytest.raises(DataError, match=says):
        open_rows(write(content))


def test_a_folder_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        open_rows(tmp_path)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(DataError, match=r"gone\.csv cannot be read: No such file"):
        open_rows(tmp_path / "gone.csv")


def test_a_missing_column_is_named_with_what_there_is_and_the_next_step(write):
    path = write("order_id,placed_at,quantity\n1,2,3\n")
    with pytest.raises(DataError) as caught:
        open_rows(path, header_has=["order_id", "unit_price"])
    assert str(caught.value) == (
        "orders.csv line 1: column 'unit_price' is missing; the file has order_id, placed_at, quantity. "
        "Write a mapping: zhanggui suggest-map orders.csv > orders.map.toml"
    )


def test_workbooks_are_read_like_text(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Report of orders"],
        ["order", "at", "amount", "ok", "long"],
        [536365, datetime.fromisoformat("2020-02-01T08:26"), 2.5, True, "'00123"],
        ["C5", datetime.fromisoformat("2020-02-02"), 12.0, None, 9440000000000000000],
        [],
        ["x", date(2020, 2, 3), 1e-7, False, 9.44e18],
    ):
        sheet.append(row)
    path = tmp_path / "orders.xlsx"
    book.save(path)
    rows = rows_of(path, header_has=["order", "at"])
    assert rows[0] == (
        3,
        {"order": "536365", "at": "2020-02-01 08:26:00", "amount": "2.5", "ok": "true", "long": "00123"},
    )
    assert rows[1][1]["amount"] == "12"
    assert rows[2][0] == 6
    assert rows[2][1]["amount"] == "0.0000001"
    assert rows[2][1]["long"] == "9.440000E+18"


def test_sheets_that_repeat_the_header_are_read_one_after_the_other(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["This workbook was exported by ..."])
    for year in ("2010", "2011"):
        sheet = book.create_sheet(year)
        sheet.append(["id", "n"])
        sheet.append([f"A{year}", 1])
    path = tmp_path / "both.xlsx"
    book.save(path)
    assert [row["id"] for _, row in rows_of(path, header_has=["id", "n"])] == ["A2010", "A2011"]


def test_parquet_is_read_as_text_with_row_numbers(tmp_path):
    path = tmp_path / "orders.parquet"
    table = pa.table(
        {
            "id": pa.array([1, 2]),
            "at": pa.array([datetime.fromisoformat("2020-01-01T08:00"), None]),
            "price": pa.array([Decimal("1.50"), None]),
            "share": pa.array([0.1, float("nan")]),
            "blob": pa.array([b"ab", None]),
        }
    )
    pq.write_table(table, path)
    assert rows_of(path, header_has=["id"]) == [
        (1, {"id": "1", "at": "2020-01-01 08:00:00", "price": "1.50", "share": "0.1", "blob": "ab"}),
        (2, {"id": "2", "at": "", "price": "", "share": "", "blob": ""}),
    ]


def test_the_kind_is_told_by_the_bytes_and_not_by_the_name(write):
    assert rows_of(write("订单号\t金额\n1\t2\n".encode("utf-16"), "orders.xls")) == [(2, {"订单号": "1", "金额": "2"})]


def test_day_first_is_told_by_the_dates_of_the_whole_column(write):
    rows = open_rows(write("at\n" + "05/03/2020\n" * 100 + "25/03/2020\n"))
    assert rows.day_first("at") is True
    assert open_rows(write("at,n\n05/03/2020,1\n")).day_first("at") is None
    assert open_rows(write("at,n\n02-21-20,1\n")).day_first("at") is False


def test_progress_is_told(write):
    seen: list[tuple[str, int, int | None]] = []
    path = write("a,b\n" + "1,2\n" * 60_000)
    rows = open_rows(path, progress=lambda stage, done, total=None: seen.append((stage, done, total)))
    seen.clear()
    assert sum(1 for _ in rows) == 60_000
    assert len(seen) == 3
    assert all(total == path.stat().st_size and done <= total for _, done, total in seen if total)

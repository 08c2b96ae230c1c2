"""CSV files that the store reads itself: every trap of a file, with the right line."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from tests.store.pieces import counts, kept, orders, refused, scan, take

from zhanggui.basics.errors import DataError, OutsideError
from zhanggui.shop import CsvScan
from zhanggui.store.importing.lines import count_lines, lines_at, records, still_open
from zhanggui.store.opened import OpenShop

HEADER = "order_id,line_no,product_id,quantity,unit_price\n"


def test_a_plain_file_goes_in(shop: OpenShop, tmp_path: Path) -> None:
    report = take(shop, scan("order_lines", tmp_path / "l.csv", HEADER + "1,1,P,2,9.99\n1,2,Q,1,5\n"))
    assert counts(report, "order_lines") == (2, 0, 0, 0)
    assert kept(shop, "order_lines", "product_id", "unit_price") == [("P", Decimal("9.99")), ("Q", Decimal(5))]


def test_rows_and_a_scan_of_the_same_rows_are_the_same(shop: OpenShop, tmp_path: Path) -> None:
    take(shop, orders({"city": "北京 🎁"}))
    text = "order_id,placed_at,status,city\n1,2026-01-05T12:00:00Z,paid,北京 🎁\n"
    report = take(shop, scan("orders", tmp_path / "o.csv", text))
    assert counts(report, "orders") == (0, 0, 1, 0)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "1,1,P,2,9.99\n",
        HEADER.replace("\n", "\r\n") + "1,1,P,2,9.99\r\n",
        HEADER + "1,1,P,2,9.99",
        HEADER + '"1","1","P","2","9.99"\n',
        HEADER + "\n1,1,P,2,9.99\n\n",
        HEADER + " 1 ,1 , P\t,2, 9.99\n",
    ],
    ids=["mark", "crlf", "no end", "quoted", "blank lines", "blanks"],
)
def test_forms_of_the_same_file_are_the_same(shop: OpenShop, tmp_path: Path, text: str) -> None:
    file = scan("order_lines", tmp_path / "l.csv", text)
    report = take(shop, CsvScan(file.table, file.path, tuple(HEADER.strip().split(",")), file.file))
    assert counts(report, "order_lines") == (1, 0, 0, 0)
    assert kept(shop, "order_lines") == [("1", 1, "P", Decimal(2), Decimal("9.99"), None, None)]


def test_other_separators_and_unused_columns(shop: OpenShop, tmp_path: Path) -> None:
    text = "shop;order_id;placed_at;status;remark\nA;1;2026-01-05;paid;x\n"
    take(shop, scan("orders", tmp_path / "o.csv", text, separator=";"))
    assert kept(shop, "orders", "order_id", "status") == [("1", "paid")]


def test_title_lines_before_the_header_are_skipped(shop: OpenShop, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("Orders\nJanuary\norder_id,placed_at,status\n1,2026-01-05,paid\n2,?,paid\n", encoding="utf-8")
    report = take(shop, CsvScan("orders", path, ("order_id", "placed_at", "status"), "o.csv", skip=3))
    assert counts(report, "orders") == (1, 0, 0, 1)
    assert refused(shop, report)[0].line == 5


def test_a_file_with_a_header_only_delivers_its_table(shop: OpenShop, tmp_path: Path) -> None:
    report = take(shop, scan("order_lines", tmp_path / "l.csv", HEADER))
    assert counts(report, "order_lines") == (0, 0, 0, 0)
    assert shop.warehouse.facts()["order_lines"].delivered


def test_text_with_line_breaks_and_quotes_is_kept_and_lines_stay_right(shop: OpenShop, tmp_path: Path) -> None:
    text = (
        "review_id,created_at,text\n"
        '1,2026-01-05,"first\nsecond ""quoted"", third\n\nend"\n'
        "\n"
        '2,2026-01-05,5" pipe\n'
        "3,never,x\n"
        '4,2026-01-05,"a\r\nb"\n'
        "5,never,y\n"
    )
    report = take(shop, scan("reviews", tmp_path / "r.csv", text))
    assert kept(shop, "reviews", "review_id", "text")[0] == ("1", 'first\nsecond "quoted", third\n\nend')
    assert {row.line: row.value for row in refused(shop, report) if row.column} == {8: "never", 11: "never"}


def test_lines_that_are_no_rows_are_refused_with_their_line_and_the_rest_goes_in(
    shop: OpenShop, tmp_path: Path
) -> None:
    text = (
        HEADER + "1,1,P,2,9.99\n"
        "1,2,P\n"  # line 3
        "1,3,P,2,9.99,extra\n"  # line 4
        "\n"
        "1,4,P,0,9.99\n"  # line 6
        "1,5,P,2,9.99\n"
        '1,6,"P'  # line 8: cut in the middle of a row
    )
    report = take(shop, scan("order_lines", tmp_path / "l.csv", text))
    assert counts(report, "order_lines") == (2, 0, 0, 4)
    found = {row.line: row.reason for row in refused(shop, report)}
    assert found == {
        3: "the line has fewer cells than the header",
        4: "the line has more cells than the header",
        6: "quantity is zero",
        8: "a quoted cell is not closed",
    }


def test_a_line_that_is_no_utf8_is_refused(shop: OpenShop, tmp_path: Path) -> None:
    text = b"order_id,placed_at,status,city\n1,2026-01-05,paid,Leeds\n2,2026-01-05,paid,\xff\xfe\n3,?,paid,x\n"
    report = take(shop, scan("orders", tmp_path / "o.csv", text))
    assert counts(report, "orders") == (1, 0, 0, 2)
    assert {row.line for row in refused(shop, report)} == {3, 4}
    assert "UTF-8" in next(row.reason for row in refused(shop, report) if row.line == 3)


def test_repeated_keys_of_a_scan_name_both_lines(shop: OpenShop, tmp_path: Path) -> None:
    text = HEADER + "1,1,P,2,9.99\n\n1,1,P,3,9.99\n"
    report = take(shop, scan("order_lines", tmp_path / "l.csv", text))
    (row,) = refused(shop, report)
    assert row.line == 4
    assert "repeats line 2" in row.reason


def test_rows_of_a_big_file_keep_their_order_and_lines(shop: OpenShop, tmp_path: Path) -> None:
    """Read in parallel, in several parts; every 20,000th row is bad, in a file with line breaks inside cells."""
    rows, expected, line = [], [], 2
    for number in range(140_000):
        bad = number % 20_000 == 777
        cell = '"a\nb"' if number % 9_999 == 5 else "a"
        rows.append(f"{number},{'?' if bad else '2026-01-05'},paid,{cell},{'x' * 20}\n")
        if bad:
            expected.append((line, str(number)))
        line += 2 if "\n" in cell else 1
    text = "order_id,placed_at,status,city,region\n" + "".join(rows)
    report = take(shop, scan("orders", tmp_path / "o.csv", text))
    assert counts(report, "orders") == (140_000 - len(expected), 0, 0, len(expected))
    assert [row.line for row in refused(shop, report)] == [line for line, _ in expected]
    ids = shop.warehouse.query("SELECT order_id FROM orders ORDER BY rowid").column("order_id").to_pylist()
    assert [int(one) for one in ids] == sorted(int(one) for one in ids)


def test_two_scans_of_one_table_are_two_files(shop: OpenShop, tmp_path: Path) -> None:
    first = scan("order_lines", tmp_path / "1.csv", HEADER + "1,1,P,2,9.99\n1,2,P,2,9.99\n")
    second = scan("order_lines", tmp_path / "2.csv", HEADER + "1,1,P,3,9.99\n1,3,P,0,9.99\n")
    report = take(shop, first, second)
    assert counts(report, "order_lines") == (2, 1, 0, 1)
    assert [(row.file, row.line) for row in refused(shop, report)] == [("2.csv", 3)]


def test_an_empty_file_between_others_does_not_shift_lines(shop: OpenShop, tmp_path: Path) -> None:
    files = [
        scan("order_lines", tmp_path / "1.csv", HEADER + "1,1,P,0,9.99\n"),
        scan("order_lines", tmp_path / "2.csv", HEADER),
        scan("order_lines", tmp_path / "3.csv", HEADER + "1,2,P,1,9.99\n1,3,P,0,9.99\n"),
        scan("order_lines", tmp_path / "4.csv", HEADER),
    ]
    report = take(shop, *files)
    assert [(row.file, row.line) for row in refused(shop, report)] == [("1.csv", 2), ("3.csv", 3)]


def test_a_missing_required_column_of_a_scan_is_said(shop: OpenShop, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'status' of orders is missing"):
        take(shop, scan("orders", tmp_path / "o.csv", "order_id,placed_at\n1,2026-01-05\n"))


def test_a_column_that_two_columns_fill_is_refused(shop: OpenShop, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"two columns fill orders\.order_id"):
        take(shop, scan("orders", tmp_path / "o.csv", "order_id,placed_at,status,order_id\n1,2026-01-05,paid,1\n"))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"order_id,placed_at,status", bytes(range(256)) * 40, b'"' * 999, b"x" * 5_000_000, b"\0" * 5000],
    ids=["empty", "blank", "header", "bytes", "quotes", "long", "zeros"],
)
def test_a_file_that_is_no_csv_ends_in_a_sentence_or_in_rejects(shop: OpenShop, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(content)
    good = 0
    with suppress(DataError):
        good = take(shop, CsvScan("orders", path, ("order_id", "placed_at", "status"), "o.csv")).good
    assert good == 0
    assert kept(shop, "orders") == []


def test_a_folder_instead_of_a_file_is_said(shop: OpenShop, tmp_path: Path) -> None:
    with pytest.raises((DataError, OutsideError)):
        take(shop, CsvScan("orders", tmp_path, ("order_id", "placed_at", "status"), "o"))


def test_a_file_that_is_not_there_is_said(shop: OpenShop, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"gone\.csv"):
        take(shop, CsvScan("orders", tmp_path / "gone.csv", ("order_id", "placed_at", "status"), "gone.csv"))


@pytest.mark.parametrize("name", ["l*.csv", "l?.csv", "l[12].csv", "l{1,2}.csv", "line 1's.csv"])
def test_a_name_that_looks_like_a_pattern_is_one_file(shop: OpenShop, tmp_path: Path, name: str) -> None:
    for other in ("l1.csv", "l2.csv"):
        (tmp_path / other).write_text(HEADER + "other,1,P,2,9.99\n", encoding="utf-8")
    take(shop, scan("order_lines", tmp_path / name, HEADER + "1,1,P,2,9.99\n"))
    assert kept(shop, "order_lines", "order_id") == [("1",)]


def test_names_with_quotes_are_no_danger(shop: OpenShop, tmp_path: Path) -> None:
    report = take(shop, scan("order_lines", tmp_path / "it's; DROP TABLE.csv", HEADER + "1,1,P,0,9.99\n"))
    assert refused(shop, report)[0].file == "it's; DROP TABLE.csv"


@pytest.mark.parametrize(
    ("text", "within", "opened"),
    [
        ('a,"b', False, True),
        ('a,"b"', False, False),
        ('b",c', True, False),
        ('b"",c', True, True),
        ('a,5" pipe,b', False, False),
        ('"a""b', False, True),
        ("plain", True, True),
        ('",""', True, False),
    ],
)
def test_whether_a_quoted_cell_goes_on_is_seen(text: str, within: bool, opened: bool) -> None:
    assert still_open(text.encode(), b",", b'"', within=within) is opened


def test_records_and_their_lines_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('h\n"a\nb"\n\nc\n"open', encoding="utf-8")
    assert list(records(path, 1, ",", '"')) == [(8, 2), (11, 5), (16, 6)]
    assert lines_at(CsvScan("orders", path, (), "a.csv"), [2, 9, 12, 99]) == [2, 5, 6, 6]
    assert count_lines(path) == 6

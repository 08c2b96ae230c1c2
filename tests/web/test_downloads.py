"""Tables leave as CSV and Excel with exact values, all rows, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from tests.web.conftest import Browser

from zhanggui.web.blocks import Bar, Cell, Column, Row, Table
from zhanggui.web.downloads import to_csv, to_xlsx

TABLE = Table(
    key="t",
    title="Sales: by day / [all]",
    columns=(Column("day", "日期"), Column("bar", "", "bar"), Column("sales", "Sales", "number", "money")),
    rows=(
        Row((Cell("3 Feb", "2011-02-03"), Cell(bar=Bar(0, 1)), Cell("£1,234.57", 1234.5678))),
        Row((Cell('=HYPERLINK("http://x")'), Cell(), Cell("–", None))),
        Row((Cell("@SUM(A1)", "@SUM(A1)"), Cell(), Cell("−£5.00", Decimal("-5.00")))),
    ),
)


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_csv_has_exact_values_and_no_drawings() -> None:
    assert rows_of(to_csv(TABLE))[:2] == [["日期", "Sales"], ["2011-02-03", "1234.5678"]]


def test_csv_begins_with_a_mark_so_that_spreadsheets_read_chinese() -> None:
    assert to_csv(TABLE).startswith(b"\xef\xbb\xbf")


def test_csv_disarms_formulas_but_not_numbers() -> None:
    rows = rows_of(to_csv(TABLE))
    assert rows[2] == ['\'=HYPERLINK("http://x")', ""]
    assert rows[3] == ["'@SUM(A1)", "-5.00"]


def test_excel_has_numbers_as_numbers_and_text_as_text() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(TABLE))).active
    assert sheet["B2"].value == 1234.5678
    assert sheet["B2"].number_format == "#,##0.00"
    assert sheet["A3"].data_type == "s"
    assert sheet["A3"].value == '=HYPERLINK("http://x")'
    assert sheet["B3"].value is None
    assert sheet.freeze_panes == "A2"
    assert sheet.title == "Sales by day  all"


def test_excel_drops_characters_that_it_cannot_hold() -> None:
    table = Table("t", "", (Column("a", "A"),), (Row((Cell("a\x00b\x1f"),)), Row((Cell("d", date(2011, 2, 3)),))))
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(table))).active
    assert sheet["A2"].value == "ab"
    assert sheet.title == "zhanggui"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("page=products&table=products&view=top", 120),
        ("page=explore&table=answer&kpi=sales&split=country", 8),
        ("page=explore&table=answer&kpi=sales&window=7d", 8),
        ("page=today&table=course", 28),
        ("page=today&table=drivers", 6),
        ("page=data&table=tables", 4),
        ("page=catalogue&table=area-sales", 8),
        ("page=batches/b-20111209-061200&table=rejects", 19),
        ("page=batches/b-20111209-061200&table=bridge", 6),
    ],
)
def test_every_table_of_a_page_can_be_taken_away_whole(browser: Browser, query: str, rows: int) -> None:
    answer = browser.get(f"/gifts/download.csv?{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert len(rows_of(answer.content)) == rows + 1
    assert browser.get(f"/gifts/download.xlsx?{query}").content.startswith(b"PK")


def test_the_links_of_a_page_give_its_tables(browser: Browser) -> None:
    html = browser.get("/gifts/explore?kpi=aov&split=country&window=90d").text
    start = html.index("/gifts/download.csv")
    link = html[start : html.index('"', start)].replace("&amp;", "&")
    assert browser.get(link).status_code == 200
    assert "window=90d" in link

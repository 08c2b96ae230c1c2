"""Tables that line up, CSV that opens, JSON that parses."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from zhanggui.basics.words import Words
from zhanggui.cli.bar import Bar, line
from zhanggui.cli.show import as_csv, as_json, as_table, shown, width
from zhanggui.loop.result import ROW, Document, Grid, GridColumn, text, value
from zhanggui.loop.values import named

COLUMNS = (
    text("name", "name", "名称"),
    value("sales", "sales", "销售额", "money"),
    GridColumn("change", Words("change", "变化"), "change", "money"),
    GridColumn("rate", Words("%", "变化率"), "change_rate"),
)
GRID = Grid(COLUMNS, (("茶壶", 1234.5, -10.0, -0.05), ("a", None, None, None), (None, 3.0, 2.0, 0.1)), None, "CNY")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_line_up_with_chinese_characters(language: str) -> None:
    lines = as_table(GRID, language).splitlines()
    rule = lines[1]
    edges = [place for place, sign in enumerate(rule) if sign == " "]
    for each in lines:
        cells = _cells(each)
        for edge in edges:
            assert edge >= len(cells) or cells[edge] == " "


def _cells(line: str) -> list[str]:
    found: list[str] = []
    for sign in line:
        found += [sign, *("_" * (width(sign) - 1))]
    return found


def test_numbers_are_written_with_their_unit_and_sign() -> None:
    told = as_table(GRID, "en")
    assert "¥1,234.50" in told
    assert "−¥10.00" in told
    assert "+¥2.00" in told
    assert "+10.0 %" in told
    assert "(none)" in told
    assert "–" in told


def test_a_row_may_have_a_unit_of_its_own() -> None:
    grid = Grid(
        (text("k", "k", "k"), value("v", "v", "v", ROW)), (("a", 0.5), ("b", 2.0)), None, "GBP", ("rate", "money")
    )
    told = as_table(grid, "en")
    assert "50.0 %" in told
    assert "£2.00" in told


def test_changes_of_rates_are_points() -> None:
    grid = Grid((GridColumn("c", Words("c", "c"), "change", "rate"),), ((0.012,),))
    assert "+1.2 points" in as_table(grid, "en")
    assert "个百分点" in as_table(grid, "zh")


def test_control_signs_and_long_text_cannot_break_the_table() -> None:
    grid = Grid((text("a", "a", "a"),), (("one\ntwo\x1b[31m",), ("茶" * 100,)))
    lines = as_table(grid, "en").splitlines()
    assert len(lines) == 4
    assert "\x1b" not in lines[2]
    assert width(lines[3]) <= 61


def test_an_empty_table_says_so() -> None:
    assert "(no rows)" in as_table(Grid((text("a", "a", "a"),), ()), "en")
    assert "（无数据）" in as_table(Grid((text("a", "a", "a"),), ()), "zh")


def test_csv_has_raw_values_under_stable_keys() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(GRID))))
    assert rows[0] == ["name", "sales", "change", "rate"]
    assert rows[1] == ["茶壶", "1234.5", "-10.0", "-0.05"]
    assert rows[2] == ["a", "", "", ""]


def test_csv_writes_words_in_english_and_days_as_iso() -> None:
    grid = Grid((text("a", "a", "a"), text("b", "b", "b")), ((Words("Sales", "销售额"), date(2026, 3, 1)),))
    assert as_csv(grid).splitlines()[1] == "Sales,2026-03-01"


def test_values_are_words_in_tables_and_themselves_in_csv() -> None:
    grid = Grid((text("device", "device", "设备"),), ((named("device", "mobile"),), (named("device", None),), (None,)))
    assert [line.strip() for line in as_table(grid, "zh").splitlines()[2:]] == ["手机", "（无）", "（无）"]
    assert [line.strip() for line in as_table(grid, "en").splitlines()[2:]] == ["Mobile", "(none)", "(none)"]
    assert list(csv.reader(io.StringIO(as_csv(grid)))) == [["device"], ["mobile"], [""], [""]]


def test_json_is_one_document_without_nan() -> None:
    told = as_json({"a": float("nan"), "茶": date(2026, 3, 1)})
    assert json.loads(told) == {"a": None, "茶": "2026-03-01"}
    assert "茶" in told


def test_a_result_is_shown_in_each_format() -> None:
    result = Document({"a": 1}, (GRID, GRID), Words("Done.", "完成。"))
    assert json.loads(shown(result, "json", "en")) == {"a": 1}
    assert shown(result, "csv", "en") == as_csv(GRID)
    told = shown(result, "table", "zh")
    assert told.endswith("完成。\n")
    assert told.count("销售额") == 2


def test_a_result_of_plain_text_is_that_text() -> None:
    assert shown(Document({"mapping": "x"}, text="x = 1"), "table", "en") == "x = 1\n"
    assert shown(Document({"mapping": "x"}, text="x = 1\n"), "csv", "en") == "x = 1\n"
    assert json.loads(shown(Document({"mapping": "x"}, text="x"), "json", "en")) == {"mapping": "x"}


def test_a_result_without_tables_is_empty_csv() -> None:
    assert shown(Document({}), "csv", "en") == ""


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_drawn_on_a_terminal_and_wiped_at_the_end() -> None:
    out = _Terminal()
    with Bar(out) as bar:
        bar("reading", 1, 2)
        bar("reading", 2, 2)  # too soon after the first
    assert out.getvalue().count("reading") == 1
    assert out.getvalue().endswith("\r\x1b[K")


def test_the_bar_is_silent_elsewhere() -> None:
    out = io.StringIO()
    with Bar(out) as bar:
        bar("reading", 1, 2)
    assert out.getvalue() == ""


def test_a_bar_never_leaves_its_frame() -> None:
    assert line("x", 300, 100).startswith("[########################] 100 %")
    assert line("x", 5, None).strip() == "5  x"

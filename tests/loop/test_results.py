"""Results: JSON that is JSON, grids that survive the wire, Arrow and pandas forms."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.loop.result import ROW, Document, Grid, Named, from_wire, plain, text, to_wire, value
from zhanggui.loop.values import named

GRID = Grid(
    columns=(text("name", "name", "名称"), value("n", "n", "数", ROW)),
    rows=((Words("Sales", "销售额"), 1.5), (None, None)),
    title=Words("Title", "标题"),
    currency="CNY",
    units=("money", "count"),
)


def test_plain_leaves_only_what_json_knows() -> None:
    thing = {
        "a": float("nan"),
        "b": [float("inf"), Decimal("1.50")],
        3: date(2026, 3, 1),
        "w": Words("a", "b"),
        "t": (1,),
    }
    told = json.dumps(plain(thing), allow_nan=False)
    assert json.loads(told) == {
        "a": None, "b": [None, 1.5], "3": "2026-03-01", "w": {"en": "a", "zh": "b"}, "t": [1],
    }  # fmt: skip


def test_a_result_survives_the_way_from_server_to_command_line() -> None:
    document = Document({"a": 1}, (GRID,), Words("done", "完成"), good=False, text="x")
    again = from_wire(json.loads(json.dumps(plain(to_wire(document)))))
    assert again.to_json() == {"a": 1}
    assert again.grids() == (GRID,)
    assert (again.words, again.good, again.text) == (Words("done", "完成"), False, "x")


def test_values_keep_their_words_and_themselves_on_the_way_and_are_raw_in_arrow() -> None:
    cells = (named("device", "mobile"), named("weekday", 1), named("device", None), named("brand", "手机"))
    assert cells[0] == Named("Mobile", "手机", "mobile")
    grid = Grid((text("value", "value", "取值"),), tuple((cell,) for cell in cells[:1] + cells[2:]))
    again = from_wire(json.loads(json.dumps(plain(to_wire(Document({}, (grid,)))))))
    assert again.grids() == (grid,)
    assert again.to_arrow().to_pydict() == {"value": ["mobile", None, "手机"]}
    assert (cells[1].raw, cells[1].zh) == (1, "星期一")


def test_words_inside_a_document_become_a_text_in_the_language_asked_for() -> None:
    document = Document({"why": [{"reason": Words("gone", "没了")}], "words": Words("a", "甲").to_json()})
    assert document.to_json() == {"why": [{"reason": "gone"}], "words": {"en": "a", "zh": "甲"}}
    assert document.to_json("zh")["why"] == [{"reason": "没了"}]


def test_a_document_keeps_both_languages_on_the_way_to_the_command_line() -> None:
    document = Document({"reason": Words("gone", "没了"), "n": 1})
    again = from_wire(json.loads(json.dumps(plain(to_wire(document)))))
    assert again.to_json() == {"reason": "gone", "n": 1}
    assert again.to_json("zh") == {"reason": "没了", "n": 1}
    assert to_wire(Document({"n": 1}))["zh"] is None


def test_a_bare_result_survives_too() -> None:
    again = from_wire(json.loads(json.dumps(plain(to_wire(Document({}))))))
    assert again == Document({})


def test_the_first_grid_becomes_arrow_and_pandas() -> None:
    document = Document({}, (GRID,))
    assert document.to_arrow().to_pydict() == {"name": ["Sales", None], "n": [1.5, None]}
    assert list(document.to_pandas().columns) == ["name", "n"]


def test_a_result_without_grids_is_an_empty_arrow_table() -> None:
    assert Document({}).to_arrow().num_columns == 0


def test_decimals_become_numbers_in_arrow() -> None:
    grid = Grid((value("a", "a", "a"),), ((Decimal("1.25"),), (Decimal("2"),)))
    assert grid.to_arrow().to_pydict() == {"a": [1.25, 2.0]}

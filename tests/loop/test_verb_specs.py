"""Specs of verbs: complete, light, and strict about their parameters."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.loop.verb import PHASES, Verb, param, params_of
from zhanggui.loop.verbs import verbs

CONTRACT = {
    "init", "import", "rejects", "batches", "bridge", "kpi", "explain", "trees", "catalogue", "products", "data",
    "sources", "suggest-map", "watch-folder", "today",
}  # fmt: skip


def test_every_verb_of_the_contract_is_there() -> None:
    assert set(verbs()) >= CONTRACT


def test_verbs_come_in_the_order_of_the_closed_loop() -> None:
    phases = [verb.phase for verb in verbs().values()]
    assert phases == sorted(phases, key=list(PHASES).index)


@pytest.mark.parametrize("verb", verbs().values(), ids=verbs().keys())
def test_a_verb_tells_its_words_parameters_and_example(verb: Verb) -> None:
    assert verb.name in verb.example
    assert verb.doc.en != verb.words.en
    assert verb.doc.en.endswith(".")
    assert verb.gives["type"] == "object"
    assert verb.takes.__doc__
    for item in verb.params:
        assert item.words.zh != item.words.en or item.words.en.isupper()


@pytest.mark.parametrize("verb", verbs().values(), ids=verbs().keys())
def test_parameters_of_a_verb_can_be_kept_as_a_key(verb: Verb) -> None:
    raw: dict[str, Any] = {item.key: "2026-01-01=1" for item in verb.params if item.required and item.kind != "path"}
    raw |= {item.key: "x" for item in verb.params if item.kind == "path" and item.required}
    assert hash(verb.parse(raw)) == hash(verb.parse(raw))


def test_specs_are_read_without_the_warehouse_and_the_web_framework() -> None:
    code = (
        "import sys; from zhanggui.loop.verbs import verbs; verbs(); "
        "print([name for name in ('duckdb','pyarrow','numpy','sqlglot','fastapi','sqlalchemy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@dataclass(frozen=True)
class _All:
    """Every kind of parameter."""

    one: str = param("one", "一", positional=True)
    text: str | None = param("text", "文本", default=None)
    from_: date | None = param("day", "日", kind="day", default=None)
    at: datetime | None = param("moment", "时刻", kind="moment", default=None)
    count: int = param("count", "数", kind="count", default=0)
    number: float = param("number", "数值", kind="number", default=0.0)
    flag: bool = param("flag", "标志", kind="flag", default=False)
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True)
    paths: tuple[Path, ...] = param("paths", "路径", kind="path", repeated=True)
    grain: str | None = param("grain", "粒度", choices=("week", "month"), default=None)


def _parsed(**raw: Any) -> _All:
    items = {item.key: item for item in params_of(_All)}
    values = {items[key].name: items[key].parse(value) for key, value in raw.items()}
    return _All(**{"one": "1", **values})


def test_text_becomes_the_type_of_the_parameter() -> None:
    raw = {"from": "2026-03-01", "at": "2026-03-01T10:00+00:00", "count": "3", "number": "1.5", "flag": "true"}
    found = _parsed(**raw, where=["country=FR", "sku=a=b"], paths="a.csv", grain="week")
    assert found.from_ == date(2026, 3, 1)
    assert found.at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (found.count, found.number, found.flag) == (3, 1.5, True)
    assert found.where == (("country", "FR"), ("sku", "a=b"))
    assert found.paths == (Path("a.csv"),)
    assert found.grain == "week"


def test_typed_values_pass_through() -> None:
    raw = {"from": date(2026, 3, 1), "at": datetime(2026, 3, 1, tzinfo=UTC)}
    found = _parsed(**raw, count=3, number=2, flag=False, where=[("a", "b")], paths=[Path("x")])
    assert found.where == (("a", "b"),)
    assert (found.count, found.number, found.flag) == (3, 2.0, False)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("from", "2026-02-30"), ("from", 20260301), ("from", datetime(2026, 3, 1, tzinfo=UTC)), ("at", "noon"),
        ("count", "-1"), ("count", "1.5"), ("count", True), ("count", 2**60), ("number", "nan"), ("number", "inf"),
        ("number", []), ("number", True), ("flag", "perhaps"), ("where", "country"), ("where", "=FR"), ("paths", " "),
        ("text", {"a": 1}), ("text", "a\0b"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_with_its_name(key: str, value: Any) -> None:
    with pytest.raises(DefinitionError, match=rf"^{key}"):
        _parsed(**{key: value})


def test_a_choice_that_does_not_exist_is_refused_with_near_names() -> None:
    with pytest.raises(UnknownNameError) as caught:
        _parsed(grain="weak")
    assert caught.value.suggestions == ("week",)


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(DefinitionError, match=r"^kpi needs name\.$"):
        verbs()["kpi"].parse({})
    with pytest.raises(DefinitionError, match="name needs at least one value"):
        verbs()["kpi"].parse({"name": []})


def test_an_unknown_parameter_is_refused_with_near_names() -> None:
    with pytest.raises(UnknownNameError) as caught:
        verbs()["kpi"].parse({"name": "sales", "againts": "previous"})
    assert caught.value.suggestions == ("against",)


def test_parameters_go_by_key_by_field_and_by_option_name() -> None:
    kpi = verbs()["kpi"]
    assert kpi.parse({"name": "sales", "from": "2026-03-01"}) == kpi.parse({"name": ["sales"], "from_": "2026-03-01"})
    assert kpi.parse({"name": "sales", "to-date": "month"}).to_date == "month"


def test_a_value_of_none_means_not_given() -> None:
    assert verbs()["kpi"].parse({"name": "sales", "top": None}).top is None

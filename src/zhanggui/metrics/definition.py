"""What a KPI is: one TOML file of the catalogue, parsed and checked."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import DefinitionError
from zhanggui.basics.words import Words
from zhanggui.metrics import expressions
from zhanggui.metrics.facts import FACTS, SQL_ALIAS

UNITS = ("money", "count", "rate", "ratio", "days", "hours", "ms", "points", "stars", "per_year")
SPANS = ("window", "last day", "28 days to end")
WINDOW_DAYS = "window_days"
_KEYS = {
    "words", "doc", "unit", "better", "needs", "value", "top", "bottom", "formula", "where", "top_where",
    "bottom_where", "time", "top_time", "bottom_time", "span", "top_span", "bottom_span", "hidden", "source",
    "example", "scale", "coverage",
}  # fmt: skip


@dataclass(frozen=True)
class Aggregate:
    """One number computed over the rows of one fact.

    ``place`` names file and key for errors; ``span`` says which days are looked at: the window, its
    last day, or the 28 days to its end.
    """

    key: str
    expression: str
    fact: str
    where: str
    time: str
    span: str
    place: str

    @property
    def tree(self) -> Any:
        """The checked syntax tree of the expression."""
        return expressions.parse(self.expression, self.place)

    @property
    def additive(self) -> bool:
        """Whole = sum of parts."""
        return expressions.is_additive(self.tree)

    @property
    def zero_when_empty(self) -> bool:
        """No rows means 0 rather than unknown."""
        return expressions.is_count_like(self.tree)

    def columns(self) -> frozenset[tuple[str, str]]:
        """(SQL alias, column) pairs that expression, condition and time read."""
        found = expressions.columns(self.tree) | expressions.columns(expressions.parse(self.time, self.place))
        if self.where:
            found |= expressions.columns(expressions.parse(self.where, self.place))
        return found


@dataclass(frozen=True)
class Example:
    """Rows of shop tables and the number that the KPI gives on them (None = unknown).

    With ``by``, ``expect`` holds one number per group; keys of several dimensions are joined by " | ".
    """

    tables: Mapping[str, tuple[Mapping[str, Any], ...]]
    expect: float | Mapping[str, float | None] | None
    by: tuple[str, ...]
    from_: str
    to: str
    zone: str
    where: Mapping[str, str]


@dataclass(frozen=True)
class Kpi:
    """A KPI of the catalogue. ``formula`` is arithmetic over aggregate keys and other KPIs' names."""

    name: str
    area: str
    words: Words
    doc: Words
    unit: str
    better: str
    needs: tuple[str, ...]
    source: str
    formula: str
    aggregates: tuple[Aggregate, ...]
    refers: tuple[str, ...]
    hidden: bool
    coverage: str
    shown: str
    examples: tuple[Example, ...]
    path: str

    def evaluate(self, value_of: Callable[[str], float | None]) -> float | None:
        """The KPI's number; unknown when a part is unknown or a divisor is 0.

        ``value_of`` answers aggregate keys, names of other KPIs and ``window_days``.
        """
        return _evaluate(_parsed(self.formula), value_of)

    @property
    def own_additive(self) -> bool:
        """True for a single additive aggregate; formulas are judged by the catalogue."""
        return len(self.aggregates) == 1 and not self.refers and self.aggregates[0].additive


@lru_cache(maxsize=1024)
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def _evaluate(node: ast.expr, value_of: Callable[[str], float | None]) -> float | None:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return value_of(node.id)
    if isinstance(node, ast.UnaryOp):
        inner = _evaluate(node.operand, value_of)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp):
        left, right = _evaluate(node.left, value_of), _evaluate(node.right, value_of)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        return left / right if right else None
    raise DefinitionError(
        f"{ast.unparse(node)!r} is not allowed in a formula.", zh=f"公式中不允许 {ast.unparse(node)!r}。"
    )


def names_in(formula: str, place: str) -> tuple[str, ...]:
    """The names that a formula uses, checked to be plain arithmetic.

    Raises:
        DefinitionError: anything else than + - * / ( ), numbers and names.
    """
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError as error:
        raise DefinitionError(
            f"{place}: {formula!r} is not a formula.", zh=f"{place}：{formula!r} 不是公式。"
        ) from error
    allowed = (
        ast.Expression,
        ast.BinOp,
        ast.UnaryOp,
        ast.USub,
        ast.Add,
        ast.Sub,
        ast.Mult,
        ast.Div,
        ast.Name,
        ast.Load,
    )
    for node in ast.walk(tree):
        number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
        if not number and not isinstance(node, allowed):
            raise DefinitionError(
                f"{place}: only + - * / ( ), numbers and KPI names are allowed in {formula!r}.",
                zh=f"{place}：{formula!r} 中只允许 + - * / ( )、数字和指标名。",
            )
    return tuple(dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)))


def read_kpi(path: Path, area: str) -> Kpi:
    """The KPI that the file ``path`` defines; its name is the file's name.

    Raises:
        DefinitionError: naming file and key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"{path}: not a TOML file ({error}).", zh=f"{path}：不是 TOML 文件（{error}）。"
        ) from error
    return kpi_of(path.stem, area, data, str(path))


def kpi_of(name: str, area: str, data: Mapping[str, Any], place: str) -> Kpi:
    """The KPI ``name`` that ``data`` (a parsed file) defines."""
    unit, better = _checked_keys(name, data, place)
    formula, aggregates, shown = _sides(name, data, place)
    refers = tuple(
        each for each in names_in(formula, place) if each != WINDOW_DAYS and each not in {a.key for a in aggregates}
    )
    if not data.get("example"):
        raise DefinitionError(
            f"{place}: at least one [[example]] is needed.", zh=f"{place}：至少要有一个 [[example]]。"
        )
    words = _words(data["words"], place)
    return Kpi(
        name=name,
        area=area,
        words=words,
        doc=_words(data["doc"], place) if "doc" in data else words,
        unit=unit,
        better=better,
        needs=tuple(data["needs"]),
        source=str(data["source"]),
        formula=formula,
        aggregates=aggregates,
        refers=refers,
        hidden=bool(data.get("hidden", False)),
        coverage=str(data.get("coverage", "")),
        shown=shown,
        examples=tuple(_example(each, place) for each in data["example"]),
        path=place,
    )


def _checked_keys(name: str, data: Mapping[str, Any], place: str) -> tuple[str, str]:
    """Unit and direction of the definition, once its name and keys are in order."""
    if not name.isidentifier() or name == WINDOW_DAYS:
        raise DefinitionError(
            f"{place}: {name!r} is no KPI name; use small letters, digits and _.",
            zh=f"{place}：{name!r} 不能作指标名；请用小写字母、数字和 _。",
        )
    strange = set(data) - _KEYS
    if strange:
        raise DefinitionError(
            f"{place}: unknown key {sorted(strange)[0]!r}; known are {', '.join(sorted(_KEYS))}.",
            zh=f"{place}：未知的键 {sorted(strange)[0]!r}；可用的键有 {', '.join(sorted(_KEYS))}。",
        )
    for key in ("words", "unit", "needs", "source"):
        if key not in data:
            raise DefinitionError(f"{place}: {key!r} is missing.", zh=f"{place}：缺少 {key!r}。")
    unit, better = data["unit"], data.get("better", "")
    if unit not in UNITS or better not in ("", "up", "down"):
        raise DefinitionError(
            f"{place}: unit is one of {', '.join(UNITS)}; better is up, down or left out.",
            zh=f"{place}：unit 只能是 {', '.join(UNITS)} 之一；better 为 up、down 或不写。",
        )
    return unit, better


def _words(data: Any, place: str) -> Words:
    try:
        return Words(data["en"], data["zh"])
    except (KeyError, TypeError, ValueError) as error:
        raise DefinitionError(
            f"{place}: words and doc need both languages: {{ en = ..., zh = ... }}.",
            zh=f"{place}：words 和 doc 必须有两种语言：{{ en = ..., zh = ... }}。",
        ) from error


def _sides(name: str, data: Mapping[str, Any], place: str) -> tuple[str, tuple[Aggregate, ...], str]:
    """Formula over aggregate keys and KPI names, the aggregates, and how it is shown to people."""
    scale = data.get("scale")
    times = f"{scale} * " if scale else ""
    if "formula" in data:
        return f"{times}({data['formula']})" if scale else data["formula"], (), data["formula"]
    if "value" in data:
        value = _aggregate(name, "value", data, place)
        return f"{times}{value.key}", (value,), f"{times}{data['value']}"
    if "top" in data and "bottom" in data:
        top, bottom = _aggregate(name, "top", data, place), _aggregate(name, "bottom", data, place)
        return f"{times}{top.key} / {bottom.key}", (top, bottom), f"{times}{data['top']} / {data['bottom']}"
    raise DefinitionError(
        f"{place}: give value, or top and bottom, or formula.",
        zh=f"{place}：请给出 value，或 top 与 bottom，或 formula。",
    )


def _aggregate(name: str, side: str, data: Mapping[str, Any], place: str) -> Aggregate:
    here = f"{place} [{side}]"
    expression = str(data[side])
    where = _both(str(data.get("where", "")), str(data.get(f"{side}_where", "")))
    used = expressions.aliases(expressions.parse(expression, here))
    if where:
        used |= expressions.aliases(expressions.parse(where, here))
    facts = [alias for alias in FACTS if SQL_ALIAS.get(alias, alias) in used]
    if not facts:
        raise DefinitionError(
            f"{here}: names no row to count; use one of {', '.join(FACTS)}.",
            zh=f"{here}：没有指明要统计的行；请用 {', '.join(FACTS)} 之一。",
        )
    fact = FACTS[facts[0]]
    reachable = {SQL_ALIAS.get(fact.alias, fact.alias), *fact.joins} | ({"ord"} if " AS ord" in fact.rows else set())
    foreign = used - reachable
    if foreign:
        raise DefinitionError(
            f"{here}: {sorted(foreign)[0]!r} can't be reached from {fact.alias!r}.",
            zh=f"{here}：从 {fact.alias!r} 无法到达 {sorted(foreign)[0]!r}。",
        )
    span = str(data.get(f"{side}_span", data.get("span", SPANS[0])))
    if span not in SPANS:
        raise DefinitionError(
            f"{here}: span is one of {', '.join(SPANS)}.", zh=f"{here}：span 只能是 {', '.join(SPANS)} 之一。"
        )
    time = str(data.get(f"{side}_time", data.get("time", fact.time)))
    return Aggregate(f"{name}__{side}", expression, fact.alias, where, _time(time, fact.time, here), span, here)


def _both(first: str, second: str) -> str:
    return f"({first}) and ({second})" if first and second else first or second


def _time(text: str, default: str, place: str) -> str:
    tree = expressions.parse(text, place)
    written: str = tree.sql()
    return written if written.count(".") == 1 else default


def _example(data: Mapping[str, Any], place: str) -> Example:
    settings = {"expect", "from", "to", "zone", "where", "by"}
    tables = {key: tuple(rows) for key, rows in data.items() if key not in settings}
    if not all(isinstance(row, dict) for rows in tables.values() for row in rows):
        raise DefinitionError(
            f"{place}: an example holds tables of rows: orders = [{{ order_id = '1' }}].",
            zh=f"{place}：example 中应是由行组成的表：orders = [{{ order_id = '1' }}]。",
        )
    expect = data.get("expect")
    by = data.get("by", ())
    return Example(
        tables,
        expect if expect is None or isinstance(expect, dict) else float(expect),
        (by,) if isinstance(by, str) else tuple(by),
        str(data.get("from", "2026-01-05")),
        str(data.get("to", "2026-01-06")),
        str(data.get("zone", "UTC")),
        dict(data.get("where", {})),
    )

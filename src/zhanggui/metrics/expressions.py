"""Expressions of KPI files: parsed, held to an allow-list, and written for an engine.

An expression may name columns of the facts it counts and use the functions below; nothing else:
no sub-query, no table, no file, no setting.
"""

from __future__ import annotations

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from zhanggui.basics.errors import DefinitionError
from zhanggui.metrics.dialects import dialect_named
from zhanggui.metrics.facts import ALIAS_COLUMNS, FACTS, SQL_ALIAS
from zhanggui.shop import TABLES

OWN_FUNCTIONS = {"median": 1, "percentile": 2, "seconds": 2, "promise_end": 1, "with_spend": 1}
WINDOW_FROM, WINDOW_TO = "@from_day", "@to_day"
UNIT_COST = "coalesce(line.unit_cost, product.unit_cost)"
WITH_SPEND = (
    "({} IN (SELECT campaign_id FROM ad_spend WHERE day >= {} AND day < {} GROUP BY campaign_id HAVING sum(spend) > 0))"
)
_ALIAS = re.compile(r"\b(" + "|".join(SQL_ALIAS) + r")\.(?=[a-z_])")
_UNIT_COST = re.compile(r"\bunit_cost\(\s*line\s*\)")
_ALLOWED: tuple[type[exp.Expr], ...] = (
    exp.Sum, exp.Count, exp.Avg, exp.Min, exp.Max, exp.Distinct, exp.Filter, exp.Where,
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Star,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between,
    exp.And, exp.Or, exp.Not, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Abs, exp.Round,
)  # fmt: skip


@lru_cache(maxsize=4096)
def parse(text: str, where: str) -> exp.Expr:
    """The checked syntax tree of ``text``; ``where`` names the file and key for errors.

    Raises:
        DefinitionError: not an expression, or something outside the allow-list.
    """
    plain = _UNIT_COST.sub(UNIT_COST, _ALIAS.sub(lambda hit: f"{SQL_ALIAS[hit[1]]}.", text))
    try:
        tree = sqlglot.parse_one(plain, read="duckdb")
    except SqlglotError as error:
        raise DefinitionError(
            f"{where}: {text!r} is not an expression ({str(error).splitlines()[0]}).",
            zh=f"{where}：{text!r} 不是表达式（{str(error).splitlines()[0]}）。",
        ) from error
    for node in tree.walk():
        _check(node, where)
    return tree


def _check(node: exp.Expr, where: str) -> None:
    own = _own_function(node)
    if own:
        name, arguments = own
        if len(arguments) != OWN_FUNCTIONS[name]:
            raise DefinitionError(
                f"{where}: {name}() takes {OWN_FUNCTIONS[name]} argument(s).",
                zh=f"{where}：{name}() 需要 {OWN_FUNCTIONS[name]} 个参数。",
            )
    elif not isinstance(node, _ALLOWED):
        allowed = "sum, count, avg, min, max, coalesce, nullif, abs, round, case, filter, unit_cost, "
        raise DefinitionError(
            f"{where}: {node.sql()[:60]!r} is not allowed in a KPI; "
            f"allowed are {allowed}{', '.join(OWN_FUNCTIONS)}, arithmetic and comparisons.",
            zh=(
                f"{where}：指标中不允许 {node.sql()[:60]!r}；允许的有 "
                f"{allowed}{', '.join(OWN_FUNCTIONS)}、四则运算和比较。"
            ),
        )
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        _check_column(node, where)


def _check_column(node: exp.Column, where: str) -> None:
    alias, column = node.table, node.name
    if not alias:
        raise DefinitionError(
            f"{where}: column {column!r} needs its row in front, such as order.{column}.",
            zh=f"{where}：列 {column!r} 前面要写明所属的行，例如 order.{column}。",
        )
    if alias not in ALIAS_COLUMNS:
        names = sorted(set(FACTS) | {"rank", "product"})
        raise DefinitionError(
            f"{where}: {alias}.{column}: there is no row {alias!r}; there are {', '.join(names)}.",
            zh=f"{where}：{alias}.{column}：没有名为 {alias!r} 的行；可用的有 {', '.join(names)}。",
        )
    listed = ALIAS_COLUMNS[alias]
    known = listed if isinstance(listed, tuple) else tuple(each.name for each in TABLES[listed].columns)
    if column not in known:
        raise DefinitionError(
            f"{where}: {alias} has no column {column!r}; it has {', '.join(known)}.",
            zh=f"{where}：{alias} 没有列 {column!r}；它有 {', '.join(known)}。",
        )


def _own_function(node: exp.Expr) -> tuple[str, list[exp.Expr]] | None:
    """Name and arguments when ``node`` is one of our functions, however sqlglot reads it."""
    if isinstance(node, exp.Median):
        return "median", [node.this]
    if isinstance(node, exp.Anonymous) and node.name.lower() in OWN_FUNCTIONS:
        return node.name.lower(), list(node.expressions)
    return None


def aliases(tree: exp.Expr) -> frozenset[str]:
    """The SQL aliases that the expression reads."""
    return frozenset(alias for alias, _ in columns(tree))


def columns(tree: exp.Expr) -> frozenset[tuple[str, str]]:
    """(alias, column) of every column that the expression reads."""
    return frozenset((column.table, column.name) for column in tree.find_all(exp.Column) if column.table)


def is_count_like(tree: exp.Expr) -> bool:
    """True when nothing to count means 0 (sums and counts), False when it means unknown (averages, medians)."""
    return not any(
        isinstance(node, exp.Avg | exp.Min | exp.Max) or (_own_function(node) or ("",))[0] in ("median", "percentile")
        for node in tree.walk()
    )


def is_additive(tree: exp.Expr) -> bool:
    """True when the answer of a whole is the sum of the answers of its parts: sums and plain counts."""
    if not is_count_like(tree):
        return False
    if any(isinstance(node, exp.Distinct) for node in tree.walk()):
        return False
    return _adds_up(tree)


def _adds_up(node: exp.Expr) -> bool:
    if isinstance(node, exp.Sum | exp.Count):
        return True
    if isinstance(node, exp.Paren | exp.Neg | exp.Filter):
        return _adds_up(node.this)
    if isinstance(node, exp.Add | exp.Sub):
        return _adds_up(node.this) and _adds_up(node.expression)
    return False


@lru_cache(maxsize=16384)
def write(text: str, where: str, dialect: str, zone: str, key: str = "") -> str:
    """``text`` as SQL of the engine.

    With ``key`` (a column that is unique in the rows read), ``count(distinct key)`` becomes
    ``count(*)``: the same number, without a hash table. ``@from_day`` and ``@to_day`` stand for
    the ends of the question's window.
    """
    target = dialect_named(dialect)

    def render(node: exp.Expr) -> str:
        return node.copy().transform(change).sql(dialect=dialect)

    def change(node: exp.Expr) -> exp.Expr:
        own = _own_function(node)
        if own:
            name, parts = own[0], [render(argument) for argument in own[1]]
            if name == "median":
                return exp.Var(this=target.percentile(parts[0], "0.5"))
            if name == "percentile":
                return exp.Var(this=target.percentile(parts[0], parts[1]))
            if name == "seconds":
                return exp.Var(this=target.seconds(parts[0], parts[1]))
            if name == "with_spend":
                return exp.Var(this=WITH_SPEND.format(parts[0], WINDOW_FROM, WINDOW_TO))
            return exp.Var(this=target.promise_end(parts[0], zone))
        if key and isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
            counted = node.this.expressions
            if len(counted) == 1 and counted[0].sql() == key:
                return exp.Count(this=exp.Star())
        return node

    return render(parse(text, where))

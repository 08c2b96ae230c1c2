"""The formula of a KPI as a tree of factors, and as one fraction of numbers that can be counted per group."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Node
from zhanggui.metrics.definition import WINDOW_DAYS, Aggregate, Kpi

Linear = Mapping[str, float]
CONSTANT = ""
_MEAN = re.compile(r"\s*avg\((.*)\)\s*", re.DOTALL)
_DAYS = re.compile(r"count\(\s*distinct\s+\w+\.day\s*\)", re.IGNORECASE)


@dataclass(frozen=True)
class Fraction:
    """``top / bottom``, each a weighted sum of countable parts; without ``bottom`` a plain amount.

    The parts are names of KPIs of one aggregate, or keys of aggregates.
    """

    top: Linear
    bottom: Linear | None = None

    def names(self) -> tuple[str, ...]:
        """Every part that must be counted."""
        return tuple(name for name in dict.fromkeys([*self.top, *(self.bottom or {})]) if name != CONSTANT)


class NoFraction(Exception):
    """The formula can't be written as a fraction; ``why`` says which and why."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why

    @classmethod
    def not_linear(cls, kpi: str) -> NoFraction:
        """The formula of ``kpi`` multiplies counts, or adds unlike ratios."""
        return cls(
            Words(
                f"{kpi} is no ratio of two numbers that add up over groups",
                f"{kpi} 不是两个可按组相加的数之比",
            )
        )


@dataclass(frozen=True)
class Parts:
    """The catalogue together with the aggregates that its ratios are made of."""

    catalogue: Mapping[str, Kpi]

    def aggregate(self, key: str) -> Aggregate | None:
        """The aggregate behind a key such as refund_rate__top or delivery_days__sum."""
        owner = self.catalogue.get(key.rpartition("__")[0])
        if owner is None:
            return None
        return next((each for kpi_part in owner.aggregates for each in _countable(kpi_part) if each.key == key), None)

    def public_name(self, key: str) -> str:
        """The KPI that counts exactly what the aggregate ``key`` counts, else ``key`` itself."""
        wanted = self.aggregate(key)
        if wanted is None:
            return key
        return next((name for name, kpi in self.catalogue.items() if _counts_the_same(kpi, wanted)), key)

    def is_mean(self, kpi: str) -> bool:
        """True for a mean over rows, avg(...), or over the days of the window."""
        definition = self.catalogue[kpi]
        if definition.refers:
            return False
        if len(definition.aggregates) == 1:
            return len(_countable(definition.aggregates[0])) == 2
        return _DAYS.fullmatch(definition.aggregates[-1].expression.strip()) is not None

    def is_per_day(self, fraction: Fraction) -> bool:
        """True for a mean over the days of the window: every group has the same bottom, so its tops add up."""
        parts = [self.aggregate(name) for name in fraction.bottom or {}]
        return bool(parts) and all(part is not None and _DAYS.fullmatch(part.expression.strip()) for part in parts)

    def fraction(self, kpi: str, days: int) -> Fraction:
        """``kpi`` as a fraction of countable parts for a window of ``days`` days.

        Raises:
            NoFraction: a median, a product of counts, or a difference of unlike ratios.
        """
        definition = self.catalogue[kpi]
        if (
            not definition.refers
            and len(definition.aggregates) == 1
            and definition.formula == definition.aggregates[0].key
        ):
            return self._of_aggregate(kpi, definition.aggregates[0])
        return self._of_node(ast.parse(definition.formula, mode="eval").body, kpi, days)

    def node(self, kpi: str) -> Node | None:
        """The formula of ``kpi`` as a tree, one level deep; None for a single number."""
        definition = self.catalogue[kpi]
        if not definition.refers and len(definition.aggregates) == 1:
            parts = _countable(definition.aggregates[0])
            if len(parts) == 1:
                return None
            return Node(kpi, "product", (Node(parts[0].key), Node(parts[1].key, power=-1)))
        found = self._tree(ast.parse(definition.formula, mode="eval").body)
        return replace(found, kpi=kpi) if found.parts else None

    def _of_aggregate(self, kpi: str, part: Aggregate) -> Fraction:
        pieces = _countable(part)
        if len(pieces) == 2:
            return Fraction({pieces[0].key: 1.0}, {pieces[1].key: 1.0})
        if not part.zero_when_empty:
            raise NoFraction(
                Words(
                    f"{kpi} is a median or an extreme: its value over all is no sum over its groups",
                    f"{kpi} 是中位数或极值：整体的值不等于各组之和",
                )
            )
        return Fraction({kpi: 1.0})

    def _of_node(self, node: ast.expr, kpi: str, days: int) -> Fraction:
        if isinstance(node, ast.Constant):
            return Fraction({CONSTANT: float(node.value)})  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return self._of_name(node.id, kpi, days)
        if isinstance(node, ast.UnaryOp):
            return _scaled(self._of_node(node.operand, kpi, days), -1.0)
        if not isinstance(node, ast.BinOp):
            raise NoFraction.not_linear(kpi)
        left, right = self._of_node(node.left, kpi, days), self._of_node(node.right, kpi, days)
        if isinstance(node.op, ast.Add):
            return _added(left, right, kpi)
        if isinstance(node.op, ast.Sub):
            return _added(left, _scaled(right, -1.0), kpi)
        return _multiplied(left, right, kpi) if isinstance(node.op, ast.Mult) else _divided(left, right, kpi)

    def _of_name(self, name: str, kpi: str, days: int) -> Fraction:
        if name == WINDOW_DAYS:
            return Fraction({CONSTANT: float(days)})
        if name in self.catalogue:
            return self.fraction(name, days)
        part = self.aggregate(name)
        if part is None or not part.zero_when_empty:
            raise NoFraction.not_linear(kpi)
        return Fraction({self.public_name(name): 1.0})

    def _tree(self, node: ast.expr) -> Node:
        if isinstance(node, ast.Name):
            return Node(node.id if node.id == WINDOW_DAYS else self.public_name(node.id))
        if isinstance(node, ast.BinOp):
            left, right = self._tree(node.left), self._tree(node.right)
            if isinstance(node.op, ast.Add | ast.Sub):
                right = replace(right, sign=-1 if isinstance(node.op, ast.Sub) else 1)
                parts = (*(left.parts if left.how == "sum" else (left,)), right)
                return Node(ast.unparse(node), "sum", parts)
            right = replace(right, power=-1 if isinstance(node.op, ast.Div) else 1)
            parts = (*(left.parts if left.how == "product" else (left,)), right)
            return Node(ast.unparse(node), "product", parts)
        if isinstance(node, ast.UnaryOp):
            return Node(ast.unparse(node), "product", (Node("-1"), self._tree(node.operand)))
        return Node(ast.unparse(node))


def _countable(part: Aggregate) -> tuple[Aggregate, ...]:
    """The aggregate itself, or for a mean its sum and its count."""
    mean = _MEAN.fullmatch(part.expression)
    if not mean or mean[1].count("(") != mean[1].count(")"):
        return (part,)
    stem = part.key.rpartition("__")[0]
    top = replace(part, key=f"{stem}__sum", expression=f"sum({mean[1]})")
    bottom = replace(part, key=f"{stem}__count", expression=f"count({mean[1]})")
    return top, bottom


def _counts_the_same(kpi: Kpi, wanted: Aggregate) -> bool:
    if kpi.refers or len(kpi.aggregates) != 1 or kpi.formula != kpi.aggregates[0].key:
        return False
    return replace(kpi.aggregates[0], key="", place="") == replace(wanted, key="", place="")


def _scaled(fraction: Fraction, by: float) -> Fraction:
    return Fraction({name: weight * by for name, weight in fraction.top.items()}, fraction.bottom)


def _sum(left: Linear, right: Linear) -> Linear:
    return {name: left.get(name, 0.0) + right.get(name, 0.0) for name in dict.fromkeys([*left, *right])}


def _number(fraction: Fraction) -> float | None:
    """The value of a fraction that is a plain number."""
    return fraction.top[CONSTANT] if fraction.bottom is None and set(fraction.top) == {CONSTANT} else None


def _added(left: Fraction, right: Fraction, kpi: str) -> Fraction:
    if left.bottom == right.bottom:
        return Fraction(_sum(left.top, right.top), left.bottom)
    for one, other in ((left, right), (right, left)):
        number = _number(one)
        if number is not None and other.bottom is not None:
            return Fraction(_sum(other.top, {n: w * number for n, w in other.bottom.items()}), other.bottom)
    raise NoFraction.not_linear(kpi)


def _multiplied(left: Fraction, right: Fraction, kpi: str) -> Fraction:
    for one, other in ((left, right), (right, left)):
        number = _number(one)
        if number is not None:
            return _scaled(other, number)
    raise NoFraction.not_linear(kpi)


def _divided(left: Fraction, right: Fraction, kpi: str) -> Fraction:
    number = _number(right)
    if number:
        return _scaled(left, 1 / number)
    if right.bottom is None and left.bottom is None:
        return Fraction(left.top, right.top)
    if left.bottom == right.bottom:
        return Fraction(left.top, right.top)
    raise NoFraction.not_linear(kpi)

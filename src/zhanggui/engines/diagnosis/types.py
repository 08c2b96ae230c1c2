"""What crosses the border of diagnosis: trees, drivers, explanations."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words

How = Literal["value", "sum", "product"]
DriverKind = Literal["factor", "rate", "mix", "group", "appeared", "vanished"]


@dataclass(frozen=True)
class Node:
    """A KPI of a tree and what it is made of.

    ``parts`` are added (``how="sum"``, each with its ``sign``) or multiplied (``how="product"``,
    each with its ``power``: 1 multiplies, -1 divides).
    """

    kpi: str
    how: How = "value"
    parts: tuple[Node, ...] = ()
    sign: int = 1
    power: int = 1

    def walk(self) -> Iterator[Node]:
        """The node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def product(kpi: str, *parts: Node | str) -> Node:
    """``kpi`` = the product of the parts.

    >>> [part.kpi for part in product("sales", "orders", "aov").parts]
    ['orders', 'aov']
    """
    return Node(kpi, "product", tuple(map(_node, parts)))


def total(kpi: str, *parts: Node | str) -> Node:
    """``kpi`` = the sum of the parts; :func:`minus` takes one away."""
    return Node(kpi, "sum", tuple(map(_node, parts)))


def minus(part: Node | str) -> Node:
    """The part of a sum that is taken away."""
    node = _node(part)
    return Node(node.kpi, node.how, node.parts, sign=-1)


def _node(part: Node | str) -> Node:
    return Node(part) if isinstance(part, str) else part


@dataclass(frozen=True)
class TreeExample:
    """Numbers of both sides and the contributions they give, by hand."""

    kpi: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    expect: Mapping[str, float]


@dataclass(frozen=True)
class Tree:
    """One way to take KPIs apart; ``formulas`` hold one node per KPI that it explains.

    ``depth`` ranks trees of one KPI: the deepest that a shop's tables allow is the default.
    Deep means near to causes: 4 begins with the people who came, 3 with those who bought, 2 with
    kinds of orders, 1 only rearranges the order lines.
    """

    words: Words
    doc: Words
    formulas: tuple[Node, ...]
    depth: int
    source: str
    example: TreeExample

    def formula_of(self, kpi: str) -> Node | None:
        """How the tree takes ``kpi`` apart, if it does."""
        return next((node for node in self.formulas if node.kpi == kpi), None)


@dataclass(frozen=True)
class TreeState:
    """Whether a shop can use a tree; ``reason`` why not. ``possible`` is None when no shop was asked."""

    name: str
    words: Words
    formula: str
    possible: bool | None = None
    reason: Words | None = None
    default: bool = False

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """``{"name", "words", "formula", "possible", "measurable", "reason", "default"}``."""
        return {
            "name": self.name,
            "words": self.words.to_json(),
            "formula": self.formula,
            "possible": self.possible,
            "measurable": self.possible,
            "reason": self.reason[language] if self.reason else "",
            "default": self.default,
        }


@dataclass(frozen=True)
class Driver:
    """One driver of a change.

    ``contribution`` is in the unit of the explained KPI; ``before`` and ``after`` are in ``unit``,
    the driver's own. It is None only where the change itself is unknown. A group without a value
    of its dimension has the name None.
    """

    name: str | int | None
    kind: DriverKind
    words: Words
    unit: str
    before: float | None
    after: float | None
    contribution: float | None
    children: tuple[Driver, ...] = ()
    others: bool = False

    def to_json(self) -> dict[str, Any]:
        """The driver and its children with stable field names."""
        found: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "before": self.before,
            "after": self.after,
            "contribution": self.contribution,
            "children": [child.to_json() for child in self.children],
            "unit": self.unit,
            "words": self.words.to_json(),
        }
        return found | {"others": True} if self.others else found


@dataclass(frozen=True)
class Explanation:
    """What moved a KPI between two windows; contributions of ``drivers`` sum to ``change``.

    ``tree`` is the tree used, ``over`` the dimension of the groups; one of them is None.
    """

    kpi: str
    kpi_words: Words
    unit: str
    better: str
    currency: str
    window: Window
    against: Window
    before: float | None
    after: float | None
    change: float | None
    tree: str | None
    over: str | None
    drivers: tuple[Driver, ...]
    words: Words
    where: tuple[tuple[str, str], ...] = ()
    batch: str | None = None
    sql: tuple[str, ...] = ()
    notes: tuple[Words, ...] = field(default=())

    @property
    def change_rate(self) -> float | None:
        """The change in proportion to the size of the base; unknown when the base is 0."""
        return self.change / abs(self.before) if self.change is not None and self.before else None

    def to_json(self) -> dict[str, Any]:
        """The stable document of ``zhanggui explain --format json``."""
        return {
            "kpi": self.kpi,
            "window": self.window.to_json(),
            "against": self.against.to_json(),
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "change_rate": self.change_rate,
            "tree": self.tree,
            "over": self.over,
            "drivers": [driver.to_json() for driver in self.drivers],
            "words": self.words.to_json(),
            "notes": [note.to_json() for note in self.notes],
            "kpi_words": self.kpi_words.to_json(),
            "unit": self.unit,
            "better": self.better,
            "currency": self.currency,
            "where": [f"{name}={value}" for name, value in self.where],
            "batch": self.batch,
            "sql": list(self.sql),
        }

    def flat(self) -> Iterator[tuple[int, Driver]]:
        """(level, driver) of the whole tree, parents first; level 0 are the top drivers."""

        def walk(drivers: tuple[Driver, ...], level: int) -> Iterator[tuple[int, Driver]]:
            for driver in drivers:
                yield level, driver
                yield from walk(driver.children, level + 1)

        return walk(self.drivers, 0)

    def to_arrow(self) -> pa.Table:
        """One row per driver, parents first: level, name, kind, unit, before, after, contribution."""
        rows = list(self.flat())
        return pa.table(
            {
                "level": pa.array([level for level, _ in rows], pa.int64()),
                "name": pa.array([None if d.name is None else str(d.name) for _, d in rows], pa.string()),
                "kind": pa.array([d.kind for _, d in rows], pa.string()),
                "unit": pa.array([d.unit for _, d in rows], pa.string()),
                "before": pa.array([d.before for _, d in rows], pa.float64()),
                "after": pa.array([d.after for _, d in rows], pa.float64()),
                "contribution": pa.array([d.contribution for _, d in rows], pa.float64()),
            }
        )

    def to_pandas(self) -> Any:
        """The same as a pandas DataFrame.

        Raises:
            NotMeasurable: pandas is not installed.
        """
        try:
            importlib.import_module("pandas")
        except ImportError as error:
            raise NotMeasurable(
                "to_pandas() needs pandas: pip install 'zhanggui[pandas]'.",
                zh="to_pandas() 需要 pandas：pip install 'zhanggui[pandas]'。",
            ) from error
        return self.to_arrow().to_pandas()

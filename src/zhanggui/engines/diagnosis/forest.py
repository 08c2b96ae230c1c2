"""Which driver trees there are for a KPI, and which of them a shop's tables allow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.registry import discover
from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis import trees as folder
from zhanggui.engines.diagnosis.formulas import Parts
from zhanggui.engines.diagnosis.types import Node, Tree, TreeState
from zhanggui.metrics import catalogue_of, load_catalogue, measurable
from zhanggui.metrics.definition import Kpi

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

FORMULA = "formula"
FORMULA_WORDS = Words("The formula of the KPI itself", "指标自身的公式")
ENTRY_POINTS = "zhanggui.trees"


@lru_cache(maxsize=1)
def all_trees() -> Mapping[str, Tree]:
    """Every tree by name, those of installed packages too.

    Raises:
        DefinitionError: a tree without formula or with an example that names a KPI it does not use.
    """
    found = discover(folder, Tree, group=ENTRY_POINTS)
    for name, tree in found.items():
        _check(name, tree)
    return found


def _check(name: str, tree: Tree) -> None:
    formula = tree.formula_of(tree.example.kpi)
    if formula is None:
        raise DefinitionError(
            f"Tree {name!r}: its example is about {tree.example.kpi!r}, which it has no formula for.",
            zh=f"公式树 {name!r}：其示例讲的是 {tree.example.kpi!r}，但没有它的公式。",
        )
    used = {node.kpi for node in formula.walk()}
    strange = (set(tree.example.before) | set(tree.example.after) | set(tree.example.expect)) - used
    if strange:
        raise DefinitionError(
            f"Tree {name!r}: its example names {sorted(strange)[0]!r}, which the formula does not use.",
            zh=f"公式树 {name!r}：其示例写了 {sorted(strange)[0]!r}，但公式中没有用到。",
        )
    if not tree.source.strip():
        raise DefinitionError(f"Tree {name!r} states no source.", zh=f"公式树 {name!r} 没有写明出处。")


def known_kpi(kpi: str, catalogue: Mapping[str, Kpi]) -> Kpi:
    """The KPI, or the error with the nearest names.

    Raises:
        UnknownNameError: no such KPI.
    """
    if kpi not in catalogue:
        raise UnknownNameError.of(
            Words("KPI", "指标"), kpi, (name for name, each in catalogue.items() if not each.hidden)
        )
    return catalogue[kpi]


def formulas_of(kpi: str, catalogue: Mapping[str, Kpi]) -> dict[str, Node]:
    """Tree name -> formula for ``kpi``, deepest first; the KPI's own formula comes last."""
    ranked = sorted(
        ((name, tree) for name, tree in all_trees().items() if tree.formula_of(kpi)),
        key=lambda item: (-item[1].depth, item[0]),
    )
    found: dict[str, Node] = {}
    for name, tree in ranked:
        node = tree.formula_of(kpi)
        if node is not None:
            found[name] = node
    own = Parts(catalogue).node(kpi)
    if own is not None and FORMULA not in found:
        found[FORMULA] = own
    return found


def trees(shop: OpenShop | None, kpi: str) -> tuple[TreeState, ...]:
    """The trees of ``kpi``, deepest first; with a shop also whether its tables allow each, and the default.

    Raises:
        UnknownNameError: no such KPI.
    """
    catalogue = load_catalogue() if shop is None else catalogue_of(shop)
    known_kpi(kpi, catalogue)
    measured = {} if shop is None else measurable(shop)
    states: list[TreeState] = []
    for name, node in formulas_of(kpi, catalogue).items():
        words = FORMULA_WORDS if name == FORMULA else all_trees()[name].words
        text = f"{kpi} = {formula_text(node)}"
        if shop is None:
            states.append(TreeState(name, words, text))
            continue
        missing = [
            measured[part.kpi].reason for part in node.walk() if part.kpi in measured and not measured[part.kpi].ok
        ]
        first = not missing and not any(state.possible for state in states)
        states.append(TreeState(name, words, text, not missing, missing[0] if missing else None, default=first))
    return tuple(states)


def formula_text(node: Node) -> str:
    """The parts of a node in one line, nested ones in brackets.

    >>> from zhanggui.engines.diagnosis.types import product
    >>> formula_text(product("sales", "orders", product("aov", "units_per_order", "price_per_unit")))
    'orders x (aov = units_per_order x price_per_unit)'
    """
    if not node.parts:
        return node.kpi
    text = ""
    for number, part in enumerate(node.parts):
        shown = f"({part.kpi} = {formula_text(part)})" if part.parts else part.kpi
        joint = (" - " if part.sign < 0 else " + ") if node.how == "sum" else (" / " if part.power < 0 else " x ")
        text += shown if number == 0 else joint + shown
    return text

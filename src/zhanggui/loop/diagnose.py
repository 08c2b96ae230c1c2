"""Diagnose: what moved a KPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines import diagnosis
from zhanggui.engines.diagnosis import Explanation
from zhanggui.loop import shops
from zhanggui.loop.result import ROW, Document, Grid, GridColumn, Result, Tabled, text, value

if TYPE_CHECKING:
    from zhanggui.loop.verbs.explain import ExplainParams
    from zhanggui.loop.verbs.trees import TreesParams
    from zhanggui.store.opened import OpenShop

INDENT = "  "


@dataclass(frozen=True)
class ExplainResult(Tabled):
    """The drivers of a change, with what a table of them needs."""

    explanation: Explanation
    good: bool = True

    @property
    def words(self) -> Words:
        """The change and its drivers in a paragraph."""
        return self.explanation.words

    @property
    def drivers(self) -> tuple[diagnosis.Driver, ...]:
        """The top drivers; their contributions sum to the change."""
        return self.explanation.drivers

    @property
    def change(self) -> float | None:
        """After minus before, in the KPI's unit."""
        return self.explanation.change

    def to_json(self, language: str = "en") -> dict[str, Any]:  # noqa: ARG002 - all its texts are in both
        """The stable document of ``zhanggui explain --format json``."""
        return self.explanation.to_json()

    def to_arrow(self) -> Any:
        """One row per driver as a pyarrow Table, parents first."""
        return self.explanation.to_arrow()

    def grids(self) -> tuple[Grid, ...]:
        """One row per driver, indented by level, and the change itself."""
        columns = (
            text("name", "driver", "因素"),
            text("kind", "kind", "类别"),
            value("before", "before", "之前", ROW),
            value("after", "after", "之后", ROW),
            GridColumn("contribution", Words("contribution", "贡献"), "change", self.explanation.unit),
        )
        found = self.explanation
        rows: list[tuple[Any, ...]] = []
        units = []
        for level, driver in found.flat():
            indent = INDENT * level
            name = Words(f"{indent}{driver.words.en}", f"{indent}{driver.words.zh}")
            rows.append((name, driver.kind, driver.before, driver.after, driver.contribution))
            units.append(driver.unit)
        rows.append((found.kpi_words, "", found.before, found.after, found.change))
        return (Grid(columns, tuple(rows), None, found.currency, (*units, found.unit)),)


def explain(shop: OpenShop | None, params: ExplainParams) -> ExplainResult:
    """What moved a KPI between two windows.

    Raises:
        UnknownNameError: no such KPI, tree, dimension or value.
        NotMeasurable: the shop lacks a table.
    """
    shop = shops.need(shop)
    found = diagnosis.explain(
        shop,
        params.kpi,
        shops.window_of(shop, params.from_, params.to),
        against=params.against or "previous",
        tree=params.tree,
        over=params.over,
        where=params.where,
    )
    return ExplainResult(found)


def trees(shop: OpenShop | None, params: TreesParams) -> Result:
    """The driver trees of a KPI, the default one first.

    Raises:
        UnknownNameError: no such KPI.
    """
    found = diagnosis.trees(shop, params.kpi)
    columns = (
        text("name", "tree", "驱动树"),
        text("words", "words", "说明"),
        text("formula", "formula", "公式"),
        text("possible", "possible", "可用"),
    )
    rows = tuple((tree.name, tree.words, tree.formula, _state(tree)) for tree in found)
    document = {
        "kpi": params.kpi,
        "names": [tree.name for tree in found],
        "trees": [tree.to_json() | {"reason": tree.reason or ""} for tree in found],
    }
    return Document(document, (Grid(columns, rows),))


def _state(tree: diagnosis.TreeState) -> Words | str:
    if tree.possible is None:
        return ""
    if tree.possible:
        return Words("yes, the default", "是，默认") if tree.default else Words("yes", "是")
    return tree.reason or Words("no", "否")

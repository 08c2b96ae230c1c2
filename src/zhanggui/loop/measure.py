"""Measure: KPIs and their catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.loop import shops
from zhanggui.loop.result import ROW, Document, Grid, GridColumn, Result, Tabled, text, value
from zhanggui.loop.values import named
from zhanggui.metrics import DIMENSIONS, all_needs, catalogue_of, load_catalogue, measurable, missing
from zhanggui.metrics.answering import answer
from zhanggui.metrics.definition import Kpi
from zhanggui.metrics.question import Answer, Cell, Question

if TYPE_CHECKING:
    from zhanggui.basics.periods import Window
    from zhanggui.loop.verbs.kpi import KpiParams
    from zhanggui.metrics.question import Row
    from zhanggui.store.opened import OpenShop

OTHERS = Words("(all others)", "（其他）")
TOTAL = Words("Total", "合计")
NOT_MEASURABLE = Words("Not measurable", "无法度量")
BEFORE = Words("before", "对比期")


@dataclass(frozen=True)
class KpiResult(Tabled):
    """The answer to a question about KPIs, with what a table of it needs.

    ``words`` is None: the numbers speak. ``names`` are the words of the KPIs by name.
    """

    answer: Answer
    names: Mapping[str, Words]
    currency: str
    good: bool = True
    words: Words | None = None

    @property
    def window(self) -> Window:
        """The window answered for."""
        return self.answer.window

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row per group; none without ``by``."""
        return self.answer.rows

    @property
    def total(self) -> Mapping[str, Cell]:
        """The whole, by KPI."""
        return self.answer.total

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The stable document of ``zhanggui kpi --format json``; reasons in ``language``."""
        return self.answer.to_json(language)

    def to_arrow(self) -> Any:
        """One row per group as a pyarrow Table: dimensions, then NAME, NAME_against, NAME_change, NAME_change_rate."""
        return self.answer.to_arrow()

    def grids(self) -> tuple[Grid, ...]:
        """Groups (with ``by``), the total, and what cannot be measured."""
        found = [self._groups()] if self.answer.by else []
        if self.answer.total:
            found.append(self._totals())
        if self.answer.not_measurable:
            rows = tuple(self.answer.not_measurable.items())
            columns = (text("kpi", "KPI", "指标"), text("reason", "Reason", "原因"))
            found.append(Grid(columns, rows, NOT_MEASURABLE))
        return tuple(found)

    def _groups(self) -> Grid:
        names = [name for name in self.answer.names if name in self.answer.total]
        columns = [GridColumn(name, _dimension_words(name)) for name in self.answer.by]
        for name in dict.fromkeys(names):
            columns += self._columns(name)
        rows = []
        for row in self.answer.rows:
            cells: list[Any] = [
                OTHERS if row.others and row.keys.get(name) is None else named(name, row.keys.get(name))
                for name in self.answer.by
            ]
            for name in dict.fromkeys(names):
                cells += self._cells(row.cells.get(name, Cell(None)))
            rows.append(tuple(cells))
        return Grid(tuple(columns), tuple(rows), currency=self.currency)

    def _base_words(self) -> Words:
        """What stands on the other side of the comparison."""
        named = {"goal": Words("goal", "目标"), "benchmark": Words("benchmark", "基准")}
        against = self.answer.against
        return named.get(against, BEFORE) if isinstance(against, str) else BEFORE

    def _columns(self, name: str) -> list[GridColumn]:
        words, unit = self.names[name], self.answer.units[name]
        found = [GridColumn(name, words, "value", unit)]
        if self.answer.against is not None:
            found += [
                GridColumn(f"{name}_against", self._base_words(), "value", unit),
                GridColumn(f"{name}_change", Words("change", "变化"), "change", unit),
                GridColumn(f"{name}_change_rate", Words("%", "变化率"), "change_rate"),
            ]
        if self.answer.share:
            found.append(GridColumn(f"{name}_share", Words("share", "占比"), "value", "rate"))
        return found

    def _cells(self, cell: Cell) -> list[Any]:
        found: list[Any] = [cell.value]
        if self.answer.against is not None:
            found += [cell.against, cell.change, cell.change_rate]
        if self.answer.share:
            found.append(cell.share)
        return found

    def _totals(self) -> Grid:
        columns = [text("kpi", "KPI", "指标"), value("value", "value", "值", ROW)]
        if self.answer.against is not None:
            columns += [
                value("against", self._base_words().en, self._base_words().zh, ROW),
                GridColumn("change", Words("change", "变化"), "change", ROW),
                GridColumn("change_rate", Words("%", "变化率"), "change_rate"),
            ]
        if self.answer.share:
            columns.append(value("share", "share", "占比", "rate"))
        rows = tuple((self.names[name], *self._cells(cell)) for name, cell in self.answer.total.items())
        units = tuple(self.answer.units[name] for name in self.answer.total)
        return Grid(tuple(columns), rows, TOTAL if self.answer.by else None, self.currency, units)


def kpi(shop: OpenShop | None, params: KpiParams) -> KpiResult:
    """The answer to a question about KPIs.

    Raises:
        UnknownNameError: a KPI, dimension or value that does not exist.
        DefinitionError: a question that makes no sense.
    """
    shop = shops.need(shop)
    question = Question(
        names=params.name,
        by=params.by,
        window=shops.window_of(shop, params.from_, params.to, params.as_of),
        against=params.against,
        where=params.where,
        top=params.top,
        share=params.share,
        rolling=params.rolling,
        to_date=params.to_date,
        as_of=params.as_of,
    )
    found = answer(shop, question)
    known = catalogue_of(shop)
    return KpiResult(found, {name: known[name].words for name in found.units}, shop.settings.currency)


def catalogue(shop: OpenShop | None) -> Result:
    """Every KPI that is not hidden; with a shop, also whether it can be measured there."""
    known = catalogue_of(shop) if shop else load_catalogue()
    state = measurable(shop) if shop else {}
    facts = shop.warehouse.facts() if shop else {}
    listed = [each for each in known.values() if not each.hidden]
    entries = []
    for each in listed:
        found = state.get(each.name)
        entries.append(
            _entry(each, known)
            | {
                "measurable": found.ok if found else None,
                "reason": found.reason if found else None,
                "missing": list(missing(all_needs(each, known), facts)) if shop else [],
                "dimensions": list(found.dims) if found else [],
            }
        )
    document = {
        "kpis": entries,
        "dimensions": [
            {"name": name, "words": each.words.to_json(), "kind": each.kind} for name, each in DIMENSIONS.items()
        ],
    }
    return Document(document, (_catalogue_grid(listed, entries, with_state=shop is not None),))


def _entry(each: Kpi, known: dict[str, Kpi]) -> dict[str, Any]:
    return {
        "name": each.name,
        "area": each.area,
        "words": each.words.to_json(),
        "doc": each.doc.to_json() if each.doc else None,
        "unit": each.unit,
        "better": each.better,
        "formula": each.shown,
        "needs": list(all_needs(each, known)),
        "source": each.source,
    }


def _catalogue_grid(listed: list[Kpi], entries: list[dict[str, Any]], *, with_state: bool) -> Grid:
    columns = [
        text("name", "name", "名称"),
        text("words", "words", "说明"),
        text("unit", "unit", "单位"),
        text("formula", "formula", "公式"),
        text("needs", "needs", "所需数据"),
    ]
    if with_state:
        columns.append(text("measurable", "measurable", "可度量"))
    rows = []
    for each, entry in zip(listed, entries, strict=True):
        cells: list[Any] = [each.name, each.words, each.unit, entry["formula"], ", ".join(entry["needs"])]
        if with_state:
            cells.append(Words("yes", "是") if entry["measurable"] else entry["reason"])
        rows.append(tuple(cells))
    return Grid(tuple(columns), tuple(rows))


def _dimension_words(name: str) -> Words:
    found = DIMENSIONS.get(name)
    return found.words if found else Words(name, name)

"""Ask the metrics layer for the numbers that trees and fractions name, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.formulas import Parts
from zhanggui.metrics import Answer, Question, answer
from zhanggui.metrics.definition import WINDOW_DAYS, Kpi

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

Key = str | int | None
Pair = tuple[float | None, float | None]
UNKNOWN: Pair = (None, None)


@dataclass(frozen=True)
class Case:
    """What is to be explained: two windows of a shop, with a filter."""

    shop: OpenShop
    window: Window
    against: Window
    where: tuple[tuple[str, str], ...] = ()
    catalogue: Mapping[str, Kpi] = field(default_factory=dict)

    @property
    def parts(self) -> Parts:
        """The catalogue with the aggregates inside it."""
        return Parts(self.catalogue)

    def words_of(self, name: str) -> Words:
        """What people call a KPI, or a part of one."""
        if name in self.catalogue:
            return self.catalogue[name].words
        if name == WINDOW_DAYS:
            return Words("Days of the window", "窗口天数")
        owner, _, side = name.rpartition("__")
        if owner in self.catalogue:
            inside = self.catalogue[owner].words
            top = side in ("top", "sum")
            return Words(
                f"{inside.en}: {'numerator' if top else 'denominator'}", f"{inside.zh}：{'分子' if top else '分母'}"
            )
        return Words(name, name)

    def unit_of(self, name: str) -> str:
        """The unit of a KPI; parts of KPIs and numbers are counts."""
        if name == WINDOW_DAYS:
            return "days"
        return self.catalogue[name].unit if name in self.catalogue else "count"


@dataclass(frozen=True)
class Measured:
    """(before, after) per name, in all and per group, and how they were computed."""

    totals: Mapping[str, Pair]
    groups: Mapping[Key, Mapping[str, Pair]] = field(default_factory=dict)
    not_measurable: Mapping[str, Words] = field(default_factory=dict)
    batch: str | None = None
    sql: tuple[str, ...] = ()


def measure(case: Case, names: Iterable[str], by: str | None = None) -> Measured:
    """The numbers ``names`` (KPIs or keys of their aggregates) over both windows of the case.

    Numbers written as such ("1", "100") and the length of the window need no question; steps of a
    formula that have no name of their own ("sales - cost") are left to whoever adds up their parts.
    """
    names = tuple(dict.fromkeys(names))
    asked = tuple(name for name in names if name in case.catalogue or case.parts.aggregate(name) is not None)
    plain = {name: _plain(name, case) for name in names if _is_plain(name)}
    if not asked:
        return Measured(plain)
    window = f"{case.against.from_}..{case.against.to}"
    question = Question(asked, by=(by,) if by else (), window=case.window, against=window, where=case.where)
    found = answer(case.shop, question, catalogue=_with_parts(case, asked))
    return Measured(
        totals=plain | {name: (cell.against, cell.value) for name, cell in found.total.items()},
        groups=_groups(found, by) if by else {},
        not_measurable=found.not_measurable,
        batch=found.batch,
        sql=found.sql,
    )


def _groups(found: Answer, by: str) -> dict[Key, dict[str, Pair]]:
    return {row.keys[by]: {name: (cell.against, cell.value) for name, cell in row.cells.items()} for row in found.rows}


def _with_parts(case: Case, names: Iterable[str]) -> dict[str, Kpi]:
    """The catalogue and one KPI per aggregate that is asked for by its key."""
    found = dict(case.catalogue)
    for name in names:
        part = case.parts.aggregate(name)
        if name not in found and part is not None:
            owner = case.catalogue[name.rpartition("__")[0]]
            found[name] = replace(
                owner, name=name, words=case.words_of(name), unit="count", formula=name, aggregates=(part,), refers=()
            )
    return found


def _is_plain(name: str) -> bool:
    return name == WINDOW_DAYS or name.lstrip("-").replace(".", "", 1).isdigit()


def _plain(name: str, case: Case) -> Pair:
    if name == WINDOW_DAYS:
        return float(case.against.days), float(case.window.days)
    return float(name), float(name)

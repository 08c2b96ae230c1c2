"""``zhanggui explain``: what moved a KPI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import ANY, NUMBER, TEXT, WINDOW, WORDS, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class ExplainParams:
    """Which change to explain."""

    kpi: str = param("KPI", "指标", positional=True)
    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    against: str | None = param(
        "comparison: previous (default), last-year, last-year-weekday or FROM..TO",
        "对比：previous（默认）、last-year、last-year-weekday 或 FROM..TO",
        default=None,
    )
    tree: str | None = param("driver tree (zhanggui trees KPI lists them)", "驱动树", default=None)
    over: str | None = param(
        "rate and mix effect of a ratio over this dimension",
        "按此维度分解比率的率效应与结构效应",
        default=None,
        metavar="DIM",
    )
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")


def _run(shop: OpenShop | None, params: ExplainParams, _progress: Progress) -> Result:
    from zhanggui.loop import diagnose

    return diagnose.explain(shop, params)


VERB = Verb(
    name="explain",
    phase="diagnose",
    words=Words("Explain what moved a KPI", "解释指标为何变化"),
    doc=Words(
        "Splits the change of a KPI into contributions of its drivers that add up to the change exactly.",
        "把指标的变化分解为各驱动因素的贡献，贡献之和恰好等于变化。",
    ),
    takes=ExplainParams,
    gives=record(
        kpi=TEXT,
        window=WINDOW,
        against=WINDOW,
        before=maybe(NUMBER),
        after=maybe(NUMBER),
        change=maybe(NUMBER),
        tree=maybe(TEXT),
        drivers=many(ANY),
        words=WORDS,
    ),
    run=_run,
    example="zhanggui explain ./myshop sales --from 2011-05-01 --to 2011-06-01 --against previous",
)

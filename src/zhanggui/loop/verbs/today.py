"""``zhanggui today``: are we well, what changed, what moved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import ANY, NUMBER, POINT, TEXT, WINDOW, WORDS, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class TodayParams:
    """The window and what it is compared with."""

    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    against: str | None = param(
        "comparison: previous (default), last-year, last-year-weekday, FROM..TO or none",
        "对比：previous（默认）、last-year、last-year-weekday、FROM..TO 或 none",
        default=None,
    )
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")
    as_of: date | None = param(
        "day that counts as today: windows end before it",
        "视为今天的日期，时间窗在其前结束",
        kind="day",
        default=None,
        metavar="DAY",
    )


def _run(shop: OpenShop | None, params: TodayParams, _progress: Progress) -> Result:
    from zhanggui.loop.today import today

    return today(shop, params)


VERB = Verb(
    name="today",
    phase="measure",
    words=Words("The state of the shop: KPIs, their change, what moved", "店铺概况：指标、变化与原因"),
    doc=Words(
        "The twelve most telling KPIs that the shop's data allow, each compared and with its daily course, and what "
        "moved sales.",
        "店铺数据所能支持的十二个关键指标及其对比与每日走势，以及销售额变化的原因。",
    ),
    takes=TodayParams,
    gives=record(
        window=maybe(WINDOW),
        against=maybe(WINDOW),
        grain=TEXT,
        tiles=many(
            record(
                kpi=TEXT,
                words=WORDS,
                unit=TEXT,
                better=TEXT,
                value=maybe(NUMBER),
                against=maybe(NUMBER),
                change=maybe(NUMBER),
                change_rate=maybe(NUMBER),
                series=many(POINT),
                against_series=many(POINT),
            )
        ),
        drivers=ANY,
        words=maybe(WORDS),
        batch=maybe(TEXT),
    ),
    run=_run,
    example="zhanggui today ./myshop",
)

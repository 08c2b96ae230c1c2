"""``zhanggui kpi``: the value of KPIs, by dimensions, compared with another window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import ANY, CELL, TEXT, WINDOW, by_name, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class KpiParams:
    """A question about KPIs."""

    name: tuple[str, ...] = param("KPIs (zhanggui catalogue lists them)", "指标名称", positional=True, repeated=True)
    by: tuple[str, ...] = param("dimension to group by", "分组维度", repeated=True, metavar="DIM")
    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    against: str | None = param(
        "comparison: previous, last-year, last-year-weekday, FROM..TO, goal or benchmark",
        "对比：previous、last-year、last-year-weekday、FROM..TO、goal 或 benchmark",
        default=None,
    )
    where: tuple[tuple[str, str], ...] = param(
        "filter; the same DIM twice means or, '(none)' means unknown",
        "筛选；同一 DIM 多次为“或”，(none) 表示未知",
        kind="filter",
        repeated=True,
        metavar="DIM=VALUE",
    )
    top: int | None = param(
        "keep the first N groups and add the rest up", "只列前 N 组，其余合并", kind="count", default=None, metavar="N"
    )
    share: bool = param("add each group's share of the total", "显示占比", kind="flag", default=False)
    rolling: int | None = param(
        "each time bucket over the N days to its end", "滚动 N 天", kind="count", default=None, metavar="N"
    )
    to_date: str | None = param(
        "each time bucket from the start of its week, month, quarter or year",
        "周、月、季、年初至今",
        choices=("week", "month", "quarter", "year"),
        default=None,
        metavar="GRAIN",
    )
    as_of: date | None = param(
        "day that counts as today: windows end before it",
        "视为今天的日期，时间窗在其前结束",
        kind="day",
        default=None,
        metavar="DAY",
    )


def _run(shop: OpenShop | None, params: KpiParams, _progress: Progress) -> Result:
    from zhanggui.loop import measure

    return measure.kpi(shop, params)


VERB = Verb(
    name="kpi",
    phase="measure",
    words=Words("Answer KPIs", "查询指标"),
    doc=Words(
        "The value of one or more KPIs over a window, by dimensions, compared with another window. Without dates: the "
        "last 28 complete days.",
        "一个或多个指标在某时间窗内的值，可按维度分组并与其他时间窗对比。不给日期时为最近 28 个完整日。",
    ),
    takes=KpiParams,
    gives=record(
        window=WINDOW,
        against=ANY,
        by=many(TEXT),
        rows=many({"type": "object"}),
        total=by_name(CELL),
        not_measurable=by_name(TEXT),
        batch=maybe(TEXT),
        sql=many(TEXT),
    ),
    run=_run,
    example="zhanggui kpi ./myshop sales aov --by month --from 2011-01-01 --to 2011-07-01 --against previous",
)

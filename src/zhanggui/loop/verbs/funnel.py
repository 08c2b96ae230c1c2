"""``zhanggui funnel``: how many visitors reach every step, and where the others are lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import ANY, COUNT, FLAG, NUMBER, TEXT, WINDOW, WORDS, by_name, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class FunnelParams:
    """Which funnel, over which days."""

    steps: tuple[str, ...] = param(
        "steps in order, with commas: events (view_item), page types (page:home), session_start; EVENT? is optional",
        "按顺序的步骤，用逗号分隔：事件（view_item）、页面类型（page:home）、session_start；加 ? 表示可选",
        repeated=True,
        metavar="STEPS",
    )
    within: str = param(
        "session, or the time that a visitor may take: 7d, 24h, 30m",
        "session，或访客完成的时长：7d、24h、30m",
        default="session",
    )
    by: tuple[str, ...] = param("dimension to group by", "分组维度", repeated=True, metavar="DIM")
    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    against: str | None = param(
        "comparison: previous, last-year, last-year-weekday or FROM..TO",
        "对比：previous、last-year、last-year-weekday 或 FROM..TO",
        default=None,
    )
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")
    without: tuple[str, ...] = param(
        "leave out sessions (visitors) in which this happened",
        "排除发生过此事件的会话（访客）",
        repeated=True,
        metavar="EVENT",
    )


def _run(shop: OpenShop | None, params: FunnelParams, _progress: Progress) -> Result:
    from zhanggui.loop import behave

    return behave.funnel(shop, params)


STEP = record(
    event=TEXT,
    optional=FLAG,
    sessions=COUNT,
    rate_from_start=maybe(NUMBER),
    rate_from_previous=maybe(NUMBER),
    lost=COUNT,
    median_seconds=maybe(NUMBER),
    p90_seconds=maybe(NUMBER),
    went=maybe(many(record(to=TEXT, sessions=COUNT, share=NUMBER))),
)
EFFECT = record(
    step=TEXT,
    effect=NUMBER,
    rate_effect=maybe(NUMBER),
    rate_before=maybe(NUMBER),
    rate_after=maybe(NUMBER),
    low=maybe(NUMBER),
    high=maybe(NUMBER),
    p_value=maybe(NUMBER),
    significant=FLAG,
)
VERB = Verb(
    name="funnel",
    phase="diagnose",
    words=Words("Show where visitors are lost on the way to the purchase", "漏斗：访客在哪一步流失"),
    doc=Words(
        "How many sessions (or visitors) reach every step in order, how long it takes, where the lost went instead, "
        "and what every step did to the change against another window. Where they went is told without --by only.",
        "按顺序到达每一步的会话（或访客）数、用时、流失者的去向，以及与对比期相比每一步的影响。流失去向只在不分组时给出。",
    ),
    takes=FunnelParams,
    gives=record(
        window=WINDOW,
        unit=TEXT,
        within=TEXT,
        ordered=FLAG,
        steps=many(STEP),
        by=many(TEXT),
        rows=many(record({"name": ANY}, steps=many(STEP))),
        groups=COUNT,
        against=maybe(record(window=WINDOW, steps=many(STEP), change=COUNT, effects=many(EFFECT))),
        weakest=maybe(TEXT),
        words=WORDS,
        evidence=maybe(TEXT),
        not_measurable=by_name(TEXT),
        batch=maybe(TEXT),
        sql=many(TEXT),
    ),
    run=_run,
    example="zhanggui funnel ./myshop --steps view_item,add_to_cart,purchase --by device --against previous",
)

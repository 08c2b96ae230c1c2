"""``zhanggui leavers``: who left at a step of a funnel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, FLAG, NUMBER, TEXT, WINDOW, WORDS, by_name, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class LeaversParams:
    """Which step of which funnel, over which days."""

    steps: tuple[str, ...] = param(
        "steps of the funnel in order, with commas (zhanggui funnel)",
        "漏斗的步骤，按顺序用逗号分隔（同 zhanggui funnel）",
        repeated=True,
        metavar="STEPS",
    )
    step: str | None = param(
        "the step they left at: its number from 1 or its name; else where most are lost",
        "流失所在的步骤：从 1 起的序号或名称；缺省为流失最多的一步",
        default=None,
    )
    within: str = param(
        "session, or the time that a visitor may take: 7d, 24h, 30m",
        "session，或访客完成的时长：7d、24h、30m",
        default="session",
    )
    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")
    without: tuple[str, ...] = param(
        "leave out sessions (visitors) in which this happened",
        "排除发生过此事件的会话（访客）",
        repeated=True,
        metavar="EVENT",
    )


def _run(shop: OpenShop | None, params: LeaversParams, _progress: Progress) -> Result:
    from zhanggui.loop import behave

    return behave.leavers(shop, params)


VALUE = record(
    value=maybe(TEXT),
    name=maybe(TEXT),
    lost=COUNT,
    stayed=COUNT,
    lost_rate=NUMBER,
    share_lost=maybe(NUMBER),
    share_stayed=maybe(NUMBER),
    lift=maybe(NUMBER),
    low=maybe(NUMBER),
    high=maybe(NUMBER),
    significant=FLAG,
)
VERB = Verb(
    name="leavers",
    phase="diagnose",
    words=Words("Show who left at a step of the funnel", "漏斗某一步的流失者画像"),
    doc=Words(
        "Those who reached a step and not the next one, against those who went on: by device, channel, new or "
        "returning, country, landing page and product, where they went, how long they stayed.",
        "到达某一步但没有到下一步的会话，与继续者对比：设备、渠道、新老访客、国家、落地页、商品，以及去向与停留时间。",
    ),
    takes=LeaversParams,
    gives=record(
        window=WINDOW,
        unit=TEXT,
        step=TEXT,
        number=COUNT,
        next=TEXT,
        lost=COUNT,
        stayed=COUNT,
        lost_rate=maybe(NUMBER),
        by=many(record(dimension=TEXT, values=many(VALUE), values_in_all=COUNT)),
        went=many(record(to=TEXT, sessions=COUNT, share=NUMBER)),
        median_seconds=maybe(NUMBER),
        p90_seconds=maybe(NUMBER),
        samples=many(record(session_id=TEXT, started_at=TEXT)),
        words=WORDS,
        not_measurable=by_name(TEXT),
        batch=maybe(TEXT),
        sql=many(TEXT),
    ),
    run=_run,
    example="zhanggui leavers ./myshop --steps view_item,add_to_cart,purchase --step add_to_cart",
)

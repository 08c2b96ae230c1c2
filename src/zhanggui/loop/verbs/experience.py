"""``zhanggui experience``: load times and web vitals, slowness and what goes with it, errors, empty searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import ANY, COUNT, FLAG, NUMBER, TEXT, WINDOW, WORDS, Shape, by_name, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class ExperienceParams:
    """The window, what it is compared with, which sessions, and what counts as slow."""

    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    against: str | None = param(
        "comparison: previous, last-year, last-year-weekday, FROM..TO or none (default)",
        "对比：previous、last-year、last-year-weekday、FROM..TO 或 none（默认）",
        default=None,
    )
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")
    slow_ms: float = param(
        "pages that take longer are slow", "加载超过该值算慢（毫秒）", kind="number", default=2500.0, metavar="MS"
    )


def _run(shop: OpenShop | None, params: ExperienceParams, _progress: Progress) -> Result:
    from zhanggui.loop.experience import experience

    return experience(shop, params)


_SPREAD = maybe(record(p50=NUMBER, p75=NUMBER, p95=NUMBER))
_FELT: dict[str, Shape] = {
    "views": COUNT,
    "load_ms": _SPREAD,
    "lcp_ms": _SPREAD,
    "inp_ms": _SPREAD,
    "cls": _SPREAD,
    "ttfb_ms": _SPREAD,
    "slow_share": maybe(NUMBER),
    "rating": maybe(TEXT),
}
LOSS = record(
    money=maybe(NUMBER),
    low=maybe(NUMBER),
    high=maybe(NUMBER),
    orders=NUMBER,
    orders_low=NUMBER,
    orders_high=NUMBER,
    sessions=COUNT,
    covered=NUMBER,
    association=FLAG,
    words=WORDS,
)
_BAND = record(
    from_ms=NUMBER,
    to_ms=maybe(NUMBER),
    sessions=COUNT,
    bought=COUNT,
    conversion=maybe(NUMBER),
    low=NUMBER,
    high=NUMBER,
    standardised=maybe(NUMBER),
)
_ERROR = record(page_url=maybe(TEXT), page_type=maybe(TEXT), events=COUNT, sessions=COUNT, bought=COUNT)
_SEARCHES = record(
    searches=COUNT,
    without_result=COUNT,
    rate=maybe(NUMBER),
    queries=many(record(query=maybe(TEXT), searches=COUNT, sessions=COUNT, left=COUNT, bought=COUNT)),
    sessions_left=COUNT,
    money=maybe(NUMBER),
    loss=maybe(LOSS),
)

VERB = Verb(
    name="experience",
    phase="measure",
    words=Words(
        "How pages feel: load time, web vitals, errors, empty searches", "页面体验：加载、核心指标、错误、无结果搜索"
    ),
    doc=Words(
        "Load time and web vitals by page type, device, country and hour; the share of slow sessions, conversion by "
        "load time with the money that goes with slowness; error pages; mobile and desktop; searches without result.",
        "按页面类型、设备、国家与小时看加载时间和核心网页指标；慢会话占比、各加载时间段的转化率及与慢相关的金额；"
        "错误页面；手机与电脑对比；无结果的搜索。",
    ),
    takes=ExperienceParams,
    gives=record(
        window=WINDOW,
        thresholds=by_name(record(good=NUMBER, poor=NUMBER)),
        slow_ms=NUMBER,
        overall=maybe(record(**_FELT)),
        by_page_type=many(record(page_type=maybe(TEXT), **_FELT)),
        by_device=many(record(device=maybe(TEXT), **_FELT)),
        by_country=many(record(country=maybe(TEXT), **_FELT)),
        by_hour=many(record(hour=COUNT, **_FELT)),
        slow_sessions=maybe(record(share=maybe(NUMBER), sessions=COUNT, slow=COUNT, slow_once=COUNT)),
        bands=many(_BAND),
        loss=maybe(LOSS),
        loss_by_page_type=many(
            record(page_type=maybe(TEXT), fast=COUNT, slow=COUNT, loss=maybe(LOSS), loss_since_before=maybe(LOSS))
        ),
        errors=many(_ERROR),
        error_sessions=maybe(record(events=COUNT, sessions=COUNT, share=maybe(NUMBER))),
        devices=many(record(device=maybe(TEXT), sessions=COUNT, conversion=maybe(NUMBER), load_p75=maybe(NUMBER))),
        searches=maybe(_SEARCHES),
        against=maybe(record({"overall": ANY}, window=WINDOW)),
        not_measurable=by_name(TEXT),
        words=WORDS,
        batch=maybe(TEXT),
        sql=many(TEXT),
    ),
    run=_run,
    example="zhanggui experience ./myshop --against previous --where device=mobile",
)

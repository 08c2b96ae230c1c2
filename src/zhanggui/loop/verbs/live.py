"""``zhanggui live``: who is on the site right now and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, MOMENT, NUMBER, TEXT, WORDS, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class LiveParams:
    """How far back, and from when."""

    minutes: int = param("how far back", "往回看多少分钟", kind="count", default=30, metavar="N")
    as_of: datetime | None = param(
        "moment that counts as now (shop time without an offset)",
        "视为现在的时刻（无时区时按店铺时间）",
        kind="moment",
        default=None,
        metavar="MOMENT",
    )


def _run(shop: OpenShop | None, params: LiveParams, _progress: Progress) -> Result:
    from zhanggui.loop.experience import live

    return live(shop, params)


_SEEN = {"visitors": COUNT}

VERB = Verb(
    name="live",
    phase="measure",
    words=Words("Right now: visitors, pages, carts and purchases", "实时：最近几分钟的访客、页面、加购与购买"),
    doc=Words(
        "Visitors and what they do, minute by minute, from the newest events; nothing in it names a visitor.",
        "按分钟显示最新事件中的访客与行为；不含任何访客身份。",
    ),
    takes=LiveParams,
    gives=record(
        now=MOMENT,
        minutes=COUNT,
        visitors=COUNT,
        events=COUNT,
        page_views=COUNT,
        add_to_carts=COUNT,
        purchases=COUNT,
        per_minute=many(record(minute=MOMENT, visitors=COUNT, page_views=COUNT, add_to_carts=COUNT, purchases=COUNT)),
        pages=many(record(page_type=maybe(TEXT), page_views=COUNT, **_SEEN)),
        products=many(record(product_id=TEXT, name=maybe(TEXT), item_views=COUNT, add_to_carts=COUNT, **_SEEN)),
        sources=many(record(source=maybe(TEXT), medium=maybe(TEXT), **_SEEN)),
        devices=many(record(device=maybe(TEXT), **_SEEN)),
        recent=many(
            record(at=MOMENT, event=TEXT, page_type=maybe(TEXT), page=maybe(TEXT), product_id=maybe(TEXT),
                   value=maybe(NUMBER), device=maybe(TEXT), country=maybe(TEXT))
        ),
        lag_seconds=maybe(NUMBER),
        words=WORDS,
    ),
    run=_run,
    keeps=False,
    example="zhanggui live ./myshop --minutes 30",
)  # fmt: skip

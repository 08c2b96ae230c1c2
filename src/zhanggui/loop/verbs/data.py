"""``zhanggui data``: what the shop holds, how fresh it is, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, DAY, FLAG, TEXT, WORDS, by_name, many, maybe, record
from zhanggui.loop.verb import Verb

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class DataParams:
    """Nothing to choose."""


def _run(shop: OpenShop | None, _params: DataParams, _progress: Progress) -> Result:
    from zhanggui.loop.holdings import data

    return data(shop)


VERB = Verb(
    name="data",
    phase="collect",
    words=Words("Show the tables of a shop and how fresh they are", "显示店铺的数据表及新鲜度"),
    doc=Words(
        "Every table of the shop model: rows, first and last time, whether it was delivered; the KPIs that can be "
        "measured, and what the others need.",
        "店铺模型的每张表：行数、最早和最晚时间、是否已交付；可度量的指标，以及其他指标缺少什么。",
    ),
    takes=DataParams,
    gives=record(
        shop=record(name=TEXT, currency=TEXT, timezone=TEXT, simulated=FLAG, attribution=TEXT),
        batch=maybe(TEXT),
        last_complete_day=maybe(DAY),
        tables=many(record(table=TEXT, words=WORDS, rows=COUNT, delivered=FLAG, first=maybe(TEXT), last=maybe(TEXT))),
        measurable=many(TEXT),
        not_measurable=by_name(TEXT),
        watched=many(record(source=TEXT, folder=TEXT)),
    ),
    run=_run,
    example="zhanggui data ./myshop",
)

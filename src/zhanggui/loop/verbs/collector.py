"""``zhanggui collector``: how the collection of events is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, MOMENT, NUMBER, TEXT, many, maybe, record
from zhanggui.loop.verb import Verb

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class CollectorParams:
    """Nothing to choose."""


def _run(shop: OpenShop | None, _params: CollectorParams, _progress: Progress) -> Result:
    from zhanggui.loop import draining

    return draining.collector(shop)


VERB = Verb(
    name="collector",
    phase="collect",
    words=Words("Tell how the collector is doing", "查看事件采集状态"),
    doc=Words(
        "Events that wait in the journal and for how long, how many come per minute, the last drain, the allowed "
        "origins.",
        "日志中待入仓的事件及等待时间、每分钟事件数、最近一次入仓以及允许的来源网站。",
    ),
    takes=CollectorParams,
    gives=record(
        origins=many(TEXT),
        write_key=maybe(TEXT),
        tag=maybe(TEXT),
        waiting=COUNT,
        lag_seconds=NUMBER,
        rate_per_minute=NUMBER,
        last_event_at=maybe(MOMENT),
        last_drain=maybe(record(drained_at=MOMENT, events=COUNT, seconds=NUMBER)),
        rejected=COUNT,
        journal_bytes=COUNT,
    ),
    run=_run,
    example="zhanggui collector ./myshop",
    keeps=False,
)

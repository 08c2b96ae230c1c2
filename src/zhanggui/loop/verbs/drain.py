"""``zhanggui drain``: collected events go from the journal into the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, NUMBER, TEXT, maybe, record
from zhanggui.loop.verb import Verb

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class DrainParams:
    """Nothing to choose."""


def _run(shop: OpenShop | None, _params: DrainParams, progress: Progress) -> Result:
    from zhanggui.loop import draining

    return draining.drain(shop, progress)


VERB = Verb(
    name="drain",
    phase="collect",
    words=Words("Bring collected events into the shop", "将采集的事件导入店铺"),
    doc=Words(
        "Takes every acknowledged event out of the journal, exactly once, also after a crash. A running server does "
        "this by itself every few seconds.",
        "将日志中所有已确认的事件导入仓库，即使曾经崩溃也恰好一次。运行中的服务每隔几秒会自动执行。",
    ),
    takes=DrainParams,
    gives=record(
        drained=COUNT, new=COUNT, repeated=COUNT, rejected=COUNT, waiting=COUNT, seconds=NUMBER, batch=maybe(TEXT)
    ),
    run=_run,
    example="zhanggui drain ./myshop",
    writes=True,
)

"""``zhanggui trees``: the driver trees of a KPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import FLAG, TEXT, WORDS, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class TreesParams:
    """Whose trees."""

    kpi: str = param("KPI", "指标", positional=True)


def _run(shop: OpenShop | None, params: TreesParams, _progress: Progress) -> Result:
    from zhanggui.loop import diagnose

    return diagnose.trees(shop, params)


VERB = Verb(
    name="trees",
    phase="diagnose",
    words=Words("List the driver trees of a KPI", "列出指标的驱动树"),
    doc=Words(
        "The trees by which a change of the KPI can be explained; for a shop also which of them its data allow.",
        "可用于解释该指标变化的驱动树；给出店铺时还说明数据支持哪些。",
    ),
    takes=TreesParams,
    gives=record(
        kpi=TEXT,
        names=many(TEXT),
        trees=many(record(name=TEXT, words=WORDS, formula=TEXT, possible=maybe(FLAG), reason=TEXT, default=FLAG)),
    ),
    run=_run,
    example="zhanggui trees sales --shop ./myshop",
    shop="option",
)

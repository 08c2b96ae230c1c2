"""``zhanggui bridge``: from the platform's own total to ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, NUMBER, TEXT, WORDS, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


BRIDGE = record(
    platform_total=maybe(NUMBER),
    steps=many(record(kind=TEXT, words=WORDS, amount=NUMBER, note=maybe(WORDS))),
    ours=maybe(NUMBER),
    residual=maybe(NUMBER),
    notes=many(record(words=WORDS, amount=maybe(NUMBER), rows=maybe(COUNT))),
)


@dataclass(frozen=True)
class BridgeParams:
    """Which batch."""

    batch: str | None = param("batch, else the newest one", "批次，缺省为最新批次", positional=True, default=None)


def _run(shop: OpenShop | None, params: BridgeParams, _progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.bridge(shop, params)


VERB = Verb(
    name="bridge",
    phase="collect",
    words=Words("Reconcile the platform's total with ours", "平台总额与本系统销售额对账"),
    doc=Words(
        "The steps from the total that the platform states to our sales: unpaid, cancelled, refunded, shipping, tax, "
        "fees, discounts, rejected, left out. The rest is shown and is zero when all is right.",
        "从平台总额到本系统销售额的各步骤：未付款、已取消、退款、运费、税、手续费、折扣、被拒绝、未计入。差额会列出，正确时为零。",
    ),
    takes=BridgeParams,
    gives=record(batch=maybe(TEXT), currency=TEXT, bridge=maybe(BRIDGE)),
    run=_run,
    example="zhanggui bridge ./myshop",
)

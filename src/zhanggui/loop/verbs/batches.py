"""``zhanggui batches``: what was imported, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import ANY, MOMENT, NUMBER, TEXT, by_name, many, record
from zhanggui.loop.verb import Verb

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class BatchesParams:
    """Nothing to choose."""


def _run(shop: OpenShop | None, _params: BatchesParams, _progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.batches(shop)


VERB = Verb(
    name="batches",
    phase="collect",
    words=Words("List the imports of a shop", "列出店铺的导入批次"),
    doc=Words(
        "Every batch, newest first: source, files, time and row counts.", "所有批次，最新在前：来源、文件、时间和行数。"
    ),
    takes=BatchesParams,
    gives=record(
        batches=many(
            record(batch=TEXT, source=TEXT, files=many(TEXT), received_at=MOMENT, seconds=NUMBER, tables=by_name(ANY))
        )
    ),
    run=_run,
    example="zhanggui batches ./myshop",
)

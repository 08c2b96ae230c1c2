"""``zhanggui sources``: what can be imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import TEXT, WORDS, many, record
from zhanggui.loop.verb import Verb

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class SourcesParams:
    """Nothing to choose."""


def _run(_shop: OpenShop | None, _params: SourcesParams, _progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.list_sources()


VERB = Verb(
    name="sources",
    phase="collect",
    words=Words("List the sources that can be imported", "列出可导入的来源"),
    doc=Words(
        "Each source: what it is, where the export is found, the tables it gives.",
        "每个来源：内容、导出位置、提供的表。",
    ),
    takes=SourcesParams,
    gives=record(sources=many(record(source=TEXT, words=WORDS, doc=WORDS, tables=many(TEXT)))),
    run=_run,
    example="zhanggui sources",
    shop="none",
)

"""``zhanggui suggest-map``: draft a mapping for a file of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import TEXT, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class SuggestMapParams:
    """Which file."""

    file: Path = param("CSV, Parquet or Excel file", "CSV、Parquet 或 Excel 文件", kind="path", positional=True)


def _run(_shop: OpenShop | None, params: SuggestMapParams, _progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.suggest_map(params)


VERB = Verb(
    name="suggest-map",
    phase="collect",
    words=Words("Draft a mapping for a file", "为文件起草映射"),
    doc=Words(
        "Prints a mapping file for the source 'mapped', to be checked and completed by hand.",
        "打印供 mapped 来源使用的映射文件，请人工核对补全。",
    ),
    takes=SuggestMapParams,
    gives=record(mapping=TEXT),
    run=_run,
    example="zhanggui suggest-map orders.csv > orders.map.toml",
    shop="none",
)

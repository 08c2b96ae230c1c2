"""``zhanggui import``: take the exports of a platform into the shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, NUMBER, TEXT, by_name, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class ImportParams:
    """What to import, and how to read it."""

    source: str = param("source of the files, or auto (zhanggui sources lists them)", "来源，或 auto", positional=True)
    path: tuple[Path, ...] = param(
        "files or folders to import", "要导入的文件或文件夹", kind="path", positional=True, repeated=True, default=()
    )
    map: Path | None = param("mapping file of the source 'mapped'", "mapped 来源的映射文件", kind="path", default=None)
    received_at: datetime | None = param(
        "arrival time of the batch, for replays (shop time without an offset)",
        "批次到达时间，用于重放（无时区则为店铺时间）",
        kind="moment",
        default=None,
    )
    scale: float | None = param("size of the simulated shop, 1 = default", "模拟店铺规模", kind="number", default=None)
    seed: int | None = param("seed of the simulated shop", "模拟店铺的随机种子", kind="count", default=None)
    months: int | None = param("months of the simulated shop", "模拟店铺的月数", kind="count", default=None)


def _run(shop: OpenShop | None, params: ImportParams, progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.import_(shop, params, progress)


VERB = Verb(
    name="import",
    phase="collect",
    words=Words("Import the files of a platform", "导入平台导出的文件"),
    doc=Words(
        "Reads, checks and merges the files in one transaction. Importing the same file twice changes nothing; "
        "rejected rows are kept with file, line, column, value and reason.",
        "在一个事务中读取、检查并合并文件。同一文件重复导入不会改变任何数据；被拒绝的行连同文件、行号、列、值和原因一并保留。",
    ),
    takes=ImportParams,
    gives=record(
        batch=TEXT,
        tables=by_name(record(read=COUNT, accepted=COUNT, updated=COUNT, unchanged=COUNT, rejected=COUNT)),
        seconds=NUMBER,
    ),
    run=_run,
    example="zhanggui import ./myshop taobao ExportOrderList.csv ExportOrderDetailList.csv",
    writes=True,
)

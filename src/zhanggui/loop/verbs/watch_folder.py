"""``zhanggui watch-folder``: folders whose new files the server imports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import TEXT, many, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class WatchFolderParams:
    """Which folder; without one, the watched folders are listed."""

    source: str | None = param("source of its files, or auto", "文件来源，或 auto", positional=True, default=None)
    dir: Path | None = param("folder to watch", "要监视的文件夹", kind="path", positional=True, default=None)
    remove: bool = param("stop watching it", "停止监视", kind="flag", default=False)


def _run(shop: OpenShop | None, params: WatchFolderParams, _progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.watch_folder(shop, params)


VERB = Verb(
    name="watch-folder",
    phase="collect",
    words=Words("Watch a folder for new files", "监视文件夹中的新文件"),
    doc=Words(
        "A running server imports new and changed files of the folder, also those that arrived while it was down. "
        "Without a folder: list the watched ones.",
        "运行中的服务会导入文件夹中新增和修改过的文件，停机期间到达的也会补上。不给文件夹时列出已监视的文件夹。",
    ),
    takes=WatchFolderParams,
    gives=record(watched=many(record(source=TEXT, folder=TEXT))),
    run=_run,
    example="zhanggui watch-folder ./myshop tables ./exports",
    writes=True,
)

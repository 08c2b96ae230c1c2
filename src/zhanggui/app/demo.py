"""``zhanggui demo``: build the two example shops and open them in the cockpit."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from zhanggui.app.commands import DemoParams, ServeParams
from zhanggui.app.remote import listens
from zhanggui.basics.words import Words
from zhanggui.cli.bar import Bar
from zhanggui.loop.examples import EXAMPLES, ExampleShop, build
from zhanggui.store.owner import Owner, read_owner

if TYPE_CHECKING:
    from zhanggui.cli.usage import Manners

BUILDING = Words("{name}: building in {folder} ...", "{name}：正在 {folder} 生成……")
BUILT = Words("{name}: built ({seconds:.1f} s).", "{name}：已生成（{seconds:.1f} 秒）。")
KEPT = Words("{name}: there already, kept.", "{name}：已存在，沿用。")
SERVED = Words("The example shops are open already at {url}", "示例店铺已在此打开：{url}")
OPEN = Words("Open this address in a browser; Ctrl-C ends it:", "请在浏览器中打开下面的网址，按 Ctrl-C 结束：")


def demo(params: DemoParams, manners: Manners) -> int:
    """Build what is missing, then serve both shops; gives the exit code."""
    folders = [params.dir / example.folder for example in EXAMPLES]
    owner = _server_of(folders)
    if owner is not None:
        _say(SERVED[manners.language].format(url=f"http://127.0.0.1:{owner.port}"))
        return 0
    for example, folder in zip(EXAMPLES, folders, strict=True):
        _build(example, folder, params.scale, manners)
    if params.no_serve:
        return 0
    from zhanggui.app.serve import serve

    _say(OPEN[manners.language])
    return serve(ServeParams(shops=tuple(folders), port=params.port), manners)


def _server_of(folders: list[Path]) -> Owner | None:
    for folder in folders:
        owner = read_owner(folder)
        if owner is not None and listens(owner):
            return owner
    return None


def _build(example: ExampleShop, folder: Path, scale: float, manners: Manners) -> None:
    started = time.monotonic()
    name = example.settings.name
    if not folder.exists():
        _say(BUILDING[manners.language].format(name=name, folder=folder))
    with Bar(sys.stderr) as bar:
        built = build(example, folder, scale=scale, progress=bar)
    words = BUILT if built else KEPT
    _say(words[manners.language].format(name=name, seconds=time.monotonic() - started))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

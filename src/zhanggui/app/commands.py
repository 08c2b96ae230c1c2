"""The commands of the process itself: ``serve``, ``collect`` and ``demo``. Light, like the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.cli.run import Command
from zhanggui.loop.verb import Spec, param

if TYPE_CHECKING:
    from zhanggui.cli.usage import Manners

DEFAULT_PORT = 8700
COLLECT_PORT = 8701


@dataclass(frozen=True)
class ServeParams:
    """What to serve, and where."""

    shops: tuple[Path, ...] = param(
        "shop folders", "店铺文件夹", kind="path", positional=True, repeated=True, metavar="SHOP"
    )
    port: int = param("port; 0 takes a free one", "端口，0 表示任选空闲端口", kind="count", default=DEFAULT_PORT)
    host: str = param("address to listen on", "监听地址", default="127.0.0.1")
    public_host: tuple[str, ...] = param(
        "further host name under which browsers may ask", "允许浏览器访问的其他主机名", repeated=True, metavar="NAME"
    )


@dataclass(frozen=True)
class CollectParams:
    """For which shops to collect, and where."""

    shops: tuple[Path, ...] = param(
        "shop folders", "店铺文件夹", kind="path", positional=True, repeated=True, metavar="SHOP"
    )
    port: int = param("port; 0 takes a free one", "端口，0 表示任选空闲端口", kind="count", default=COLLECT_PORT)
    host: str = param("address to listen on", "监听地址", default="127.0.0.1")


@dataclass(frozen=True)
class DemoParams:
    """Where the example shops go."""

    dir: Path = param(
        "folder of the example shops (./demo)", "示例店铺文件夹（./demo）", kind="path", positional=True,
        default=Path("demo"),
    )  # fmt: skip
    no_serve: bool = param("build the shops only", "只生成店铺，不启动服务", kind="flag", default=False)
    port: int = param("port; 0 takes a free one", "端口，0 表示任选空闲端口", kind="count", default=DEFAULT_PORT)
    scale: float = param("size of the simulated shop, 1 = default", "模拟店铺规模", kind="number", default=1.0)


def _serve(params: ServeParams, manners: Manners) -> int:
    from zhanggui.app.serve import serve

    return serve(params, manners)


def _collect(params: CollectParams, manners: Manners) -> int:
    from zhanggui.app.collect import collect

    return collect(params, manners)


def _demo(params: DemoParams, manners: Manners) -> int:
    from zhanggui.app.demo import demo

    return demo(params, manners)


COMMANDS = {
    "serve": Command(
        Spec(
            name="serve",
            phase="run",
            words=Words("Open shops in the cockpit", "在驾驶舱中打开店铺"),
            doc=Words(
                "Serves the cockpit and the HTTP API of one or more shops and runs their jobs. Prints 'ready URL' "
                "once it accepts; ends with Ctrl-C.",
                "为一个或多个店铺提供驾驶舱和 HTTP API，并运行其任务。就绪后打印 ready 网址，按 Ctrl-C 结束。",
            ),
            takes=ServeParams,
            example="zhanggui serve ./myshop --port 8700",
            shop="none",
        ),
        _serve,
    ),
    "collect": Command(
        Spec(
            name="collect",
            phase="run",
            words=Words("Take events in a process of its own", "以独立进程接收事件"),
            doc=Words(
                "Serves /collect and /zg.js of one or more shops and nothing else, and keeps the events in their "
                "journals. It opens no warehouse, so it runs beside imports and a server, which drains the journal.",
                "只为一个或多个店铺提供 /collect 和 /zg.js，并将事件保存到各店铺的日志。它不打开数据仓库，"
                "因此可与导入和服务器同时运行；日志由服务器导入仓库。",
            ),
            takes=CollectParams,
            example="zhanggui collect ./myshop --port 8701",
            shop="none",
        ),
        _collect,
    ),
    "demo": Command(
        Spec(
            name="demo",
            phase="run",
            words=Words("Build the example shops and open them", "生成示例店铺并打开"),
            doc=Words(
                "Builds two shops: gifts (real data of a British gift shop) and homeware (simulated, complete), and "
                "serves them. What is built already is kept.",
                "生成两个店铺：gifts（英国礼品网店真实数据）和 homeware（完整的模拟数据），并打开。已生成的会保留。",
            ),
            takes=DemoParams,
            example="zhanggui demo ./demo",
            shop="none",
        ),
        _demo,
    ),
}

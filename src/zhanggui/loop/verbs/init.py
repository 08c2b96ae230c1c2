"""``zhanggui init``: make a shop folder."""

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
class InitParams:
    """What a new shop needs to know about itself."""

    shop_dir: Path = param("folder to make", "要新建的店铺文件夹", kind="path", positional=True)
    name: str = param("name of the shop", "店铺名称")
    currency: str = param("currency of the shop, ISO code such as CNY", "店铺货币，ISO 代码，如 CNY")
    timezone: str = param("time zone of the shop, IANA name such as Asia/Shanghai", "店铺时区，如 Asia/Shanghai")
    country: str = param("country of the shop, ISO code such as CN", "店铺所在国家，ISO 代码，如 CN", default="")


def _run(_shop: OpenShop | None, params: InitParams, _progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.init(params)


VERB = Verb(
    name="init",
    phase="collect",
    words=Words("Make a shop folder", "新建店铺文件夹"),
    doc=Words(
        "Makes a folder with the settings, an empty warehouse and an empty ledger.",
        "新建文件夹，内含设置、空的数据仓库和空的账本。",
    ),
    takes=InitParams,
    gives=record(shop=TEXT, name=TEXT, currency=TEXT, timezone=TEXT),
    run=_run,
    example="zhanggui init ./myshop --name 'My shop' --currency CNY --timezone Asia/Shanghai",
    shop="none",
    writes=True,
)

"""``zhanggui write-key``: the key with which sites and servers send events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import TEXT, many, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class WriteKeyParams:
    """What to change; nothing = tell the key."""

    new: bool = param(
        "make a further key; older ones go on holding", "新建一个密钥；旧密钥继续有效", kind="flag", default=False
    )
    revoke: str | None = param("let this key hold no longer", "使该密钥失效", default=None)
    origin: tuple[str, ...] = param(
        "site whose pages may send, instead of those before; this-machine = none but pages of this machine",
        "允许发送的网站（取代此前的设置）；this-machine 表示仅限本机页面",
        repeated=True,
    )


def _run(shop: OpenShop | None, params: WriteKeyParams, _progress: Progress) -> Result:
    from zhanggui.loop import draining

    return draining.write_key(shop, params)


VERB = Verb(
    name="write-key",
    phase="collect",
    words=Words("Tell the key for sending events", "查看发送事件的写入密钥"),
    doc=Words(
        "Makes a write key at the first call and tells it with the tag for your pages. The key names the shop and lets "
        "nobody read; origins say whose pages may send.",
        "首次调用时新建写入密钥，并给出放入页面的代码。密钥只用于指明店铺，不能读取数据；来源网站决定哪些页面可以发送。",
    ),
    takes=WriteKeyParams,
    gives=record(write_key=TEXT, origins=many(TEXT), tag=TEXT),
    run=_run,
    example="zhanggui write-key ./myshop --origin https://www.myshop.example",
    writes=True,
)

"""zhanggui (掌柜): the operating system of an online shop's e-commerce manager.

>>> import zhanggui
>>> with zhanggui.open_shop("./gifts") as shop:  # doctest: +SKIP
...     print(shop.kpi(["sales", "aov"], by=["month"]).to_json())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import (
    ActionRefused,
    DataError,
    DefinitionError,
    NotMeasurable,
    OutsideError,
    UnknownNameError,
    ZhangguiError,
)

if TYPE_CHECKING:
    from zhanggui.loop.shop import Shop, create_shop, open_shop

__version__ = "0.1.0"

__all__ = [
    "ActionRefused",
    "DataError",
    "DefinitionError",
    "NotMeasurable",
    "OutsideError",
    "Shop",
    "UnknownNameError",
    "ZhangguiError",
    "create_shop",
    "open_shop",
]


def __getattr__(name: str) -> Any:
    # The warehouse takes time to load, and the command line's help must not wait for it.
    if name in ("Shop", "create_shop", "open_shop"):
        from zhanggui.loop import shop

        return getattr(shop, name)
    raise AttributeError(f"module 'zhanggui' has no attribute {name!r}")

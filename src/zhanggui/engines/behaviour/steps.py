"""Steps of a funnel: how they are written, what they match, how they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.words import Words
from zhanggui.engines.behaviour.types import DEFAULT_STEPS
from zhanggui.shop import TABLES

START = "session_start"
PAGE = "page:"
MOST_STEPS = 20
MOST_DAYS = 366
_DURATION = re.compile(r"(\d{1,6})\s*([dhm])")
_SECONDS = {"d": 86400, "h": 3600, "m": 60}

EVENTS = tuple(TABLES["events"].column("event").choices)
PAGES = tuple(TABLES["events"].column("page_type").choices)

WORDS = {
    START: Words("session start", "会话开始"),
    "page_view": Words("page view", "浏览页面"),
    "view_item_list": Words("product list", "浏览列表"),
    "view_item": Words("item view", "浏览商品"),
    "select_item": Words("item click", "点击商品"),
    "add_to_cart": Words("add to cart", "加入购物车"),
    "remove_from_cart": Words("remove from cart", "移出购物车"),
    "begin_checkout": Words("begin checkout", "开始结算"),
    "add_shipping_info": Words("shipping details", "填写配送信息"),
    "add_payment_info": Words("payment details", "填写支付信息"),
    "purchase": Words("purchase", "下单购买"),
    "refund": Words("refund", "退款"),
    "search": Words("search", "搜索"),
    "sign_up": Words("sign-up", "注册"),
    "login": Words("log-in", "登录"),
    "select_promotion": Words("promotion click", "点击促销"),
    "web_vitals": Words("page speed measured", "页面性能上报"),
    "error": Words("error", "出错"),
    "page:home": Words("home page", "首页"),
    "page:category": Words("category page", "类目页"),
    "page:item": Words("item page", "商品页"),
    "page:search": Words("search results", "搜索结果页"),
    "page:cart": Words("cart page", "购物车页"),
    "page:checkout": Words("checkout page", "结算页"),
    "page:account": Words("account page", "账户页"),
    "page:other": Words("other page", "其他页面"),
}
"""How people call every step."""


@dataclass(frozen=True)
class Step:
    """One step: events called ``event``, of pages of ``page_type`` only where it is given."""

    event: str
    page_type: str | None = None
    optional: bool = False

    @property
    def name(self) -> str:
        """As a person writes it, without the question mark."""
        return f"{PAGE}{self.page_type}" if self.page_type else self.event

    @property
    def words(self) -> Words:
        """As people call it."""
        return WORDS[self.name]


def parse_step(text: str) -> Step:
    """``add_to_cart``, ``page:home``, ``add_payment_info?`` as a step.

    Raises:
        UnknownNameError: no such event or page type.
    """
    name = text.strip()
    optional = name.endswith("?")
    name = name.removesuffix("?").strip()
    if name.startswith(PAGE):
        page_type = name.removeprefix(PAGE)
        if page_type not in PAGES:
            raise UnknownNameError.of(Words("page type", "页面类型"), page_type, PAGES)
        return Step("page_view", page_type, optional)
    if name not in EVENTS and name != START:
        raise UnknownNameError.of(Words("step", "步骤"), name, WORDS)
    return Step(name, None, optional)


def parse_steps(texts: Sequence[str]) -> tuple[Step, ...]:
    """The steps of a funnel; without any, those from the item view to the purchase.

    Raises:
        UnknownNameError: no such event or page type.
        DefinitionError: too few or too many steps, or steps in places where they mean nothing.
    """
    names = [part for text in texts for part in text.split(",") if part.strip()]
    steps = tuple(parse_step(name) for name in names or DEFAULT_STEPS)
    if not 1 <= len(steps) <= MOST_STEPS:
        raise DefinitionError(
            f"A funnel has up to {MOST_STEPS} steps, found {len(steps)}.",
            zh=f"漏斗最多 {MOST_STEPS} 步，实际 {len(steps)} 步。",
        )
    if steps[0].optional or steps[-1].optional:
        raise DefinitionError(
            "The first and the last step of a funnel can't be optional.", zh="漏斗的第一步和最后一步不能是可选的。"
        )
    if any(step.event == START for step in steps[1:]):
        raise DefinitionError(f"{START} can only be the first step.", zh=f"{START} 只能是第一步。")
    return steps


def seconds_within(text: str) -> int | None:
    """The duration ``7d``, ``24h``, ``30m`` in seconds; None for ``session``.

    Raises:
        DefinitionError: neither.
    """
    if text.strip() == "session":
        return None
    found = _DURATION.fullmatch(text.strip())
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= MOST_DAYS * 86400:
        raise DefinitionError(
            f"within {text!r}: write session, or a duration up to {MOST_DAYS} days such as 7d, 24h or 30m.",
            zh=f"within {text!r}：请写 session，或不超过 {MOST_DAYS} 天的时长，例如 7d、24h、30m。",
        )
    return seconds


def required(steps: Sequence[Step]) -> list[int]:
    """Places of the steps that are not optional."""
    return [place for place, step in enumerate(steps) if not step.optional]

"""Friction in a few sentences."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.numbers import format_value
from zhanggui.basics.words import Words
from zhanggui.engines.experience.friction_types import Goods, Left, Method, Split
from zhanggui.metrics import value_inside

STEP_WORDS = {
    "add_to_cart": Words("the cart", "购物车"),
    "begin_checkout": Words("the start of the checkout", "开始结算"),
    "add_shipping_info": Words("the shipping details", "填写收货信息"),
    "add_payment_info": Words("the payment details", "选择支付方式"),
}
LEAST = 30  # sessions or orders that a share needs to be named as the worst


def in_words(overall: Split, devices: Sequence[Split], methods: Sequence[Method], products: Sequence[Goods]) -> Words:
    """How many carts and checkouts are left, at which step, on which device, with which payment and product."""
    told = (_carts(overall), _step(overall), _device(devices), _method(methods), _product(products))
    parts = [part for part in told if part]
    if not parts:
        return Words("Nothing was put into a cart in this window.", "此时间段没有加购。")
    return Words(" ".join(part.en for part in parts), "".join(part.zh for part in parts))


def _carts(overall: Split) -> Words | None:
    cart, checkout = overall.carts, overall.checkouts
    if cart is None:
        return None
    en = f"{_rate(cart)} of {_count(cart)} carts were left without a purchase"
    zh = f"{_count(cart, 'zh')} 个购物车中 {_rate(cart, 'zh')} 未下单"
    if checkout is not None:
        en = f"{en}, and {_rate(checkout)} of {_count(checkout)} checkouts"
        zh = f"{zh}；{_count(checkout, 'zh')} 次结算中 {_rate(checkout, 'zh')} 未完成"
    return Words(f"{en}.", f"{zh}。")


def _step(overall: Split) -> Words | None:
    steps = {name: left for name, left in overall.steps.items() if left.left and name != "add_to_cart"}
    if not steps:
        return None
    worst = max(steps, key=lambda name: steps[name].left)
    name, left = STEP_WORDS[worst], steps[worst]
    return Words(
        f"Checkouts end most often at {name.en}: {_rate(left)} of {_count(left)} sessions went no further.",
        f"结算流失最多的一步是{name.zh}：{_count(left, 'zh')} 个会话中 {_rate(left, 'zh')} 止步于此。",
    )


def _device(devices: Sequence[Split]) -> Words | None:
    known = [
        (split.key, split.checkouts)
        for split in devices
        if split.key and split.checkouts and split.checkouts.reached >= LEAST
    ]
    if len(known) < 2:
        return None
    key, left = max(known, key=lambda pair: pair[1].rate or 0)
    best = min(known, key=lambda pair: pair[1].rate or 0)
    if (left.interval[0] or 0) <= (best[1].interval[1] or 1):
        return None  # the intervals meet: no device stands out
    worse, better = value_inside("device", key), value_inside("device", best[0])
    return Words(
        f"Checkouts are left most often on {worse.en} ({_rate(left)}; {better.en} {_rate(best[1])}).",
        f"{worse.zh}上放弃结算最多（{_rate(left, 'zh')}；{better.zh}为 {_rate(best[1], 'zh')}）。",
    )


def _method(methods: Sequence[Method]) -> Words | None:
    known = [method for method in methods if method.orders.reached >= LEAST and method.orders.left]
    if not known:
        return None
    worst = max(known, key=lambda method: method.orders.rate or 0)
    others = [method.orders for method in methods if method is not worst]
    usual = sum(each.left for each in others) / max(1, sum(each.reached for each in others))
    if (worst.orders.interval[0] or 0) <= usual:
        return None  # no method stands out
    name = worst.payment_method or "–"
    return Words(
        f"Of orders tried with {name}, {_rate(worst.orders)} were never paid; of the others {_plain(usual)}.",
        f"尝试用 {name} 支付的订单有 {_rate(worst.orders, 'zh')} 最终未付款，其他方式为 {_plain(usual, 'zh')}。",
    )


def _product(products: Sequence[Goods]) -> Words | None:
    if not products:
        return None
    standing_out = [goods for goods in products if goods.unusual]
    first = (standing_out or products)[0]
    name = first.name or first.product_id
    carts = first.carts
    if standing_out:
        return Words(
            f"Left more often than other products: {name}, in {_rate(carts)} of {_count(carts)} carts.",
            f"比其他商品更常被放弃：{name}，{_count(carts, 'zh')} 个购物车中有 {_rate(carts, 'zh')} 放弃。",
        )
    return Words(
        f"No product stands out; left in the largest number: {name}, in {_rate(carts)} of {_count(carts)} carts.",
        f"没有商品格外突出；放弃次数最多的是 {name}，{_count(carts, 'zh')} 个购物车中有 {_rate(carts, 'zh')} 放弃。",
    )


def _count(left: Left, language: str = "en") -> str:
    return format_value(left.reached, "count", language)


def _plain(rate: float, language: str = "en") -> str:
    return format_value(rate, "rate", language)


def _rate(left: Left, language: str = "en") -> str:
    return format_value(left.rate, "rate", language)

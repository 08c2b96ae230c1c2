"""What the Chinese platforms have in common: their states of orders and after-sales, CNY, masked nicknames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from zhanggui.connectors.order_rows import OrderRows

CURRENCY = "CNY"
COUNTRY = "CN"
PROGRESS = ("placed", "paid", "shipped", "delivered")

# The first word found in the platform's state decides. "closed" is cancelled, or returned when it was paid:
# these platforms close a paid order only by giving the money back.
STATES: tuple[tuple[str, str], ...] = tuple(
    (word, state)
    for state, words in (
        ("closed", "退款成功 关闭 全额退款"),
        ("cancelled", "取消 删除"),
        ("placed", "等待买家付款 等待付款 待付款 待支付 未付款 未支付 尾款 没有创建支付宝交易"),
        ("paid", "待成团 部分发货"),
        ("delivered", "完成 交易成功 已收货 已签收 已送达 已评价"),
        ("shipped", "已发货 待收货 等待确认收货 等待收货 待签收 已出库 配送中 运输中"),
        ("paid", "待发货 等待卖家发货 等待发货 等待出库 待出库 备货 买家已付款 已付款 已支付 锁定 暂停"),
    )
    for word in words.split()
)


def state_of(text: str) -> str | None:
    """placed, paid, shipped, delivered, closed or cancelled for the platform's words; None when they are not known.

    >>> state_of("买家已付款,等待卖家发货"), state_of("卖家已发货，等待买家确认"), state_of("交易关闭")
    ('paid', 'shipped', 'closed')
    """
    return next((state for word, state in STATES if word in text), None)


def known_state(text: str, paid_at: datetime | None, taken: OrderRows) -> str:
    """:func:`state_of`; words that are not known are noted, and the time of payment decides."""
    state = state_of(text)
    if state is None:
        if text:
            taken.unknown_status(text)
        state = "placed" if paid_at is None else "paid"
    return state


def combined_state(states: Sequence[str]) -> str:
    """The state of an order by those of its parts: the least advanced of those that go on.

    When none does: closed if one is, else cancelled.
    """
    alive = [PROGRESS.index(state) for state in states if state in PROGRESS]
    if alive:
        return PROGRESS[min(alive)]
    return "closed" if "closed" in states else "cancelled"


def was_refunded(text: str) -> bool:
    """Whether words about after-sales say that all the money went back.

    >>> [was_refunded(t) for t in ("退款成功", "没有申请退款", "退款关闭", "退款中", "已全额退款", "")]
    [True, False, False, False, True, False]
    """
    return any(word in text for word in ("退款成功", "全额退款"))


def known_person(nickname: str) -> str:
    """The nickname as customer id; '' when the platform has masked it, because masks of many people are alike."""
    return "" if "*" in nickname else nickname

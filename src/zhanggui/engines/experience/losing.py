"""What some sessions lack against others like them, as orders and money, told as the association that it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.numbers import format_value
from zhanggui.basics.words import Words
from zhanggui.engines.experience.statement import Part, rows_of
from zhanggui.engines.experience.types import Loss, OrderValue
from zhanggui.stats.standardising import Contrast, lacking, product_interval

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

CAUTION = Words(
    "This is an association, not a proven cause; only an experiment shows the effect.",
    "这是相关，不是已证实的因果；只有实验能证明影响。",
)
LEAST_OTHERS = 20  # sessions that a stratum needs before the exposed are compared with them
LEAST_COVERED = 0.5  # part of the exposed that must be comparable before a loss is told


@dataclass(frozen=True)
class Exposure:
    """How a loss is told: who is exposed, and to whom they are compared."""

    exposed: Words
    reference: Words


def order_values(shop: OpenShop, part: Part) -> dict[str | None, OrderValue]:
    """Value of the orders of the window by device; that of all of them under the key ``""``."""
    found: dict[str | None, OrderValue] = {}
    for row in rows_of(shop, part.sql("order_values"), part.values):
        if row["orders"]:
            found["" if row["overall"] else row["device"]] = OrderValue(row["orders"], row["mean"], row["variance"])
    return found


def loss_of(contrasts: Iterable[Contrast], value: OrderValue | None, how: Exposure, currency: str) -> Loss | None:
    """What the exposed lack; None where there are none, or too few of them can be compared.

    One session that buys counts as one order of mean ``value``; without it the loss is told in orders.
    """
    found = lacking(contrasts, LEAST_OTHERS)
    if not found.exposed or found.covered / found.exposed < LEAST_COVERED:
        return None
    orders = (found.value, *found.interval())
    money: tuple[float | None, float | None, float | None] = (None, None, None)
    if value is not None:
        ends = product_interval(found.value, found.variance, value.mean, value.variance / value.orders)
        money = (found.value * value.mean, *ends)
    numbers = [each for each in money if each is not None] or list(orders)
    words = _words(numbers, int(found.exposed), how, currency if value is not None else None)
    return Loss(*orders, *money, int(found.exposed), found.covered / found.exposed, words)


def _words(numbers: list[float], exposed: int, how: Exposure, currency: str | None) -> Words:
    """The loss in two sentences that claim no cause; ``currency`` None = ``numbers`` are orders."""
    unit, places = ("count", 1) if currency is None else ("money", 2)
    value, low, high = (round(number, places) for number in numbers)
    doubt = low <= 0 <= high

    def shown(number: float, language: str) -> str:
        text = format_value(number, unit, language, currency or "")
        return text if currency is not None else f"{text} 单" if language == "zh" else f"{text} orders"

    en = (
        f"The {format_value(exposed, 'count')} sessions {how.exposed.en} bought {shown(abs(value), 'en')} "
        f"{'less' if value >= 0 else 'more'} than {how.reference.en} would have "
        f"(what they lack, 95 % interval: {shown(low, 'en')} to {shown(high, 'en')})."
        f"{' The interval holds zero: there may be no difference.' if doubt else ''} "
        f"{CAUTION.en}"
    )
    zh = (
        f"{how.exposed.zh} {format_value(exposed, 'count', 'zh')} 个会话，比{how.reference.zh}"
        f"{'少' if value >= 0 else '多'}买了 {shown(abs(value), 'zh')}"
        f"（差额的 95% 区间：{shown(low, 'zh')} 至 {shown(high, 'zh')}）。"
        f"{'区间包含 0，可能没有差别。' if doubt else ''}{CAUTION.zh}"
    )
    return Words(en, zh)

"""``zhanggui friction``: where carts and checkouts are left, and with which goods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, FLAG, NUMBER, TEXT, WINDOW, WORDS, Shape, by_name, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class FrictionParams:
    """The window and which sessions."""

    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")


def _run(shop: OpenShop | None, params: FrictionParams, _progress: Progress) -> Result:
    from zhanggui.loop.friction import friction

    return friction(shop, params)


_RATE: dict[str, Shape] = {"rate": maybe(NUMBER), "low": maybe(NUMBER), "high": maybe(NUMBER)}
_LEFT = maybe(record(sessions=COUNT, abandoned=COUNT, **_RATE))
_STEPS = many(record(step=TEXT, sessions=COUNT, left=COUNT, **_RATE))
_THEN = record(price=maybe(NUMBER), shipping_fee=maybe(NUMBER), stock=maybe(NUMBER), out_of_stock=maybe(NUMBER))
_GOODS = record(
    product_id=maybe(TEXT),
    name=maybe(TEXT),
    carts=COUNT,
    abandoned=COUNT,
    unusual=FLAG,
    left=_THEN,
    bought=_THEN,
    **_RATE,
)
_METHOD = record(
    payment_method=maybe(TEXT),
    attempts=COUNT,
    failed=COUNT,
    failure_rate=maybe(NUMBER),
    orders=COUNT,
    abandoned=COUNT,
    **_RATE,
)

VERB = Verb(
    name="friction",
    phase="measure",
    words=Words("Where carts and checkouts are left", "购物车与结算在哪里被放弃"),
    doc=Words(
        "Carts and checkouts left without a purchase by step, device, country, payment method, shipping fee, coupon; "
        "the products left most often with their price, shipping fee and stock at the time.",
        "未成交的购物车与结算：按步骤、设备、国家、支付方式、运费和优惠券；最常被放弃的商品及当时的价格、运费和库存。",
    ),
    takes=FrictionParams,
    gives=record(
        window=WINDOW,
        cart=_LEFT,
        checkout=_LEFT,
        steps=_STEPS,
        by_device=many(record({"steps": _STEPS}, device=maybe(TEXT), cart=_LEFT, checkout=_LEFT)),
        by_country=many(record(country=maybe(TEXT), cart=_LEFT, checkout=_LEFT)),
        by_payment_method=many(_METHOD),
        by_shipping_fee=many(
            record(basis=TEXT, from_=maybe(NUMBER), to=maybe(NUMBER), count=COUNT, abandoned=COUNT, **_RATE)
        ),
        by_coupon=many(record(coupon=FLAG, orders=COUNT, abandoned=COUNT, **_RATE)),
        products=many(_GOODS),
        all_products=maybe(_GOODS),
        not_measurable=by_name(TEXT),
        words=WORDS,
        batch=maybe(TEXT),
        sql=many(TEXT),
    ),
    run=_run,
    example="zhanggui friction ./myshop --where device=mobile",
)

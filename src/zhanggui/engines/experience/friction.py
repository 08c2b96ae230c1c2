"""Cart and checkout friction: where they are left, by whom, with which payment, fees, coupons and goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.engines.experience.friction_types import (
    STEPS,
    AtTheTime,
    Coupon,
    FeeBand,
    Friction,
    Goods,
    Left,
    Method,
    Split,
)
from zhanggui.engines.experience.friction_words import in_words
from zhanggui.engines.experience.statement import Part, part_of, rows_of
from zhanggui.metrics import default_window, missing, reason_of

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST = 20  # products that are listed
NEEDS: Mapping[str, tuple[str, ...]] = {
    "cart": ("events|sessions.add_to_carts", "events|sessions.purchases"),
    "checkout": ("events|sessions.checkouts", "events|sessions.purchases"),
    "steps": ("events",),
    "by_device": ("events.device|sessions.device",),
    "by_country": ("events.country|sessions.country",),
    "by_payment_method": ("payments.method",),
    "by_shipping_fee": ("price_changes.shipping_fee|orders.shipping_amount",),
    "by_shipping_fee_of_carts": ("events.product_id", "price_changes.shipping_fee"),
    "by_shipping_fee_of_orders": ("orders.shipping_amount", "orders.paid_at"),
    "by_coupon": ("orders.coupon_code", "orders.paid_at"),
    "products": ("events.product_id",),
    "price": ("events.product_id", "price_changes|products.list_price"),
    "shipping_fee": ("events.product_id", "price_changes.shipping_fee"),
    "stock": ("events.product_id", "stock_levels"),
}
"""Part of the answer -> what it needs."""
Rows = Sequence[Mapping[str, Any]]


def friction(shop: OpenShop, window: Window | None = None, where: Sequence[tuple[str, str]] = ()) -> Friction:
    """Where carts and checkouts of ``window`` (default: the last 28 complete days) are left.

    Raises:
        NotMeasurable: the shop knows neither visits nor payments nor orders.
        UnknownNameError: no such filter.
    """
    facts = shop.warehouse.facts()
    lacking = missing(("events|sessions|traffic_daily|payments|orders",), facts)
    if lacking:
        raise NotMeasurable(
            f"Cart and checkout friction {reason_of(lacking).en}.", zh=f"购物车与结算摩擦{reason_of(lacking).zh}。"
        )
    reasons = {name: reason_of(needs) for name, needed in NEEDS.items() if (needs := missing(needed, facts))}
    window = window or default_window(shop)
    part = part_of(shop, window, where)
    splits = _splits(shop, part, reasons)
    overall = splits.get("overall", (Split(None, None, None, {}),))[0]
    methods = () if "by_payment_method" in reasons else _methods(shop, part)
    coupons, order_fees = _unpaid(shop, part, reasons)
    products, whole = ((), None) if "products" in reasons else _products(shop, part)
    return Friction(
        window=window,
        overall=overall,
        by_device=() if "by_device" in reasons else splits.get("device", ()),
        by_country=() if "by_country" in reasons else splits.get("country", ()),
        methods=methods,
        fees=(*_cart_fees(shop, part, reasons), *order_fees),
        coupons=coupons,
        products=products,
        all_products=whole,
        not_measurable=reasons,
        words=in_words(overall, splits.get("device", ()), methods, products),
        currency=shop.settings.currency,
        batch=shop.warehouse.newest_batch(),
        sql=_asked(part, reasons),
    )


def _asked(part: Part, reasons: Mapping[str, Words]) -> tuple[str, ...]:
    """The statements that this shop's data allow."""
    files: dict[str, tuple[str, ...]] = {
        "cart": ("carts",),
        "steps": ("checkout_steps",),
        "by_payment_method": ("payment_methods",),
    }
    files |= {"by_coupon": ("unpaid",), "products": ("carted", "abandoned")}
    return tuple(
        "\n".join(part.sql(name).strip() for name in names) for reason, names in files.items() if reason not in reasons
    )


def _splits(shop: OpenShop, part: Part, reasons: Mapping[str, Words]) -> dict[str, tuple[Split, ...]]:
    """Carts and checkouts over all and by device and country; the steps of the first two."""
    steps = {} if "steps" in reasons else _steps(shop, part)
    found: dict[str, list[Split]] = {}
    for row in rows_of(shop, part.sql("carts"), part.values):
        grouped = row["grouped"]
        key = row.get(grouped)
        cart, checkout = (
            None if name in reasons or not row[counted] else Left(row[counted], row[counted] - row[f"{counted}_bought"])
            for name, counted in (("cart", "carts"), ("checkout", "checkouts"))
        )
        mine = steps.get((grouped, key), {}) if grouped != "country" else {}
        if cart or checkout or mine or grouped == "overall":
            found.setdefault(grouped, []).append(Split(key, cart, checkout, mine))
    return {grouped: tuple(splits) for grouped, splits in found.items()}


def _steps(shop: OpenShop, part: Part) -> dict[tuple[str, str | None], dict[str, Left]]:
    return {
        ("overall" if row["overall"] else "device", row["device"]): {
            step: Left(row[step], row[f"{step}_left"]) for step in STEPS
        }
        for row in rows_of(shop, part.sql("checkout_steps"), part.values)
    }


def _methods(shop: OpenShop, part: Part) -> tuple[Method, ...]:
    rows = rows_of(shop, part.sql("payment_methods"), part.values)
    return tuple(
        Method(row["payment_method"], row["attempts"], row["failed"], Left(row["orders"], row["abandoned"]))
        for row in rows
    )


def _unpaid(shop: OpenShop, part: Part, reasons: Mapping[str, Words]) -> tuple[tuple[Coupon, ...], tuple[FeeBand, ...]]:
    """Orders that were never paid, by coupon and by shipping fee."""
    skipped = {"coupon": "by_coupon", "fee": "by_shipping_fee_of_orders"}
    if all(name in reasons for name in skipped.values()):
        return (), ()
    rows = [row for row in rows_of(shop, part.sql("unpaid"), part.values) if skipped[row["grouped"]] not in reasons]
    coupons = (row for row in rows if row["grouped"] == "coupon")
    fees = [row for row in rows if row["grouped"] == "fee" and row["band"] >= 0]
    return (
        tuple(Coupon(row["coupon"], Left(row["orders"], row["unpaid"])) for row in coupons),
        _bands("order", fees),
    )


def _cart_fees(shop: OpenShop, part: Part, reasons: Mapping[str, Words]) -> tuple[FeeBand, ...]:
    if "by_shipping_fee_of_carts" in reasons:
        return ()
    return _bands("cart", rows_of(shop, part.sql("carted") + part.sql("cart_fees"), part.values))


def _bands(basis: str, rows: Rows) -> tuple[FeeBand, ...]:
    return tuple(FeeBand(basis, row["from_fee"], row["to_fee"], Left(row["orders"], row["unpaid"])) for row in rows)


def _products(shop: OpenShop, part: Part) -> tuple[tuple[Goods, ...], Goods | None]:
    """The products that are left most often, and all of them together."""
    rows = rows_of(shop, part.sql("carted") + "\n" + part.sql("abandoned"), {**part.values, "most": MOST})
    whole = next((row for row in rows if row["overall"]), None)
    if whole is None or not whole["carts"]:
        return (), None
    usual = whole["abandoned"] / whole["carts"]
    listed = tuple(_goods(row, usual) for row in rows if not row["overall"] and row["abandoned"])
    return listed, _goods({**whole, "name": None}, usual)


def _goods(row: Mapping[str, Any], usual: float) -> Goods:
    left = Left(row["carts"], row["abandoned"])
    low = left.interval[0]
    names = ("price", "shipping_fee", "stock", "out_of_stock")
    when = {side: AtTheTime(*(row[f"{side}_{name}"] for name in names)) for side in ("left", "bought")}
    unusual = low is not None and low > usual
    return Goods(row["product_id"], row["name"], left, when["left"], when["bought"], unusual)

"""What crosses the border of friction: where carts and checkouts are left, and with which goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.stats.wilson import wilson_interval

STEPS = ("add_to_cart", "begin_checkout", "add_shipping_info", "add_payment_info")


@dataclass(frozen=True)
class Left:
    """How many of those who came so far went no further; ``low`` and ``high`` are the 95 % interval (Wilson)."""

    reached: int
    left: int

    @property
    def rate(self) -> float | None:
        """Left / reached; None where nobody came."""
        return self.left / self.reached if self.reached else None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The 95 % interval of the rate."""
        return wilson_interval(self.left, self.reached) if self.reached else (None, None)

    def to_json(self, reached: str = "sessions", left: str = "abandoned") -> dict[str, Any]:
        """The counts under the names that fit, the rate and its interval."""
        low, high = self.interval
        return {reached: self.reached, left: self.left, "rate": self.rate, "low": low, "high": high}


@dataclass(frozen=True)
class Split:
    """Carts and checkouts of one device or country; ``steps`` by event, empty where not asked."""

    key: str | None
    carts: Left | None
    checkouts: Left | None
    steps: Mapping[str, Left]

    def to_json(self, name: str) -> dict[str, Any]:
        """The split, its key under ``name``."""
        found: dict[str, Any] = {
            name: self.key,
            "cart": self.carts.to_json() if self.carts else None,
            "checkout": self.checkouts.to_json() if self.checkouts else None,
        }
        if self.steps:
            found["steps"] = [{"step": step, **left.to_json(left="left")} for step, left in self.steps.items()]
        return found


@dataclass(frozen=True)
class Method:
    """A payment method: attempts and those that failed; orders tried with it that no method ever paid."""

    payment_method: str | None
    attempts: int
    failed: int
    orders: Left

    def to_json(self) -> dict[str, Any]:
        """The method with stable field names."""
        failure = self.failed / self.attempts if self.attempts else None
        head = {"payment_method": self.payment_method, "attempts": self.attempts, "failed": self.failed}
        return {**head, "failure_rate": failure, **self.orders.to_json("orders", "abandoned")}


@dataclass(frozen=True)
class FeeBand:
    """Carts by the highest shipping fee of their goods, or orders by what the customer pays for shipping.

    ``basis`` is cart or order; both ends (shop currency) belong to the band.
    """

    basis: str
    from_fee: float | None
    to_fee: float | None
    left: Left

    def to_json(self) -> dict[str, Any]:
        """The band with stable field names."""
        return {"basis": self.basis, "from": self.from_fee, "to": self.to_fee, **self.left.to_json("count")}


@dataclass(frozen=True)
class Coupon:
    """Orders with or without a coupon, and those that were never paid."""

    used: bool
    orders: Left

    def to_json(self) -> dict[str, Any]:
        """The counts with stable field names."""
        return {"coupon": self.used, **self.orders.to_json("orders", "abandoned")}


@dataclass(frozen=True)
class AtTheTime:
    """Means over the carts that a product was in: price and fee in shop currency, pieces, share out of stock."""

    price: float | None
    shipping_fee: float | None
    stock: float | None
    out_of_stock: float | None

    def to_json(self) -> dict[str, float | None]:
        """The means with stable field names."""
        return {
            "price": self.price, "shipping_fee": self.shipping_fee, "stock": self.stock,
            "out_of_stock": self.out_of_stock,
        }  # fmt: skip


@dataclass(frozen=True)
class Goods:
    """A product (None = all): carts it was put into, how many left it, and how it stood in those and in the bought.

    ``unusual`` is true when its whole interval lies above the rate of all products.
    """

    product_id: str | None
    name: str | None
    carts: Left
    when_left: AtTheTime
    when_bought: AtTheTime
    unusual: bool

    def to_json(self) -> dict[str, Any]:
        """The product with stable field names."""
        return {
            "product_id": self.product_id, "name": self.name, **self.carts.to_json("carts"), "unusual": self.unusual,
            "left": self.when_left.to_json(), "bought": self.when_bought.to_json(),
        }  # fmt: skip


@dataclass(frozen=True)
class Friction:
    """Where carts and checkouts of a window are left. Parts are empty where ``not_measurable`` says why."""

    window: Window
    overall: Split
    by_device: tuple[Split, ...]
    by_country: tuple[Split, ...]
    methods: tuple[Method, ...]
    fees: tuple[FeeBand, ...]
    coupons: tuple[Coupon, ...]
    products: tuple[Goods, ...]
    all_products: Goods | None
    not_measurable: Mapping[str, Words]
    words: Words
    currency: str
    batch: str | None
    sql: tuple[str, ...]

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document with stable field names; reasons in ``language``."""
        whole = self.overall.to_json("")
        return {
            "window": self.window.to_json(),
            "cart": whole["cart"],
            "checkout": whole["checkout"],
            "steps": whole.get("steps", []),
            "by_device": [split.to_json("device") for split in self.by_device],
            "by_country": [split.to_json("country") for split in self.by_country],
            "by_payment_method": [method.to_json() for method in self.methods],
            "by_shipping_fee": [band.to_json() for band in self.fees],
            "by_coupon": [coupon.to_json() for coupon in self.coupons],
            "products": [goods.to_json() for goods in self.products],
            "all_products": self.all_products.to_json() if self.all_products else None,
            "not_measurable": {name: why[language] for name, why in self.not_measurable.items()},
            "words": self.words.to_json(),
            "currency": self.currency,
            "batch": self.batch,
            "sql": list(self.sql),
        }

"""Cart and checkout friction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines.experience import friction as measured
from zhanggui.loop import shops
from zhanggui.loop.result import Grid, Tabled, text, value
from zhanggui.loop.values import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhanggui.engines.experience import Friction
    from zhanggui.loop.result import GridColumn
    from zhanggui.loop.verbs.friction import FrictionParams
    from zhanggui.store.opened import OpenShop

_RATE = (
    value("rate", "share", "占比", "rate"),
    value("low", "low", "下限", "rate"),
    value("high", "high", "上限", "rate"),
)
_STEPS = (
    text("step", "step", "步骤"),
    value("sessions", "sessions", "会话数"),
    value("left", "left here", "止步"),
    *_RATE,
)
_METHODS = (
    text("payment_method", "payment method", "支付方式"), value("orders", "orders", "订单数"),
    value("abandoned", "never paid", "最终未付"), *_RATE, value("failure_rate", "failed attempts", "失败率", "rate"),
)  # fmt: skip
_FEES = (
    text("basis", "of", "对象"), value("from", "from", "起", "money"), value("to", "to", "止", "money"),
    value("count", "number", "数量"), value("abandoned", "left", "放弃"), *_RATE,
)  # fmt: skip
_COUPONS = (
    text("coupon", "coupon", "优惠券"), value("orders", "orders", "订单数"),
    value("abandoned", "never paid", "最终未付"), *_RATE,
)  # fmt: skip
_PRODUCTS = (
    text("product_id", "product id", "商品编号"), text("name", "name", "商品名称"), value("carts", "carts", "加购"),
    value("abandoned", "left", "放弃"), value("rate", "share", "占比", "rate"),
    text("unusual", "more than others", "高于其他商品"), value("price_left", "price when left", "放弃时价格", "money"),
    value("price_bought", "price when bought", "购买时价格", "money"),
    value("fee_left", "shipping when left", "放弃时运费", "money"),
    value("stock_left", "stock when left", "放弃时库存"), value("stock_bought", "stock when bought", "购买时库存"),
)  # fmt: skip


@dataclass(frozen=True)
class FrictionResult(Tabled):
    """Where carts and checkouts are left, with what tables of it need."""

    found: Friction
    good: bool = True

    @property
    def words(self) -> Words:
        """The friction in a few sentences."""
        return self.found.words

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document of ``zhanggui friction --format json``; reasons in ``language``."""
        return self.found.to_json(language)

    def grids(self) -> tuple[Grid, ...]:
        """Products left most often (what CSV holds), steps, devices, payment methods, shipping fees, coupons."""
        document, currency = self.found.to_json(), self.found.currency
        products = [
            row
            | {f"{short}_{side}": row[side][name] for short, name in _SHORT.items() for side in ("left", "bought")}
            | {"unusual": _MORE if row["unusual"] else ""}
            for row in document["products"]
        ]
        steps = [row | {"step": named("event", row["step"])} for row in document["steps"]]
        coupons = [row | {"coupon": _YES if row["coupon"] else _NO} for row in document["by_coupon"]]
        found = (
            _table(products, _PRODUCTS, Words("Products left most often", "最常被放弃的商品"), currency),
            _table(steps, _STEPS, Words("Steps", "步骤"), currency),
            _devices(document["by_device"], currency),
            _table(document["by_payment_method"], _METHODS, Words("Payment methods", "支付方式"), currency),
            _table(document["by_shipping_fee"], _FEES, Words("Shipping fee", "运费"), currency),
            _table(coupons, _COUPONS, Words("Coupons", "优惠券"), currency),
        )
        return tuple(grid for place, grid in enumerate(found) if grid.rows or not place)


_SHORT = {"price": "price", "fee": "shipping_fee", "stock": "stock"}
_YES, _NO, _MORE = Words("with", "有"), Words("without", "无"), Words("yes", "是")


def _table(rows: Sequence[dict[str, Any]], columns: Sequence[GridColumn], title: Words, currency: str) -> Grid:
    cells = tuple(tuple(row[column.key] for column in columns) for row in rows)
    return Grid(tuple(columns), cells, title, currency)


def _devices(rows: Sequence[dict[str, Any]], currency: str) -> Grid:
    columns = (
        text("device", "device", "设备"), value("carts", "carts", "加购会话"),
        value("cart_rate", "carts left", "购物车放弃率", "rate"), value("checkouts", "checkouts", "结算会话"),
        value("checkout_rate", "checkouts left", "结算放弃率", "rate"),
    )  # fmt: skip
    none: dict[str, Any] = {"sessions": None, "rate": None}
    cells = tuple(
        (
            named("device", row["device"]),
            (row["cart"] or none)["sessions"],
            (row["cart"] or none)["rate"],
            (row["checkout"] or none)["sessions"],
            (row["checkout"] or none)["rate"],
        )
        for row in rows
    )
    return Grid(columns, cells, Words("Devices", "设备"), currency)


def friction(shop: OpenShop | None, params: FrictionParams) -> FrictionResult:
    """Where carts and checkouts of a window are left.

    Raises:
        NotMeasurable: the shop knows neither visits nor payments nor orders.
        UnknownNameError: no such filter.
    """
    shop = shops.need(shop)
    return FrictionResult(measured(shop, shops.window_of(shop, params.from_, params.to), params.where))

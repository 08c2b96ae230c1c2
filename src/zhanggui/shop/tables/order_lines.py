"""Order lines: one row per product line of an order."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="order_lines",
    words=Words("Order lines", "订单明细"),
    doc=Words("One row per product line of an order.", "每行是订单中的一个商品行。"),
    columns=(
        Column("order_id", "id", Words("The order the line belongs to", "所属订单"), required=True),
        Column("line_no", "count", Words("Number of the line within its order", "订单内的行号"), required=True),
        Column("product_id", "id", Words("What was sold", "售出的商品"), required=True),
        Column("quantity", "quantity", Words("Pieces sold", "售出件数"), required=True, unit="pieces", nonzero=True),
        Column(
            "unit_price",
            "amount",
            Words("Price of one piece before discounts", "单件价格（优惠前）"),
            required=True,
            unit="shop currency",
            low=0,
        ),
        Column("discount_amount", "amount", Words("Discount of the whole line", "该行优惠总额"), unit="shop currency"),
        Column("unit_cost", "amount", Words("What one piece cost the shop", "单件成本"), unit="shop currency"),
    ),
    key=(
        "order_id",
        "line_no",
    ),
    time=None,
    worth=("quantity", "unit_price"),
    references=(
        Reference("order_id", "orders", "order_id"),
        Reference("product_id", "products", "product_id"),
    ),
)

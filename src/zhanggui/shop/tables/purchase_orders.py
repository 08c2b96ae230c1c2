"""Purchase orders: what was ordered from suppliers, per product."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="purchase_orders",
    words=Words("Purchase orders", "采购单"),
    doc=Words("What was ordered from suppliers, per product.", "向供应商的采购，按商品分行。"),
    columns=(
        Column("purchase_order_id", "id", Words("Number of the purchase order", "采购单号"), required=True),
        Column("product_id", "id", Words("The product", "商品"), required=True),
        Column("supplier_id", "id", Words("The supplier", "供应商")),
        Column("ordered_on", "day", Words("Day it was ordered", "下单日期")),
        Column("expected_on", "day", Words("Day it is expected", "预计到货日期")),
        Column("received_on", "day", Words("Day it came", "实际到货日期")),
        Column("quantity_ordered", "quantity", Words("Pieces ordered", "采购件数"), unit="pieces"),
        Column("quantity_received", "quantity", Words("Pieces received", "到货件数"), unit="pieces"),
        Column("unit_cost", "amount", Words("Cost of one piece", "单件成本"), unit="shop currency"),
    ),
    key=(
        "purchase_order_id",
        "product_id",
    ),
    time="ordered_on",
    references=(
        Reference("product_id", "products", "product_id"),
        Reference("supplier_id", "suppliers", "supplier_id"),
    ),
)

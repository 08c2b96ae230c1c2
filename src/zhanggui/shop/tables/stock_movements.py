"""Stock movements: every change of stock, signed."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="stock_movements",
    words=Words("Stock movements", "库存变动"),
    doc=Words("Every change of stock, signed.", "每次库存变动，带正负号。"),
    columns=(
        Column("movement_id", "id", Words("Number of the movement", "变动编号"), required=True),
        Column("moved_at", "moment", Words("When it happened", "变动时间"), required=True),
        Column("product_id", "id", Words("The product", "商品"), required=True),
        Column("warehouse", "text", Words("The warehouse", "仓库")),
        Column(
            "quantity",
            "quantity",
            Words("Pieces, negative = out", "件数，负数为出库"),
            required=True,
            unit="pieces",
            nonzero=True,
        ),
        Column(
            "reason",
            "text",
            Words("Why", "变动原因"),
            choices=("sale", "return", "receipt", "count", "write_off", "transfer"),
        ),
        Column("reference", "text", Words("Order, delivery or count it belongs to", "关联单据")),
    ),
    key=("movement_id",),
    time="moved_at",
    references=(Reference("product_id", "products", "product_id"),),
)

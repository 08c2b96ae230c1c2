"""Stock levels: pieces on hand at a moment, by product and warehouse."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="stock_levels",
    words=Words("Stock levels", "库存快照"),
    doc=Words("Pieces on hand at a moment, by product and warehouse.", "某时刻各商品各仓库的在库件数。"),
    columns=(
        Column("taken_at", "moment", Words("When it was counted", "盘点时间"), required=True),
        Column("product_id", "id", Words("The product", "商品"), required=True),
        Column("warehouse", "text", Words("The warehouse; '' = the whole shop", "仓库；'' 表示整个店铺")),
        Column("on_hand", "quantity", Words("Pieces on hand", "在库件数"), required=True, unit="pieces"),
        Column("reserved", "quantity", Words("Pieces promised to orders", "已占用件数"), unit="pieces"),
        Column("incoming", "quantity", Words("Pieces ordered from suppliers", "在途件数"), unit="pieces"),
    ),
    key=(
        "taken_at",
        "product_id",
        "warehouse",
    ),
    time="taken_at",
    references=(Reference("product_id", "products", "product_id"),),
)

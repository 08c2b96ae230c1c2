"""Price changes: the price of a product from a moment on."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="price_changes",
    words=Words("Price changes", "价格变动"),
    doc=Words("The price of a product from a moment on.", "商品自某时刻起的价格。"),
    columns=(
        Column("product_id", "id", Words("The product", "商品"), required=True),
        Column("changed_at", "moment", Words("From when the price holds", "价格生效时间"), required=True),
        Column("price", "amount", Words("The new price", "新价格"), required=True, unit="shop currency", low=0),
        Column(
            "shipping_fee", "amount", Words("Shipping fee that goes with it", "对应的运费"), unit="shop currency", low=0
        ),
    ),
    key=(
        "product_id",
        "changed_at",
    ),
    time="changed_at",
    references=(Reference("product_id", "products", "product_id"),),
)

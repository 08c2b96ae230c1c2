"""Competitor prices: what competitors ask for the same product."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="competitor_prices",
    words=Words("Competitor prices", "竞品价格"),
    doc=Words("What competitors ask for the same product.", "竞争对手同款商品的价格。"),
    columns=(
        Column("product_id", "id", Words("Our product", "本店商品"), required=True),
        Column("competitor", "text", Words("The competitor", "竞争对手"), required=True),
        Column("observed_at", "moment", Words("When it was seen", "观察时间"), required=True),
        Column(
            "price", "amount", Words("Price that was asked", "对方价格"), required=True, unit="shop currency", low=0
        ),
        Column("promotion", "text", Words("Promotion that ran", "对方的促销")),
    ),
    key=(
        "product_id",
        "competitor",
        "observed_at",
    ),
    time="observed_at",
    references=(Reference("product_id", "products", "product_id"),),
)

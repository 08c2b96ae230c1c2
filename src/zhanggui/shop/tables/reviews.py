"""Reviews: what customers wrote about products and orders."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="reviews",
    words=Words("Reviews", "评价"),
    doc=Words("What customers wrote about products and orders.", "顾客对商品与订单的评价。"),
    columns=(
        Column("review_id", "id", Words("Number of the review", "评价编号"), required=True),
        Column("order_id", "id", Words("The order", "订单")),
        Column("product_id", "id", Words("The product", "商品")),
        Column("customer_id", "id", Words("The customer", "顾客")),
        Column("created_at", "moment", Words("When it was written", "评价时间"), required=True),
        Column("rating", "number", Words("Stars, 1 to 5", "星级，1 到 5"), unit="stars", low=1, high=5),
        Column("title", "text", Words("Headline", "标题")),
        Column("text", "text", Words("The review", "评价内容")),
        Column("language", "text", Words("Language it is written in", "语言")),
    ),
    key=("review_id",),
    time="created_at",
    references=(
        Reference("order_id", "orders", "order_id"),
        Reference("product_id", "products", "product_id"),
        Reference("customer_id", "customers", "customer_id"),
    ),
)

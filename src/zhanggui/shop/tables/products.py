"""Products: one row per product (or variant) that is sold."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="products",
    words=Words("Products", "商品"),
    doc=Words("One row per product (or variant) that is sold.", "每行是一个在售商品（或规格）。"),
    columns=(
        Column("product_id", "id", Words("Number of the product (SKU)", "商品编号（SKU）"), required=True),
        Column("name", "text", Words("Name that customers see", "商品名称")),
        Column("category", "text", Words('Path of categories, levels joined by " > "', '类目路径，各级以 " > " 连接')),
        Column("brand", "text", Words("Brand", "品牌")),
        Column("supplier_id", "id", Words("Who supplies it", "供应商")),
        Column("list_price", "amount", Words("Price without promotion", "标价（无促销）"), unit="shop currency", low=0),
        Column("unit_cost", "amount", Words("What one piece costs the shop", "单件成本"), unit="shop currency"),
        Column("listed_on", "day", Words("Day it went on sale", "上架日期")),
        Column("delisted_on", "day", Words("Day it was taken off sale", "下架日期")),
        Column("attributes", "json", Words("Further properties as JSON", "其他属性（JSON）")),
    ),
    key=("product_id",),
    time=None,
    references=(Reference("supplier_id", "suppliers", "supplier_id"),),
)

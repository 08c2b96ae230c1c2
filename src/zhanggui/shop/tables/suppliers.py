"""Suppliers: who the shop buys from."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Table

TABLE = Table(
    name="suppliers",
    words=Words("Suppliers", "供应商"),
    doc=Words("Who the shop buys from.", "店铺的供货方。"),
    columns=(
        Column("supplier_id", "id", Words("Number of the supplier", "供应商编号"), required=True),
        Column("name", "text", Words("Name", "名称")),
        Column("country", "text", Words("Country", "国家")),
        Column("lead_time_days", "number", Words("Days from order to delivery", "交货天数"), unit="days", low=0),
        Column("minimum_order", "quantity", Words("Smallest order taken", "最小起订量"), unit="pieces", low=0),
        Column("pack_size", "quantity", Words("Pieces in a pack", "每箱件数"), unit="pieces", low=0),
    ),
    key=("supplier_id",),
    time=None,
)

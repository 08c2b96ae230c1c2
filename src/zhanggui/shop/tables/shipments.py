"""Shipments: one row per parcel."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="shipments",
    words=Words("Shipments", "发货"),
    doc=Words("One row per parcel.", "每行是一个包裹。"),
    columns=(
        Column("shipment_id", "id", Words("Number of the parcel", "包裹编号"), required=True),
        Column("order_id", "id", Words("The order it belongs to", "所属订单"), required=True),
        Column("carrier", "text", Words("Who carries it", "承运商")),
        Column("warehouse", "text", Words("Where it left from", "发货仓库")),
        Column("shipped_at", "moment", Words("When it left", "发出时间")),
        Column("promised_at", "moment", Words("When it was promised to arrive", "承诺送达时间")),
        Column("delivered_at", "moment", Words("When it arrived", "送达时间")),
        Column("region", "text", Words("Where it goes to", "收货地区")),
        Column(
            "cost", "amount", Words("What the shop pays for the transport", "店铺支付的运费成本"), unit="shop currency"
        ),
    ),
    key=("shipment_id",),
    time="shipped_at",
    order=(
        (
            "shipped_at",
            "delivered_at",
        ),
    ),
    references=(Reference("order_id", "orders", "order_id"),),
)

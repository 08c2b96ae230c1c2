"""Refunds: money given back to customers."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="refunds",
    words=Words("Refunds", "退款"),
    doc=Words("Money given back to customers.", "退给顾客的款项。"),
    columns=(
        Column("refund_id", "id", Words("Number of the refund", "退款单号"), required=True),
        Column("order_id", "id", Words("The order that is refunded", "被退款的订单"), required=True),
        Column(
            "line_no",
            "count",
            Words("The line that is refunded; empty = whole order or unknown", "被退款的行；空值表示整单或未知"),
        ),
        Column("refunded_at", "moment", Words("When the money went back", "退款时间"), required=True),
        Column("quantity", "quantity", Words("Pieces that came back", "退回件数"), unit="pieces"),
        Column("amount", "amount", Words("Money given back", "退款金额"), required=True, unit="shop currency"),
        Column("reason", "text", Words("Why, in the words of shop or customer", "退款原因")),
    ),
    key=("refund_id",),
    time="refunded_at",
    references=(Reference("order_id", "orders", "order_id"),),
)

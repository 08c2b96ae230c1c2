"""Surveys: answers to short surveys such as NPS."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="surveys",
    words=Words("Surveys", "问卷"),
    doc=Words("Answers to short surveys such as NPS.", "NPS 等简短问卷的回答。"),
    columns=(
        Column("response_id", "id", Words("Number of the answer", "回答编号"), required=True),
        Column(
            "survey", "text", Words("Which survey", "问卷类型"), required=True, choices=("nps", "csat", "exit", "other")
        ),
        Column("customer_id", "id", Words("The customer", "顾客")),
        Column("order_id", "id", Words("The order", "订单")),
        Column("answered_at", "moment", Words("When it was answered", "回答时间"), required=True),
        Column("score", "number", Words("The score given", "评分")),
        Column("text", "text", Words("What was written", "文字内容")),
    ),
    key=("response_id",),
    time="answered_at",
    references=(
        Reference("customer_id", "customers", "customer_id"),
        Reference("order_id", "orders", "order_id"),
    ),
)

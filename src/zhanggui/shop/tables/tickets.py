"""Service tickets: questions and complaints of customers."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="tickets",
    words=Words("Service tickets", "客服工单"),
    doc=Words("Questions and complaints of customers.", "顾客的咨询与投诉。"),
    columns=(
        Column("ticket_id", "id", Words("Number of the ticket", "工单编号"), required=True),
        Column("customer_id", "id", Words("The customer", "顾客")),
        Column("order_id", "id", Words("The order", "订单")),
        Column("product_id", "id", Words("The product", "商品")),
        Column("channel", "text", Words("Chat, mail, phone ...", "渠道（聊天、邮件、电话等）")),
        Column("opened_at", "moment", Words("When it was opened", "创建时间"), required=True),
        Column("first_response_at", "moment", Words("First answer of a person", "首次响应时间")),
        Column("resolved_at", "moment", Words("When it was settled", "解决时间")),
        Column("status", "text", Words("Where it stands", "状态")),
        Column("kind", "text", Words("What kind", "类型"), choices=("question", "complaint", "return", "incident")),
        Column("cause", "text", Words("What caused it", "原因")),
        Column("priority", "text", Words("How urgent", "优先级")),
        Column("satisfaction", "number", Words("Score the customer gave the service", "满意度评分"), unit="points"),
        Column("text", "text", Words("What was written", "文字内容")),
    ),
    key=("ticket_id",),
    time="opened_at",
    references=(
        Reference("customer_id", "customers", "customer_id"),
        Reference("order_id", "orders", "order_id"),
        Reference("product_id", "products", "product_id"),
    ),
)

"""Payment attempts: one row per attempt to pay, failed ones too."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="payments",
    words=Words("Payment attempts", "支付尝试"),
    doc=Words("One row per attempt to pay, failed ones too.", "每行是一次支付尝试，含失败。"),
    columns=(
        Column("attempt_id", "id", Words("Number of the attempt", "支付尝试编号"), required=True),
        Column("order_id", "id", Words("The order that was to be paid", "要支付的订单")),
        Column("attempted_at", "moment", Words("When it was tried", "尝试时间"), required=True),
        Column("gateway", "text", Words("Payment provider", "支付通道")),
        Column("gateway_version", "text", Words("Version of the provider's integration", "支付通道接入版本")),
        Column("method", "text", Words("Card, wallet, transfer ...", "支付方式（银行卡、钱包、转账等）")),
        Column("amount", "amount", Words("Amount that was to be paid", "支付金额"), unit="shop currency"),
        Column(
            "status",
            "text",
            Words("How the attempt ended", "尝试结果"),
            required=True,
            choices=("succeeded", "failed", "pending"),
        ),
        Column("error_code", "text", Words("Reason the provider gave", "通道返回的错误码")),
        Column("latency_ms", "number", Words("Time until the provider answered", "通道响应耗时"), unit="ms"),
        Column("country", "text", Words("Country of the payer", "付款人国家")),
        Column("device", "text", Words("Kind of device", "设备类型")),
    ),
    key=("attempt_id",),
    time="attempted_at",
    references=(Reference("order_id", "orders", "order_id"),),
)

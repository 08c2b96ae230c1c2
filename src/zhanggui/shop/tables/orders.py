"""Orders: one row per order that a customer placed."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="orders",
    words=Words("Orders", "订单"),
    doc=Words("One row per order that a customer placed.", "每行是顾客下的一笔订单。"),
    columns=(
        Column(
            "order_id", "id", Words("Number of the order at the shop or platform", "店铺或平台的订单号"), required=True
        ),
        Column("customer_id", "id", Words("The customer who ordered; empty = unknown", "下单顾客；空值表示未知")),
        Column("placed_at", "moment", Words("When the order was placed", "下单时间"), required=True),
        Column("paid_at", "moment", Words("When it was paid", "付款时间")),
        Column("cancelled_at", "moment", Words("When it was cancelled", "取消时间")),
        Column(
            "status",
            "text",
            Words("Where the order stands", "订单状态"),
            required=True,
            choices=("placed", "paid", "shipped", "delivered", "cancelled", "returned"),
        ),
        Column("sales_channel", "text", Words("Shop, marketplace or app that sold it", "销售渠道（自营、平台、应用）")),
        Column("source", "text", Words("Where the visit came from, such as google", "流量来源，如 google")),
        Column("medium", "text", Words("Kind of traffic, such as cpc or email", "流量媒介，如 cpc、email")),
        Column("campaign_id", "id", Words("The campaign that brought the order", "带来订单的营销活动")),
        Column("device", "text", Words("Kind of device, such as mobile", "设备类型，如手机")),
        Column("country", "text", Words("Country of delivery", "收货国家")),
        Column("region", "text", Words("State or province of delivery", "收货省份或州")),
        Column("city", "text", Words("City of delivery", "收货城市")),
        Column("currency", "text", Words("Currency the customer paid in (ISO code)", "顾客付款的币种（ISO 代码）")),
        Column(
            "fx_rate",
            "number",
            Words("Rate used to convert into the shop's currency", "换算为店铺币种所用汇率"),
            unit="shop currency per unit of currency",
        ),
        Column(
            "goods_amount",
            "amount",
            Words("Goods at full price, before discounts", "商品原价金额（优惠前）"),
            unit="shop currency",
        ),
        Column("discount_amount", "amount", Words("All discounts of the order", "订单优惠总额"), unit="shop currency"),
        Column(
            "shipping_amount",
            "amount",
            Words("Shipping that the customer pays", "顾客支付的运费"),
            unit="shop currency",
        ),
        Column("tax_amount", "amount", Words("Tax in the order", "订单税额"), unit="shop currency"),
        Column("total_amount", "amount", Words("What the customer pays in all", "顾客应付总额"), unit="shop currency"),
        Column("coupon_code", "text", Words("Coupon that was used", "使用的优惠券码")),
        Column("payment_method", "text", Words("How it was paid", "支付方式")),
        Column("session_id", "id", Words("The visit in which it was placed", "下单所在的会话")),
    ),
    key=("order_id",),
    time="placed_at",
    order=(
        (
            "placed_at",
            "paid_at",
        ),
    ),
    references=(
        Reference("customer_id", "customers", "customer_id"),
        Reference("campaign_id", "campaigns", "campaign_id"),
    ),
)

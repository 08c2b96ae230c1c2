"""Sessions: one row per visit, derived from events or imported."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="sessions",
    words=Words("Sessions", "会话"),
    doc=Words("One row per visit, derived from events or imported.", "每行是一次访问，由事件推导或直接导入。"),
    columns=(
        Column("session_id", "id", Words("Number of the visit", "会话编号"), required=True),
        Column("visitor_id", "id", Words("The browser or device", "访客标识")),
        Column("customer_id", "id", Words("The customer, when known", "已知的顾客")),
        Column("started_at", "moment", Words("First event", "开始时间"), required=True),
        Column("ended_at", "moment", Words("Last event", "结束时间")),
        Column("source", "text", Words("Where the visit came from", "流量来源")),
        Column("medium", "text", Words("Kind of traffic", "流量媒介")),
        Column("campaign_id", "id", Words("The campaign", "营销活动")),
        Column("device", "text", Words("Kind of device", "设备类型")),
        Column("country", "text", Words("Country", "国家")),
        Column("region", "text", Words("State or province", "省份或州")),
        Column(
            "landing_page_type",
            "text",
            Words("Kind of the first page", "落地页类型"),
            choices=("home", "category", "item", "search", "cart", "checkout", "account", "other"),
        ),
        Column("page_views", "count", Words("Pages seen", "浏览页数"), low=0),
        Column("item_views", "count", Words("Product pages seen", "商品页浏览数"), low=0),
        Column("add_to_carts", "count", Words("Times something was put into the cart", "加购次数"), low=0),
        Column("checkouts", "count", Words("Times a checkout was begun", "发起结算次数"), low=0),
        Column("purchases", "count", Words("Orders placed", "下单次数"), low=0),
        Column("is_bounce", "flag", Words("Left after one page", "是否跳出")),
    ),
    key=("session_id",),
    time="started_at",
    references=(
        Reference("customer_id", "customers", "customer_id"),
        Reference("campaign_id", "campaigns", "campaign_id"),
    ),
)

"""Daily traffic: visitors and steps per day, for platforms that give aggregates only."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Table

TABLE = Table(
    name="traffic_daily",
    words=Words("Daily traffic", "每日流量"),
    doc=Words(
        "Visitors and steps per day, for platforms that give aggregates only.",
        "按天汇总的访客与步骤，供只提供汇总的平台使用。",
    ),
    columns=(
        Column("day", "day", Words("Day in the shop's time zone", "店铺时区的日期"), required=True),
        Column(
            "source", "text", Words("Where the visits came from; '' = unknown or all", "流量来源；'' 表示未知或全部")
        ),
        Column("medium", "text", Words("Kind of traffic; '' = unknown or all", "流量媒介；'' 表示未知或全部")),
        Column("campaign_id", "id", Words("The campaign; '' = unknown or all", "营销活动；'' 表示未知或全部")),
        Column("device", "text", Words("Kind of device; '' = unknown or all", "设备类型；'' 表示未知或全部")),
        Column("country", "text", Words("Country; '' = unknown or all", "国家；'' 表示未知或全部")),
        Column("region", "text", Words("State or province; '' = unknown or all", "省份或州；'' 表示未知或全部")),
        Column("visitors", "count", Words("Visitors", "访客数"), low=0),
        Column("sessions", "count", Words("Visits", "会话数"), low=0),
        Column("page_views", "count", Words("Pages seen", "浏览量"), low=0),
        Column("add_to_carts", "count", Words("Visits with something put into the cart", "加购数"), low=0),
        Column("checkouts", "count", Words("Visits with a checkout begun", "发起结算数"), low=0),
        Column("purchases", "count", Words("Visits with an order", "下单数"), low=0),
    ),
    key=(
        "day",
        "source",
        "medium",
        "campaign_id",
        "device",
        "country",
        "region",
    ),
    time="day",
)

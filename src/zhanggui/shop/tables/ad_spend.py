"""Advertising spend: what was spent on a campaign on a day."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="ad_spend",
    words=Words("Advertising spend", "广告花费"),
    doc=Words("What was spent on a campaign on a day.", "某活动某天的花费与效果。"),
    columns=(
        Column("day", "day", Words("Day in the shop's time zone", "店铺时区的日期"), required=True),
        Column("campaign_id", "id", Words("The campaign", "营销活动"), required=True),
        Column("source", "text", Words("Where the money was spent; '' = unknown", "花费平台；'' 表示未知")),
        Column("impressions", "count", Words("Times shown", "曝光数"), low=0),
        Column("clicks", "count", Words("Clicks", "点击数"), low=0),
        Column("spend", "amount", Words("Money spent", "花费金额"), required=True, unit="shop currency"),
        Column("reported_conversions", "number", Words("Conversions as the platform reports them", "平台报告的转化数")),
        Column(
            "reported_value",
            "amount",
            Words("Sales as the platform reports them", "平台报告的转化金额"),
            unit="shop currency",
        ),
    ),
    key=(
        "day",
        "campaign_id",
        "source",
    ),
    time="day",
    references=(Reference("campaign_id", "campaigns", "campaign_id"),),
)

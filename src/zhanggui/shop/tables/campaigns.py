"""Campaigns: one row per advertisement, promotion or mailing."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Table

TABLE = Table(
    name="campaigns",
    words=Words("Campaigns", "营销活动"),
    doc=Words("One row per advertisement, promotion or mailing.", "每行是一个广告、促销或推送活动。"),
    columns=(
        Column("campaign_id", "id", Words("Number of the campaign", "活动编号"), required=True),
        Column("name", "text", Words("Name", "名称")),
        Column(
            "kind",
            "text",
            Words("What kind of campaign", "活动类型"),
            choices=("ad", "promotion", "email", "sms", "push", "influencer", "seo"),
        ),
        Column("channel", "text", Words("Where it runs", "投放渠道")),
        Column("starts_at", "moment", Words("When it begins", "开始时间")),
        Column("ends_at", "moment", Words("When it ends", "结束时间")),
        Column(
            "phase",
            "text",
            Words("Phase of a sales event", "大促阶段（预热、爆发、返场）"),
            choices=("warm_up", "burst", "extension"),
        ),
        Column("budget", "amount", Words("Money planned", "预算"), unit="shop currency"),
    ),
    key=("campaign_id",),
    time=None,
)

"""Calendar: festivals, promotions, outages: what explains a day."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Table

TABLE = Table(
    name="calendar",
    words=Words("Calendar", "日历"),
    doc=Words("Festivals, promotions, outages: what explains a day.", "节日、促销、故障等可解释某日的事件。"),
    columns=(
        Column("name", "text", Words("What happens", "名称"), required=True),
        Column("starts_on", "day", Words("First day", "开始日期"), required=True),
        Column("ends_on", "day", Words("Last day", "结束日期")),
        Column(
            "kind",
            "text",
            Words("What kind", "类型"),
            choices=("festival", "own_promotion", "platform_promotion", "outage", "release", "policy", "season"),
        ),
        Column("country", "text", Words("Where; empty = everywhere", "国家；空值表示全部")),
        Column("note", "text", Words("Anything worth knowing", "备注")),
    ),
    key=(
        "name",
        "starts_on",
    ),
    time="starts_on",
)

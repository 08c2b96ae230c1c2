"""Goals: targets that the manager set."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Table

TABLE = Table(
    name="goals",
    words=Words("Goals", "目标"),
    doc=Words("Targets that the manager set.", "经理设定的目标。"),
    columns=(
        Column("kpi", "text", Words("The KPI", "指标"), required=True),
        Column("period_start", "day", Words("First day of the period", "周期首日"), required=True),
        Column(
            "grain",
            "text",
            Words("Length of the period", "周期粒度"),
            required=True,
            choices=("day", "week", "month", "quarter", "year"),
        ),
        Column("segment", "text", Words("Part of the shop; '' = all", "细分；'' 表示整店")),
        Column("target", "number", Words("The value to reach", "目标值"), required=True),
    ),
    key=(
        "kpi",
        "period_start",
        "grain",
        "segment",
    ),
    time="period_start",
)

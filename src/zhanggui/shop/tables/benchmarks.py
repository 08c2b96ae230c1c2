"""Benchmarks: values of the market to compare with."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Table

TABLE = Table(
    name="benchmarks",
    words=Words("Benchmarks", "行业基准"),
    doc=Words("Values of the market to compare with.", "用于对比的行业数值。"),
    columns=(
        Column("kpi", "text", Words("The KPI", "指标"), required=True),
        Column("period_start", "day", Words("First day of the period", "周期首日"), required=True),
        Column("segment", "text", Words("Part of the market; '' = all", "细分市场；'' 表示全部")),
        Column("value", "number", Words("The value", "数值"), required=True),
        Column("origin", "text", Words("Who published it", "数据出处")),
    ),
    key=(
        "kpi",
        "period_start",
        "segment",
    ),
    time="period_start",
)

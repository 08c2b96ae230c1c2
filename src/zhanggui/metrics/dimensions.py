"""Dimensions: by what a KPI may be sliced, and how their values are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.periods import CYCLES, GRAINS, bucket_of_label
from zhanggui.basics.words import Words

NONE = "(none)"


@dataclass(frozen=True)
class Dimension:
    """``kind`` time: a grain or cycle of the KPI's own time; value: a property of the row."""

    name: str
    words: Words
    kind: Literal["time", "value"]


def _all() -> dict[str, Dimension]:
    time = {
        "day": ("Day", "日"), "week": ("Week", "周"), "month": ("Month", "月"), "quarter": ("Quarter", "季度"),
        "year": ("Year", "年"), "weekday": ("Weekday", "星期"), "hour": ("Hour", "小时"),
    }  # fmt: skip
    value = {
        "sales_channel": ("Sales channel", "销售渠道"), "source": ("Source", "来源"), "medium": ("Medium", "媒介"),
        "campaign": ("Campaign", "活动"), "channel_group": ("Channel group", "渠道分组"),
        "device": ("Device", "设备"), "country": ("Country", "国家"),
        "region": ("Region", "地区"), "city": ("City", "城市"), "category": ("Category", "类目"),
        "category_1": ("Category level 1", "一级类目"), "category_2": ("Category level 2", "二级类目"),
        "category_3": ("Category level 3", "三级类目"), "brand": ("Brand", "品牌"), "product": ("Product", "商品"),
        "customer_type": ("New or returning", "新老客"), "payment_method": ("Payment method", "支付方式"),
        "gateway": ("Payment gateway", "支付网关"), "carrier": ("Carrier", "承运商"),
        "warehouse": ("Warehouse", "仓库"),
        "os": ("Operating system", "操作系统"), "browser": ("Browser", "浏览器"),
        "landing_page_type": ("Landing page type", "落地页类型"),
        "visitor_type": ("New or returning visitor", "新老访客"),
        "page_type": ("Page type", "页面类型"), "coupon": ("Coupon", "优惠券"), "query": ("Search words", "搜索词"),
    }  # fmt: skip
    found = {name: Dimension(name, Words(*words), "time") for name, words in time.items()}
    return found | {name: Dimension(name, Words(*words), "value") for name, words in value.items()}


DIMENSIONS: dict[str, Dimension] = _all()
_LEVEL = re.compile(r"category_([1-9])")


def dimension_named(name: str) -> Dimension:
    """The dimension ``name``; category_4 .. category_9 exist too.

    Raises:
        UnknownNameError: with the nearest names.
    """
    if name in DIMENSIONS:
        return DIMENSIONS[name]
    level = _LEVEL.fullmatch(name)
    if level:
        return Dimension(name, Words(f"Category level {level[1]}", f"{level[1]}级类目"), "value")
    raise UnknownNameError.of(Words("dimension", "维度"), name, DIMENSIONS)


def base_name(name: str) -> str:
    """``category_2`` is a level of ``category``; every other dimension is its own base."""
    return "category" if _LEVEL.fullmatch(name) else name


def level_of(name: str) -> int | None:
    """The category level of ``category_2``: 2."""
    level = _LEVEL.fullmatch(name)
    return int(level[1]) if level else None


def check_time_value(name: str, value: str) -> None:
    """Refuse a filter on a time dimension that is not written like one of its values.

    Raises:
        DefinitionError: such as hour=25 or week=2011-5.
    """
    if name in GRAINS:
        bucket_of_label(value, name)
        return
    lowest, highest = (1, 7) if name == CYCLES[0] else (0, 23)
    if not value.isdigit() or not lowest <= int(value) <= highest:
        raise DefinitionError(
            f"{name}={value!r}: write a number from {lowest} to {highest}.",
            zh=f"{name}={value!r}：请写 {lowest} 到 {highest} 之间的数字。",
        )

"""Meta (Facebook and Instagram): the ads report by day; the currency is in the name of the spend column."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import re
from collections.abc import Iterator

from zhanggui.basics.errors import DataError
from zhanggui.basics.words import Words
from zhanggui.connectors.ad_reports import AdReport, AdRow, ad_cells, need_days, read_day
from zhanggui.connectors.cells import CellHabits, Cells
from zhanggui.connectors.order_export import export_files, habits_of
from zhanggui.connectors.source import Example, Head, Inputs, Source
from zhanggui.connectors.text_file import TextRows, open_rows
from zhanggui.shop.rows import Piece

NO_DAYS = Words("choose the breakdown Time > Day", "选择细分 Time > Day")

SPENT = re.compile(r"(?:amount spent|spend|spent|已?花费金额|花费)\s*(?:[(（]\s*([A-Za-z]{3})\s*[)）])?", re.IGNORECASE)
DAYS = ("Day", "Date", "日期", "天")
STARTS, ENDS = ("Reporting starts", "开始报告日期"), ("Reporting ends", "结束报告日期")
NAMES, IDS = ("Campaign name", "广告系列名称"), ("Campaign ID", "广告系列编号")
CLICKS = ("Link clicks", "链接点击量", "Clicks (all)", "点击量（全部）", "Clicks")
PURCHASES = ("Purchases", "Website purchases", "购物次数", "网站购物次数")
VALUES = (
    "Purchases conversion value",
    "Purchase conversion value",
    "Website purchases conversion value",
    "购物转化价值",
)
INDICATORS = ("Result indicator", "Result type", "成效指标")
ALSO = (
    *DAYS, *STARTS, *ENDS, *NAMES, *IDS, *CLICKS, *PURCHASES, *VALUES, *INDICATORS, "Impressions", "展示次数", "Results", "成效",
)  # fmt: skip


def _detect(head: Head) -> bool:
    return any(
        _spend_column(file.columns)[0] and (file.has("Impressions") or file.has("展示次数"))
        and any(file.has(name) for name in (*NAMES, *IDS, *STARTS, "Ad ID", "Ad name", "fb_campaign_id"))
        for file in head.files
    )  # fmt: skip


def _read(inputs: Inputs) -> Iterator[Piece]:
    for path in export_files(inputs):
        rows = open_rows(path, also=ALSO, progress=inputs.progress)
        spend, currency = _spend_column(rows.columns)
        if not spend:
            raise DataError(
                f"{rows.file} line {rows.header_line}: no column 'Amount spent (CURRENCY)'; the file has "
                f"{', '.join(rows.columns[:30])}. Add it to the columns of the report and export again.",
                zh=(
                    f"{rows.file} 第 {rows.header_line} 行：没有列 'Amount spent (CURRENCY)'；文件中有 "
                    f"{', '.join(rows.columns[:30])}。请在报表中加上该列后重新导出。"
                ),
            )
        day, ends = _day_columns(rows)
        if not any(name in rows.columns for name in (*IDS, *NAMES)):
            raise DataError(
                f"{rows.file} line {rows.header_line}: columns 'Campaign ID' and 'Campaign name' are missing; add them to the report.",
                zh=(f"{rows.file} 第 {rows.header_line} 行：缺少列 'Campaign ID' 和 'Campaign name'；请在报表中加上。"),
            )
        report = AdReport(rows, "meta", inputs.settings, spend)
        habits = CellHabits(decimal=rows.decimal, rounds=True)
        day_first = habits_of(rows, inputs.settings, day).day_first
        for line, row in rows:
            cells = ad_cells(line, row, habits)
            if not cells.text(*IDS, *NAMES):
                continue  # the row that sums up the report
            if ends and cells.text(day) != cells.text(ends):
                raise _no_days(rows)
            if not report.is_repeat(row):
                yield from report.add(_ad_row(cells, spend, currency, day, day_first))
        yield from report.end()


def _spend_column(columns: tuple[str, ...]) -> tuple[str, str]:
    """The column with the money spent, and its currency where the name tells."""
    for column in columns:
        found = SPENT.fullmatch(column.strip())
        if found:
            return column, (found[1] or "").upper()
    return "", ""


def _day_columns(rows: TextRows) -> tuple[str, str]:
    """The column of the day; and, where there is only a reporting range, the column that must be the same day."""
    for name in DAYS:
        if name in rows.columns:
            return name, ""
    start = next((name for name in STARTS if name in rows.columns), "")
    end = next((name for name in ENDS if name in rows.columns), "")
    if not start or not end:
        raise _no_days(rows)
    return start, end


def _no_days(rows: TextRows) -> DataError:
    return need_days(rows.file, "Meta ads", NO_DAYS)


def _ad_row(cells: Cells, spend: str, currency: str, day: str, day_first: bool | None) -> AdRow:
    name = cells.text(*NAMES)
    bought = cells.amount(*PURCHASES)
    if bought is None and not any(column in cells.row for column in PURCHASES):
        indicator = cells.text(*INDICATORS).lower()
        if not indicator or "purchase" in indicator:
            bought = cells.amount("Results", "成效")
    return AdRow(
        line=cells.line,
        day=read_day(cells, day, day_first),
        campaign_id=cells.id(*IDS) or name,
        campaign_name=name,
        currency=currency,
        numbers={
            "spend": cells.number(spend),
            "impressions": cells.amount("Impressions", "展示次数"),
            "clicks": cells.amount(*CLICKS),
            "reported_conversions": bought,
            "reported_value": cells.amount(*VALUES),
        },
        trouble=cells.trouble,
    )


SOURCE = Source(
    words=Words("Meta ads report", "Meta 广告报表"),
    doc=Words(
        "Meta Ads Manager > Campaigns > Breakdown by Time > Day > Export table data (CSV or Excel), with Campaign ID, Amount spent, Impressions, "
        "Link clicks, Purchases and their conversion value. Reports over several days per row are refused. Rows of one campaign and day are summed.",
        "Meta 广告管理工具 > 广告系列 > 细分：按时间 > 天 > 导出表格数据（CSV 或 Excel），列含广告系列编号、花费金额、展示次数、链接点击量、购物次数与价值。一行跨多天的报表会被拒绝。同一活动同一天的行会相加。",
    ),
    tables=("ad_spend", "campaigns"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "Ads report.csv": "\ufeffReporting starts,Reporting ends,Campaign name,Campaign ID,Ad name,Amount spent (GBP),Impressions,Reach,Link clicks,Clicks (all),Results,Purchases,Purchases conversion value\n"
                '2024-01-30,2024-01-30,Spring 春 🌱,1201,A,"1,000.10","12,345","9,000",300,400,5,4,200.00\n'
                "2024-01-30,2024-01-30,Spring 春 🌱,1201,B,0.01,55,50,,2,,,\n"
                '2024-01-30,2024-01-30,,,,"1,000.11","12,400",,300,402,,4,200.00\n'
            },
            expect={
                "ad_spend": [
                    {
                        "day": "2024-01-30", "campaign_id": "1201", "source": "meta", "impressions": "12400", "clicks": "302", "spend": "1000.11",
                        "reported_conversions": "4", "reported_value": "200",
                    }
                ],
                "campaigns": [{"campaign_id": "1201", "name": "Spring 春 🌱", "kind": "ad", "channel": "meta"}],
            },
        ),
    ),
)  # fmt: skip

"""Google Ads: the campaign report with a Day column (title lines before the header, Total rows at the end)."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from collections.abc import Iterator

from zhanggui.basics.words import Words
from zhanggui.connectors.ad_reports import AdReport, AdRow, ad_cells, need_days, read_day
from zhanggui.connectors.cells import CellHabits
from zhanggui.connectors.order_export import Row, export_files, habits_of
from zhanggui.connectors.source import Example, Head, Inputs, Source
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import Piece

NO_CAMPAIGN = Words(
    "the campaign is missing; export the report with the column Campaign", "缺少广告系列；请连同 Campaign 列导出报表"
)
NO_DAYS = Words(
    "add the segment Time > Day (and the column Currency code)", "加上细分 Time > Day（以及 Currency code 列）"
)

HAS = ("Campaign", "Cost")
DAYS = ("Day", "Date", "天", "日期")
ALSO = (
    *DAYS, "Campaign ID", "Campaign type", "Campaign state", "Clicks", "Impr.", "Impressions", "Currency code", "Currency", "Conversions",
    "Conv. value", "Total conv. value", "All conv. value",
)  # fmt: skip


def _detect(head: Head) -> bool:
    return any(file.has(*HAS) and (file.has("Impr.") or file.has("Clicks")) for file in head.files)


def _read(inputs: Inputs) -> Iterator[Piece]:
    for path in export_files(inputs):
        rows = open_rows(path, header_has=HAS, also=ALSO, progress=inputs.progress)
        day = next((name for name in DAYS if name in rows.columns), None)
        if day is None:
            raise need_days(rows.file, "Google Ads", NO_DAYS)
        report = AdReport(rows, "google", inputs.settings, "Currency code")
        habits = CellHabits(decimal=rows.decimal, rounds=True)
        day_first = habits_of(rows, inputs.settings, day).day_first
        for line, row in rows:
            if not _is_total(row) and not report.is_repeat(row):
                yield from report.add(_ad_row(line, row, habits, day, day_first))
        yield from report.end()


def _is_total(row: Row) -> bool:
    return any(value.lower().startswith(("total:", "total -", "总计", "合计")) for value in row.values())


def _ad_row(line: int, row: Row, habits: CellHabits, day: str, day_first: bool | None) -> AdRow:
    cells = ad_cells(line, row, habits)
    name = cells.text("Campaign")
    campaign = cells.id("Campaign ID") or name
    if not campaign:
        cells.blame("Campaign", "", NO_CAMPAIGN)
    return AdRow(
        line=line,
        day=read_day(cells, day, day_first),
        campaign_id=campaign,
        campaign_name=name,
        currency=cells.text("Currency code", "Currency"),
        numbers={
            "spend": cells.required_amount("Cost"),
            "impressions": cells.amount("Impr.", "Impressions"),
            "clicks": cells.amount("Clicks"),
            "reported_conversions": cells.amount("Conversions"),
            "reported_value": cells.amount("Conv. value", "Total conv. value", "All conv. value"),
        },
        trouble=cells.trouble,
    )


SOURCE = Source(
    words=Words("Google Ads campaign report", "谷歌广告系列报表"),
    doc=Words(
        "Google Ads > Campaigns > Segment by Time > Day, with the columns Campaign ID, Currency code, Cost, Impr., Clicks, Conversions and "
        "Conv. value > Download as CSV. A report without Day is refused. Rows of one campaign and day are summed.",
        "Google Ads > 广告系列 > 按“时间 > 天”细分，列含广告系列 ID、货币代码、费用、展示、点击、转化与转化价值 > 下载 CSV。没有“天”的报表会被拒绝。同一活动同一天的行会相加。",
    ),
    tables=("ad_spend", "campaigns"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "Campaign report.csv": "Campaign performance\n\"1 January 2024 - 31 January 2024\"\n"
                "Day,Campaign,Campaign ID,Campaign state,Campaign type,Clicks,Impr.,CTR,Currency code,Avg. CPC,Cost,Conversions,Conv. value\n"
                '2024-01-30,Tea 茶 🍵,901,Enabled,Search,"1,204","25,000",4.82%,GBP,0.50,"1,234.56",12.50,480.00\n'
                "2024-01-31,Tea 茶 🍵,901,Enabled,Search, --,10, --,GBP, --,0.00, --, --\n"
                'Total: Campaigns, --, --, --, --,"1,204","25,010",4.81%,GBP,0.50,"1,234.56",12.50,480.00\n'
                'Total: Account, --, --, --, --,"1,204","25,010",4.81%,GBP,0.50,"1,234.56",12.50,480.00\n'
            },
            expect={
                "ad_spend": [
                    {
                        "day": "2024-01-30", "campaign_id": "901", "source": "google", "impressions": "25000", "clicks": "1204",
                        "spend": "1234.56", "reported_conversions": "12.5", "reported_value": "480",
                    },
                    {"day": "2024-01-31", "campaign_id": "901", "impressions": "10", "clicks": "", "spend": "0"},
                ],
                "campaigns": [{"campaign_id": "901", "name": "Tea 茶 🍵", "kind": "ad", "channel": "google"}],
            },
        ),
    ),
)  # fmt: skip

"""Google Analytics 4: sessions and steps per day, source, medium and campaign, as counts or as rates of the sessions."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from zhanggui.basics.errors import DataError
from zhanggui.basics.words import Words
from zhanggui.connectors.ad_reports import EMPTY, ad_cells, read_day
from zhanggui.connectors.cells import CellHabits, Cells
from zhanggui.connectors.daily_sums import DailySums, whole
from zhanggui.connectors.order_export import Row, export_files, habits_of
from zhanggui.connectors.source import Example, FileHead, Head, Inputs, Source
from zhanggui.connectors.text_file import TextRows, open_rows
from zhanggui.connectors.text_file_bytes import encoding_of, open_text
from zhanggui.shop.rows import Piece

NO_RATE = Words(
    "a rate lies between 0 and 1; correct it in the file and import again",
    "比率应在 0 到 1 之间；请在文件中改正后重新导入",
)

DAYS = ("Date", "event_date", "Day", "日期")
NTH = ("Nth day", "第 N 天")
SESSIONS = ("Sessions", "user_sessions_count", "会话数")
BOTH = ("Session source / medium", "Source / medium", "会话来源/媒介", "First user source / medium")
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "source": ("Session source", "Source", "source", "会话来源"),
    "medium": ("Session medium", "Medium", "medium", "会话媒介"),
    "campaign_id": ("Session campaign", "Campaign", "campaign", "会话广告系列"),
    "device": ("Device category", "Device", "device", "设备类别"),
    "country": ("Country", "country", "国家/地区"),
    "region": ("Region", "region", "地区"),
}
COUNTS: dict[str, tuple[str, ...]] = {
    "visitors": ("Total users", "Active users", "Users", "总用户数", "活跃用户数"),
    "page_views": ("Views", "Page views", "浏览次数"),
    "add_to_carts": ("Add to carts", "Add-to-carts", "加入购物车次数"),
    "checkouts": ("Checkouts", "结账次数"),
    "purchases": ("Ecommerce purchases", "Transactions", "Purchases", "电子商务购买次数", "交易次数"),
}
RATES = {"add_to_carts": "visit_to_cart", "checkouts": "visit_to_checkout", "purchases": "visit_to_purchase"}
UNKNOWN = frozenset({"(not set)", "(none)", "(not provided)"})
TAKEN = Words("Sessions in the report, taken in by day and dimensions", "报表会话数合计，已按日与维度导入")
_START = re.compile(r"#\s*(?:Start date|开始日期)\s*[:：]\s*(\d{4})-?(\d{2})-?(\d{2})", re.IGNORECASE)
_ALL = tuple(
    dict.fromkeys(
        (*DAYS, *NTH, *SESSIONS, *BOTH, *(name for names in (*DIMENSIONS.values(), *COUNTS.values()) for name in names), *RATES.values())
    )
)  # fmt: skip


def _detect(head: Head) -> bool:
    return any(_is_ga4(file) for file in head.files)


def _is_ga4(file: FileHead) -> bool:
    if file.has("event_date", "user_sessions_count"):
        return True
    dated = any(file.has(name) for name in (*DAYS, *NTH))
    return dated and any(file.has(name) for name in ("Sessions", "会话数")) and not file.has("Cost")


def _read(inputs: Inputs) -> Iterator[Piece]:
    for path in export_files(inputs):
        rows = open_rows(path, also=_ALL, progress=inputs.progress)
        day = _first(rows, DAYS)
        start = None if day else _start_date(rows)
        sessions = _first(rows, SESSIONS)
        if not sessions or not (day or (start and _first(rows, NTH))):
            raise DataError(
                f"{rows.file} line {rows.header_line}: a column Date and a column Sessions are needed; the file has "
                f"{', '.join(rows.columns[:30])}. Add the dimension Date to the report and export again.",
                zh=(
                    f"{rows.file} 第 {rows.header_line} 行：需要 Date 列和 Sessions 列；文件中有 "
                    f"{', '.join(rows.columns[:30])}。请在报表中加上维度 Date 后重新导出。"
                ),
            )
        sums = DailySums("traffic_daily", rows.file, people=("visitors",))
        habits = CellHabits(decimal=rows.decimal if rows.shape == "text" else ".", rounds=True)
        day_first = habits_of(rows, inputs.settings, day).day_first if day else None
        for line, row in rows:
            cells = ad_cells(line, row, habits)
            if not cells.text(*DAYS, *NTH) or _is_total(row) or sums.is_repeat(row):
                continue  # grand totals have no day
            when = read_day(cells, day, day_first) if day else _nth(cells, start)
            numbers = _numbers(cells, sessions)
            if cells.trouble is not None:
                yield sums.reject(line, cells.trouble)
            else:
                sums.add(line, {"day": when, **_dimensions(cells)}, numbers)
        yield from sums.end("sessions", TAKEN)
        yield from rows.rejects("traffic_daily")


def _first(rows: TextRows, names: Sequence[str]) -> str:
    return next((name for name in names if name in rows.columns), "")


def _start_date(rows: TextRows) -> date | None:
    """The start date that GA4 writes in a comment above the table; reports by "Nth day" count from it."""
    if rows.shape != "text":
        return None
    text, _ = open_text(rows.path, encoding_of(rows.path))
    with text:
        found = _START.search(text.read(4_000))
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _nth(cells: Cells, start: date | None) -> str:
    number = cells.amount(*NTH)
    return "" if number is None or start is None else (start + timedelta(int(number))).isoformat()


def _is_total(row: Row) -> bool:
    return any(value.lower() in {"grand total", "total", "totals", "总计"} for value in row.values())


def _dimensions(cells: Cells) -> dict[str, object]:
    """Source, medium and so on; what Google writes for "unknown" or "none" is nothing."""
    found = {name: cells.text(*names) for name, names in DIMENSIONS.items()}
    both = cells.text(*BOTH)
    if both:
        source, _, medium = both.partition(" / ")
        found |= {"source": source.strip(), "medium": medium.strip()}
    return {name: "" if value in UNKNOWN or value in EMPTY else value for name, value in found.items()}


def _numbers(cells: Cells, sessions: str) -> dict[str, Decimal | None]:
    """Counts as they are; rates of the sessions times the sessions."""
    visits = cells.required_amount(sessions)
    numbers: dict[str, Decimal | None] = {"sessions": visits}
    for name, columns in COUNTS.items():
        numbers[name] = cells.amount(*columns)
    for name, column in RATES.items():
        rate = _rate(cells, column)
        if rate is not None:
            numbers[name] = whole(rate * visits)
    return numbers


def _rate(cells: Cells, column: str) -> Decimal | None:
    """A rate 0..1 with as many decimals as it has; amounts would round it."""
    value = cells.text(column)
    try:
        rate = Decimal(value.replace(",", ".")) if value else None
    except ArithmeticError:
        rate = Decimal(-1)
    if rate is not None and not 0 <= rate <= 1:
        cells.blame(column, value, NO_RATE)
        return None
    return rate


SOURCE = Source(
    words=Words("Google Analytics 4 by day", "GA4 每日汇总"),
    doc=Words(
        "GA4 > Explore > Free form with the dimensions Date, Session source / medium, Session campaign and the metrics Sessions, Total users, Views, "
        "Add to carts, Checkouts, Ecommerce purchases > Export CSV; or a table with event_date, source, medium, campaign, user_sessions_count and "
        "visit_to_cart, visit_to_checkout, visit_to_purchase as rates. Users of several rows cannot be added and stay unknown.",
        "GA4 > 探索 > 自由形式：维度为日期、会话来源/媒介、会话广告系列，指标为会话数、总用户数、浏览次数、加购、结账、购买 > 导出 CSV；或含 event_date、source、medium、campaign、"
        "user_sessions_count 与 visit_to_cart 等转化率的表。多行的用户数不能相加，记为未知。",
    ),
    tables=("traffic_daily",),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "download.csv": "# ----------------------------------------\n# Traffic by day\n# 20240101-20240131\n# ----------------------------------------\n"
                "Date,Session source / medium,Session campaign,Sessions,Total users,Views,Add to carts,Checkouts,Ecommerce purchases\n"
                "20240130,google / cpc,spring,\"1,204\",900,4000,120,60,30\n20240130,(direct) / (none),(not set),10,9,12,0,0,0\n,,,1214,909,4012,120,60,30\n"
            },
            expect={
                "traffic_daily": [
                    {
                        "day": "2024-01-30", "source": "google", "medium": "cpc", "campaign_id": "spring", "visitors": "900", "sessions": "1204",
                        "page_views": "4000", "add_to_carts": "120", "checkouts": "60", "purchases": "30",
                    },
                    {"day": "2024-01-30", "source": "(direct)", "medium": "", "campaign_id": "", "sessions": "10"},
                ]
            },
        ),
        Example(
            files={
                "funnel.csv": "event_date,source,medium,campaign,user_sessions_count,visit_to_cart,visit_to_checkout,visit_to_purchase\n"
                "2020-11-01,google,organic,(organic),824,0.0,0.02669902912621359,0.0024271844660194173\n"
            },
            expect={
                "traffic_daily": [
                    {"day": "2020-11-01", "source": "google", "sessions": "824", "add_to_carts": "0", "checkouts": "22", "purchases": "2", "visitors": ""}
                ]
            },
        ),
    ),
)  # fmt: skip

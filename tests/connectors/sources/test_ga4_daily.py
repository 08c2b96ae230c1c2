"""GA4 by day: comment lines, packed dates, totals without a day, rates of sessions."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.platform_reading import Taken, take, taken_of

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head, Inputs, ShopFacts, sources

UK = ShopFacts("GBP", "Europe/London")
COMMENT = "# ----------------------------------------\n# Free form 1\n# 20240101-20240131\n# ----------------------------------------\n"
HEADER = "Date,Session source / medium,Session campaign,Device category,Sessions,Total users,Views,Add to carts,Checkouts,Ecommerce purchases\n"


def ga4(tmp_path: Path, text: str, **more: str) -> Taken:
    return take("ga4-daily", tmp_path, {"download.csv": text}, UK, **more)


def test_comments_totals_and_packed_dates_are_understood(tmp_path: Path):
    taken = ga4(
        tmp_path,
        COMMENT
        + HEADER
        + '20240130,google / cpc,spring,mobile,"1,204",900,4000,120,60,30\n,,,,1214,909,4012,120,60,30\n'
        "20240131,(direct) / (none),(not set),desktop,10,9,12,0,0,0\n",
    )
    assert taken.rows("traffic_daily")[0] == {
        "day": "2024-01-30", "source": "google", "medium": "cpc", "campaign_id": "spring", "device": "mobile", "country": None, "region": None,
        "visitors": "900", "sessions": "1204", "page_views": "4000", "add_to_carts": "120", "checkouts": "60", "purchases": "30",
    }  # fmt: skip
    assert [(row["source"], row["medium"], row["campaign_id"]) for row in taken.rows("traffic_daily")][1] == (
        "(direct)",
        None,
        None,
    )
    assert taken.notes[0].amount == 1214


def test_rows_of_one_key_are_summed_and_their_users_become_unknown(tmp_path: Path):
    header = HEADER.replace("Device category", "Landing page")
    taken = ga4(
        tmp_path,
        header
        + "20240130,google / cpc,s,/a,10,8,20,2,1,1\n20240130,google / cpc,s,/b,5,5,6,1,0,0\n20240130,google / cpc,s,/b,5,5,6,1,0,0\n",
    )
    row = taken.rows("traffic_daily")[0]
    assert (row["sessions"], row["page_views"], row.get("visitors")) == ("15", "26", None)
    assert taken.notes[1].rows == 1


def test_nth_days_count_from_the_start_date_in_the_comment(tmp_path: Path):
    taken = ga4(tmp_path, "# Start date: 20240130\n# End date: 20240202\nNth day,Sessions\n0000,5\n0002,7\n")
    assert [(row["day"], row["sessions"]) for row in taken.rows("traffic_daily")] == [
        ("2024-01-30", "5"),
        ("2024-02-01", "7"),
    ]


def test_bad_days_numbers_and_rates_are_kept_aside(tmp_path: Path):
    taken = ga4(
        tmp_path,
        "event_date,source,medium,user_sessions_count,visit_to_cart\n2024-01-01,a,b,10,0.5\nsoon,a,b,10,0.5\n2024-01-02,a,b,many,0.5\n2024-01-03,a,b,10,1.5\n2024-01-04,a,b,10,x\n",
    )
    assert [(reject.line, reject.column) for reject in taken.rejects] == [
        (3, "event_date"), (4, "user_sessions_count"), (5, "visit_to_cart"), (6, "visit_to_cart"),
    ]  # fmt: skip
    assert [row["add_to_carts"] for row in taken.rows("traffic_daily")] == ["5"]


def test_the_same_day_file_twice_does_not_add_up_and_a_newer_one_replaces(tmp_path: Path):
    old, new = (HEADER + f"20240130,google / cpc,s,mobile,{count},8,20,2,1,1\n" for count in (10, 12))
    taken = take("ga4-daily", tmp_path, {"a.csv": old, "b.csv": old, "c.csv": new}, UK)
    assert [row["sessions"] for row in taken.rows("traffic_daily")] == ["12"]
    assert taken.unchanged == {"traffic_daily": 1}


def test_semicolons_bom_and_chinese_headers_change_nothing(tmp_path: Path):
    text = "日期;会话来源/媒介;会话数;浏览次数\n20240130;小红书 🌸 / social;1204;4000\n20240131;x / y;15;2\n"
    taken = ga4(tmp_path, text, encoding="utf-8-sig")
    assert taken.rows("traffic_daily")[0]["source"] == "小红书 🌸"
    assert len(taken.rows("traffic_daily")) == 2


def test_a_cut_file_loses_only_the_row_that_is_cut(tmp_path: Path):
    taken = ga4(tmp_path, HEADER + "20240130,google / cpc,s,mobile,10,8,20,2,1,1\n20240131,google / cpc,s,mob")
    assert len(taken.rows("traffic_daily")) == 1
    assert [reject.line for reject in taken.rejects] == [3]


def test_a_report_without_day_says_what_to_add(tmp_path: Path):
    with pytest.raises(DataError, match="dimension Date"):
        ga4(tmp_path, "Session source,Sessions\ngoogle,5\n")


@pytest.mark.data
def test_the_real_funnel_comes_in_whole(shared_data: Path):
    path = shared_data / "ga4_funnel" / "funnel_daily_source.parquet"
    taken = taken_of(list(sources()["ga4-daily"].read(Inputs((path,), UK))))
    real = pq.read_table(path).to_pylist()
    by_source, carts, purchases = Counter(), 0, 0
    for row in real:
        by_source[row["source"]] += row["user_sessions_count"]
        carts += round(row["user_sessions_count"] * row["visit_to_cart"])
        purchases += round(row["user_sessions_count"] * row["visit_to_purchase"])
    found = taken.rows("traffic_daily")
    assert len(found) == len(real) == 453
    counted = Counter()
    for row in found:
        counted[row["source"]] += int(row["sessions"])
    assert counted == by_source
    assert sum(int(row["add_to_carts"]) for row in found) == carts
    assert sum(int(row["purchases"]) for row in found) == purchases
    assert taken.notes[0].amount == Decimal(sum(by_source.values()))
    assert not taken.rejects


def test_only_ga4_files_are_taken_for_ga4():
    def found(*columns: str) -> list[str]:
        head = Head((FileHead(Path("r.csv"), "r.csv", columns),))
        return [name for name, source in sources().items() if source.detect(head)]

    assert found(*HEADER.strip().split(",")) == ["ga4-daily"]
    assert found("event_date", "source", "medium", "campaign", "user_sessions_count", "visit_to_cart") == ["ga4-daily"]
    assert "ga4-daily" not in found("Day", "Campaign", "Cost", "Clicks")

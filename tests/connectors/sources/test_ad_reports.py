"""Reports of Google Ads and Meta: titles, totals, dashes, currencies in column names, ranges instead of days."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.platform_reading import Taken, take

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head, Inputs, ShopFacts, sources

UK = ShopFacts("GBP", "Europe/London")
GOOGLE = 'Campaign performance\n"1 January 2024 - 31 January 2024"\nDay,Campaign,Campaign state,Campaign type,Clicks,Impr.,CTR,Currency code,Avg. CPC,Cost,Conversions\n'
META = "Reporting starts,Reporting ends,Campaign name,Campaign ID,Ad name,Amount spent (GBP),Impressions,Link clicks,Clicks (all),Results,Purchases,Purchases conversion value\n"


def google(tmp_path: Path, *rows: str, header: str = GOOGLE, **more: str) -> Taken:
    return take("google-ads", tmp_path, {"g.csv": header + "".join(f"{row}\n" for row in rows)}, UK, **more)


def meta(tmp_path: Path, *rows: str, header: str = META, **more: str) -> Taken:
    return take("meta-ads", tmp_path, {"m.csv": header + "".join(f"{row}\n" for row in rows)}, UK, **more)


class TestGoogle:
    def test_titles_totals_thousands_and_dashes_are_understood(self, tmp_path: Path):
        taken = google(
            tmp_path,
            '2024-01-30,Brand,Enabled,Search,"1,204","25,000",4.82%,GBP,0.50,"1,234.56",12.50',
            "2024-01-31,Brand,Enabled,Search, --,10, --,GBP,--,0.00, --",
            'Total: Campaigns, --,--,--,"1,204","25,010",--,GBP,--,"1,234.56",12.50',
            'Total: Account,--,--,--,"1,204","25,010",--,GBP,--,"1,234.56",12.50',
        )
        assert [(row["day"], row["spend"], row["clicks"]) for row in taken.rows("ad_spend")] == [
            ("2024-01-30", "1234.5600", "1204"), ("2024-01-31", "0", None),
        ]  # fmt: skip
        assert (taken.notes[0].amount, taken.notes[0].rows) == (Decimal("1234.56"), 2)
        assert taken.rows("campaigns")[0]["campaign_id"] == "Brand"
        assert not taken.rejects

    def test_rows_of_one_campaign_and_day_are_summed_and_exact_repeats_are_not(self, tmp_path: Path):
        one = "2024-01-30,Brand,Enabled,Search,1,10,1%,GBP,1,0.10,0"
        taken = google(tmp_path, one, one, "2024-01-30,Brand,Enabled,Display,2,20,1%,GBP,1,0.20,0")
        assert [(row["spend"], row["clicks"]) for row in taken.rows("ad_spend")] == [("0.3000", "3")]
        assert [note.rows for note in taken.notes] == [1, 1]

    def test_the_same_file_twice_does_not_add_up(self, tmp_path: Path):
        text = GOOGLE + "2024-01-30,Brand,Enabled,Search,1,10,1%,GBP,1,0.10,0\n"
        taken = take("google-ads", tmp_path, {"a.csv": text, "b.csv": text}, UK)
        assert [row["spend"] for row in taken.rows("ad_spend")] == ["0.1000"]
        assert taken.unchanged == {"ad_spend": 1, "campaigns": 1}

    def test_a_report_without_days_says_which_segment_to_add(self, tmp_path: Path):
        header = GOOGLE.replace("Day,", "")
        with pytest.raises(DataError, match="Time > Day"):
            google(tmp_path, "Brand,Enabled,Search,1,10,1%,GBP,1,0.10,0", header=header)

    def test_bad_rows_and_other_currencies_are_kept_aside(self, tmp_path: Path):
        taken = google(
            tmp_path,
            "2024-01-30,Brand,Enabled,Search,1,10,1%,USD,1,0.10,0",
            "someday,Brand,Enabled,Search,1,10,1%,GBP,1,0.20,0",
            "2024-01-30,Brand,Enabled,Search,1,10,1%,GBP,1,a lot,0",
            "2024-01-30,,Enabled,Search,1,10,1%,GBP,1,0.30,0",
            "2024-01-30,Brand,Enabled,Search,1,10,1%,GBP,1, --,0",
            "2024-01-30,Brand,Enabled,Sea",
        )
        assert [(reject.line, reject.column) for reject in taken.rejects] == [
            (4, "Currency code"), (5, "Day"), (6, "Cost"), (7, "Campaign"), (8, "Cost"), (9, None),
        ]  # fmt: skip
        assert not taken.rows("ad_spend")

    def test_decimal_commas_semicolons_tabs_and_utf16_change_nothing(self, tmp_path: Path):
        text = (
            GOOGLE.replace(",", ";")
            + "30.01.2024;Größe 茶 🍵;Aktiv;Search;1.204;25.000;4,82 %;GBP;0,50;1.234,56;12,50\n"
        )
        for encoding in ("utf-8-sig", "utf-16"):
            taken = take(
                "google-ads",
                tmp_path,
                {"g.csv": text.replace('"1 January 2024 - 31 January 2024"', "x")},
                UK,
                encoding=encoding,
            )
            row = taken.rows("ad_spend")[0]
            assert (row["day"], row["spend"], row["clicks"], row["impressions"]) == (
                "2024-01-30",
                "1234.5600",
                "1204",
                "25000",
            )
            assert row["campaign_id"] == "Größe 茶 🍵"


class TestMeta:
    def test_the_currency_in_the_column_name_and_the_summary_row_are_understood(self, tmp_path: Path):
        taken = meta(
            tmp_path,
            '2024-01-30,2024-01-30,Spring,1201,A,"1,000.10","12,345",300,400,5,4,200.00',
            "2024-01-30,2024-01-30,Spring,1201,B,0.01,55,,2,,,",
            '2024-01-30,2024-01-30,,,,"1,000.11","12,400",300,402,,4,200.00',
        )
        row = taken.rows("ad_spend")[0]
        assert (row["spend"], row["clicks"], row["reported_conversions"], row["reported_value"]) == (
            "1000.1100",
            "302",
            "4",
            "200",
        )
        assert row["source"] == "meta"
        assert taken.notes[0].amount == Decimal("1000.11")

    def test_rows_over_several_days_are_refused_with_the_next_step(self, tmp_path: Path):
        with pytest.raises(DataError, match="Time > Day"):
            meta(tmp_path, "2024-01-01,2024-01-31,Spring,1201,A,1.00,1,1,1,1,1,1")

    def test_a_day_column_is_the_day_whatever_the_range(self, tmp_path: Path):
        taken = meta(tmp_path, "2024-01-07,2024-01-01,2024-01-31,Spring,1201,A,1.00,1,1,1,1,1,1", header="Day," + META)
        assert taken.rows("ad_spend")[0]["day"] == "2024-01-07"

    def test_another_currency_refuses_every_row_and_names_the_column(self, tmp_path: Path):
        taken = meta(
            tmp_path, "2024-01-01,2024-01-01,Spring,1201,A,1.00,1,1,1,1,1,1", header=META.replace("(GBP)", "(USD)")
        )
        assert [(reject.line, reject.column, reject.value) for reject in taken.rejects] == [
            (2, "Amount spent (USD)", "USD")
        ]

    def test_results_are_conversions_only_when_they_are_purchases(self, tmp_path: Path):
        header = "Day,Campaign name,Amount spent (GBP),Impressions,Results,Result indicator\n"
        taken = meta(
            tmp_path,
            "2024-01-01,A,1.00,1,7,actions:link_click",
            "2024-01-01,B,1.00,1,3,actions:offsite_conversion.fb_pixel_purchase",
            header=header,
        )
        assert [row.get("reported_conversions") for row in taken.rows("ad_spend")] == [None, "3"]

    def test_a_report_without_spend_or_campaign_names_what_it_has(self, tmp_path: Path):
        with pytest.raises(DataError, match="Amount spent"):
            meta(tmp_path, "2024-01-01,A,1", header="Day,Campaign name,Impressions\n")
        with pytest.raises(DataError, match="Campaign ID"):
            meta(tmp_path, "2024-01-01,1.00,1", header="Day,Amount spent (GBP),Impressions\n")

    def test_the_chinese_report_is_read_too(self, tmp_path: Path):
        header = "天,广告系列名称,花费金额 (GBP),展示次数,链接点击量,购物次数\n"
        taken = meta(tmp_path, "2024-01-01,春季 🌱,12.34,100,5,1", header=header, encoding="gb18030")
        assert taken.rows("ad_spend")[0] == {
            "day": "2024-01-01", "campaign_id": "春季 🌱", "source": "meta", "spend": "12.3400", "impressions": "100", "clicks": "5", "reported_conversions": "1",
        }  # fmt: skip

    @pytest.mark.data
    def test_the_real_report_without_days_is_refused(self, shared_data: Path):
        path = shared_data / "kag_facebook_ads" / "kag.parquet"
        with pytest.raises(DataError, match="Day"):
            list(sources()["meta-ads"].read(Inputs((path,), UK)))


def test_the_two_reports_are_told_apart():
    heads = {
        "google-ads": tuple(GOOGLE.splitlines()[2].split(",")),
        "meta-ads": tuple(META.strip().split(",")),
    }
    for name, columns in heads.items():
        head = Head((FileHead(Path("r.csv"), "r.csv", columns),))
        assert [other for other, source in sources().items() if source.detect(head)] == [name]


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_spend_of_many_invented_rows_is_taken_in_to_the_cent(tmp_path: Path, count: int):
    dice = random.Random(23)
    rows, spend = [], defaultdict(Decimal)
    for number in range(count):
        day, campaign, cost = (
            f"2024-01-{dice.randint(1, 31):02d}",
            str(dice.randint(1, 9)),
            Decimal(dice.randint(0, 999_999)) / 100,
        )
        rows.append(
            f'{day},{day},C{campaign},{campaign},Ad {number},"{cost:,.2f}","{dice.randint(0, 99_999):,}",1,1,,,'
        )
        spend[day, campaign, "meta"] += cost
    taken = meta(tmp_path, *rows)
    assert {key: Decimal(row["spend"]) for key, row in taken.tables["ad_spend"].items()} == spend
    assert taken.notes[0].amount == sum(spend.values())

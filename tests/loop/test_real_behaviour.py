"""Behaviour of real shops comes in, and its rates are those of plain SQL over the files as they are."""

# Queries are easier to read in one line.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import zhanggui
import zhanggui.connectors
from zhanggui.connectors.simulation.funnel import STEPS
from zhanggui.connectors.source import ShopFacts
from zhanggui.connectors.sources.simulated import truth

MAPPINGS = Path(zhanggui.connectors.__file__).parent / "mappings"


@contextmanager
def shop_of(folder: Path, currency: str = "USD", timezone: str = "America/Los_Angeles") -> Iterator[zhanggui.Shop]:
    zhanggui.create_shop(folder, name="S", currency=currency, timezone=timezone)
    with zhanggui.open_shop(folder) as opened:
        yield opened


def by(found: Any, dimension: str, kpi: str) -> dict[str, float | None]:
    return {row[dimension] or "": row[kpi]["value"] for row in found.to_json()["rows"]}


@pytest.mark.data
def test_the_rates_of_the_daily_funnel_are_those_of_the_file(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "ga4_funnel" / "funnel_daily_source.parquet"
    with shop_of(tmp_path / "s") as shop:
        result = shop.import_("auto", path)
        assert result.to_json()["tables"]["traffic_daily"]["accepted"] == 453
        window = {"from_": "2020-11-01", "to": "2020-12-16"}
        kpis = ["sessions", "conversion_rate"]
        found = shop.kpi(kpis, by=["source"], **window, top=1_000)
        counted = shop.kpi(kpis, **window).to_json()["total"]
        funnel = shop.funnel(steps=["add_to_cart", "begin_checkout", "purchase"], by=["medium"], **window).to_json()
    sums = "sum(user_sessions_count), " + ", ".join(
        f"sum(round(user_sessions_count * {column}))"
        for column in ("visit_to_cart", "visit_to_checkout", "visit_to_purchase")
    )
    plain = duckdb.sql(f"SELECT source, {sums} FROM '{path}' GROUP BY ALL").fetchall()
    assert by(found, "source", "sessions") == {row[0]: row[1] for row in plain}
    assert by(found, "source", "conversion_rate") == {row[0]: pytest.approx(row[4] / row[1]) for row in plain}
    sessions, carts, checkouts, purchases = duckdb.sql(f"SELECT {sums} FROM '{path}'").fetchall()[0]
    assert counted["sessions"]["value"] == sessions
    assert counted["conversion_rate"]["value"] == pytest.approx(purchases / sessions)
    assert [step["sessions"] for step in funnel["steps"]] == [carts, checkouts, purchases]
    assert not funnel["ordered"]
    media = duckdb.sql(f"SELECT medium, {sums} FROM '{path}' GROUP BY ALL").fetchall()
    known = {row[0]: [int(number) for number in row[2:]] for row in media}
    for row in funnel["rows"]:
        if row["medium"] in known:
            assert [step["sessions"] for step in row["steps"]] == known[row["medium"]], row["medium"]


@pytest.mark.data
@pytest.mark.slow
def test_the_visits_of_the_merchandise_store_are_counted_once_each(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "gms_ga"
    with shop_of(tmp_path / "s") as shop:
        shop.import_(
            "mapped", [folder / "analytics.parquet", folder / "all_sessions.parquet"], MAPPINGS / "gms-ga.map.toml"
        )
        window = {"from_": "2017-05-01", "to": "2017-06-16"}
        total = shop.kpi(["sessions", "bounce_rate", "conversion_rate", "page_views"], **window).to_json()["total"]
        media = shop.kpi(["sessions", "conversion_rate"], by=["medium"], **window).to_json()["rows"]
        early = shop.kpi(["sessions", "conversion_rate"], by=["country"], from_="2016-08-01", to="2017-03-02", top=400)
    visits = f"""SELECT visit_id, max(page_views::INT) AS pages, bool_or(revenue IS NOT NULL) AS bought, arg_min(coalesce(bounces, '0'), file_row_number) = '1' AS bounced,
        arg_min(channel_grouping, file_row_number) AS channel FROM read_parquet('{folder}/analytics.parquet', file_row_number = true) GROUP BY visit_id"""
    sessions, pages, bought, bounced = duckdb.sql(
        f"SELECT count(*), sum(pages), avg(bought::INT), avg(bounced::INT) FROM ({visits})"
    ).fetchall()[0]
    assert (total["sessions"]["value"], total["page_views"]["value"]) == (sessions, pages)
    assert total["conversion_rate"]["value"] == pytest.approx(bought)
    assert total["bounce_rate"]["value"] == pytest.approx(bounced)
    plain = dict(duckdb.sql(f"SELECT channel, (count(*), avg(bought::INT)) FROM ({visits}) GROUP BY 1").fetchall())
    for medium, channel in (
        ("organic", "Organic Search"),
        ("cpc", "Paid Search"),
        ("social", "Social"),
        ("affiliate", "Affiliates"),
    ):
        (row,) = [row for row in media if row["medium"] == medium]
        assert (row["sessions"]["value"], row["conversion_rate"]["value"]) == (
            plain[channel][0],
            pytest.approx(plain[channel][1]),
        )
    countries = duckdb.sql(
        f"""SELECT country, count(*), avg(bought::INT) FROM (SELECT visit_id, arg_min(country, file_row_number) AS country, bool_or(transactions IS NOT NULL) AS bought
        FROM read_parquet('{folder}/all_sessions.parquet', file_row_number = true) GROUP BY visit_id) WHERE country <> '(not set)' GROUP BY country"""
    ).fetchall()
    assert by(early, "country", "sessions").items() >= {row[0]: row[1] for row in countries}.items()
    rates = by(early, "country", "conversion_rate")
    assert {row[0]: rates[row[0]] for row in countries} == {row[0]: pytest.approx(row[2]) for row in countries}


@pytest.mark.data
def test_the_visits_of_the_online_shoppers_buy_as_often_as_the_file_says(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "online_shoppers_uci" / "osi.parquet"
    with shop_of(tmp_path / "s", timezone="UTC") as shop:
        shop.import_("mapped", path, MAPPINGS / "online-shoppers.map.toml")
        window = {"from_": "2017-01-01", "to": "2018-01-01"}
        found = shop.kpi(["sessions", "conversion_rate", "pages_per_session"], by=["month"], **window)
        sources = shop.kpi(["sessions", "conversion_rate"], by=["source"], **window)
        funnel = shop.funnel(steps=["view_item", "purchase"], **window).to_json()
        unknown = shop.funnel(steps=["view_item", "add_to_cart", "purchase"], **window).to_json()
    months = ("Jan", "Feb", "Mar", "Apr", "May", "June", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    plain = duckdb.sql(
        f"SELECT Month, count(*), avg(Revenue::INT), avg(Administrative + Informational + ProductRelated) FROM '{path}' GROUP BY 1"
    ).fetchall()
    expected = {f"2017-{months.index(row[0]) + 1:02d}": row for row in plain}
    rows = {row["month"]: row for row in found.to_json()["rows"]}
    for month, (_, sessions, bought, pages) in expected.items():
        assert rows[month]["sessions"]["value"] == sessions
        assert rows[month]["conversion_rate"]["value"] == pytest.approx(bought)
        assert rows[month]["pages_per_session"]["value"] == pytest.approx(pages)
    kinds = duckdb.sql(f"SELECT TrafficType::TEXT, count(*), avg(Revenue::INT) FROM '{path}' GROUP BY 1").fetchall()
    assert by(sources, "source", "sessions") == {row[0]: row[1] for row in kinds}
    assert by(sources, "source", "conversion_rate") == {row[0]: pytest.approx(row[2]) for row in kinds}
    seen, bought = duckdb.sql(
        f"SELECT count(*) FILTER (WHERE ProductRelated > 0), count(*) FILTER (WHERE Revenue) FROM '{path}'"
    ).fetchall()[0]
    assert [step["sessions"] for step in funnel["steps"]] == [seen, bought]
    assert "add_to_cart" in str(unknown["not_measurable"])


@pytest.mark.slow
def test_the_funnel_of_the_simulated_shop_is_the_true_one(tmp_path: Path) -> None:
    facts = ShopFacts("CNY", "Asia/Shanghai")
    with shop_of(tmp_path / "s", facts.currency, facts.timezone) as shop:
        shop.import_("simulated", scale=0.1, months=2, seed=3)
        rows = truth({"scale": "0.1", "months": "2", "seed": "3"}, facts)["funnel"]["rows"]
        window = {"from_": rows[0][0], "to": (date.fromisoformat(rows[-1][0]) + timedelta(1)).isoformat()}
        found = shop.funnel(steps=STEPS[1:], by=["device"], **window).to_json()
    assert found["ordered"]
    assert [step["sessions"] for step in found["steps"]] == [sum(row[at] for row in rows) for at in range(3, 9)]
    assert {row["device"] for row in found["rows"]} >= {"mobile", "desktop", "tablet"}
    for row in found["rows"]:
        true = [sum(each[at] for each in rows if each[1] == row["device"]) for at in range(3, 9)]
        assert [step["sessions"] for step in row["steps"]] == true, row["device"]

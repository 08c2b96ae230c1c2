"""The Python face on the small shop, checked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.small_shop import DAYS, NAUGHTY, START, SmallShops, sales, tables, write_csv

import zhanggui

END = START + timedelta(DAYS)


def test_sales_of_a_window_are_what_a_person_adds_up(shop: zhanggui.Shop) -> None:
    found = shop.kpi("sales", from_="2026-03-01", to="2026-04-01")
    assert found.total["sales"].value == pytest.approx(sales(START, date(2026, 4, 1)))
    assert found.rows == ()


def test_groups_carry_their_comparison(shop: zhanggui.Shop) -> None:
    found = shop.kpi(["sales", "orders"], by=["country"], from_="2026-04-01", to="2026-04-15", against="previous")
    document = found.to_json()
    assert document["by"] == ["country"]
    assert {row["country"] for row in document["rows"]} == {"CN", "FR", None}
    assert document["against"] == {"from": "2026-03-18", "to": "2026-04-01"}
    assert document["total"]["sales"]["against"] == pytest.approx(sales(date(2026, 3, 18), date(2026, 4, 1)))


def test_filters_may_be_a_mapping_a_list_or_pairs(shop: zhanggui.Shop) -> None:
    ways = [{"country": "CN"}, ["country=CN"], [("country", "CN")], {"country": ["CN"]}]
    values = {shop.kpi("sales", where=way).total["sales"].value for way in ways}
    assert len(values) == 1
    both = shop.kpi("sales", where={"country": ["CN", "FR", "(none)"]}).total["sales"].value
    assert both == shop.kpi("sales").total["sales"].value


def test_without_dates_the_last_28_complete_days_are_meant(shop: zhanggui.Shop) -> None:
    assert shop.kpi("sales").window.days == 28
    assert shop.kpi("sales", to="2026-04-01").window.from_ == date(2026, 3, 4)
    assert shop.kpi("sales", from_="2026-04-20").window.from_ == date(2026, 4, 20)


def test_results_become_arrow_and_pandas(shop: zhanggui.Shop) -> None:
    found = shop.kpi("sales", by="month", from_=START, to=END)
    assert found.to_arrow().to_pydict()["month"] == ["2026-03", "2026-04"]
    assert list(found.to_pandas()["month"]) == ["2026-03", "2026-04"]
    assert shop.explain("sales").to_arrow().num_rows > 0
    assert shop.products(limit=3).to_arrow().num_rows == 3
    assert shop.data().to_arrow().num_rows >= 3


def test_contributions_sum_to_the_change(shop: zhanggui.Shop) -> None:
    found = shop.explain("sales", from_="2026-04-01", to="2026-04-15", against="previous")
    assert found.change is not None
    assert sum(driver.contribution or 0 for driver in found.drivers) == pytest.approx(found.change, abs=1e-9)
    assert found.words.en
    assert found.words.zh


def test_an_unknown_name_comes_with_near_ones(shop: zhanggui.Shop) -> None:
    with pytest.raises(zhanggui.UnknownNameError) as caught:
        shop.kpi("salse")
    assert "sales" in caught.value.suggestions
    with pytest.raises(zhanggui.UnknownNameError):
        shop.kpi("sales", by=["contry"])
    with pytest.raises(zhanggui.UnknownNameError):
        shop.kpi("sales", where={"country": "Atlantis"})
    with pytest.raises(zhanggui.UnknownNameError):
        shop.trees("salse")
    with pytest.raises(zhanggui.UnknownNameError):
        shop.rejects("no such batch")
    with pytest.raises(zhanggui.UnknownNameError):
        shop.bridge("no such batch")


def test_a_kpi_without_its_tables_is_a_result_that_says_what_it_needs(shop: zhanggui.Shop) -> None:
    found = shop.kpi(["sales", "visitors"])
    assert "visitors" in found.to_json()["not_measurable"]
    assert found.total["sales"].value is not None


def test_trees_are_listed_by_name(shop: zhanggui.Shop) -> None:
    found = shop.trees("sales").to_json()
    assert "units" in found["names"]
    assert {"name", "words", "possible", "reason", "default", "formula"} <= set(found["trees"][0])


def test_products_are_listed_with_their_names(shop: zhanggui.Shop) -> None:
    found = shop.products().to_json()
    assert found["count"] == 5
    assert NAUGHTY in {row["name"] for row in found["products"]}
    assert [row["product_id"] for row in shop.products(sort="units", limit=2).to_json()["products"]]
    assert len(shop.products(search="茶壶").rows) == 1


def test_the_data_of_a_shop_say_what_is_missing(shop: zhanggui.Shop) -> None:
    found = shop.data().to_json()
    assert found["last_complete_day"] == (END - timedelta(1)).isoformat()
    assert "sales" in found["measurable"]
    assert "visitors" in found["not_measurable"]
    rows = {table["table"]: table["rows"] for table in found["tables"]}
    assert rows["orders"] == len(tables()["orders"])
    assert rows["events"] == 0


def test_the_catalogue_of_a_shop_says_what_can_be_measured(shop: zhanggui.Shop) -> None:
    found = {kpi["name"]: kpi for kpi in shop.catalogue().to_json()["kpis"]}
    assert found["sales"]["measurable"] is True
    assert "country" in found["sales"]["dimensions"]
    assert found["visitors"]["measurable"] is False
    assert found["visitors"]["missing"]
    assert not any(name.startswith("_") for name in found)


def test_a_second_import_changes_nothing_and_says_so(filled: Path, small: SmallShops) -> None:
    with zhanggui.open_shop(filled) as shop:
        again = shop.import_("tables", small.files)
        counts = again.to_json()["tables"]["orders"]
        assert again.good
        assert counts["unchanged"] == counts["read"]
        assert len(shop.batches().to_json()["batches"]) == 2


def test_an_import_without_a_good_row_is_not_good(empty: Path, tmp_path: Path) -> None:
    bad = write_csv(tmp_path / "orders.csv", [{"order_id": "1", "placed_at": "never", "status": "paid"}])
    with zhanggui.open_shop(empty) as shop:
        found = shop.import_("tables", bad)
        assert not found.good
        assert "rejected" in found.words.en
        rejects = shop.rejects(found.batch).to_json()
    assert rejects["count"] == 1
    assert rejects["rejects"][0]["line"] == 2
    assert rejects["rejects"][0]["column"] == "placed_at"


def test_the_arrival_time_may_be_given_for_replays(empty: Path, small: SmallShops) -> None:
    with zhanggui.open_shop(empty) as shop:
        shop.import_("tables", small.files, received_at="2026-04-11 09:00")
        batch = shop.batches().to_json()["batches"][0]
        assert batch["received_at"].startswith("2026-04-11T01:00:00")  # nine in Shanghai
        assert shop.data().to_json()["last_complete_day"] == "2026-04-10"


def test_an_import_is_refused_with_the_next_step(empty: Path, tmp_path: Path, small: SmallShops) -> None:
    with zhanggui.open_shop(empty) as shop:
        with pytest.raises(zhanggui.DataError, match="does not exist"):
            shop.import_("tables", tmp_path / "nothing.csv")
        with pytest.raises(zhanggui.UnknownNameError, match="tables"):
            shop.import_("table", small.files)
        with pytest.raises(zhanggui.DefinitionError, match="at least one file"):
            shop.import_("tables")
        with pytest.raises(zhanggui.DefinitionError, match="at least one file"):
            shop.import_("auto")
        with pytest.raises(zhanggui.DefinitionError, match="simulated"):
            shop.import_("tables", small.files, seed=3)
        with pytest.raises(zhanggui.DefinitionError, match="mapped"):
            shop.import_("tables", small.files, mapping=small.files[0])
        assert shop.batches().to_json()["batches"] == []


def test_folders_are_watched_listed_and_left_alone_again(empty: Path, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    with zhanggui.open_shop(empty) as shop:
        assert shop.watch_folder("tables", drop).to_json()["watched"] == [{"source": "tables", "folder": str(drop)}]
        shop.watch_folder("tables", drop)
        assert len(shop.watch_folder().to_json()["watched"]) == 1
        with pytest.raises(zhanggui.ActionRefused, match="already"):
            shop.watch_folder("auto", drop)
        with pytest.raises(zhanggui.DataError, match="no folder"):
            shop.watch_folder("tables", tmp_path / "nowhere")
        with pytest.raises(zhanggui.UnknownNameError):
            shop.watch_folder("tabels", drop)
        with pytest.raises(zhanggui.DefinitionError):
            shop.watch_folder("tables")
    with zhanggui.open_shop(empty) as shop:
        assert len(shop.settings.watched) == 1
        assert shop.watch_folder("tables", drop, remove=True).to_json()["watched"] == []
        with pytest.raises(zhanggui.UnknownNameError):
            shop.watch_folder("tables", drop, remove=True)


def test_a_shop_is_made_once(empty: Path) -> None:
    with pytest.raises(zhanggui.ActionRefused):
        zhanggui.create_shop(empty, "Again", "CNY", "Asia/Shanghai")


def test_a_folder_that_is_no_shop_is_told_how_to_become_one(tmp_path: Path) -> None:
    with pytest.raises(zhanggui.DataError, match="zhanggui init"):
        zhanggui.open_shop(tmp_path)


def test_an_empty_shop_answers_without_numbers(empty: Path) -> None:
    with zhanggui.open_shop(empty) as shop:
        today = shop.today()
        assert today.to_json()["tiles"] == []
        assert shop.data().to_json()["last_complete_day"] is None
        assert shop.bridge().to_json()["bridge"] is None
        assert shop.rejects().to_json() == {"rejects": [], "count": 0}
        with pytest.raises(zhanggui.NotMeasurable):
            shop.explain("sales")


def test_the_public_names_are_there_and_no_others() -> None:
    assert all(getattr(zhanggui, name) for name in zhanggui.__all__)
    with pytest.raises(AttributeError, match="no attribute 'opne_shop'"):
        _ = zhanggui.opne_shop  # type: ignore[attr-defined]

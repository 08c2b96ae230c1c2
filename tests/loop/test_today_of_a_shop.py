"""Today: tiles, courses, drivers and words, all from the numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.small_shop import sales

import zhanggui
from zhanggui.loop.today import MOST, Today


def _tile(found: Today, name: str) -> dict[str, object]:
    tiles: list[dict[str, object]] = found.to_json()["tiles"]
    return next(tile for tile in tiles if tile["kpi"] == name)


def test_tiles_are_the_measurable_kpis_the_most_telling_first(shop: zhanggui.Shop) -> None:
    names = [tile["kpi"] for tile in shop.today().to_json()["tiles"]]
    assert names[:3] == ["sales", "orders", "aov"]
    assert "visitors" not in names
    assert len(names) <= MOST


def test_a_tile_has_value_comparison_and_course(shop: zhanggui.Shop) -> None:
    tile = _tile(shop.today(), "sales")
    window = shop.today().window
    assert window is not None
    assert tile["value"] == pytest.approx(sales(window.from_, window.to))
    assert tile["against"] == pytest.approx(sales(window.from_ - timedelta(28), window.from_))
    series, before = tile["series"], tile["against_series"]
    assert isinstance(series, list)
    assert isinstance(before, list)
    assert [point[0] for point in series] == [day.isoformat() for day in window]
    assert sum(point[1] or 0 for point in series) == pytest.approx(tile["value"])
    assert sum(point[1] or 0 for point in before) == pytest.approx(tile["against"])
    assert before[0][0] == (window.from_ - timedelta(28)).isoformat()


def test_the_drivers_explain_the_change_of_the_first_tile(shop: zhanggui.Shop) -> None:
    found = shop.today()
    assert found.drivers is not None
    assert found.drivers.kpi == "sales"
    assert found.drivers.change == pytest.approx(found.tiles[0].cell.change)


def test_the_words_hold_the_numbers_in_both_languages(shop: zhanggui.Shop) -> None:
    words = shop.today(from_="2026-04-01", to="2026-04-15").words
    assert words is not None
    assert "1 Apr 2026 to 14 Apr 2026" in words.en
    assert "2026年4月1日至2026年4月14日" in words.zh
    assert "¥" in words.en


def test_without_comparison_there_is_no_change_and_no_driver(shop: zhanggui.Shop) -> None:
    found = shop.today(against="none")
    assert found.against is None
    assert found.drivers is None
    tile = _tile(found, "sales")
    assert tile["change"] is None
    assert tile["against_series"] == []
    assert found.words
    assert "before" not in found.words.en


def test_a_comparison_without_data_leaves_the_tiles_standing(shop: zhanggui.Shop) -> None:
    found = shop.today(against="last-year")
    tile = _tile(found, "sales")
    assert tile["value"]
    assert tile["against"] is None


def test_a_long_window_is_drawn_in_weeks_and_a_very_long_one_in_months(shop: zhanggui.Shop) -> None:
    weeks = shop.today(from_="2026-01-01", to="2026-05-01")
    assert weeks.grain == "week"
    tile = _tile(weeks, "sales")
    assert isinstance(tile["series"], list)
    assert sum(point[1] or 0 for point in tile["series"]) == pytest.approx(sales(date(2026, 1, 1), date(2026, 5, 1)))
    assert shop.today(from_="2023-01-01", to="2026-05-01").grain == "month"


def test_a_filter_narrows_every_tile(shop: zhanggui.Shop) -> None:
    whole = shop.today().tiles[0].cell.value
    part = shop._call("today", where=["country=FR"]).tiles[0].cell.value
    assert whole is not None
    assert 0 < part < whole


def test_an_unknown_dimension_or_value_is_refused(shop: zhanggui.Shop) -> None:
    with pytest.raises(zhanggui.UnknownNameError):
        shop._call("today", where=["contry=FR"])
    with pytest.raises(zhanggui.UnknownNameError):
        shop._call("today", where=["country=Atlantis"])


def test_the_table_has_a_row_per_tile(shop: zhanggui.Shop) -> None:
    found = shop.today()
    (grid,) = found.grids()
    assert len(grid.rows) == len(found.tiles) == len(grid.units)

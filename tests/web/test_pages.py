"""What each page is made of, block by block, without markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from tests.web.conftest import context_of
from tests.web.fake_desk import HOSTILE, FakeDesk

from zhanggui.basics.errors import UnknownNameError
from zhanggui.web.blocks import (
    Block,
    Facts,
    Figure,
    Form,
    How,
    Notice,
    Pair,
    Sentence,
    Story,
    Table,
    Tiles,
    Trend,
    tables_of,
)
from zhanggui.web.cockpit import all_pages

BATCH = "b-20111209-061200"


def blocks(page: str, query: str = "", **more: Any) -> list[Block]:
    context = context_of(page, query, **more)
    return list(context.page.blocks(context))


def one(found: Sequence[Block], kind: type[Any]) -> Any:
    matching = [block for block in found if isinstance(block, kind)]
    assert len(matching) == 1, [type(block).__name__ for block in found]
    return matching[0]


def names(found: Sequence[Block]) -> list[str]:
    return [type(block).__name__ for block in found]


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("today", "", ["Sentence", "Tiles", "Pair", "Table"]),
        ("today", "against=none", ["Sentence", "Tiles", "Trend", "Table"]),
        ("explore", "", ["Form", "Figure", "Trend"]),
        ("explore", "split=country", ["Form", "Figure", "Table"]),
        ("explore", "split=country&grain=week", ["Form", "Figure", "Trend"]),
        ("explore", "split=country&split2=product", ["Form", "Figure", "Table"]),
        ("explore", "split=country&split2=product&grain=week", ["Form", "Figure", "Table"]),
        ("explore", "grain=none", ["Form", "Figure", "How"]),
        ("explore", "kpi=visitors", ["Form", "Notice"]),
        ("drivers", "", ["Form", "Figure", "Story", "Table", "How"]),
        ("drivers", "against=none", ["Form", "Notice"]),
        ("drivers", "kpi=visitors", ["Form", "Notice"]),
        ("products", "", ["Form", "Table"]),
        ("products", "q=no+such+product", ["Form", "Notice"]),
        ("data", "", ["Facts", "Table", "Table", "Table", "Notice"]),
        ("catalogue", "", ["Form", "Table", "Table", "Table", "Table"]),
        ("catalogue", "q=refund", ["Form", "Table"]),
        ("catalogue", "q=zzzz", ["Form", "Notice"]),
    ],
)
def test_a_page_is_this_list_of_blocks(page: str, query: str, expected: list[str]) -> None:
    assert names(blocks(page, query)) == expected


def test_a_batch_page_shows_counts_bridge_notes_and_rejects() -> None:
    found = blocks("batches", subject=BATCH)
    assert names(found) == ["Facts", "Table", "Table", "Table", "Table"]
    assert list(tables_of(tuple(found))) == ["counts", "bridge", "notes", "rejects"]


@pytest.mark.parametrize("page", ["today", "explore", "drivers", "products"])
def test_an_empty_shop_teaches_how_to_begin(page: str) -> None:
    notice = one(blocks(page, shop="empty"), Notice)
    assert "zhanggui import empty auto" in notice.command


def test_an_empty_shop_lists_what_to_bring_on_its_data_page() -> None:
    found = blocks("data", shop="empty")
    assert isinstance(found[0], Notice)
    assert tables_of(tuple(found))["missing"].rows


def test_a_tile_says_value_change_and_comparison_in_words() -> None:
    tile = one(blocks("today"), Tiles).tiles[0]
    assert tile.title == "Sales"
    assert tile.value.startswith("£")
    assert tile.change.arrow in "▲▼"
    assert tile.change.text[0] in "+−"
    assert tile.change.word in ("better", "worse")
    assert tile.against.startswith("was £")
    assert "between" in tile.spark.label


def test_a_tile_opens_the_explorer_with_the_same_window_and_filter() -> None:
    tile = one(blocks("today", "window=7d&where=country%3DFrance&against=last-year"), Tiles).tiles[0]
    assert tile.href == "/gifts/explore?kpi=sales&window=7d&against=last-year&where=country%3DFrance"


def test_a_rising_refund_rate_is_worse() -> None:
    desk = FakeDesk()
    made = desk._today

    def rising(card: Any, params: Any) -> Any:
        found = made(card, params)
        refunds = next(tile for tile in found["tiles"] if tile["kpi"] == "refund_rate")
        refunds |= {"value": 0.05, "against": 0.03, "change": 0.02, "change_rate": 0.667}
        return found

    desk._today = rising  # type: ignore[method-assign]
    tiles = one(blocks("today", desk=desk), Tiles).tiles
    change = next(tile.change for tile in tiles if tile.kpi == "refund_rate")
    assert (change.arrow, change.text, change.word, change.tone) == ("▲", "+2.0 points", "worse", "bad")


def test_a_kpi_that_is_neither_good_nor_bad_gets_no_colour() -> None:
    tiles = one(blocks("today"), Tiles).tiles
    change = next(tile.change for tile in tiles if tile.kpi == "price_per_unit")
    assert change.tone == "flat"
    assert change.word in ("higher", "lower")


def test_today_asks_only_what_it_shows() -> None:
    desk = FakeDesk()
    blocks("today", desk=desk)
    assert {verb for _, verb, _ in desk.calls} == {"today", "catalogue", "data"}


def test_the_bar_reaches_the_verb() -> None:
    desk = FakeDesk()
    blocks("explore", "kpi=orders&from=2011-11-01&until=2011-11-30&against=last-year&where=country%3DFrance", desk=desk)
    asked = desk.asked("kpi")[0]
    assert asked["from"] == "2011-11-01"
    assert asked["to"] == "2011-12-01"
    assert asked["against"] == "last-year"
    assert asked["where"] == ["country=France"]


@pytest.mark.parametrize(("window", "grain"), [("28d", "day"), ("90d", "day"), ("365d", "week"), ("year", "week")])
def test_a_long_window_is_shown_by_week(window: str, grain: str) -> None:
    desk = FakeDesk()
    blocks("explore", f"window={window}", desk=desk)
    assert desk.asked("kpi")[0]["by"] == [grain]


def test_a_line_has_the_comparison_dashed_and_the_same_numbers_as_a_table() -> None:
    trend = one(blocks("explore", "window=7d"), Trend)
    assert trend.chart["kind"] == "line"
    assert [line["role"] for line in trend.chart["series"]] == ["main", "other"]
    shown = [row.cells[1].raw for row in trend.table.rows if not row.weight]
    assert shown == trend.chart["series"][0]["values"]
    assert len(trend.chart["labels"]) == 7


def test_a_day_without_an_answer_keeps_its_place_on_the_axis() -> None:
    desk = FakeDesk()
    made = desk._kpi
    desk._kpi = lambda card, params: {**made(card, params), "rows": made(card, params)["rows"][::2]}  # type: ignore[method-assign]
    trend = one(blocks("explore", "window=7d", desk=desk), Trend)
    assert len(trend.chart["labels"]) == 7
    assert trend.chart["series"][0]["values"].count(None) == 3


def test_groups_have_bars_from_zero_shares_and_a_total() -> None:
    table = one(blocks("explore", "split=country"), Table)
    first = table.rows[0]
    assert first.cells[1].bar.left == 0
    assert first.cells[1].bar.width == 100
    assert table.rows[-1].weight == "total"
    assert table.columns[3].key == "share"


def test_a_click_on_a_group_filters_by_it() -> None:
    table = one(blocks("explore", "split=country"), Table)
    assert "where=country%3DUnited+Kingdom" in table.rows[0].cells[0].href
    unknown = next(row.cells[0] for row in table.rows if row.cells[0].text == "(none)")
    assert "where=country%3D%28none%29" in unknown.href


def test_the_others_come_last_and_cannot_be_clicked() -> None:
    table = one(blocks("explore", "split=country&top=3"), Table)
    others = table.rows[-2]
    assert (others.weight, others.cells[0].text, others.cells[0].href) == ("tail", "All others", "")


def test_at_most_six_lines_are_drawn_and_the_others_are_grey() -> None:
    trend = one(blocks("explore", "split=country&grain=day&window=7d"), Trend)
    assert [line["role"] for line in trend.chart["series"]] == ["main"] * 5 + ["tail"]
    assert len(trend.table.columns) == 7


def test_rates_get_no_share() -> None:
    desk = FakeDesk()
    blocks("explore", "kpi=refund_rate&split=country", desk=desk)
    assert "share" not in desk.asked("kpi")[0]


@pytest.mark.parametrize(
    ("smooth", "expected"), [("rolling-28", {"rolling": 28}), ("month", {"to_date": "month"}), ("wobbly", {})]
)
def test_smoothing_becomes_rolling_or_to_date(smooth: str, expected: dict[str, Any]) -> None:
    desk = FakeDesk()
    blocks("explore", f"smooth={smooth}", desk=desk)
    asked = desk.asked("kpi")[0]
    assert {key: asked[key] for key in ("rolling", "to_date") if key in asked} == expected


def test_weekdays_are_bars_with_names() -> None:
    trend = one(blocks("explore", "grain=weekday"), Trend)
    assert trend.chart["kind"] == "bar"
    assert trend.chart["labels"][0] == "Monday"


def test_every_number_says_how_it_is_computed() -> None:
    how = one(blocks("explore"), Trend).how
    lines = dict(how.lines)
    assert lines["Formula"] == "sum(sales)"
    assert lines["Needs"] == "orders, order_lines"
    assert lines["Newest batch"] == BATCH
    assert lines["Exactness"] == "exact"
    assert lines["Days of"] == "Europe/London"
    assert how.sql[0].startswith("SELECT")


def test_a_kpi_that_lacks_data_says_what_to_bring() -> None:
    notice = one(blocks("explore", "kpi=roas"), Notice)
    assert "ad_spend" in notice.text
    assert "google-ads" in notice.text
    assert not [block for block in blocks("explore", "kpi=roas") if isinstance(block, Trend | Figure)]


def test_kpis_that_lack_data_are_listed_but_cannot_be_chosen() -> None:
    form = one(blocks("explore"), Form)
    options = {option.value: option for option in form.fields[0].options}
    assert options["visitors"].disabled
    assert not options["sales"].disabled
    assert options["sales"].selected


def test_the_waterfall_goes_from_before_over_drivers_to_after() -> None:
    table = one(blocks("drivers"), Table)
    assert [row.weight for row in table.rows] == ["total", "", "", "", "", "", "", "total"]
    contributions = [row.cells[2].raw for row in table.rows if not row.weight and row.level == 0]
    assert table.rows[0].cells[2].raw + sum(contributions) == pytest.approx(table.rows[-1].cells[2].raw)
    assert [row.level for row in table.rows][1:4] == [0, 1, 1]
    assert table.rows[1].parent


def test_drivers_have_their_own_units_before_and_after() -> None:
    table = one(blocks("drivers"), Table)
    assert [cell.text for cell in table.rows[1].cells[3:]] == ["2,300", "2,010"]
    assert table.rows[5].cells[3].text == "£1.93"


def test_today_shows_the_course_beside_what_moved_it() -> None:
    pair = one(blocks("today"), Pair)
    assert isinstance(pair.left, Trend)
    assert pair.right.more.href == "/gifts/drivers?kpi=sales"


def test_a_ratio_without_a_tree_is_split_by_its_first_dimension() -> None:
    desk = FakeDesk()
    blocks("drivers", "kpi=refund_rate", desk=desk)
    assert desk.asked("explain")[0]["over"] == "country"


def test_a_tree_that_the_data_do_not_allow_cannot_be_chosen() -> None:
    form = one(blocks("drivers"), Form)
    tree = next(field for field in form.fields if field.name == "tree")
    assert {option.value: option.disabled for option in tree.options} == {"": False, "buyers": False, "visitors": True}


def test_the_whole_tree_is_told_in_words_too() -> None:
    assert one(blocks("drivers"), Story).paragraphs[0].startswith("Sales fell.")


def test_products_come_fifty_at_a_time() -> None:
    first = one(blocks("products"), Table)
    second = one(blocks("products", "page_no=2"), Table)
    last = one(blocks("products", "page_no=3"), Table)
    assert [len(table.rows) for table in (first, second, last)] == [50, 50, 20]
    assert [len(table.pages) for table in (first, second, last)] == [1, 2, 1]


def test_products_show_only_columns_with_numbers_and_name_the_missing_ones() -> None:
    table = one(blocks("products"), Table)
    keys = [column.key for column in table.columns]
    assert keys == ["product", "trend", "sales", "change", "units", "price", "stock", "return_rate"]
    assert "Rating" in table.note


def test_product_columns_sort_on_the_server() -> None:
    desk = FakeDesk()
    table = one(blocks("products", "sort=stock&view=falling", desk=desk), Table)
    assert desk.asked("products")[0]["sort"] == "stock"
    assert "sort=units" in next(column.sort for column in table.columns if column.key == "units")


def test_an_empty_stock_is_marked() -> None:
    table = one(blocks("products"), Table)
    stock = [column.key for column in table.columns].index("stock")
    empty = [row.cells[stock] for row in table.rows if row.cells[stock].raw is not None and row.cells[stock].raw <= 0]
    assert empty
    assert {cell.tone for cell in empty} == {"bad"}


def test_an_unknown_product_view_is_the_first_one() -> None:
    desk = FakeDesk()
    blocks("products", "view=sideways", desk=desk)
    assert desk.asked("products")[0]["sort"] == "top"


def test_the_data_page_counts_tables_and_kpis() -> None:
    facts = {name: value for name, value, _ in one(blocks("data"), Facts).items}
    assert facts["KPIs that can be measured"] == "10 of 12"
    assert facts["Rows"] == "557,290"


def test_missing_data_are_grouped_by_what_brings_them() -> None:
    rows = {row.cells[0].raw: row for row in tables_of(tuple(blocks("data")))["missing"].rows}
    assert set(rows) == {"events", "ad_spend"}
    assert "Visitors" in rows["events"].cells[0].small


def test_the_bridge_closes_and_says_so() -> None:
    table = tables_of(tuple(blocks("batches", subject=BATCH)))["bridge"]
    assert "Closes to the cent." in table.note
    amounts = [row.cells[2].raw for row in table.rows]
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1])


def test_an_open_bridge_shows_what_is_not_explained() -> None:
    desk = FakeDesk()
    made = desk._bridge

    def opened(card: Any, params: Any) -> Any:
        found = made(card, params)
        found["bridge"]["residual"] = 12.34
        return found

    desk._bridge = opened  # type: ignore[method-assign]
    table = tables_of(tuple(blocks("batches", subject=BATCH, desk=desk)))["bridge"]
    assert "£12.34" in table.note
    assert table.rows[-2].cells[0].text == "Not explained"


def test_a_source_without_a_total_has_no_bridge() -> None:
    found = blocks("batches", subject=BATCH, shop="homeware")
    assert isinstance(found[2], Notice)


def test_rejected_rows_come_before_dangling_references() -> None:
    rows = tables_of(tuple(blocks("batches", subject=BATCH)))["rejects"].rows
    assert [row.cells[0].text for row in rows][-1] == "points nowhere"
    assert rows[0].cells[5].raw == HOSTILE
    assert rows[0].cells[3].text == "299,983"


def test_an_unknown_batch_is_said_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=BATCH):
        blocks("batches", subject="b-0")


def test_the_catalogue_links_measurable_kpis_and_explains_the_others() -> None:
    rows = {row.cells[0].raw: row for table in tables_of(tuple(blocks("catalogue"))).values() for row in table.rows}
    assert rows["sales"].cells[0].href == "/gifts/explore?kpi=sales"
    assert rows["roas"].cells[0].href == ""
    assert rows["roas"].cells[3].small == "needs ad_spend"
    assert rows["refund_rate"].cells[2].small == "less is better"


@pytest.mark.parametrize("page", [page for page in all_pages() if page != "batches"])
@pytest.mark.parametrize("shop", ["gifts", "homeware", "empty"])
def test_every_page_speaks_chinese(page: str, shop: str) -> None:
    texts = str(blocks(page, "lang=zh", shop=shop))
    assert any("\u4e00" <= char <= "\u9fff" for char in texts)


def test_the_sentence_comes_first() -> None:
    assert isinstance(blocks("today")[0], Sentence)
    assert "£812k" in one(blocks("today"), Sentence).text


def test_how_stands_alone_when_there_is_nothing_to_group() -> None:
    assert one(blocks("explore", "grain=none"), How).sql

"""The pages about behaviour, block by block, without markup."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.conftest import Browser, context_of
from tests.web.fake_behaviour import COUNTS
from tests.web.fake_desk import HOSTILE, FakeDesk

from zhanggui.web.blocks import Block, Facts, Form, Heading, Multiples, Notice, Pair, Pulse, Snippet, Steps, Table
from zhanggui.web.blocks import tables_of as tables
from zhanggui.web.flows import colour_of

AS_OF = "as_of=2011-12-08T12:00:00"


def blocks(page: str, query: str = "", shop: str = "homeware", desk: FakeDesk | None = None) -> list[Block]:
    context = context_of(page, query, shop=shop, desk=desk)
    return list(context.page.blocks(context))


def names(found: list[Block]) -> list[str]:
    return [type(block).__name__ for block in found]


def one(found: list[Block], kind: type[Any]) -> Any:
    matching = [block for block in found if isinstance(block, kind)]
    assert len(matching) == 1, names(found)
    return matching[0]


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("behaviour", "", ["Tiles", "Trend", "Table", "Table", "Pair", "Pair"]),
        ("funnel", "", ["Form", "Sentence", "Steps", "Table"]),
        ("funnel", "against=none", ["Form", "Sentence", "Steps"]),
        ("funnel", "by=device", ["Form", "Sentence", "Steps", "Table", "Multiples", "Table"]),
        ("funnel", "step=1", ["Form", "Sentence", "Steps", "Heading", "Pair", "Table", "Table"]),
        ("funnel", "s1=purchase", ["Form", "Notice"]),
        ("paths", "", ["Form", "Sentence", "Trend", "Table", "Table"]),
        ("experience", "", ["Form", "Story", "Facts", "Table", "Table", "Trend", "Table", "Table", "How"]),
        ("experience", "view=loss", ["Form", "Sentence", "Trend", "Table", "Table", "Table", "How"]),
        ("experience", "view=errors", ["Form", "Table", "Heading", "Table", "Table", "How"]),
        ("experience", "view=friction", ["Form", "Sentence", "Pair", "Pair", "Table", "Table", "How"]),
        ("live", "", ["Notice"]),
        ("live", AS_OF, ["Notice", "Pulse", "Pair", "Pair", "Table"]),
        ("tracker", "", ["Facts", "Table", "Table", "Snippet", "Snippet", "Snippet", "Snippet"]),
    ],
)
def test_a_page_is_this_list_of_blocks(page: str, query: str, expected: list[str]) -> None:
    assert names(blocks(page, query)) == expected


@pytest.mark.parametrize("page", ["behaviour", "funnel", "paths", "experience", "live"])
def test_a_shop_without_visits_is_shown_the_tag(page: str) -> None:
    notice = one(blocks(page, shop="gifts"), Notice)
    assert notice.links[0].href == "/gifts/tracker"
    assert "ga4-daily" in notice.command


@pytest.mark.parametrize("page", ["behaviour", "funnel", "paths", "experience", "live"])
def test_an_empty_shop_teaches_how_to_begin(page: str) -> None:
    assert "zhanggui import empty auto" in one(blocks(page, shop="empty"), Notice).command


# -- behaviour ---------------------------------------------------------------------------------------------


def test_tiles_are_those_that_the_shop_can_measure() -> None:
    tiles = blocks("behaviour")[0].tiles  # type: ignore[union-attr]
    assert [tile.kpi for tile in tiles] == [
        "sessions", "visitors", "pages_per_session", "bounce_rate", "add_to_cart_rate", "conversion_rate",
    ]  # fmt: skip
    assert all(tile.spark for tile in tiles)


def test_one_question_serves_tiles_and_course() -> None:
    desk = FakeDesk()
    blocks("behaviour", desk=desk)
    assert desk.asked("kpi")[0]["by"] == ["day"]
    assert [asked["by"] for asked in desk.asked("kpi")[1:]] == [
        ["channel_group"], ["source", "medium"], ["visitor_type"], ["device"], ["landing_page_type"], ["country"],
    ]  # fmt: skip


def test_a_click_on_a_source_filters_by_source_and_medium() -> None:
    row = tables(tuple(blocks("behaviour")))["sources"].rows[0]
    assert row.cells[0].text == "google / google"
    assert "where=source%3Dgoogle&where=medium%3Dgoogle" in row.cells[0].href


def test_unknown_values_can_be_filtered_too_and_have_words() -> None:
    rows = tables(tuple(blocks("behaviour")))["landing"].rows
    assert [row.cells[0].text for row in rows] == ["Home page", "Product page", "Category page", "(none)"]
    assert "landing_page_type%3D%28none%29" in rows[-1].cells[0].href


def test_a_window_without_visits_says_so() -> None:
    desk = FakeDesk()
    made = desk._kpi

    def nothing(card: Any, params: Any) -> Any:
        found = made(card, params)
        found["total"]["sessions"]["value"] = 0
        return found

    desk._kpi = nothing  # type: ignore[method-assign]
    assert one(blocks("behaviour", desk=desk), Notice).title == "No visits in this window"


# -- funnel ------------------------------------------------------------------------------------------------


def test_bars_are_shares_of_the_first_step_and_losses_add_up() -> None:
    steps = one(blocks("funnel"), Steps).steps
    assert [step.width for step in steps] == pytest.approx([100 * count / COUNTS[0] for count in COUNTS], abs=0.01)
    assert [step.count for step in steps] == [f"{count:,}" for count in COUNTS]
    assert steps[0].lost == "8,090 leave here"
    assert steps[-1].lost == ""


def test_a_step_says_how_many_go_on_how_fast_and_what_changed() -> None:
    step = one(blocks("funnel"), Steps).steps[1]
    assert step.rate == "34.8 % go on"
    assert step.time == "half within 42 s, 90 % within 6 min 20 s"
    assert (step.change.arrow, step.change.text, step.change.word) == ("▼", "−2.1 points", "worse")
    assert step.weakest
    assert step.before == pytest.approx(36.891, abs=0.001)


def test_the_bars_are_a_table_too() -> None:
    rows = one(blocks("funnel"), Steps).table.rows
    assert [row.cells[1].raw for row in rows] == list(COUNTS)
    assert [row.cells[4].raw for row in rows] == [8_090, 2_205, 465, 433, 0]
    assert rows[0].cells[3].text == "–"


def test_a_click_on_a_step_asks_who_left_and_a_second_one_closes() -> None:
    closed, opened = (one(blocks("funnel", query), Steps).steps[1] for query in ("by=device", "by=device&step=2"))
    assert closed.href == "/homeware/funnel?by=device&step=2#leavers"
    assert opened.chosen
    assert opened.href == "/homeware/funnel?by=device#leavers"


@pytest.mark.parametrize("step", ["0", "5", "9", "x", "-1", "²"])
def test_a_step_that_nobody_can_leave_opens_nothing(step: str) -> None:
    assert not any(isinstance(block, Heading) for block in blocks("funnel", f"step={step}"))


def test_the_question_about_leavers_is_that_of_the_funnel() -> None:
    desk = FakeDesk()
    blocks(
        "funnel", "s1=search&s2=view_item&s3=purchase&within=7d&without=error&step=2&where=device%3Dmobile", desk=desk
    )
    funnel, leavers = desk.asked("funnel")[0], desk.asked("leavers")[0]
    assert funnel["steps"] == ["search", "view_item", "purchase"]
    assert (leavers["step"], "against" in leavers) == ("2", False)
    for key in ("steps", "within", "without", "where", "from", "to"):
        assert funnel[key] == leavers[key]


def test_gaps_between_steps_are_closed_and_the_ends_are_never_optional() -> None:
    desk = FakeDesk()
    blocks("funnel", "s1=search%3F&s3=view_item%3F&s6=purchase%3F", desk=desk)
    assert desk.asked("funnel")[0]["steps"] == ["search", "view_item?", "purchase"]


def test_the_form_offers_one_step_more_than_there_are() -> None:
    form = one(blocks("funnel", "s1=search&s2=purchase"), Form)
    assert [field.name for field in form.fields] == ["s1", "s2", "s3", "within", "by", "without"]
    assert [option.value for option in form.fields[0].options if option.selected] == ["search"]
    assert [tab.current for tab in form.tabs] == [False] * 4


def test_effects_go_from_before_to_now_and_add_up() -> None:
    rows = tables(tuple(blocks("funnel")))["effects"].rows
    amounts = [row.cells[2].raw for row in rows]
    assert amounts[0] + sum(amounts[1:-1]) == pytest.approx(amounts[-1])
    assert rows[1].cells[0].text == "Number at the first step"
    assert (rows[2].cells[6].text, rows[2].cells[6].small) == ("clear", "p < 0.001")
    assert (rows[3].cells[6].text, rows[3].cells[6].small) == ("may be chance", "p = 0.200")


def test_segments_share_one_scale_and_filter_on_click() -> None:
    found = blocks("funnel", "by=device")
    segments = one(found, Multiples).segments
    assert [segment.name for segment in segments] == ["Mobile", "Desktop", "Tablet"]
    assert all(segment.heights[0] == 100 for segment in segments)
    assert "where=device%3Dmobile" in segments[0].href
    assert len(tables(tuple(found))["segments"].rows) == 3


def test_a_funnel_that_nobody_began_draws_nothing() -> None:
    desk = FakeDesk()
    made = desk._funnel

    def nobody(card: Any, params: Any) -> Any:
        found = made(card, params)
        found["steps"][0]["sessions"] = 0
        return {**found, "not_measurable": {"add_payment_info": "needs events"}}

    desk._funnel = nobody  # type: ignore[method-assign]
    found = blocks("funnel", desk=desk)
    assert names(found) == ["Form", "Notice", "Table"]
    assert found[2].rows[0].cells[0].text == "Payment details"  # type: ignore[union-attr]


def test_zero_of_zero_is_unknown_and_never_a_crash() -> None:
    desk = FakeDesk()
    made = desk._funnel

    def thin(card: Any, params: Any) -> Any:
        found = made(card, params)
        for step in found["steps"][1:]:
            step |= {"sessions": 0, "rate_from_start": 0.0, "rate_from_previous": None, "lost": 0,
                     "median_seconds": None, "p90_seconds": None}  # fmt: skip
        for step in found["against"]["steps"]:
            step |= {"sessions": 0, "rate_from_start": None, "rate_from_previous": None}
        return found

    desk._funnel = thin  # type: ignore[method-assign]
    steps = one(blocks("funnel", desk=desk), Steps).steps
    assert [step.rate for step in steps[1:]] == ["– go on"] * 4
    assert {step.before for step in steps} == {None}
    assert {step.change for step in steps} == {None}


# -- who left ----------------------------------------------------------------------------------------------


def test_only_what_is_certain_is_coloured() -> None:
    rows = tables(tuple(blocks("funnel", "step=2")))["leavers-by"].rows
    assert [row.level for row in rows] == [0, 1, 1, 0, 1]
    assert (rows[1].cells[3].text, rows[1].cells[3].small, rows[1].cells[3].tone) == ("1.40", "1.20 – 1.60", "bad")
    assert (rows[2].cells[3].text, rows[2].cells[3].tone) == ("–", "")
    assert (rows[4].cells[0].text, rows[4].cells[3].tone) == (HOSTILE, "good")


def test_nobody_left_is_said() -> None:
    desk = FakeDesk()
    desk._leavers = lambda card, params: {"lost": 0, "words": {}}  # type: ignore[method-assign,assignment]
    assert one(blocks("funnel", "step=2", desk=desk), Notice).title == "Nobody"


# -- paths -------------------------------------------------------------------------------------------------


def test_nodes_stand_in_the_column_of_their_step_as_high_as_their_sessions() -> None:
    chart = blocks("paths")[2].chart  # type: ignore[union-attr]
    assert {node["name"]: (node["step"], node["value"]) for node in chart["nodes"]}["2:add_to_cart"] == (2, 200)
    assert {node["kind"] for node in chart["nodes"] if node["name"].endswith(")")} == {"tail"}
    assert sum(link["value"] for link in chart["links"]) == 2_200


def test_hairs_are_in_the_table_only() -> None:
    desk = FakeDesk()
    made = desk._paths

    def thin(card: Any, params: Any) -> Any:
        found = made(card, params)
        found["links"].append({"source": "0:item", "target": "2:add_to_cart", "sessions": 1})
        return found

    desk._paths = thin  # type: ignore[method-assign]
    trend = blocks("paths", desk=desk)[2]
    assert len(trend.table.rows) == 7  # type: ignore[union-attr]
    assert len(trend.chart["links"]) == 6  # type: ignore[union-attr]


def test_paths_backwards_begin_in_the_first_column() -> None:
    desk = FakeDesk()
    made = desk._paths

    def back(card: Any, params: Any) -> Any:
        found = made(card, params)
        for node in found["nodes"]:
            node["step"] -= 2
        return found

    desk._paths = back  # type: ignore[method-assign]
    chart = blocks("paths", "anchor=ending&at=purchase", desk=desk)[2].chart  # type: ignore[union-attr]
    assert sorted({node["step"] for node in chart["nodes"]}) == [0, 1, 2]
    assert desk.asked("paths")[0]["ending"] == "purchase"


@pytest.mark.parametrize(("query", "length"), [("", 5), ("length=8", 8), ("length=99", 5), ("length=x", 5)])
def test_only_offered_lengths_are_asked(query: str, length: int) -> None:
    desk = FakeDesk()
    blocks("paths", query, desk=desk)
    asked = desk.asked("paths")[0]
    assert asked["length"] == length
    assert not {"against", "starting", "ending", "through"} & set(asked)


def test_an_item_page_and_an_item_view_have_one_colour() -> None:
    assert colour_of("item") == colour_of("view_item")
    assert colour_of("home") != colour_of("item")
    assert colour_of("something else") > colour_of("page_view")


# -- experience --------------------------------------------------------------------------------------------


def test_a_measure_says_its_rating_in_words() -> None:
    facts = {name: (value, small) for name, value, small in one(blocks("experience"), Facts).items}
    assert facts["Load time, three in four"] == ("1.90 s", "good")
    assert facts["Sales that slowness may cost"] == ("¥8,420", "¥3,100 – ¥13.9k")
    rows = tables(tuple(blocks("experience")))["by-page_type"].rows
    assert [row.cells[-1].text for row in rows] == ["good", "poor"]
    assert [row.cells[-1].tone for row in rows] == ["good", "bad"]


def test_loads_that_nobody_measured_have_no_column() -> None:
    table = tables(tuple(blocks("experience")))["by-page_type"]
    assert [column.key for column in table.columns] == [
        "page_type", "views", "load_ms", "lcp_ms", "inp_ms", "cls", "slow_share", "rating",
    ]  # fmt: skip


def test_bands_are_worded_as_an_association() -> None:
    trend = blocks("experience", "view=loss")[2]
    assert "not a proof" in trend.note  # type: ignore[union-attr]
    assert trend.chart["labels"] == ["up to 1 s", "1 s to 2.5 s", "2.5 s to 4 s", "over 4 s"]  # type: ignore[union-attr]


def test_what_cannot_be_measured_has_its_reason() -> None:
    rows = tables(tuple(blocks("experience")))["unknown"].rows
    assert [(row.cells[0].text, row.cells[1].text) for row in rows] == [("by_region", "The events name no region.")]


def test_a_part_asks_only_its_own_verb() -> None:
    desk = FakeDesk()
    blocks("experience", "view=friction", desk=desk)
    assert not desk.asked("experience")
    assert "against" not in desk.asked("friction")[0]


def test_fees_are_named_by_their_band_and_basis() -> None:
    rows = tables(tuple(blocks("experience", "view=friction")))["stuck-fees"].rows
    assert [row.cells[0].text for row in rows] == ["free", "¥5.00 – ¥9.00", "≥ ¥9.00", "(none)"]
    assert rows[0].cells[0].small == "carts, by the fee of their goods"


def test_an_unusual_product_is_marked_beside_the_bought_ones() -> None:
    rows = tables(tuple(blocks("experience", "view=friction")))["stuck-products"].rows
    assert (rows[0].cells[2].tone, rows[0].cells[3].small) == ("bad", "bought: ¥35.50")
    assert (rows[-1].weight, rows[-1].cells[0].text, rows[-1].cells[2].tone) == ("total", "Total", "")


def test_a_shop_that_measures_no_speed_is_told_how() -> None:
    desk = FakeDesk()
    desk._experience = lambda card, params: {"overall": None, "not_measurable": {"overall": "needs events"}}  # type: ignore[method-assign,assignment]
    found = blocks("experience", desk=desk)
    assert one(found, Notice).title == "No speed was measured in this window"
    assert tables(tuple(found))["unknown"].rows[0].cells[0].text == "How pages feel"


# -- live --------------------------------------------------------------------------------------------------


def test_nobody_leads_to_the_last_minutes_of_the_data() -> None:
    notice = one(blocks("live"), Notice)
    assert "9 Dec 2011 20:50" in notice.text
    assert "as_of=2011-12-09T12" in notice.links[0].href


def test_the_highest_minute_fills_the_picture_and_the_numbers_are_sums() -> None:
    pulse = one(blocks("live", AS_OF), Pulse)
    assert max(height for height, _ in pulse.bars) == 100
    assert len(pulse.bars) == 30
    assert [value for _, value in pulse.numbers] == ["31", "170", "15", "1"]
    assert pulse.bars[6][1] == "19:36: 6 visitors, 12 page views"


def test_events_are_told_by_the_clock_of_the_shop_with_names_of_products() -> None:
    row = tables(tuple(blocks("live", AS_OF)))["recent"].rows[0]
    assert [cell.text for cell in row.cells] == ["19:59:51", "Add to cart", "Product page", HOSTILE, "Mobile", "CN"]


def test_a_live_page_asks_itself_again_with_and_without_javascript(browser: Browser) -> None:
    html = browser.get(f"/homeware/live?{AS_OF}").text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in html
    assert 'data-refresh="5"' in html
    assert "echarts" not in html.partition("<body")[0]
    assert "refresh" not in browser.get("/homeware/today").text.partition("</head>")[0]


def test_tables_of_a_live_page_stay_as_the_server_wrote_them() -> None:
    found = tables(tuple(blocks("live", AS_OF)))
    assert len(found) == 5
    assert not any(table.sortable or table.search for table in found.values())


# -- tracker and collector -----------------------------------------------------------------------------------


def test_a_shop_without_a_key_is_told_how_to_make_one() -> None:
    notice = one(blocks("tracker", shop="gifts"), Notice)
    assert notice.command.startswith("zhanggui write-key gifts --origin https://")


def test_the_tag_can_be_copied_and_the_key_is_not_shouted() -> None:
    found = blocks("tracker")
    facts = {name: value for name, value, _ in one(found, Facts).items}
    snippets = {block.key: block for block in found if isinstance(block, Snippet)}
    assert 'data-key="wk_0123456789abcdef"' in snippets["tag"].code
    assert "cannot reach this computer" in snippets["tag"].text
    assert 'data-consent="required"' in snippets["consent"].code
    assert "http://127.0.0.1:8711/collect" in snippets["server"].code
    assert facts["Write key"] == "wk_012…cdef"
    assert facts["Behind"] == "2.4 s"
    assert facts["Journal on disk"] == "2.3 MB"


def test_a_shop_that_takes_events_of_this_machine_only_is_warned() -> None:
    notice = one(blocks("tracker", shop="empty"), Notice)
    assert notice.tone == "warning"
    assert "--origin" in notice.command


def test_before_the_first_event_the_tag_comes_first() -> None:
    desk = FakeDesk()
    made = desk._collector
    desk._collector = lambda card, params: {**made(card, params), "last_event_at": None, "last_drain": None}  # type: ignore[method-assign]
    found = blocks("tracker", desk=desk)
    assert isinstance(found[0], Snippet)
    assert one(found, Facts).items[0][1] == "none yet"


def test_rejects_of_the_collector_come_with_their_reason() -> None:
    desk = FakeDesk()
    made = desk._batches

    def collected(card: Any, params: Any) -> Any:
        return {"batches": [{**batch, "source": "collector"} for batch in made(card, params)["batches"]]}

    desk._batches = collected  # type: ignore[method-assign]
    rows = tables(tuple(blocks("tracker", desk=desk)))["rejects"].rows
    assert rows[0].cells[0].text == "price is negative"
    assert rows[0].cells[2].text == HOSTILE


def test_the_data_page_shows_how_far_the_collector_is_behind() -> None:
    table = tables(tuple(blocks("data")))["collector"]
    shown = dict(
        zip([column.label for column in table.columns], [cell.text for cell in table.rows[0].cells], strict=True)
    )
    assert shown["Behind"] == "2.4 s"
    assert table.more
    assert table.more.href == "/homeware/tracker"
    assert "collector" not in tables(tuple(blocks("data", shop="gifts")))


# -- markup ------------------------------------------------------------------------------------------------

ADDRESSES = (
    "behaviour", "funnel?step=2&by=channel_group", "paths", "experience", "experience?view=loss",
    "experience?view=errors", "experience?view=friction", f"live?{AS_OF}", "tracker",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_visitors_send_cannot_become_markup(browser: Browser, address: str, language: str) -> None:
    sign = "&" if "?" in address else "?"
    answer = browser.get(f"/homeware/{address}{sign}lang={language}&where=source%3D{HOSTILE}")
    assert answer.status_code == 200
    assert HOSTILE not in answer.text


@pytest.mark.parametrize("address", [address for address in ADDRESSES if not address.startswith("tracker")])
def test_every_table_leaves_as_a_file(browser: Browser, address: str) -> None:
    page, _, query = address.partition("?")
    found = tables(tuple(blocks(page, query)))
    for key, table in found.items():
        if table.downloads:
            answer = browser.get(table.downloads[0].href)
            assert answer.status_code == 200, key
            assert answer.content.startswith(b"\xef\xbb\xbf"), key


def test_pairs_hold_two_tables() -> None:
    pairs = [block for block in blocks("behaviour") if isinstance(block, Pair)]
    assert all(isinstance(part, Table) for pair in pairs for part in (pair.left, pair.right))

"""What a manager does: choose, compare, filter, sort, search, fold, take away; by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser


def test_a_tile_opens_the_explorer_and_back_comes_back(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today?window=7d")
        watched.page.locator(".tile").nth(1).click()
        watched.settle()
        assert watched.path() == "/gifts/explore?kpi=orders&window=7d"
        watched.page.go_back()
        watched.settle()
        assert watched.path() == "/gifts/today?window=7d"


def test_window_and_comparison_stay_while_moving(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today")
        watched.page.locator(".bar summary").nth(0).click()
        watched.page.get_by_role("link", name="Last month").click()
        watched.settle()
        watched.page.locator(".bar summary").nth(1).click()
        watched.page.get_by_role("link", name="Same dates last year").click()
        watched.settle()
        watched.page.locator(".nav").get_by_role("link", name="Products").click()
        watched.settle()
        assert watched.path() == "/gifts/products?window=last-month&against=last-year"
        assert "1 Nov – 30 Nov 2011" in watched.page.locator(".bar").inner_text()


def test_days_are_chosen_with_the_last_one_included(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore?kpi=aov")
        watched.page.locator(".bar summary").nth(0).click()
        watched.page.locator("input[name=from]").fill("2011-11-01")
        watched.page.locator("input[name=until]").fill("2011-11-07")
        watched.page.get_by_role("button", name="Show", exact=True).first.click()
        watched.settle()
        assert watched.path() == "/gifts/explore?kpi=aov&from=2011-11-01&until=2011-11-07"
        assert "1 Nov – 7 Nov 2011" in watched.page.locator(".bar").inner_text()


def test_a_filter_is_typed_with_help_and_taken_off(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today")
        watched.page.locator(".filter > summary").click()
        expect(watched.page.locator("#filter-values option").first).to_have_attribute("value", "United Kingdom")
        watched.page.locator("input[name=add_value]").fill("France")
        watched.page.get_by_role("button", name="Add filter").click()
        watched.settle()
        assert watched.path() == "/gifts/today?where=country%3DFrance"
        watched.page.locator(".on-bar .chip").click()
        watched.settle()
        assert watched.path() == "/gifts/today"


def test_a_click_on_a_group_filters_by_it(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore?kpi=sales&split=country")
        watched.page.get_by_role("link", name="Germany").click()
        watched.settle()
        assert "where=country%3DGermany" in watched.path()


def test_a_choice_in_the_explorer_is_shown_at_once(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore")
        watched.page.locator("select[name=kpi]").select_option("refund_rate")
        watched.page.wait_for_url("**/explore?kpi=refund_rate*")
        watched.settle()
        watched.page.locator("select[name=split]").select_option("country")
        watched.page.wait_for_url("**split=country*")
        assert "top=" not in watched.path()


def test_a_chart_tells_its_values_under_the_pointer(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore?window=7d")
        watched.page.locator("[data-chart] canvas").hover(position={"x": 300, "y": 120})
        tip = watched.page.locator(".chart-tip")
        expect(tip).to_be_visible()
        assert "£" in tip.inner_text()
        assert "Dec" in tip.inner_text()


def test_the_table_beneath_a_chart_has_the_same_days(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore?window=7d")
        watched.page.get_by_text("The same as a table").click()
        assert watched.page.locator("#table-answer tbody tr").count() == 8


def test_how_a_number_is_computed_is_one_click_away(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore")
        watched.page.get_by_text("How is this computed?").click()
        text = watched.page.locator(".how-body").inner_text()
        assert "sum(sales)" in text
        assert "SELECT" in text


def first_cells(watched_page: object, table: str) -> list[str]:
    locator = watched_page.locator(f"#{table} tbody tr:visible > :first-child")  # type: ignore[attr-defined]
    return [text.split("\n")[0] for text in locator.all_inner_texts()]


def test_a_table_sorts_both_ways_and_keeps_its_total_last(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore?kpi=sales&split=country")
        header = watched.page.locator("#table-answer thead").get_by_role("button", name="Country")
        header.click()
        names = first_cells(watched.page, "table-answer")
        assert names[-1] == "Total"
        assert names[:-1] == sorted(names[:-1], key=str.casefold)
        header.click()
        assert first_cells(watched.page, "table-answer")[:-1] == list(reversed(names[:-1]))
        assert watched.page.locator("th[aria-sort=descending]").inner_text().startswith("Country")


def test_a_table_is_searched_as_one_types(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/batches/b-20111209-061200")
        watched.page.locator("[data-filter=table-rejects]").fill("299,985")
        assert watched.page.locator("#table-rejects tbody tr:visible").count() == 1


def test_a_driver_folds_its_children(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/drivers")
        before = len(first_cells(watched.page, "table-drivers"))
        twist = watched.page.locator(".twist").first
        twist.click()
        assert len(first_cells(watched.page, "table-drivers")) == before - 2
        assert twist.get_attribute("aria-expanded") == "false"
        twist.click()
        assert len(first_cells(watched.page, "table-drivers")) == before


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/gifts/explore", "answer"),
        ("/gifts/drivers", "drivers"),
        ("/gifts/explore?split=country", "answer"),
        ("/gifts/batches/b-20111209-061200", "bridge"),
    ],
)
def test_every_chart_leaves_as_a_picture(opener: Opener, path: str, key: str) -> None:
    with opener.page() as watched:
        watched.open(path)
        with watched.page.expect_download() as taken:
            watched.page.locator(f"[data-png={key}]").click()
        assert taken.value.suggested_filename.endswith(".png")
        assert taken.value.path().stat().st_size > 10_000


def test_a_table_leaves_as_csv_and_excel(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/products")
        for name, ending in (("CSV", ".csv"), ("Excel", ".xlsx")):
            with watched.page.expect_download() as taken:
                watched.page.get_by_role("link", name=name).click()
            assert taken.value.suggested_filename == f"gifts-products-products{ending}"


def test_language_and_theme_change_at_a_click_and_stay(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore?kpi=aov")
        watched.page.get_by_role("link", name="中文").click()
        watched.settle()
        assert watched.page.locator("h1").inner_text() == "指标探索"
        light = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
        watched.page.locator(".pop.up > summary").click()
        watched.page.get_by_role("link", name="深色").click()
        watched.settle()
        assert watched.page.evaluate("getComputedStyle(document.body).backgroundColor") != light
        assert watched.path() == "/gifts/explore?kpi=aov&lang=zh&theme=dark"
        watched.open("/gifts/today")
        assert watched.page.locator("h1").inner_text() == "今日"


def test_another_shop_is_two_clicks_away(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/products")
        watched.page.locator(".shops > summary").click()
        watched.page.locator(".shops").get_by_role("link", name="Homeware").click()
        watched.settle()
        assert watched.path() == "/homeware/products"
        assert watched.page.locator(".brand .badge-sim").inner_text() == "simulated"


def test_slash_finds_a_kpi_by_a_few_letters(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today?window=7d")
        watched.page.keyboard.press("/")
        watched.page.keyboard.type("refund")
        expect(watched.page.locator("#palette-list [aria-selected=true]")).to_contain_text("Refund rate")
        watched.page.keyboard.press("Enter")
        watched.page.wait_for_url("**/explore?kpi=refund_rate&window=7d")
        watched.settle()


def test_the_palette_is_walked_with_arrows_and_left_with_escape(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today")
        watched.page.keyboard.press("/")
        expect(watched.page.locator("#palette-list [role=option]").first).to_be_visible()
        watched.page.keyboard.press("ArrowDown")
        expect(watched.page.locator("#palette-list [aria-selected=true]")).to_contain_text("Explore")
        watched.page.keyboard.press("ArrowUp")
        watched.page.keyboard.press("ArrowUp")
        watched.page.keyboard.type("zzzzzz")
        expect(watched.page.locator("#palette-list")).to_have_text("Nothing found")
        watched.page.keyboard.press("Escape")
        watched.page.keyboard.press("Escape")
        expect(watched.page.locator("#palette")).not_to_be_visible()


@pytest.mark.parametrize(("key", "page"), [("t", "today"), ("e", "explore"), ("d", "drivers"), ("p", "products"),
                                           ("a", "data"), ("k", "catalogue")])  # fmt: skip
def test_g_and_a_letter_go_to_a_page(opener: Opener, key: str, page: str) -> None:
    with opener.page() as watched:
        watched.open("/gifts/data" if page != "data" else "/gifts/today")
        watched.page.keyboard.press("g")
        watched.page.keyboard.press(key)
        watched.page.wait_for_url(f"**/gifts/{page}")
        watched.settle()


def test_letters_typed_into_a_field_stay_there(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/products")
        watched.page.get_by_label("Name or id").press_sequentially("gt/?")
        assert watched.page.get_by_label("Name or id").input_value() == "gt/?"
        assert watched.path() == "/gifts/products"


def test_a_question_mark_shows_all_keys(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today")
        watched.page.keyboard.press("?")
        expect(watched.page.locator("#help")).to_be_visible()
        watched.page.keyboard.press("Escape")
        expect(watched.page.locator("#help")).not_to_be_visible()


def test_the_keyboard_alone_reaches_the_content_and_the_bar(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today")
        watched.page.keyboard.press("Tab")
        expect(watched.page.locator(".skip")).to_be_focused()
        watched.page.keyboard.press("Enter")
        watched.page.keyboard.press("Tab")
        expect(watched.page.locator(".tile").first).to_be_focused()
        watched.page.locator(".bar summary").first.focus()
        watched.page.keyboard.press("Enter")
        expect(watched.page.locator(".bar .panel").first).to_be_visible()
        watched.page.keyboard.press("Escape")
        expect(watched.page.locator(".bar .panel").first).not_to_be_visible()
        expect(watched.page.locator(".bar summary").first).to_be_focused()


def test_a_popover_closes_when_one_clicks_elsewhere(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today")
        watched.page.locator(".bar summary").first.click()
        watched.page.locator(".foot").click()
        expect(watched.page.locator(".bar .panel").first).not_to_be_visible()


def test_without_javascript_everything_is_there_as_tables(opener: Opener) -> None:
    with opener.page(java_script_enabled=False) as watched:
        page = watched.page
        watched.open("/gifts/explore?kpi=sales&window=7d")
        assert not page.locator(".chart").is_visible()
        assert not page.locator("[data-png]").is_visible()
        page.get_by_text("The same as a table").click()
        assert page.locator("#table-answer tbody tr").count() == 8
        page.locator("select[name=split]").select_option("country")
        page.get_by_role("button", name="Show").last.click()
        assert "split=country" in page.url
        page.locator(".filter > summary").click()
        page.locator("input[name=add_value]").fill("France")
        page.get_by_role("button", name="Add filter").click()
        assert "where=country%3DFrance" in page.url
        page.locator(".nav").get_by_role("link", name="Drivers").click()
        assert page.locator("#table-drivers tbody tr:visible").count() == 8


def test_a_chart_follows_the_device_into_the_dark(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/explore")
        read = "document.querySelector('[data-chart] canvas').toDataURL().length"
        light = watched.page.evaluate(read)
        watched.page.emulate_media(color_scheme="dark")
        watched.page.wait_for_function(f"{read} !== {light}")

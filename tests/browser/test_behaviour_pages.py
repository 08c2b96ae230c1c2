"""The pages about behaviour in a real browser: pictures drawn, clicks that lead on, a live page that stays calm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.browser.conftest import PHONE, Opener

pytestmark = pytest.mark.browser

AS_OF = "/homeware/live?as_of=2011-12-08T12%3A00%3A00"
POCKET: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def test_a_click_on_a_step_shows_who_left_and_keeps_the_question(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/homeware/funnel?by=device&window=90d")
        watched.page.get_by_role("link", name="2,205 leave here").click()
        watched.settle()
        assert watched.path() == "/homeware/funnel?by=device&step=2&window=90d"
        heading = watched.page.get_by_role("heading", name="Who left after: add to cart")
        assert heading.is_visible()
        assert watched.page.locator(".step.chosen").inner_text().startswith("2")
        watched.page.go_back()
        watched.settle()
        assert heading.count() == 0


def test_a_chosen_step_changes_the_funnel_at_once(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/homeware/funnel")
        watched.page.get_by_label("Step 2").select_option("search")
        watched.page.wait_for_url(re.compile("s2=search"))
        watched.settle()
        assert watched.page.locator(".step .name").nth(1).inner_text() == "Search"
        assert "s6=" not in watched.path()


def test_the_bars_of_a_funnel_are_as_wide_as_their_share(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/homeware/funnel")
        boxes = [watched.page.locator(".stepbar .now").nth(index).bounding_box() for index in range(5)]
        widths = [box["width"] for box in boxes if box]
        assert widths[1] / widths[0] == pytest.approx(4_310 / 12_400, abs=0.01)
        assert widths == sorted(widths, reverse=True)


def test_the_choices_of_a_funnel_fold_away_on_a_phone(opener: Opener) -> None:
    with opener.page(**POCKET) as watched:
        watched.open("/homeware/funnel")
        assert not watched.page.get_by_label("Step 2").is_visible()
        watched.page.get_by_text("Steps, time, groups").click()
        watched.page.get_by_label("Step 2").select_option("search")
        watched.page.wait_for_url(re.compile("s2=search"))
        assert watched.overflow() == 0


def test_paths_are_drawn_and_say_what_the_pointer_is_on(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/homeware/paths")
        canvas = watched.page.locator("[data-chart=links] canvas").first
        box = canvas.bounding_box()
        assert box
        inked = canvas.evaluate("c => new Set([...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]).size")
        assert inked > 20
        watched.page.mouse.move(box["x"] + 10, box["y"] + 60)
        tip = watched.page.locator(".chart-tip")
        tip.wait_for()
        assert "900 sessions" in tip.inner_text()


def test_paths_on_a_phone_scroll_inside_their_card(opener: Opener) -> None:
    with opener.page(**POCKET) as watched:
        watched.open("/homeware/paths")
        wide = watched.page.locator(".sideways")
        assert wide.evaluate("e => e.scrollWidth > e.clientWidth")
        assert watched.overflow() == 0


def test_a_live_page_takes_in_what_is_new_and_leaves_the_rest_alone(opener: Opener) -> None:
    with opener.page() as watched:
        answers = iter((31, 31, 47))
        shown = "31"

        def serve(route: Any) -> None:
            nonlocal shown
            body = route.fetch().text()
            if route.request.resource_type != "document":
                shown = str(next(answers, 47))
                body = body.replace('<span class="value">31</span>', f'<span class="value">{shown}</span>')
            route.fulfill(body=body, content_type="text/html")

        watched.page.route(re.compile("/homeware/live"), serve)
        watched.page.clock.install()
        watched.open(AS_OF)
        watched.page.evaluate("document.querySelectorAll('main > *').forEach((e, i) => { e.mine = i; })")
        for _ in range(3):
            watched.page.clock.run_for(5_100)
            watched.page.wait_for_timeout(300)
        assert watched.page.locator(".now-numbers .value").first.inner_text() == "47"
        kept = watched.page.evaluate("[...document.querySelectorAll('main > *')].map((e) => e.mine ?? null)")
        assert kept.count(None) == 1
        assert kept.index(None) == 2


def test_a_live_page_survives_a_server_that_is_away(opener: Opener) -> None:
    with opener.page() as watched:
        watched.page.clock.install()
        watched.open(AS_OF)
        watched.page.route(re.compile("/homeware/live"), lambda route: route.fulfill(status=503, body="away"))
        watched.page.clock.run_for(5_100)
        watched.page.wait_for_timeout(200)
        assert watched.page.locator(".now-numbers .value").first.inner_text() == "31"
        watched.wrongs = [wrong for wrong in watched.wrongs if "503" not in wrong]


def test_the_tag_is_copied_with_one_click(opener: Opener) -> None:
    with opener.page(permissions=["clipboard-read", "clipboard-write"]) as watched:
        watched.open("/homeware/tracker")
        button = watched.page.locator("#tag [data-copy]")
        button.click()
        watched.page.locator("#tag [data-copy]", has_text="Copied").wait_for()
        copied = watched.page.evaluate("navigator.clipboard.readText()")
        assert copied == watched.page.locator("#code-tag").inner_text()
        assert copied.startswith("<script async")


def test_the_sheet_of_a_phone_leads_to_every_page(opener: Opener) -> None:
    with opener.page(**POCKET) as watched:
        watched.open("/homeware/today")
        assert watched.page.locator(".nav a:visible").count() == 4
        watched.page.locator(".rest > summary").click()
        links = watched.page.locator(".rest .menu a:visible")
        assert links.count() == 12
        heights = [box["height"] for index in range(12) if (box := links.nth(index).bounding_box())]
        assert min(heights) >= 44
        watched.page.keyboard.press("Escape")
        assert watched.page.locator(".rest .menu a:visible").count() == 0


@pytest.mark.parametrize(("key", "title"), [("b", "Behaviour"), ("f", "Funnel"), ("h", "Paths"), ("x", "Experience"),
                                            ("l", "Live"), ("r", "Tracker")])  # fmt: skip
def test_two_keys_lead_to_a_page(opener: Opener, key: str, title: str) -> None:
    with opener.page() as watched:
        watched.open("/homeware/data")
        watched.page.keyboard.press("g")
        watched.page.keyboard.press(key)
        watched.page.wait_for_url(re.compile(f"/homeware/{title.lower()}"))
        assert watched.page.locator("h1").inner_text() == title


@pytest.mark.parametrize("page", ["behaviour", "funnel?step=1", "paths", "experience", "live", "tracker"])
def test_a_page_is_light(opener: Opener, page: str) -> None:
    with opener.page() as watched:
        weights: list[int] = []
        watched.page.on("response", lambda answer: weights.append(int(answer.headers.get("content-length", 0))))
        watched.open(f"/homeware/{page}")
        assert sum(weights) < 450_000


@pytest.mark.parametrize("page", ["behaviour", "funnel?by=device", "paths", "experience", "live", "tracker", "data"])
def test_a_page_works_without_javascript(opener: Opener, page: str) -> None:
    with opener.page(java_script_enabled=False) as watched:
        watched.page.goto(f"{watched.base}/homeware/{page}")
        assert watched.page.locator("h1").count() == 1
        assert watched.page.locator("main table, main .notice").count() >= 1
        assert watched.page.locator("[data-copy]:visible").count() == 0


@pytest.mark.parametrize("page", ["behaviour", "funnel", "funnel?step=1", "paths", "experience", "experience?view=loss",
                                  "experience?view=errors", "experience?view=friction", "live", "tracker"])  # fmt: skip
@pytest.mark.parametrize("shop", ["small", "empty"])
def test_a_real_shop_behind_the_guard(real: Opener, shop: str, page: str) -> None:
    with real.page() as watched:
        watched.open(f"/{shop}/{page}")
        assert watched.page.locator("h1").count() == 1
        assert watched.page.locator("main").inner_text()
        assert watched.overflow() == 0

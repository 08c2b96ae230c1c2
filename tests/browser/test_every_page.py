"""Every page, in both languages, on a desk and in a pocket, light and dark: whole, calm and quiet."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.conftest import DESKTOP, PHONE, Opener, Watched

pytestmark = pytest.mark.browser

PAGES = {
    "en": (
        "Today",
        "Explore",
        "Drivers",
        "Products",
        "Behaviour",
        "Funnel",
        "Paths",
        "Experience",
        "Live",
        "Data",
        "Tracker",
        "KPIs",
    ),
    "zh": (
        "今日",
        "指标探索",
        "驱动树",
        "商品",
        "访客行为",
        "漏斗",
        "路径",
        "体验",
        "实时",
        "数据",
        "跟踪代码",
        "指标目录",
    ),
}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}


def go_to(watched: Watched, name: str) -> None:
    """Click the page in the navigation; on a phone it may be behind "more"."""
    link = watched.page.locator(".nav").get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        watched.page.locator(".rest > summary").click()
        link = watched.page.locator(".rest").get_by_role("link", name=name, exact=True)
    link.click()


def here(watched: Watched) -> str:
    """The page that the navigation shows as open; on a phone "more" takes its name."""
    shown = watched.page.locator(".nav [aria-current=page]:visible, .rest > summary.here:visible")
    assert shown.count() == 1
    return shown.inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_walk_through_all_pages(opener: Opener, language: str, device: str, theme: str) -> None:
    with opener.page(locale=LOCALES[language], color_scheme=theme, **DEVICES[device]) as watched:
        watched.open("/homeware/today")
        for name in PAGES[language]:
            go_to(watched, name)
            watched.settle()
            assert watched.page.locator("h1").inner_text() == name
            assert here(watched).startswith(name)
            assert watched.overflow() == 0
            assert watched.page.locator("html").get_attribute("lang") == ("zh-Hans" if language == "zh" else "en")


@pytest.mark.parametrize("path", [
    "/homeware/today?window=365d&against=last-year-weekday",
    "/gifts/explore?kpi=sales&split=country",
    "/gifts/explore?kpi=sales&split=country&grain=day",
    "/gifts/explore?kpi=sales&grain=weekday",
    "/gifts/explore?kpi=visitors",
    "/gifts/explore?kpi=refund_rate&against=none",
    "/gifts/drivers?kpi=refund_rate",
    "/gifts/products?view=new&q=nothing+has+this+name",
    "/gifts/batches/b-20111209-061200",
    "/empty/today",
    "/empty/data",
    "/homeware/behaviour?window=90d",
    "/homeware/funnel?by=channel_group&step=2",
    "/homeware/paths?anchor=starting&at=page%3Ahome",
    "/homeware/live?as_of=2011-12-08T12%3A00%3A00",
    "/gifts/funnel",
    "/gifts/tracker",
    "/empty/experience",
    "/empty/tracker",
])  # fmt: skip
def test_a_page_fits_a_phone(opener: Opener, path: str) -> None:
    with opener.page(**DEVICES["phone"]) as watched:
        watched.open(path)
        assert watched.overflow() == 0
        size = watched.page.locator(".nav a").first.bounding_box()
        assert size
        assert size["height"] >= 44


def test_tiles_stand_two_by_two_on_a_phone(opener: Opener) -> None:
    with opener.page(**DEVICES["phone"]) as watched:
        watched.open("/gifts/today")
        boxes = [watched.page.locator(".tile").nth(index).bounding_box() for index in range(4)]
        assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"] == boxes[3]["y"]  # type: ignore[index]


def test_the_bar_is_a_sheet_on_a_phone(opener: Opener) -> None:
    with opener.page(**DEVICES["phone"]) as watched:
        watched.open("/gifts/today")
        watched.page.locator(".bar summary").first.click()
        sheet = watched.page.locator(".bar .panel:visible")
        box = sheet.bounding_box()
        assert box
        assert box["x"] == 0
        assert box["width"] == PHONE["width"]
        assert abs(box["y"] + box["height"] - PHONE["height"]) < 1
        sheet.get_by_role("link", name="Last 90 days").click()
        watched.settle()
        assert watched.path() == "/gifts/today?window=90d"


@pytest.mark.parametrize("path", ["today", "explore", "explore?kpi=orders&split=country", "drivers", "products",
                                  "data", "catalogue"])  # fmt: skip
@pytest.mark.parametrize("shop", ["small", "empty"])
def test_a_real_shop_behind_the_guard(real: Opener, shop: str, path: str) -> None:
    with real.page() as watched:
        watched.open(f"/{shop}/{path}")
        assert watched.page.locator("h1").count() == 1
        assert watched.page.locator("main").inner_text()
        assert watched.overflow() == 0


def test_the_policy_of_the_guard_lets_the_cockpit_live(real: Opener) -> None:
    with real.page() as watched:
        answer = watched.page.goto(f"{real.base}/small/today")
        assert answer
        headers = [(entry["name"].lower(), entry["value"]) for entry in answer.headers_array()]
        policies = [value for name, value in headers if name == "content-security-policy"]
        assert len(policies) == 1
        assert "script-src 'self'" in policies[0]


def test_names_of_a_real_shop_are_escaped(real: Opener) -> None:
    with real.page() as watched:
        watched.open("/small/products")
        assert "<b>" in watched.page.locator("main").inner_text()
        assert watched.page.locator("main b").count() == 0


def test_the_first_page_is_light(opener: Opener) -> None:
    with opener.page() as watched:
        weights: list[int] = []
        watched.page.on("response", lambda answer: weights.append(int(answer.headers.get("content-length", 0))))
        watched.open("/gifts/today")
        assert 100_000 < sum(weights) < 450_000


def test_paper_gets_the_numbers_without_the_frame(opener: Opener) -> None:
    with opener.page() as watched:
        watched.open("/gifts/today")
        watched.page.emulate_media(media="print")
        assert not watched.page.locator(".nav").is_visible()
        assert not watched.page.locator(".bar").is_visible()
        assert watched.page.locator(".tile").first.is_visible()

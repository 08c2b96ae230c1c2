"""The routes: pages, redirects, errors in words, headers, cookies, the palette."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from tests.web.conftest import Browser
from tests.web.fake_desk import HOSTILE, Card, FakeDesk

from zhanggui.basics.errors import OutsideError

BATCH = "b-20111209-061200"
PAGES = ("today", "explore", "drivers", "products", "data", "catalogue", f"batches/{BATCH}")


class Markup(HTMLParser):
    """Collects what the tests look at; checks that elements are closed in order."""

    VOID = frozenset({"meta", "link", "img", "input", "br", "path", "circle", "rect", "ellipse", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember."""
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of all elements of a tag."""
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("shop", ["gifts", "homeware"])
def test_every_page_is_whole_markup_in_both_languages(browser: Browser, shop: str, path: str, language: str) -> None:
    answer = browser.get(f"/{shop}/{path}?lang={language}")
    assert answer.status_code == 200
    markup = Markup(answer.text)
    assert markup.open == []
    assert markup.all("html")[0]["lang"] == ("zh-Hans" if language == "zh" else "en")
    ids = [attrs["id"] for _, attrs in markup.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert not [attrs for _, attrs in markup.tags if "style" in attrs]


@pytest.mark.parametrize("path", PAGES)
def test_fields_are_labelled_and_landmarks_named(browser: Browser, path: str) -> None:
    html = browser.get(f"/gifts/{path}").text
    assert html.count("<h1>") == 1
    assert html.count("<main") == 1
    for kind in ("select", "input"):
        for attrs in Markup(html).all(kind):
            if attrs.get("type") != "hidden":
                name = attrs.get("name") or attrs.get("aria-label") or attrs.get("id")
                assert name
    for table in re.findall(r"<table.*?</table>", html, re.S):
        assert "<caption" in table
        assert 'scope="col"' in table


@pytest.mark.parametrize("path", PAGES)
def test_data_cannot_become_markup(browser: Browser, path: str) -> None:
    html = browser.get(f"/gifts/{path}", params={"q": HOSTILE} if path == "catalogue" else None).text
    assert HOSTILE not in html
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    "query", [{"kpi": HOSTILE}, {"where": f"country={HOSTILE}"}, {"split": HOSTILE}, {"lang": HOSTILE}]
)
def test_addresses_cannot_become_markup(browser: Browser, query: dict[str, str]) -> None:
    assert "<script>alert" not in browser.get("/gifts/explore", params=query).text


def test_the_policy_is_strict_on_every_page(browser: Browser) -> None:
    policy = browser.get("/gifts/today").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_start_leads_to_the_first_shop_and_keeps_the_address(browser: Browser) -> None:
    answer = browser.get("/?lang=zh")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/gifts/today?lang=zh"
    assert browser.get("/homeware").headers["location"] == "/homeware/today"


def test_without_shops_the_start_says_how_to_get_one() -> None:
    answer = Browser(FakeDesk(cards=())).get("/")
    assert answer.status_code == 200
    assert "zhanggui demo" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/gifs/today", 404, "did you mean gifts?"),
        ("/robots.txt", 404, "No shop is called"),
        ("/gifts/todya", 404, "did you mean today?"),
        ("/gifts/batches", 404, "No page is called"),
        ("/gifts/today/more", 404, "No page is called"),
        ("/gifts/batches/b-0", 404, "No batch is called"),
        ("/gifts/explore?kpi=salse", 404, "did you mean sales"),
        ("/gifts/today?window=fortnight", 400, "is no window"),
        ("/gifts/today?from=2011-12-05&until=2011-12-01", 400, "choose a first day before the last"),
        ("/gifts/download.csv?page=explore&table=nothing", 404, "No table is called"),
        ("/gifts/download.csv?page=nowhere&table=answer", 404, "No page is called"),
        ("/gifts/download.pdf?page=explore&table=answer", 404, "No download is called"),
    ],
)
def test_an_error_is_a_page_in_words(browser: Browser, path: str, status: int, said: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == status
    assert said in answer.text.replace("&#39;", "'")
    assert "Traceback" not in answer.text
    assert Markup(answer.text).open == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/gifs/today?lang=zh", "没有叫 'gifs' 的店铺；是否指 gifts？"),
        ("/gifts/explore?kpi=salse&lang=zh", "没有叫 'salse' 的指标；是否指 sales"),
        ("/gifts/today?window=fortnight&lang=zh", "'fortnight' 不是时间段"),
        ("/gifts/today?from=2011-12-05&until=2011-12-01&lang=zh", "请让第一天早于最后一天"),
        ("/gifts/download.pdf?page=explore&table=answer&lang=zh", "没有叫 'pdf' 的下载格式"),
    ],
)
def test_an_error_is_a_page_in_the_language_of_the_page(browser: Browser, path: str, said: str) -> None:
    html = browser.get(path).text.replace("&#39;", "'")
    assert said in html
    assert "is called" not in html


def test_an_error_of_the_palette_is_in_the_language_of_the_reader(browser: Browser) -> None:
    told = browser.get("/gifs/palette.json", headers={"Accept-Language": "zh-CN"}).json()
    assert told["error"]["message"].startswith("没有叫 'gifs' 的店铺")


def test_an_error_inside_a_shop_keeps_its_navigation(browser: Browser) -> None:
    html = browser.get("/gifts/explore?kpi=salse").text
    assert 'href="/gifts/today"' in html
    assert 'role="alert"' in html


def test_a_broken_outside_is_an_error_page_too(desk: FakeDesk, browser: Browser) -> None:
    def broken(card: Card, params: object) -> None:
        raise OutsideError("The disk is full; free some space and try again.")

    desk._today = broken  # type: ignore[method-assign,assignment]
    answer = browser.get("/gifts/today")
    assert answer.status_code == 503
    assert "The disk is full" in answer.text


def test_a_simulated_shop_says_so_on_every_page(browser: Browser) -> None:
    for path in PAGES:
        assert "simulated" in browser.get(f"/homeware/{path}").text
        assert "CC BY 4.0" in browser.get(f"/gifts/{path}").text
    assert "模拟数据" in browser.get("/homeware/data?lang=zh").text


def test_every_page_says_how_fresh_the_data_are(browser: Browser) -> None:
    for path in PAGES:
        assert "Data up to 8 Dec 2011" in browser.get(f"/gifts/{path}").text
    assert "No data yet" in browser.get("/empty/data").text


def test_the_state_of_the_bar_goes_along_to_every_page(browser: Browser) -> None:
    html = browser.get("/gifts/today?window=90d&against=last-year&where=country%3DFrance&lang=en&theme=dark").text
    state = "window=90d&amp;against=last-year&amp;where=country%3DFrance&amp;lang=en&amp;theme=dark"
    for page in ("today", "explore", "drivers", "products", "data", "catalogue"):
        assert f'href="/gifts/{page}?{state}"' in html


def test_another_shop_gets_language_and_comparison_but_not_the_filter(browser: Browser) -> None:
    html = browser.get("/gifts/explore?against=last-year&where=country%3DFrance&lang=en&window=90d").text
    assert 'href="/homeware/explore?against=last-year&amp;lang=en"' in html


def test_a_filter_that_was_typed_in_moves_into_the_address(browser: Browser) -> None:
    answer = browser.get("/gifts/explore?kpi=aov&add_dim=country&add_value=New+Zealand&window=90d")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/gifts/explore?kpi=aov&window=90d&where=country%3DNew+Zealand"


def test_an_empty_filter_changes_nothing(browser: Browser) -> None:
    answer = browser.get("/gifts/explore?kpi=aov&add_dim=country&add_value=+")
    assert answer.headers["location"] == "/gifts/explore?kpi=aov"


def test_a_filter_can_be_taken_off(browser: Browser) -> None:
    html = browser.get("/gifts/explore?kpi=aov&where=country%3DFrance").text
    assert "Country: France" in html
    assert '<a class="chip" href="/gifts/explore?kpi=aov"' in html


def test_language_and_theme_are_remembered_in_cookies(browser: Browser) -> None:
    answer = browser.get("/gifts/today?lang=zh&theme=dark")
    cookies = answer.headers.get_list("set-cookie")
    assert any(cookie.startswith("zg_lang=zh") and "HttpOnly" in cookie for cookie in cookies)
    assert any(cookie.startswith("zg_theme=dark") for cookie in cookies)
    later = browser.get("/gifts/today", headers={"cookie": "zg_lang=zh; zg_theme=dark"})
    assert 'lang="zh-Hans" data-theme="dark"' in later.text
    assert "set-cookie" not in browser.get("/gifts/today?lang=xx").headers


def test_the_palette_has_pages_measurable_kpis_and_other_shops(browser: Browser) -> None:
    found = json.loads(browser.get("/gifts/palette.json?window=90d").text)
    texts = {entry["text"]: entry for entry in found}
    assert texts["Today"]["href"] == "/gifts/today?window=90d"
    assert texts["Sales"]["href"] == "/gifts/explore?kpi=sales&window=90d"
    assert "销售额" in texts["Sales"]["more"]
    assert "Visitors" not in texts
    assert "Homeware" in texts
    assert browser.get("/nowhere/palette.json").status_code == 404


def test_values_to_filter_by_are_the_biggest_of_the_window(desk: FakeDesk, browser: Browser) -> None:
    found = browser.get("/gifts/values.json?dim=country").json()
    assert found[0] == "United Kingdom"
    assert "(none)" in found
    assert desk.asked("kpi")[0]["from"] == "2011-11-11"
    assert browser.get("/gifts/values.json?dim=weather").json() == []


def test_charts_travel_as_data_beside_their_table(browser: Browser) -> None:
    html = browser.get("/gifts/explore").text
    data = re.search(r'<script type="application/json" class="chart-data" data-for="answer">(.*?)</script>', html)
    assert data
    assert json.loads(data[1])["series"][0]["role"] == "main"
    assert '<details class="as-table">' in html


def test_an_empty_shop_is_served_without_a_window(browser: Browser) -> None:
    for path in PAGES[:-1]:
        assert browser.get(f"/empty/{path}").status_code == 200

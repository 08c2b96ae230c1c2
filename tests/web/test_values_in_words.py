"""Values on pages: words in the reader's language, the value itself in addresses and files."""

from __future__ import annotations

import csv
import io
import re
from html import escape, unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.web.conftest import Browser, context_of
from tests.web.fake_desk import HOSTILE, FakeDesk

from zhanggui.loop.values import vocabulary
from zhanggui.web.blocks import Table, tables_of
from zhanggui.web.buckets import bucket_text
from zhanggui.web.cockpit import all_pages

SHOWN = re.compile(r">([^<>]+)<")


def table(page: str, key: str, query: str) -> Table:
    context = context_of(page, query, shop="homeware")
    return tables_of(tuple(context.page.blocks(context)))[key]


def first(found: Table) -> list[str]:
    return [row.cells[0].text for row in found.rows]


def texts_of(html: str) -> list[str]:
    body = re.sub(r"<(script|style|details class=\"how)[^>]*>.*?</(script|style|details)>", "", html, flags=re.DOTALL)
    return [unescape(text).strip() for text in SHOWN.findall(body)]


@pytest.mark.parametrize(
    ("page", "key", "query", "english", "chinese"),
    [
        ("behaviour", "devices", "", ["Mobile", "Desktop", "Tablet"], ["手机", "电脑", "平板"]),
        ("behaviour", "visitor-types", "", ["New", "Returning"], ["新访客", "回访客"]),
        ("behaviour", "channels", "", ["Organic Search", "Paid Search"], ["自然搜索", "付费搜索"]),
        ("behaviour", "landing", "", ["Home page", "Product page"], ["首页", "商品页"]),
        ("funnel", "segments", "by=device", ["Mobile", "Desktop", "Tablet"], ["手机", "电脑", "平板"]),
        ("funnel", "steps", "", ["Product view", "Add to cart"], ["浏览商品", "加入购物车"]),
        ("experience", "by-device", "", ["Mobile", "(none)"], ["手机", "（无）"]),
        ("experience", "stuck-devices", "view=friction", ["Mobile"], ["手机"]),
    ],
)
def test_a_table_names_values_in_both_languages(
    page: str, key: str, query: str, english: list[str], chinese: list[str]
) -> None:
    assert first(table(page, key, query))[: len(english)] == english
    assert first(table(page, key, f"{query}&lang=zh"))[: len(chinese)] == chinese


def test_sources_are_named_where_they_are_no_names() -> None:
    found = [text.split(" / ")[0] for text in first(table("behaviour", "sources", "lang=zh"))]
    assert {"google", "（直接访问）", "小红书", "（无）"} >= set(found)
    assert "（直接访问）" in found


def test_links_and_files_keep_the_value_itself(browser: Browser) -> None:
    row = table("behaviour", "devices", "lang=zh").rows[0]
    assert (row.cells[0].text, row.cells[0].raw) == ("手机", "mobile")
    assert ("where", "device=mobile") in parse_qsl(urlsplit(row.cells[0].href).query)
    file = browser.get("/homeware/download.csv?page=behaviour&table=devices&lang=zh").content.decode("utf-8-sig")
    assert [line[0] for line in csv.reader(io.StringIO(file))][1:] == ["mobile", "desktop", "tablet"]
    missing = browser.get("/homeware/download.csv?page=behaviour&table=sources&lang=zh").content.decode("utf-8-sig")
    assert any(line.startswith("(direct) / ") for line in missing.splitlines())


def test_a_path_in_a_file_is_made_of_the_values_themselves(browser: Browser) -> None:
    shown = table("paths", "paths", "lang=zh").rows[0].cells[0]
    assert "→" in shown.text
    assert re.search(r"[\u4e00-\u9fff]", shown.text)
    assert not re.search(r"[\u4e00-\u9fff]", str(shown.raw))


@pytest.mark.parametrize(
    "query", ["split=device", "split=channel_group", "split=visitor_type", "grain=day&split=device"]
)
def test_the_explorer_names_groups_in_chinese(browser: Browser, query: str) -> None:
    html = browser.get(f"/homeware/explore?kpi=sessions&{query}&lang=zh").text
    dim = query.rsplit("=", 1)[1]
    raw = set(vocabulary(dim))
    assert not raw & set(texts_of(html))
    assert {words.zh for words in vocabulary(dim).values()} & set(texts_of(html))


@pytest.mark.parametrize("page", ["behaviour", "funnel?by=device", "funnel?step=1", "paths", "experience", "live"])
def test_no_page_about_visits_shows_a_raw_value_in_chinese(browser: Browser, page: str) -> None:
    html = browser.get(f"/homeware/{page}{'&' if '?' in page else '?'}lang=zh&as_of=2011-12-08T12:00:00").text
    raw = {
        value
        for kind in ("device", "visitor_type", "page_type", "event", "channel_group")
        for value in vocabulary(kind)
    }
    assert not raw & set(texts_of(html))


def test_a_filter_is_named_in_the_bar_and_kept_in_its_address(browser: Browser) -> None:
    html = browser.get("/homeware/behaviour?where=device%3Dmobile&where=brand%3Dmobile&lang=zh").text
    assert "设备: 手机" in html
    assert re.search(r"[^ ]+: mobile", html)
    assert "where=device%3Dmobile" in html


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("手机", "device=mobile"), ("Mobile", "device=mobile"), ("mobile", "device=mobile"), ("（无）", "device=(none)"),
     ("watch", "device=watch"), (HOSTILE, f"device={HOSTILE}")],
)  # fmt: skip
def test_a_filter_may_be_typed_in_words(browser: Browser, typed: str, meant: str) -> None:
    answer = browser.get("/homeware/behaviour", params={"add_dim": "device", "add_value": typed})
    assert ("where", meant) in parse_qsl(urlsplit(answer.headers["location"]).query)


def test_a_value_of_the_shop_comes_before_the_words_of_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhanggui.web.cockpit.values", lambda context, dim: ["Mobile", "mobile"])
    answer = Browser(FakeDesk()).get("/homeware/behaviour", params={"add_dim": "device", "add_value": "Mobile"})
    assert ("where", "device=Mobile") in parse_qsl(urlsplit(answer.headers["location"]).query)


def test_values_without_words_are_shown_as_they_are_and_escaped(browser: Browser) -> None:
    html = browser.get("/homeware/behaviour?lang=zh").text
    assert HOSTILE not in html
    assert escape(HOSTILE, quote=False)[:12] in html


def test_times_are_written_as_before() -> None:
    english, chinese = context_of("today"), context_of("today", "lang=zh")
    assert [bucket_text(1, "weekday", context) for context in (english, chinese)] == ["Monday", "星期一"]
    assert [bucket_text(None, dim, chinese) for dim in ("hour", "weekday", "day", "device")] == ["（无）"] * 4
    assert bucket_text(9, "hour", english) == "09:00"
    assert "today" in all_pages()

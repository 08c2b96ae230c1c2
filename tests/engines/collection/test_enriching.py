"""What an event leaves open is filled from what came with it; what it says stays; nothing personal stays."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.engines.collection import Entry, Event
from zhanggui.engines.collection.enriching import clean_address, enrich, true_time

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
SPIDER = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"


def enriched(entry: dict[str, Any] | None = None, **columns: Any) -> Event:
    """One event after enrichment, sent by an iPhone in Germany."""
    given: dict[str, Any] = {"event_id": "e", "occurred_at": NOON, "visitor_id": "v", "event": "page_view", **columns}
    event = Event(**given)
    about: dict[str, Any] = {"user_agent": IPHONE, "country": "DE", **(entry or {})}
    enrich(Entry(received_at=NOON, events=b"[]", accepted=1, **about), [event])
    return event


def test_tags_of_the_address_say_the_source() -> None:
    event = enriched(page_url="https://tea.example/?utm_source=News&utm_medium=email&utm_campaign=May")
    assert (event.source, event.medium, event.campaign_id) == ("news", "email", "May")


def test_the_referrer_says_the_source_where_no_tag_does() -> None:
    event = enriched(page_url="https://tea.example/", referrer="https://www.baidu.com/")
    assert (event.source, event.medium) == ("baidu", "organic")


def test_a_page_of_the_own_site_before_it_is_no_source() -> None:
    event = enriched(page_url="https://tea.example/cart", referrer="https://tea.example/")
    assert (event.source, event.medium) == ("(direct)", "(none)")


def test_without_any_address_the_source_stays_unknown() -> None:
    assert enriched().source is None


def test_the_agent_says_device_system_and_browser() -> None:
    event = enriched()
    assert (event.device, event.os, event.browser, event.is_bot) == ("mobile", "iOS", "Safari", None)


def test_a_robot_is_marked() -> None:
    event = enriched({"user_agent": SPIDER})
    assert (event.is_bot, event.device) == (True, "bot")
    assert enriched({"user_agent": SPIDER}, is_bot=False).is_bot is False


def test_the_country_is_that_of_the_header_else_of_the_time_zone() -> None:
    assert enriched(timezone="Asia/Shanghai").country == "DE"
    assert enriched({"country": ""}, timezone="Asia/Shanghai").country == "CN"
    assert enriched({"country": ""}).country is None


def test_a_server_that_reports_says_nothing_of_the_visitor() -> None:
    event = enriched({"user_agent": "python-requests/2.32.0"}, timezone="Asia/Shanghai")
    assert (event.device, event.os, event.browser, event.country) == (None, None, None, "CN")


SAID: dict[str, Any] = {
    "source": "own", "medium": "own", "campaign_id": "own", "device": "tv", "os": "own", "browser": "own",
    "country": "FR", "is_bot": False,
}  # fmt: skip


@pytest.mark.parametrize("column", SAID)
def test_what_the_event_says_is_kept(column: str) -> None:
    event = enriched(page_url="https://tea.example/?utm_source=n&utm_medium=m&utm_campaign=c", **{column: SAID[column]})
    assert getattr(event, column) == SAID[column]


@pytest.mark.parametrize("column", ["source", "medium"])
def test_a_source_that_is_said_is_not_mixed_with_another_one(column: str) -> None:
    said: dict[str, Any] = {column: "own"}
    event = enriched(page_url="https://tea.example/?utm_source=n&utm_medium=m", **said)
    assert {event.source, event.medium} == {"own", None}


def test_enriching_twice_changes_nothing_more() -> None:
    event = enriched(page_url="https://tea.example/?utm_source=n&a=b", referrer="https://www.google.com/")
    again = copy.copy(event)
    enrich(Entry(NOON, b"[]", 1, (), IPHONE, "DE"), [again])
    assert again == event


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(timedelta(0), timedelta(0), id="a right clock"),
        pytest.param(timedelta(seconds=-59), timedelta(0), id="a slow request"),
        pytest.param(timedelta(hours=-8), timedelta(hours=8), id="a clock eight hours behind"),
        pytest.param(timedelta(days=400), timedelta(days=-400), id="a clock a year ahead"),
    ],
)
def test_a_clock_that_is_wrong_by_more_than_a_minute_is_put_right(sent: timedelta, expected: timedelta) -> None:
    happened = NOON + sent - timedelta(seconds=5)
    assert true_time(happened, NOON + sent, NOON) == happened + expected


def test_an_event_that_waited_offline_keeps_its_time() -> None:
    yesterday = NOON - timedelta(days=1)
    assert true_time(yesterday, NOON, NOON) == yesterday


def test_nothing_happens_after_it_is_received() -> None:
    assert true_time(NOON + timedelta(hours=3), NOON + timedelta(hours=2), NOON) == NOON


def test_a_time_that_would_fall_before_1990_stays() -> None:
    happened, sent = datetime(1990, 1, 2, tzinfo=UTC), NOON + timedelta(days=700)
    assert true_time(happened, sent, NOON) == happened


def moments(first_year: int, last_year: int) -> st.SearchStrategy[datetime]:
    """Times from one year to another, to the second."""
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (first_year, last_year))
    return st.integers(0, int((last - first).total_seconds())).map(lambda n: first + timedelta(seconds=n))


@given(moments(1990, 2028), st.none() | moments(1990, 2028), moments(2026, 2027))
def test_any_time_comes_out_as_one_that_the_warehouse_believes(
    happened: datetime, sent: datetime | None, received: datetime
) -> None:
    found = true_time(happened, sent, received)
    assert datetime(1990, 1, 1, tzinfo=UTC) <= found <= max(happened, received)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://tea.example/p/1", "https://tea.example/p/1"),
        ("https://tea.example/?utm_source=a&x=1&gclid=Z", "https://tea.example/?utm_source=a&gclid=Z"),
        ("https://tea.example/s?q=绿茶&page=2", "https://tea.example/s?q=绿茶"),
        ("https://tea.example/s?wd=%E7%BB%BF", "https://tea.example/s?wd=%E7%BB%BF"),
        ("https://tea.example/#/cart?token=1", "https://tea.example/#/cart"),
        ("https://tea.example/#access_token=1", "https://tea.example/"),
        ("https://ann:secret@tea.example/", "https://tea.example/"),
        ("https://tea.example/u/ann@mail.example/x", "https://tea.example/u/(redacted)/x"),
        ("https://tea.example/u/ann%40mail.example", "https://tea.example/u/(redacted)"),
        ("https://tea.example/?q=ann@mail.example", "https://tea.example/"),
        ("https://tea.example/?utm_source=ann%40mail.example", "https://tea.example/"),
        ("/cart?session=1", "/cart"),
        ("http://[half?token=1", "http://[half"),
        ("https://tea.example/<script>alert(1)</script>", "https://tea.example/<script>alert(1)</script>"),
    ],
)
def test_an_address_loses_what_may_be_personal(address: str, expected: str) -> None:
    assert clean_address(address) == expected


@given(st.text(max_size=80))
def test_any_text_can_be_cleaned_and_is_clean_then(text: str) -> None:
    once = clean_address("https://tea.example/" + text)
    assert clean_address(once) == once

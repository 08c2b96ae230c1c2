"""Wrong numbers of behaviour KPIs that were found once, each by its name; never weakened."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from fixture.filling import refill

from zhanggui.basics.periods import Window
from zhanggui.metrics.answering import answer
from zhanggui.metrics.question import Answer, Question
from zhanggui.store.opened import OpenShop

MONDAY = Window(date(2026, 1, 5), date(2026, 1, 6))
TWO_DAYS = Window(date(2026, 1, 5), date(2026, 1, 7))


def event(number: int, kind: str, hour: int = 12, **columns: Any) -> dict[str, Any]:
    at = datetime(2026, 1, 5, hour, number, tzinfo=UTC)
    given = {"event_id": str(number), "occurred_at": at, "visitor_id": "v", "session_id": "s", "event": kind}
    return given | columns


def ask(shop: OpenShop, name: str, window: Window = MONDAY, **question: Any) -> Answer:
    return answer(shop, Question((name,), window=window, **question))


def by_key(found: Answer, name: str) -> dict[Any, float | None]:
    return {tuple(row.keys.values()): row.cells[name].value for row in found.rows}


def test_a_session_with_two_products_of_a_category_counts_once_there(blank_shop: OpenShop) -> None:
    products = [{"product_id": "a", "category": "Home > Cups"}, {"product_id": "b", "category": "Home > Pans"}]
    events = [event(1, "view_item", product_id="a"), event(2, "view_item", product_id="b")]
    refill(blank_shop, {"products": products, "events": events})
    found = ask(blank_shop, "sessions", by=("category_1",))
    assert by_key(found, "sessions") == {("Home",): 1}
    assert found.total["sessions"].value == 1


def test_sessions_by_page_type_may_add_up_to_more_than_the_total(blank_shop: OpenShop) -> None:
    events = [event(1, "page_view", page_type="home"), event(2, "page_view", page_type="item")]
    refill(blank_shop, {"events": events})
    found = ask(blank_shop, "sessions", by=("page_type",))
    assert by_key(found, "sessions") == {("home",): 1, ("item",): 1}
    assert found.total["sessions"].value == 1


def test_a_session_filtered_to_two_page_types_counts_once(blank_shop: OpenShop) -> None:
    events = [event(1, "page_view", page_type="home"), event(2, "page_view"), event(3, "page_view", page_type="item")]
    refill(blank_shop, {"events": events})
    where = (("page_type", "home"), ("page_type", "(none)"))
    assert ask(blank_shop, "sessions", where=where).total["sessions"].value == 1
    assert ask(blank_shop, "page_views", where=where).total["page_views"].value == 2


def test_an_event_without_a_session_keeps_its_own_source_when_its_visitor_was_in_no_other(blank_shop: OpenShop) -> None:
    loose = event(1, "search", session_id=None, visitor_id="w", source="baidu", result_count=0)
    refill(blank_shop, {"events": [loose, event(2, "search", result_count=1)]})
    assert by_key(ask(blank_shop, "search_zero_rate", by=("source",)), "search_zero_rate") == {
        ("baidu",): 1,
        (None,): 0,
    }


def test_an_event_without_a_session_belongs_to_the_one_its_visitor_is_in(blank_shop: OpenShop) -> None:
    loose = event(3, "purchase", session_id=None)
    refill(blank_shop, {"events": [event(2, "page_view", source="baidu"), loose]})
    assert ask(blank_shop, "sessions").total["sessions"].value == 1
    assert by_key(ask(blank_shop, "conversion_rate", by=("source",)), "conversion_rate") == {("baidu",): 1}


def test_a_session_of_both_tables_counts_once_though_its_events_came_after_midnight(blank_shop: OpenShop) -> None:
    late = datetime(2026, 1, 5, 23, 59, tzinfo=UTC)
    row = event(1, "page_view") | {"occurred_at": datetime(2026, 1, 6, 0, 1, tzinfo=UTC)}
    refill(blank_shop, {"sessions": [{"session_id": "s", "visitor_id": "v", "started_at": late}], "events": [row]})
    found = ask(blank_shop, "sessions", TWO_DAYS, by=("day",))
    assert by_key(found, "sessions") == {("2026-01-05",): 1}


def test_other_sessions_are_those_with_an_event_outside_the_top_values(blank_shop: OpenShop) -> None:
    events = [
        event(1, "page_view", page_type="home"),
        event(2, "page_view", page_type="item"),
        event(3, "page_view", page_type="cart"),
        event(4, "page_view", session_id="t", page_type="home"),
    ]
    refill(blank_shop, {"events": events})
    rows = ask(blank_shop, "sessions", by=("page_type",), top=1).rows
    assert [(row.keys["page_type"], row.cells["sessions"].value, row.others) for row in rows] == [
        ("home", 2, False),
        (None, 1, True),
    ]

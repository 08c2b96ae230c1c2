"""Errors and searches without result, against plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from tests.engines.experience.conftest import WINDOW

from zhanggui.engines.experience import ExperienceQuery, experience
from zhanggui.metrics import Question, answer


def bought(steps):
    return any(step["event"] == "purchase" for step in steps)


@pytest.fixture(scope="module")
def now(visits):
    return experience(visits.shop, ExperienceQuery(WINDOW)).now


def test_errors_are_counted_by_address_and_kind_of_page(now, visits):
    events, sessions = Counter(), defaultdict(set)
    for key, steps in visits.sessions.items():
        for step in steps:
            if step["event"] == "error":
                events[step["page_url"], step["page_type"]] += 1
                sessions[step["page_url"], step["page_type"]].add(key)
    assert {(page.page_url, page.page_type): page.events for page in now.errors.pages} == events
    for page in now.errors.pages:
        mine = sessions[page.page_url, page.page_type]
        assert (page.sessions, page.bought) == (len(mine), sum(bought(visits.sessions[key]) for key in mine))
    assert now.errors.addresses == len(events)
    assert now.errors.events == sum(events.values())


def test_conversion_is_told_with_and_without_an_error(now, visits):
    sides = ([], [])
    for steps in visits.sessions.values():
        sides[any(step["event"] == "error" for step in steps)].append(bought(steps))
    assert (now.errors.sessions, now.errors.met) == (len(visits.sessions), len(sides[1]))
    assert now.errors.conversion_with == pytest.approx(sum(sides[1]) / len(sides[1]))
    assert now.errors.conversion_without == pytest.approx(sum(sides[0]) / len(sides[0]))


def acts_after(steps, at):
    """Whether the visitor did anything after ``at`` but look on at search results that are empty."""
    for step in steps:
        if step["occurred_at"] <= at or step["event"] in ("web_vitals", "error"):
            continue
        empty = step["event"] == "search" and step["result_count"] == 0
        looking = step["event"] in ("page_view", "view_item_list") and step["page_type"] == "search"
        if not empty and not looking:
            return True
    return False


def test_searches_without_result_tell_their_words_and_who_left(now, visits):
    searches, sessions, left = Counter(), defaultdict(set), defaultdict(set)
    for key, steps in visits.sessions.items():
        for step in steps:
            if step["event"] == "search" and step["result_count"] == 0:
                query = step["query"].strip().lower()
                searches[query] += 1
                sessions[query].add(key)
                if not acts_after(steps, step["occurred_at"]):
                    left[query].add(key)
    assert {query.query: query.searches for query in now.searches.queries} == searches
    for query in now.searches.queries:
        assert (query.sessions, query.left) == (len(sessions[query.query]), len(left[query.query]))
        assert query.bought == sum(bought(visits.sessions[key]) for key in sessions[query.query])
    assert now.searches.distinct == len(searches)
    assert now.searches.sessions_left == len(set().union(*left.values()))
    assert now.searches.sessions_left > 0


def test_searches_and_conversion_with_and_without_results(now, visits):
    found = [[step for step in steps if step["event"] == "search"] for steps in visits.sessions.values()]
    searched = [(each, bought(steps)) for each, steps in zip(found, visits.sessions.values(), strict=True) if each]
    lacked = [done for each, done in searched if any(step["result_count"] == 0 for step in each)]
    assert now.searches.searches == sum(map(len, found))
    assert now.searches.without_result == sum(step["result_count"] == 0 for each in found for step in each)
    assert (now.searches.sessions, now.searches.sessions_without) == (len(searched), len(lacked))
    assert now.searches.conversion_without == pytest.approx(sum(lacked) / len(lacked))


def test_the_rate_is_that_of_the_kpi_where_no_session_crosses_the_window(shop_of, moment):
    events = [
        {"event_id": str(n), "occurred_at": moment(13, n % 5), "visitor_id": f"v{n}", "session_id": f"s{n}"}
        | {"event": "search", "query": "a", "result_count": 0 if n % 3 == 0 else n}
        for n in range(10)
    ]
    shop = shop_of(events=events)
    rate = experience(shop, ExperienceQuery(WINDOW)).now.searches.rate
    cell = answer(shop, Question(("search_zero_rate",), window=WINDOW)).total["search_zero_rate"]
    assert rate == pytest.approx(cell.value) == pytest.approx(0.4)


def test_searches_that_find_nothing_lack_what_the_others_buy(shop_of, moment):
    events = []
    for n in range(120):
        same = {"visitor_id": f"v{n}", "session_id": f"s{n}", "device": "mobile"}
        search = {"event_id": f"a{n}", "event": "search", "query": "绿茶", "result_count": 0 if n >= 80 else 5}
        events.append(same | search | {"occurred_at": moment(13, 8)})
        if n < 40:
            events.append(same | {"event_id": f"b{n}", "event": "purchase", "occurred_at": moment(13, 9)})
    searches = experience(shop_of(events=events), ExperienceQuery(WINDOW)).now.searches
    assert (searches.conversion_found, searches.conversion_without, searches.sessions_left) == (0.5, 0, 40)
    assert searches.loss.orders == pytest.approx(20)
    assert searches.loss.orders_low > 0
    assert "association" in searches.loss.words.en
    assert searches.to_json()["queries"][0] == {
        "query": "绿茶", "searches": 40, "sessions": 40, "left": 40, "bought": 0,
    }  # fmt: skip


def test_searches_that_all_find_something_list_no_words(shop_of, moment):
    event = {"event_id": "1", "occurred_at": moment(13), "visitor_id": "v", "session_id": "s", "event": "search"}
    searches = experience(
        shop_of(events=[event | {"query": "a", "result_count": 3}]), ExperienceQuery(WINDOW)
    ).now.searches
    assert (searches.rate, searches.queries, searches.sessions_left, searches.loss) == (0, (), 0, None)

"""Load times, web vitals and devices, against plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from tests.engines.experience.conftest import WINDOW, ZONE

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.engines.experience import ExperienceQuery, experience
from zhanggui.engines.experience.types import MEASURES, PageGroup, Spread


def quantile(values: Sequence[float], share: float) -> float:
    """Interpolated between the two nearest, as percentile_cont."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def pages_of(visits):
    """Page views and vitals of the sessions of the window, with the dimensions of the answer."""
    for steps in visits.sessions.values():
        for step in steps:
            if step["event"] in ("page_view", "web_vitals"):
                yield step | {"hour": step["occurred_at"].astimezone(ZoneInfo(ZONE)).hour}


@pytest.fixture(scope="module")
def found(visits):
    """The whole answer."""
    return experience(visits.shop, ExperienceQuery(WINDOW))


def check(group: PageGroup, pages: Sequence[dict], slow_ms: float = 2500) -> None:
    """Every number of ``group`` is that of ``pages``."""
    assert group.views == sum(page["event"] == "page_view" for page in pages)
    loads = [page["load_ms"] for page in pages if page.get("load_ms") is not None]
    assert (group.loads, group.slow) == (len(loads), sum(load > slow_ms for load in loads))
    for name in MEASURES:
        values = [page[name] for page in pages if page.get(name) is not None]
        if not values:
            assert name not in group.measures
            continue
        spread = group.measures[name]
        expected = [quantile(values, share) for share in (0.5, 0.75, 0.95)]
        assert [spread.p50, spread.p75, spread.p95] == pytest.approx(expected)


def test_all_pages_have_the_percentiles_of_plain_python(found, visits):
    pages = list(pages_of(visits))
    assert len(pages) > 200
    check(found.now.overall, pages)


@pytest.mark.parametrize("name", ["page_type", "device", "country", "hour"])
def test_every_group_has_the_percentiles_of_plain_python(found, visits, name):
    pages = list(pages_of(visits))
    groups = found.now.by[name]
    assert {group.key for group in groups} == {page[name] for page in pages}
    assert len(groups) == len({group.key for group in groups})
    for group in groups:
        check(group, [page for page in pages if page[name] == group.key])


def test_hours_come_in_order_and_other_groups_by_views(found):
    hours = [group.key for group in found.now.by["hour"]]
    assert hours == sorted(hours)
    views = [group.views for group in found.now.by["page_type"]]
    assert views == sorted(views, reverse=True)


def test_a_session_over_midnight_belongs_to_the_day_on_which_it_began(visits):
    day = Window(date(2026, 1, 13), date(2026, 1, 14))
    mine = [
        steps
        for steps in visits.sessions.values()
        if steps[0]["occurred_at"].astimezone(ZoneInfo(ZONE)).date() == day.from_
    ]
    views = sum(step["event"] == "page_view" for steps in mine for step in steps)
    assert experience(visits.shop, ExperienceQuery(day)).now.overall.views == views


@pytest.mark.parametrize(
    ("where", "keeps"),
    [
        ((("device", "mobile"),), lambda step: step["device"] == "mobile"),
        ((("device", "(none)"), ("device", "desktop")), lambda step: step["device"] != "mobile"),
        ((("country", "US"), ("source", "baidu")), lambda step: (step["country"], step["source"]) == ("US", "baidu")),
        ((("page_type", "cart"),), lambda step: step["page_type"] == "cart"),
        ((("page_type", "(none)"),), lambda step: step["page_type"] is None),
        ((("source", "'; DROP TABLE events; --"),), lambda _: False),
    ],
    ids=["one value", "a value or none", "two dimensions", "kind of page", "unknown kind of page", "sql"],
)
def test_filters_keep_the_sessions_or_pages_that_fit(visits, where, keeps):
    pages = [page for page in pages_of(visits) if keeps(page)]
    overall = experience(visits.shop, ExperienceQuery(WINDOW, where=where)).now.overall
    if not pages:
        assert overall is None
    else:
        check(overall, pages)


def test_new_and_returning_visitors_make_up_all(visits):
    parts = [
        experience(visits.shop, ExperienceQuery(WINDOW, where=(("visitor_type", kind),))).now.overall.views
        for kind in ("new", "returning")
    ]
    assert sum(parts) == experience(visits.shop, ExperienceQuery(WINDOW)).now.overall.views


def test_devices_have_the_conversion_of_their_sessions(found, visits):
    for row in found.now.devices:
        mine = [steps for steps in visits.sessions.values() if steps[0]["device"] == row.device]
        bought = sum(any(step["event"] == "purchase" for step in steps) for steps in mine)
        assert (row.sessions, row.conversion) == (len(mine), pytest.approx(bought / len(mine)))
        assert row.low <= row.conversion <= row.high
        loads = [page["load_ms"] for page in pages_of(visits) if page["device"] == row.device and page.get("load_ms")]
        assert row.load_p75 == pytest.approx(quantile(loads, 0.75))


def test_the_comparison_is_the_answer_of_the_other_window(visits):
    later = experience(visits.shop, ExperienceQuery(WINDOW, against="2026-01-10..2026-01-12"))
    alone = experience(visits.shop, ExperienceQuery(Window(date(2026, 1, 10), date(2026, 1, 12))))
    assert later.before == alone.now
    assert later.to_json()["against"]["window"] == {"from": "2026-01-10", "to": "2026-01-12"}
    assert "compared with" in later.words.en


def group(**p75: float) -> PageGroup:
    return PageGroup("item", 1, 1, 0, {name: Spread(0, value, value) for name, value in p75.items()})


@pytest.mark.parametrize(
    ("measures", "rating"),
    [
        ({"lcp_ms": 2500, "inp_ms": 200, "cls": 0.1}, "good"),
        ({"lcp_ms": 2501, "inp_ms": 200, "cls": 0.1}, "needs improvement"),
        ({"lcp_ms": 100, "inp_ms": 501, "cls": 0.1}, "poor"),
        ({"lcp_ms": 100, "cls": 0.26}, "poor"),
        ({"lcp_ms": 100, "load_ms": 9000, "ttfb_ms": 9000}, "good"),
        ({"load_ms": 4001}, "poor"),
        ({"ttfb_ms": 10}, None),
        ({}, None),
    ],
)
def test_the_rating_is_that_of_the_worst_core_vital(measures, rating):
    assert group(**measures).rating == rating


def test_a_shop_with_daily_aggregates_only_tells_devices_and_says_what_it_lacks(shop_of):
    row = {"day": "2026-01-13", "source": "", "medium": "", "campaign_id": "", "country": "", "region": ""}
    counts = {"sessions": 100, "visitors": 90, "page_views": 300, "add_to_carts": 9, "checkouts": 5, "purchases": 4}
    shop = shop_of(traffic_daily=[row | counts | {"device": "mobile"}])
    found = experience(shop, ExperienceQuery(WINDOW, against="previous"))
    assert [(row.device, row.sessions, row.conversion) for row in found.now.devices] == [("mobile", 100, 0.04)]
    assert found.not_measurable["overall"].en == "needs events"
    document = found.to_json("zh")
    assert (document["overall"], document["loss"], document["searches"]) == (None, None, None)
    assert document["not_measurable"]["bands"] == "需要 events.load_ms"
    assert document["words"]["zh"]


def test_events_without_any_measure_say_which_are_missing(shop_of, moment):
    event = {"event_id": "1", "occurred_at": moment(13), "visitor_id": "v", "session_id": "s", "event": "page_view"}
    found = experience(shop_of(events=[event]), ExperienceQuery(WINDOW))
    assert (found.now.overall.views, found.now.overall.measures, found.now.overall.slow_share) == (1, {}, None)
    assert {"load_ms", "lcp_ms", "bands", "loss", "searches", "money"} <= set(found.not_measurable)
    assert "No page" in found.words.en


def test_a_window_without_visits_has_no_pages(visits):
    empty = experience(visits.shop, ExperienceQuery(Window(date(2020, 1, 1), date(2020, 1, 2))))
    document = empty.to_json()
    assert (document["overall"], document["by_hour"], document["bands"], document["searches"]) == (None, [], [], None)
    assert document["error_sessions"]["share"] is None


def test_a_shop_that_knows_no_visits_says_so(shop_of):
    with pytest.raises(NotMeasurable, match="tracker"):
        experience(shop_of(), ExperienceQuery(WINDOW))


@pytest.mark.parametrize("limit", [0, -5, 1e9, float("inf")])
def test_a_limit_of_slowness_that_makes_no_sense_is_refused(visits, limit):
    with pytest.raises(DefinitionError, match="slow-ms"):
        experience(visits.shop, ExperienceQuery(WINDOW, slow_ms=limit))


def test_an_unknown_filter_suggests_near_ones(visits):
    with pytest.raises(UnknownNameError, match="device"):
        experience(visits.shop, ExperienceQuery(WINDOW, where=(("devise", "x"),)))

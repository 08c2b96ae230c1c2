"""Who left at a step, checked by hand on a small shop and by its laws."""

from __future__ import annotations

from datetime import date

import pytest

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.engines.behaviour import FunnelQuery, LeaverQuery, funnel, leavers

WEEK = Window(date(2026, 1, 5), date(2026, 1, 12))
STEPS = ("view_item", "add_to_cart", "purchase")


@pytest.fixture(scope="module")
def shop(fill, minute, visits_from_steps):
    """100 sessions see an item; phones: 10 of 50 add it; desktops: 40 of 50; of these all but two buy."""
    rows, told = [], {}
    for n in range(100):
        session, phone = f"s{n}", n < 50
        adds = n < 10 or n >= 60

        def step(at, event, page=None, product=None, session=session, n=n):
            rows.append(
                {"session_id": session, "visitor_id": f"v{n}", "occurred_at": minute(at), "event": event}
                | {"page_type": page, "product_id": product}
            )

        step(0, "view_item", None, "tea" if n % 2 else "pot")
        if adds:
            step(1, "add_to_cart", None, "tea")
            if n > 1:
                step(2, "purchase")
        elif phone:
            step(5, "page_view", "home")
            step(9, "page_view", "home")
        told[session] = {"device": "mobile" if phone else "desktop", "landing_page_type": "item"}
    products = [{"product_id": "tea", "name": "绿茶 🍵"}, {"product_id": "pot", "name": "Pot"}]
    first = [{"visitor_id": f"v{n}", "session_id": f"s{n}" if n % 2 else "earlier"} for n in range(100)]
    return fill(rows, visits_from_steps(rows, **told), first, products=products)


def of(found, dimension):
    """The values of a dimension by name."""
    hits = [each for each in found.by if each.dimension == dimension]
    return {value.value: value for value in hits[0].values} if hits else None


def test_the_lost_are_told_apart_by_device(shop):
    found = leavers(shop, LeaverQuery(STEPS, "view_item", window=WEEK))
    assert (found.step, found.next, found.number, found.lost, found.stayed) == ("view_item", "add_to_cart", 1, 50, 50)
    mobile, desktop = (of(found, "device")[name] for name in ("mobile", "desktop"))
    assert (mobile.lost, mobile.stayed, mobile.lost_rate) == (40, 10, 0.8)
    assert (desktop.lost, desktop.stayed) == (10, 40)
    assert mobile.lift == pytest.approx((40.5 / 50.5) / (10.5 / 50.5))
    assert 1 < mobile.low < mobile.lift < mobile.high
    assert mobile.significant
    assert "mobile (80.0 %)" in found.words.en
    assert "手机" in found.words.zh


def test_new_and_returning_and_landing_page_are_told_and_what_is_unknown_is_not(shop):
    found = leavers(shop, LeaverQuery(STEPS, "1", window=WEEK))
    assert {name: (each.lost, each.stayed) for name, each in of(found, "visitor_type").items()} == {
        "new": (25, 25),
        "returning": (25, 25),
    }
    assert of(found, "landing_page_type")["item"].significant is False
    assert of(found, "country") is None
    assert of(found, "channel_group") is None


def test_products_of_the_step_come_with_their_names(shop):
    found = leavers(shop, LeaverQuery(STEPS, "view_item", window=WEEK))
    tea = of(found, "product")["tea"]
    assert (tea.name, tea.lost, tea.stayed) == ("绿茶 🍵", 25, 25)
    carts = leavers(shop, LeaverQuery(STEPS, "add_to_cart", window=WEEK))
    assert {name: (each.lost, each.stayed) for name, each in of(carts, "product").items()} == {"tea": (2, 48)}


def test_where_they_went_and_how_long_they_stayed(shop):
    found = leavers(shop, LeaverQuery(STEPS, "view_item", window=WEEK))
    assert [(each.to, each.sessions) for each in found.went] == [("home", 40), ("(exit)", 10)]
    assert (found.median_seconds, found.p90_seconds) == (540, 540)
    assert sum(each.sessions for each in found.went) == found.lost


def test_samples_are_sessions_that_left_and_always_the_same(shop):
    query = LeaverQuery(STEPS, "add_to_cart", window=WEEK)
    found = leavers(shop, query)
    assert {each.session_id for each in found.samples} == {"s0", "s1"}
    assert found.samples == leavers(shop, query).samples
    assert found.samples[0].to_json()["started_at"] == "2026-01-05T00:00:00+00:00"


def test_numbers_count_the_steps_that_the_funnel_shows(shop):
    steps = ("view_item", "sign_up", "add_to_cart", "purchase")  # nobody ever signed up
    found = leavers(shop, LeaverQuery(steps, "2", window=WEEK))
    assert (found.step, found.number, list(found.not_measurable)) == ("add_to_cart", 2, ["sign_up"])


def test_without_a_step_the_one_where_most_are_lost_is_meant(shop):
    assert leavers(shop, LeaverQuery(STEPS, window=WEEK)).step == "view_item"


def test_lost_and_stayed_are_those_of_the_funnel(shop):
    whole = funnel(shop, FunnelQuery(STEPS, window=WEEK))
    for place, step in enumerate(whole.steps[:-1]):
        found = leavers(shop, LeaverQuery(STEPS, str(place + 1), window=WEEK))
        assert (found.lost, found.lost + found.stayed) == (step.lost, step.sessions)
        assert found.went == step.went
        for dimension in found.by:
            if dimension.dimension != "product":
                assert sum(value.lost for value in dimension.values) == found.lost


def test_visitors_within_a_duration_are_told_apart_too(shop):
    found = leavers(shop, LeaverQuery(STEPS, "view_item", "7d", window=WEEK))
    assert (found.unit, found.lost, found.median_seconds) == ("visitor", 50, None)
    assert of(found, "product")["tea"].lost == 25


def test_filters_and_exclusions_narrow_the_lost(shop):
    found = leavers(shop, LeaverQuery(STEPS, "1", window=WEEK, where=(("device", "mobile"),)))
    assert (found.lost, found.stayed) == (40, 10)
    found = leavers(shop, LeaverQuery(STEPS, "1", window=WEEK, without=("page:home",)))
    assert (found.lost, found.stayed) == (10, 50)


@pytest.mark.parametrize(
    ("step", "error"),
    [("0", DefinitionError), ("4", DefinitionError), ("purchase", DefinitionError), ("search", UnknownNameError)],
)
def test_a_step_at_which_nobody_can_leave_is_refused(shop, step, error):
    with pytest.raises(error) as caught:
        leavers(shop, LeaverQuery(STEPS, step, window=WEEK))
    assert caught.value.zh


def test_days_without_a_session_say_so(shop):
    found = leavers(shop, LeaverQuery(STEPS, "1", window=Window(date(2027, 1, 1), date(2027, 1, 2))))
    assert (found.lost, found.stayed, found.by, found.samples, found.went) == (0, 0, (), (), ())
    assert "Nobody" in found.words.en


def test_a_shop_without_events_can_not_tell(fill):
    with pytest.raises(NotMeasurable):
        leavers(fill([]), LeaverQuery(STEPS, window=WEEK))

"""The parts of a funnel that plain counts do not show: comparison, dimensions, counted sessions, words, refusals."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.engines.behaviour import FunnelQuery, StepCount, funnel
from zhanggui.engines.behaviour.changes import step_effects
from zhanggui.engines.behaviour.steps import parse_steps, seconds_within

WEEK = Window(date(2026, 1, 5), date(2026, 1, 12))
FOUR = ("view_item", "add_to_cart", "begin_checkout", "purchase")


def journey(session, moment, events, **columns):
    """One session with an event per minute."""
    return [
        {"session_id": session, "visitor_id": f"v-{session}", "occurred_at": moment + timedelta(minutes=n)}
        | {"event": event, "product_id": None, "order_id": None}
        | columns
        for n, event in enumerate(events)
    ]


def counts(found):
    """Units per step."""
    return [step.sessions for step in found.steps]


@pytest.fixture
def two_weeks(fill, minute):
    """The week before: 40 view, 20 add, 10 check out, 8 buy; this week: 50, 40, 10, 5."""
    rows = []
    for day, sizes in ((-7, (40, 20, 10, 8)), (0, (50, 40, 10, 5))):
        for n in range(sizes[0]):
            reached = [name for name, size in zip(FOUR, sizes, strict=True) if n < size]
            rows += journey(f"{day}-{n}", minute(n, day), reached)
    return fill(rows)


def test_effects_sum_to_the_change_and_rate_effects_to_that_of_the_rate(two_weeks):
    found = funnel(two_weeks, FunnelQuery(FOUR, window=WEEK, against="previous"))
    base = found.against
    assert counts(found) == [50, 40, 10, 5]
    assert [step.sessions for step in base.steps] == [40, 20, 10, 8]
    assert base.change == -3
    assert math.fsum(effect.effect for effect in base.effects) == pytest.approx(-3)
    assert [effect.step for effect in base.effects] == ["sessions", *FOUR[1:]]
    assert base.effects[0].effect > 0
    assert math.fsum(effect.rate_effect for effect in base.effects[1:]) == pytest.approx(5 / 50 - 8 / 40)
    assert base.rate_change == pytest.approx(5 / 50 - 8 / 40)
    cart = base.effects[1]
    assert (cart.before, cart.after) == (0.5, 0.8)
    assert 0 < cart.low < 0.3 < cart.high
    assert cart.significant
    assert not base.effects[3].significant


def test_the_words_tell_the_weakest_step_and_what_moved(two_weeks):
    found = funnel(two_weeks, FunnelQuery(FOUR, window=WEEK, against="previous"))
    assert found.weakest == "begin_checkout"
    assert "weakest step is begin checkout: 25.0 %" in found.words.en
    assert "开始结算" in found.words.zh
    assert "−3" in found.words.en


def test_days_without_a_session_before_are_no_comparison_and_said_so(two_weeks):
    found = funnel(two_weeks, FunnelQuery(FOUR, window=WEEK, against="2020-01-01..2020-02-01"))
    assert found.against is None
    assert "no comparison" in found.words.en


@st.composite
def funnels(draw):
    """Falling counts of four steps as step counts."""
    sizes = sorted(draw(st.lists(st.integers(0, 1000), min_size=4, max_size=4)), reverse=True)
    return [
        StepCount(
            name,
            False,
            size,
            size / sizes[0] if sizes[0] else None,
            size / sizes[place - 1] if place and sizes[place - 1] else None,
            0,
        )
        for place, (name, size) in enumerate(zip(FOUR, sizes, strict=True))
    ]


@given(funnels(), funnels())
def test_effects_are_exact_for_any_two_funnels(before, after):
    effects = step_effects(before, after)
    change = after[-1].sessions - before[-1].sessions
    assert math.fsum(effect.effect for effect in effects) == pytest.approx(change, abs=1e-6)
    turned = step_effects(after, before)
    assert [effect.effect for effect in turned] == pytest.approx([-effect.effect for effect in effects], abs=1e-6)
    if before[0].sessions and after[0].sessions:
        gap = after[-1].rate_from_start - before[-1].rate_from_start
        assert math.fsum(effect.rate_effect for effect in effects[1:]) == pytest.approx(gap, abs=1e-9)


def test_sessions_that_cross_midnight_belong_to_the_day_they_began(fill, minute):
    rows = journey("late", minute(24 * 60 - 1), ["view_item", "add_to_cart", "begin_checkout", "purchase"])
    day = Window(date(2026, 1, 5), date(2026, 1, 6))
    assert counts(funnel(fill(rows), FunnelQuery(FOUR, window=day))) == [1, 1, 1, 1]
    assert counts(funnel(fill(rows), FunnelQuery(FOUR, window=day.shifted(1)))) == [0, 0, 0, 0]


def test_two_steps_of_one_event_need_two_events_at_two_times(fill, minute):
    rows = [
        {"session_id": session, "visitor_id": session, "occurred_at": minute(at), "event": "view_item"}
        for session, at in (("a", 0), ("a", 0), ("b", 0), ("b", 1))
    ]
    found = funnel(fill(rows), FunnelQuery(("view_item", "view_item"), window=WEEK))
    assert counts(found) == [2, 1]


def test_sessions_start_is_a_step_of_every_session(fill, minute):
    rows = journey("a", minute(0), ["page_view", "view_item"]) + journey("b", minute(0), ["search"])
    for within in ("session", "1d"):
        found = funnel(fill(rows), FunnelQuery(("session_start", "view_item"), within, window=WEEK))
        assert counts(found) == [2, 1]


def test_products_are_followed_from_the_view_to_the_order_that_holds_them(fill, minute):
    rows = journey("a", minute(0), ["view_item", "add_to_cart"], product_id="tea")
    rows += journey("a", minute(5), ["view_item"], product_id="pot")
    rows += journey("a", minute(9), ["purchase"], order_id="o")
    rows += journey("b", minute(0), ["view_item"], product_id="pot")
    lines = [{"order_id": "o", "line_no": 1, "product_id": "tea", "quantity": 1, "unit_price": 1}]
    products = [
        {"product_id": "tea", "category": "Food > Leaf", "brand": "绿"},
        {"product_id": "pot", "category": "Home"},
    ]
    shop = fill(rows, order_lines=lines, products=products)
    steps = ("view_item", "add_to_cart", "purchase")
    found = funnel(shop, FunnelQuery(steps, by=("product",), window=WEEK))
    assert {row.key[0]: [step.sessions for step in row.steps] for row in found.rows} == {
        "tea": [1, 1, 1],
        "pot": [2, 0, 0],
    }
    assert counts(found) == [2, 1, 1]
    by_level = funnel(shop, FunnelQuery(steps, by=("category_1",), window=WEEK))
    assert {row.key[0]: row.steps[2].sessions for row in by_level.rows} == {"Food": 1, "Home": 0}
    for name, value, expected in (("product", "pot", [2, 0, 0]), ("brand", "绿", [1, 1, 1])):
        filtered = funnel(shop, FunnelQuery(steps, window=WEEK, where=((name, value),)))
        assert counts(filtered) == expected
    within = funnel(shop, FunnelQuery(steps, "1d", by=("product",), window=WEEK))
    assert {row.key[0]: row.steps[1].sessions for row in within.rows} == {"tea": 1, "pot": 0}


def test_new_and_returning_visitors_are_told_apart_and_filtered(fill, minute):
    rows = journey("a", minute(0), FOUR) + journey("b", minute(0), ["view_item"])
    shop = fill(rows, None, [{"visitor_id": "v-a", "session_id": "earlier"}, {"visitor_id": "v-b", "session_id": "b"}])
    found = funnel(shop, FunnelQuery(FOUR, by=("visitor_type",), window=WEEK))
    assert {row.key[0]: row.steps[3].sessions for row in found.rows} == {"new": 0, "returning": 1}
    assert counts(funnel(shop, FunnelQuery(FOUR, window=WEEK, where=(("visitor_type", "new"),)))) == [1, 0, 0, 0]


def test_units_in_which_something_happened_are_left_out(fill, minute):
    rows = journey("a", minute(0), ["view_item", "error", "purchase"]) + journey("b", minute(0), ["view_item"])
    shop = fill(rows)
    for within in ("session", "7d"):
        query = FunnelQuery(("view_item", "purchase"), within, window=WEEK, without=("error",))
        assert counts(funnel(shop, query)) == [1, 0]


def test_a_step_that_the_shop_never_saw_is_left_out_with_its_reason(fill, minute):
    found = funnel(fill(journey("a", minute(0), FOUR)), FunnelQuery(window=WEEK))
    assert [step.event for step in found.steps] == list(FOUR)
    assert "never" in found.to_json()["not_measurable"]["add_payment_info"]
    assert "从未" in found.to_json("zh")["not_measurable"]["add_payment_info"]


def test_where_the_lost_went_is_the_next_node_or_the_exit(fill, minute):
    rows = journey("a", minute(0), ["view_item", "search"]) + journey("b", minute(0), ["view_item"])
    rows += journey("c", minute(0), ["view_item", "web_vitals"]) + journey("d", minute(0), FOUR)
    found = funnel(fill(rows), FunnelQuery(FOUR, window=WEEK))
    assert [(each.to, each.sessions) for each in found.steps[0].went] == [("(exit)", 2), ("search", 1)]
    assert found.steps[1].went == ()


COUNTED = [
    {"session_id": "a", "with_item": 1, "with_cart": 1, "with_purchase": 0, "device": "mobile"},
    {"session_id": "b", "with_item": 1, "with_cart": 0, "with_purchase": 0, "device": None},
    {"session_id": "c", "with_item": 1, "with_cart": 1, "with_purchase": 1, "device": "mobile"},
]


@pytest.fixture
def counted(fill):
    """Sessions that came with counts only; nothing is known of checkouts."""
    moment = datetime(2026, 1, 6, tzinfo=UTC)
    told = {"day": date(2026, 1, 6), "started_at": moment, "sessions": 1, "evidence": "sessions"}
    return fill([], [told | row for row in COUNTED])


def test_counts_of_sessions_make_a_funnel_without_order(counted):
    found = funnel(counted, FunnelQuery(FOUR, by=("device",), window=WEEK))
    assert (found.ordered, found.evidence, counts(found)) == (False, "sessions", [3, 2, 1])
    assert "begin_checkout" in found.not_measurable
    assert {row.key[0]: [step.sessions for step in row.steps] for row in found.rows} == {
        "mobile": [2, 2, 1],
        None: [1, 0, 0],
    }
    assert "in any order" in found.words.en
    whole = funnel(counted, FunnelQuery(("session_start", "purchase"), window=WEEK))
    assert counts(whole) == [3, 1]


def test_daily_sums_make_a_funnel_too(fill):
    moment = datetime(2026, 1, 6, tzinfo=UTC)
    told = {"day": date(2026, 1, 6), "started_at": moment, "evidence": "daily", "sessions": 1000}
    shop = fill([], [told | {"with_cart": 80, "with_checkout": 30, "with_purchase": 20}])
    found = funnel(shop, FunnelQuery(FOUR, window=WEEK))
    assert (counts(found), found.evidence) == ([80, 30, 20], "daily")
    assert found.steps[2].rate_from_previous == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "query",
    [
        FunnelQuery(FOUR, "7d", window=WEEK),
        FunnelQuery(FOUR, by=("product",), window=WEEK),
        FunnelQuery(FOUR, without=("error",), window=WEEK),
        FunnelQuery(("search", "sign_up"), window=WEEK),
    ],
    ids=["duration", "products", "exclusion", "unknown steps"],
)
def test_counts_can_not_answer_what_needs_events(counted, query):
    with pytest.raises(NotMeasurable) as caught:
        funnel(counted, query)
    assert caught.value.zh


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"steps": ("veiw_item",)}, UnknownNameError),
        ({"steps": ("page:hoem",)}, UnknownNameError),
        ({"steps": ("view_item?", "purchase")}, DefinitionError),
        ({"steps": ("view_item", "session_start")}, DefinitionError),
        ({"steps": ("view_item",) * 21}, DefinitionError),
        ({"within": "7 weeks"}, DefinitionError),
        ({"within": "0d"}, DefinitionError),
        ({"within": "999d"}, DefinitionError),
        ({"by": ("devcie",)}, UnknownNameError),
        ({"by": ("product", "brand")}, DefinitionError),
        ({"by": ("device", "device")}, DefinitionError),
        ({"where": (("device", "fridge"),)}, UnknownNameError),
        ({"without": ("nothing",)}, UnknownNameError),
        ({"against": "yesterday"}, DefinitionError),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_question_that_makes_no_sense_is_refused_in_both_languages(two_weeks, query, error):
    with pytest.raises(error) as caught:
        funnel(two_weeks, FunnelQuery(**{"window": WEEK, **query}))
    assert caught.value.zh


def test_a_shop_without_behaviour_says_what_it_needs(fill):
    with pytest.raises(NotMeasurable):
        funnel(fill([], []), FunnelQuery(FOUR, window=WEEK))


def test_steps_and_durations_are_read_as_written():
    steps = parse_steps(("view_item, page:cart ?", "purchase"))
    assert [(step.name, step.optional) for step in steps] == [
        ("view_item", False),
        ("page:cart", True),
        ("purchase", False),
    ]
    assert [seconds_within(text) for text in ("session", "7d", "24h", " 30m ")] == [None, 604800, 86400, 1800]

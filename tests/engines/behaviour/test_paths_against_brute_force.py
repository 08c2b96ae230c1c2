"""Paths against plain Python on random small shops."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.engines.behaviour import PathQuery, paths

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = Window(date(2026, 1, 5), date(2026, 1, 12))
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KINDS = [("page_view", "home"), ("page_view", None), ("view_item", None), ("page_view", "item"), ("add_to_cart", None),
         ("purchase", None), ("web_vitals", "home"), ("select_item", None), ("view_item_list", None)]  # fmt: skip
NODES = ["home", "other", "item", "item", "add_to_cart", "purchase", None, None, "category"]
ACTS = {"add_to_cart", "purchase"}
event = st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, len(KINDS) - 1))


def rows_of(events):
    """Steps of six sessions, often at equal times."""
    return [
        {"session_id": f"s{session}", "visitor_id": "v", "occurred_at": START + timedelta(minutes=slot)}
        | {"event": KINDS[kind][0], "page_type": KINDS[kind][1]}
        for session, slot, kind in events
    ]


def walks_of(events):
    """Nodes of every session in time, repeats in a row once."""
    found = {}
    for session, slot, kind in events:
        if NODES[kind]:
            found.setdefault(f"s{session}", []).append((slot, NODES[kind] in ACTS, NODES[kind]))
    return {
        session: [name for place, (_, _, name) in enumerate(each) if place == 0 or each[place - 1][2] != name]
        for session, each in ((session, sorted(each)) for session, each in found.items())
    }


def cut(walk, way, anchor, length):
    """Step of the first node and the nodes around the anchor; None without it."""
    if anchor and anchor not in walk:
        return None
    place = walk.index(anchor) if anchor else 0
    half = (length - 1) // 2
    before, after = {"starting": (0, length - 1), "ending": (length - 1, 0), "through": (half, length - 1 - half)}[way]
    low, high = max(0, place - before), place + after + 1
    return low - place, walk[low:high], low == 0, high >= len(walk)


@pytest.mark.parametrize("way", ["starting", "ending", "through"])
def test_paths_are_what_plain_python_finds(fill, way):
    @FEW
    @given(
        st.lists(event, min_size=1, max_size=40),
        st.integers(2, 6),
        st.sampled_from(["item", "home", "add_to_cart", "purchase", None]),
    )
    def check(events, length, anchor):
        anchor = anchor or ("home" if way != "starting" else None)
        rows = rows_of(events)
        found = paths(fill(rows), PathQuery(WEEK, length=length, top=1000, **{way: anchor}))
        cuts = [cut(walk, way, anchor, length) for walk in walks_of(events).values()]
        cuts = [each for each in cuts if each]
        nodes = Counter((first + n, name) for first, walk, _, _ in cuts for n, name in enumerate(walk))
        links = Counter((first + n, walk[n], walk[n + 1]) for first, walk, _, _ in cuts for n in range(len(walk) - 1))
        exits = Counter((first + len(walk) - 1, walk[-1]) for first, walk, _, left in cuts if left)
        entries = Counter((first, walk[0]) for first, walk, entered, _ in cuts if entered)
        listed = Counter((*walk, *(["(exit)"] if left and way != "ending" else [])) for _, walk, _, left in cuts)
        assert found.sessions == len(cuts)
        assert {(each.step, each.name): each.sessions for each in found.nodes} == dict(nodes)
        assert {(each.step, each.source, each.target): each.sessions for each in found.links} == dict(links)
        assert {each.steps: each.sessions for each in found.paths} == dict(listed)
        assert {(e.step, e.name): e.sessions for e in found.exits} == (dict(exits) if way != "ending" else {})
        assert {(e.step, e.name): e.sessions for e in found.entries} == (dict(entries) if way != "starting" else {})

    check()


def busy(fill, minute):
    """Twelve sessions that leave the home page for twelve nodes, one twice as often."""
    names = ["item", "category", "search", "cart", "checkout", "account", "other"]
    acts = ["add_to_cart", "login", "sign_up", "error", "purchase"]
    rows = []
    for n, name in enumerate([*names, *acts, "item"]):
        event = ("page_view", name) if name in names else (name, None)
        rows.append({"session_id": f"s{n}", "occurred_at": minute(0), "event": "page_view", "page_type": "home"})
        rows.append({"session_id": f"s{n}", "occurred_at": minute(n + 1), "event": event[0], "page_type": event[1]})
    return fill(rows)


def test_rare_nodes_are_gathered_and_every_step_still_adds_up(fill, minute):
    found = paths(busy(fill, minute), PathQuery(WEEK, top=3))
    assert found.rare_nodes == 4
    for step in (0, 1):
        assert sum(node.sessions for node in found.nodes if node.step == step) == found.sessions == 13
    assert sum(link.sessions for link in found.links) == 13
    assert [node.name for node in found.nodes][-1] == "(others)"
    assert found.unlisted_sessions + sum(path.sessions for path in found.paths) == 13
    assert len(found.paths) == 3
    assert found.unlisted_paths == 9
    assert found.paths[0].steps == ("home", "item", "(exit)")
    assert found.paths[0].share == pytest.approx(2 / 13)


def test_the_part_that_bought_is_told_of_every_path(fill, minute, visits_from_steps):
    rows = [
        {"session_id": session, "occurred_at": minute(n), "event": "page_view", "page_type": page}
        for session in ("a", "b", "c", "d")
        for n, page in enumerate(["home", "item"])
    ]
    visits = visits_from_steps(rows, a={"with_purchase": 1}, b={"with_purchase": 0}, c={"with_purchase": None})
    path = paths(fill(rows, visits), PathQuery(WEEK))
    assert [(each.sessions, each.conversion) for each in path.paths] == [(4, 0.25)]


def test_events_and_pages_may_be_written_as_in_a_funnel(fill, minute):
    shop = busy(fill, minute)
    assert paths(shop, PathQuery(WEEK, through="view_item")).anchor == "item"
    assert paths(shop, PathQuery(WEEK, ending="page:cart")).sessions == 1
    found = paths(shop, PathQuery(WEEK, ending="cart"))
    assert (found.direction, [node.id for node in found.nodes]) == ("backward", ["-1:home", "0:cart"])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"starting": "hoem"}, UnknownNameError),
        ({"starting": "home", "ending": "cart"}, DefinitionError),
        ({"length": 1}, DefinitionError),
        ({"length": 13}, DefinitionError),
        ({"top": 0}, DefinitionError),
        ({"where": (("product", "p"),)}, UnknownNameError),
        ({"where": (("device", "fridge"),)}, UnknownNameError),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(fill, minute, given, error):
    with pytest.raises(error) as caught:
        paths(busy(fill, minute), PathQuery(WEEK, **given))
    assert caught.value.zh


def test_days_without_a_session_have_no_paths(fill, minute):
    found = paths(busy(fill, minute), PathQuery(Window(date(2027, 1, 1), date(2027, 1, 2))))
    assert (found.sessions, found.nodes, found.paths) == (0, (), ())
    assert "No session" in found.words.en


def test_a_shop_without_events_has_no_paths(fill):
    with pytest.raises(NotMeasurable):
        paths(fill([]), PathQuery(WEEK))

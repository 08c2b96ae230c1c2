"""Ordered funnels against plain Python on random small shops."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhanggui.basics.periods import Window
from zhanggui.engines.behaviour import FunnelQuery, funnel

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = Window(date(2026, 1, 5), date(2026, 1, 12))
NAMES = ["view_item", "add_to_cart", "begin_checkout", "purchase", "page_view"]
PAGES = ["home", "item", None]
FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

event = st.tuples(
    st.integers(0, 5),  # session
    st.integers(0, 12),  # slot: few of them, so that times are often equal
    st.sampled_from(NAMES),
    st.sampled_from(PAGES),
)
step_name = st.sampled_from([*NAMES, "page:home", "page:item"])


@st.composite
def funnels(draw):
    """Step names, some in the middle optional."""
    names = draw(st.lists(step_name, min_size=1, max_size=5))
    optional = [0 < place < len(names) - 1 and draw(st.booleans()) for place in range(len(names))]
    return tuple(name + "?" * each for name, each in zip(names, optional, strict=True))


def rows_of(events):
    """Steps: three visitors with two sessions each, the second session a day later."""
    return [
        {
            "session_id": f"s{session}",
            "visitor_id": f"v{session % 3}",
            "occurred_at": START + timedelta(days=session // 3, minutes=10 * slot),
            "event": name,
            "page_type": page if name == "page_view" else None,
        }
        for session, slot, name, page in events
    ]


def is_step(row, name):
    """Whether an event is the step ``name``."""
    if name.startswith("page:"):
        return row["event"] == "page_view" and row["page_type"] == name[5:]
    return row["event"] == name


def base_of(name):
    """The event of a step."""
    return "page_view" if name.startswith("page:") else name


def earliest(rows, names, start, limit):
    """The greedy chain from ``start``: the earliest time of every required step."""
    times = [start]
    for place, name in enumerate(names[1:], start=1):
        low = [t for t, other in zip(times, names, strict=False) if base_of(other) == base_of(name)]
        fits = [
            row["occurred_at"]
            for row in rows
            if is_step(row, name)
            and row["occurred_at"] >= times[-1]
            and all(row["occurred_at"] > t for t in low)
            and (limit is None or row["occurred_at"] <= start + limit)
        ]
        if not fits:
            break
        times.append(min(fits))
        assert len(times) == place + 1
    return times


def chain_of(rows, steps, limit):
    """Time per step (None = not reached) of one unit."""
    names = [step for step in steps if not step.endswith("?")]
    starts = sorted({row["occurred_at"] for row in rows if is_step(row, names[0])})
    if not starts:
        return None
    if limit is None:
        starts = starts[:1]
    chains = [earliest(rows, names, start, limit) for start in starts]
    best = max(chains, key=lambda times: (len(times), times[0]))
    padded = best + [None] * (len(names) - len(best))
    return with_optional(rows, steps, padded, limit)


def with_optional(rows, steps, required, limit):
    """The chain with the times of the optional steps between the required ones."""
    times, seen = [], 0
    for step in steps:
        if not step.endswith("?"):
            times.append(required[seen])
            seen += 1
            continue
        name = step[:-1]
        names = [each for each in steps if not each.endswith("?")]
        before, after = required[seen - 1], required[seen]
        fits = [
            row["occurred_at"]
            for row in rows
            if is_step(row, name)
            and before is not None
            and row["occurred_at"] >= before
            and all(
                row["occurred_at"] > t
                for t, other in zip(required[:seen], names[:seen], strict=True)
                if base_of(other) == base_of(name)
            )
            and (
                after is None
                or row["occurred_at"] < after
                or (row["occurred_at"] == after and base_of(names[seen]) != base_of(name))
            )
            and (limit is None or row["occurred_at"] <= required[0] + limit)
        ]
        times.append(min(fits, default=None))
    return times


def seen_steps(steps, rows):
    """The steps that some event is; the first and the last one are not optional."""
    seen = [name for name in steps if any(is_step(row, name.rstrip("?")) for row in rows)]
    while seen and seen[0].endswith("?"):
        seen.pop(0)
    while seen and seen[-1].endswith("?"):
        seen.pop()
    return tuple(seen)


def units_of(rows, key):
    """The rows by session or visitor."""
    found = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def expect(rows, steps, limit, key):
    """Counts and median seconds per step."""
    chains = [chain_of(each, steps, limit) for each in units_of(rows, key).values()]
    chains = [chain for chain in chains if chain]
    counts = [sum(chain[place] is not None for chain in chains) for place in range(len(steps))]
    medians = [None]
    for place in range(1, len(steps)):
        before = max(each for each in range(place) if not steps[each].endswith("?"))
        waits = [(chain[place] - chain[before]).total_seconds() for chain in chains if chain[place] is not None]
        medians.append(statistics.median(waits) if waits else None)
    return counts, medians


@pytest.mark.parametrize("within", ["session", "40m", "1d", "30d"])
def test_a_funnel_is_what_plain_python_finds(fill, within):
    limit = {"session": None, "40m": timedelta(minutes=40), "1d": timedelta(days=1), "30d": timedelta(days=30)}[within]

    @FEW
    @given(st.lists(event, min_size=1, max_size=30), funnels())
    def check(events, steps):
        rows = rows_of(events)
        steps = seen_steps(steps, rows)  # steps that the shop never saw are left out, not counted as zero
        if not steps:
            return
        found = funnel(fill(rows), FunnelQuery(steps, within, window=WEEK))
        counts, medians = expect(rows, steps, limit, "session_id" if limit is None else "visitor_id")
        assert [step.sessions for step in found.steps] == counts
        assert [step.median_seconds for step in found.steps] == pytest.approx(medians)

    check()


@FEW
@given(events=st.lists(event, min_size=1, max_size=40))
def test_groups_add_up_and_counts_never_grow(fill, events):
    rows = rows_of(events)
    visits = {row["session_id"]: row["visitor_id"] for row in rows}
    shop = fill(rows)
    with shop.warehouse.transaction() as con:
        con.execute("UPDATE visits SET device = CASE WHEN visitor_id = 'v0' THEN 'mobile' WHEN visitor_id = 'v1' "
                    "THEN 'desktop' END")  # fmt: skip
    steps = tuple(name for name in NAMES[:4] if any(row["event"] == name for row in rows))
    if not steps:
        return
    found = funnel(shop, FunnelQuery(steps, by=("device",), window=WEEK))
    counts = [step.sessions for step in found.steps]
    assert counts == sorted(counts, reverse=True)
    for place in range(len(steps)):
        assert sum(row.steps[place].sessions for row in found.rows) == counts[place]
    device = {"v0": "mobile", "v1": "desktop", "v2": None}
    for row in found.rows:
        of_group = [each for each in rows if device[visits[each["session_id"]]] == row.key[0]]
        assert [step.sessions for step in row.steps] == expect(of_group, steps, None, "session_id")[0]


@FEW
@given(events=st.lists(event, min_size=1, max_size=40))
def test_the_lost_and_where_they_went_add_up(fill, events):
    rows = rows_of(events)
    steps = tuple(name for name in NAMES[:4] if any(row["event"] == name for row in rows))
    if not steps:
        return
    found = funnel(fill(rows), FunnelQuery(steps, window=WEEK))
    for step, following in pairwise(found.steps):
        assert step.lost == step.sessions - following.sessions
        assert sum(each.sessions for each in step.went) == step.lost
    assert found.steps[-1].lost == 0
    assert sum(step.lost for step in found.steps) + found.steps[-1].sessions == found.steps[0].sessions

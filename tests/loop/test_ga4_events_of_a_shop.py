"""A GA4 export in a shop: the same events in another form change nothing, and the funnel is that of the export."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.connectors.sources.ga4_cases import as_lines, event, in_plain_python, random_events, write_parquet

import zhanggui

STEPS = ("view_item", "add_to_cart", "purchase")


def counts(result: Any) -> dict[str, int]:
    found: dict[str, int] = result.to_json()["tables"]["events"]
    return found


def reached(events: list[dict[str, Any]]) -> list[int]:
    """Sessions that took one step after the other, by going through the events one by one."""
    place: dict[str, int] = defaultdict(int)
    for row in sorted(events, key=lambda row: row["occurred_at"]):
        if place[row["session_id"]] < len(STEPS) and row["event"] == STEPS[place[row["session_id"]]]:
            place[row["session_id"]] += 1
    return [sum(steps > number for steps in place.values()) for number in range(len(STEPS))]


def test_events_come_in_once_whatever_the_form_and_the_funnel_is_that_of_the_export(tmp_path: Path) -> None:
    events = random_events(5, 400)
    expected = in_plain_python(events, "USD")
    (tmp_path / "events_20210131.json").write_bytes(as_lines(events))
    write_parquet(list(reversed(events)), tmp_path / "events_20210131.parquet")
    zhanggui.create_shop(tmp_path / "s", name="S", currency="USD", timezone="America/New_York")
    with zhanggui.open_shop(tmp_path / "s") as shop:
        first = counts(shop.import_("auto", tmp_path / "events_20210131.json"))
        again = counts(shop.import_("auto", tmp_path / "events_20210131.parquet"))
        window = {"from_": "2021-01-30", "to": "2021-02-02"}
        funnel = shop.funnel(steps=STEPS, **window).to_json()
        sessions = shop.kpi("sessions", **window).to_json()["total"]["sessions"]["value"]
    assert (first["accepted"], first["rejected"]) == (len(expected), 0)
    assert (again["unchanged"], again["accepted"], again["updated"]) == (len(expected), 0, 0)
    assert sessions == len({row["session_id"] for row in expected})
    assert [step["sessions"] for step in funnel["steps"]] == reached(expected)


def test_bad_values_of_an_export_are_kept_aside_with_their_line(tmp_path: Path) -> None:
    odd = [
        event("page_view", 1),
        {**event("page_view", 2), "event_timestamp": "soon"},
        event("purchase", 3, params={"value": "free", "ga_session_id": 1}),
        event("search", 4, params={"search_term": "'; DROP TABLE events; -- <b>", "ga_session_id": 1}),
        {**event("page_view", 5), "event_timestamp": 12},
        event("purchase", 6, params={"value": 1.23456789, "ga_session_id": 1}),
        event("purchase", 7, params={"value": 1e300, "ga_session_id": 1}),
    ]
    (tmp_path / "e.json").write_bytes(as_lines(odd))
    zhanggui.create_shop(tmp_path / "s", name="S", currency="USD", timezone="UTC")
    with zhanggui.open_shop(tmp_path / "s") as shop:
        assert counts(shop.import_("ga4-events", tmp_path / "e.json")) == {
            "read": 7, "accepted": 3, "updated": 0, "unchanged": 0, "rejected": 4,
        }  # fmt: skip
        rows = shop.rejects().to_json()["rejects"]
    assert sorted((row["line"], row["column"]) for row in rows) == [
        (2, "occurred_at"), (3, "value"), (5, "occurred_at"), (7, "value"),
    ]  # fmt: skip

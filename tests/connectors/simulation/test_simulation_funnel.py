"""The true funnel: how far visits got by the draws, against what the events say in plain SQL."""

# Queries are easier to read in one line.
# ruff: noqa: E501

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.connectors.simulation.conftest import SimulatedShop

from zhanggui.connectors.simulation.funnel import STEPS

COUNTED = """
SELECT day, device, count(*) FILTER (WHERE view_at IS NOT NULL) AS viewed, count(*) FILTER (WHERE cart_at >= view_at) AS carted,
       count(*) FILTER (WHERE begin_at >= cart_at AND cart_at >= view_at) AS begun,
       count(*) FILTER (WHERE ship_at >= begin_at AND begin_at >= cart_at) AS shipping,
       count(*) FILTER (WHERE pay_at >= ship_at AND ship_at >= begin_at AND begin_at >= cart_at) AS payment,
       count(*) FILTER (WHERE buy_at >= pay_at AND pay_at >= ship_at AND ship_at >= begin_at) AS bought
FROM (
    SELECT session_id, min(occurred_at)::DATE AS day, any_value(device) AS device,
           min(occurred_at) FILTER (WHERE event = 'view_item') AS view_at, min(occurred_at) FILTER (WHERE event = 'add_to_cart') AS cart_at,
           min(occurred_at) FILTER (WHERE event = 'begin_checkout') AS begin_at, min(occurred_at) FILTER (WHERE event = 'add_shipping_info') AS ship_at,
           min(occurred_at) FILTER (WHERE event = 'add_payment_info') AS pay_at, min(occurred_at) FILTER (WHERE event = 'purchase') AS buy_at
    FROM events WHERE is_bot IS NULL GROUP BY session_id
)
GROUP BY day, device
"""


def silent_days(shop: SimulatedShop) -> set[date]:
    """Days on which the tracker lost something."""
    days: set[date] = set()
    for entry in shop.truth["incidents"]:
        if entry["kind"] in {"tracking_outage", "purchase_tracking"}:
            first, last = (date.fromisoformat(entry[name][:10]) for name in ("from", "to"))
            days |= {first + timedelta(number) for number in range((last - first).days + 1)}
    return days


def truth_of(shop: SimulatedShop) -> dict[tuple[date, str], list[int]]:
    funnel = shop.truth["funnel"]
    assert funnel["columns"] == ["day", "device", *STEPS]
    return {(date.fromisoformat(row[0]), row[1]): row[2:] for row in funnel["rows"]}


def test_the_events_show_exactly_the_true_funnel_wherever_the_tracker_worked(shop: SimulatedShop) -> None:
    true, silent = truth_of(shop), silent_days(shop)
    seen = {(row[0], row[1]): list(row[2:]) for row in shop.rows(COUNTED)}
    assert silent
    for key, counts in true.items():
        found = seen.get(key, [0] * 6)
        if key[0] in silent:
            assert all(mine <= theirs for mine, theirs in zip(found, counts[1:], strict=True)), key
        else:
            assert found == counts[1:], key
    lost = [
        sum(true[key][6] for key in true if key[0] in silent),
        sum(seen[key][5] for key in seen if key[0] in silent),
    ]
    assert lost[1] < lost[0]


def test_every_step_is_taken_by_fewer_visits_and_by_all_devices(shop: SimulatedShop) -> None:
    by_device: Counter[tuple[str, str]] = Counter()
    for (_, device), counts in truth_of(shop).items():
        assert counts == sorted(counts, reverse=True)
        by_device.update({(device, step): count for step, count in zip(STEPS, counts, strict=True)})
    assert {device for device, step in by_device if step == "purchase" and by_device[device, step] > 100} == {
        "mobile", "desktop", "tablet",
    }  # fmt: skip


def test_as_many_visits_bought_as_there_are_paid_orders(shop: SimulatedShop) -> None:
    bought = sum(counts[-1] for counts in truth_of(shop).values())
    assert bought == shop.one("SELECT count(*) FROM orders WHERE paid_at IS NOT NULL")

"""The store remembers what every table holds; derived tables hear what changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.store.pieces import LINE, lines, orders, take, text_rows

from zhanggui.store import derived
from zhanggui.store.opened import OpenShop, open_shop_folder
from zhanggui.store.warehouse import TableFacts


def test_a_table_that_nobody_delivered_is_unknown(shop: OpenShop) -> None:
    assert shop.warehouse.facts()["events"] == TableFacts("events", 0, frozenset(), None, None, False)


def test_rows_known_columns_and_span_are_noted(shop: OpenShop) -> None:
    take(shop, orders({"city": None}, {"order_id": "2", "placed_at": "2026-02-01T00:00:00Z", "device": "mobile"}))
    facts = shop.warehouse.facts()["orders"]
    assert facts == TableFacts(
        "orders",
        2,
        frozenset({"order_id", "placed_at", "status", "device"}),
        datetime(2026, 1, 5, 12, tzinfo=UTC),
        datetime(2026, 2, 1, tzinfo=UTC),
        True,
    )


def test_days_are_days(shop: OpenShop) -> None:
    take(shop, text_rows("ad_spend", {"day": "2026-01-05", "campaign_id": "c", "spend": "1"}))
    facts = shop.warehouse.facts()["ad_spend"]
    assert (facts.first, facts.last) == (date(2026, 1, 5), date(2026, 1, 5))
    assert facts.known == {"day", "campaign_id", "spend"}


def test_new_rows_widen_what_is_known(shop: OpenShop) -> None:
    take(shop, orders({}))
    take(shop, orders({"order_id": "2", "placed_at": "2025-12-01T00:00:00Z", "city": "Leeds"}))
    facts = shop.warehouse.facts()["orders"]
    assert facts.rows == 2
    assert facts.first == datetime(2025, 12, 1, tzinfo=UTC)
    assert facts.last == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert "city" in facts.known


def test_an_update_that_empties_a_column_makes_it_unknown_again(shop: OpenShop) -> None:
    take(shop, orders({"city": "Leeds", "placed_at": "2026-03-01T00:00:00Z"}))
    take(shop, orders({"city": None}))
    facts = shop.warehouse.facts()["orders"]
    assert "city" not in facts.known
    assert facts.last == datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_facts_outlive_the_process(shop: OpenShop) -> None:
    take(shop, orders({}), lines({}))
    facts = shop.warehouse.facts()
    shop.close()
    with open_shop_folder(shop.folder) as again:
        assert again.warehouse.facts() == facts


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, list[tuple[Any, ...]]]]:
    """What the derived tables are told, batch by batch."""
    told: list[dict[str, list[tuple[Any, ...]]]] = []

    def listen(con: Any, timezone: str, changed: dict[str, str], session_minutes: int) -> None:
        assert (timezone, session_minutes) == ("Europe/London", 30)
        told.append({t: con.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for t, name in changed.items()})

    monkeypatch.setattr(derived, "refresh", listen)
    return told


def test_derived_tables_hear_new_rows(shop: OpenShop, heard: list[dict[str, list[tuple[Any, ...]]]]) -> None:
    take(shop, lines({}, {"line_no": "2", "quantity": "0"}))
    assert set(heard[0]) == {"order_lines"}
    assert [row[:3] for row in heard[0]["order_lines"]] == [("1", 1, "P")]
    assert len(heard[0]["order_lines"][0]) == 7


def test_derived_tables_hear_both_versions_of_an_updated_row(
    shop: OpenShop, heard: list[dict[str, list[tuple[Any, ...]]]]
) -> None:
    take(shop, lines({}, {"line_no": "2"}))
    take(shop, lines({"product_id": "Q"}, {"line_no": "2"}))
    assert [row[:3] for row in heard[1]["order_lines"]] == [("1", 1, "P"), ("1", 1, "Q")]


def test_derived_tables_hear_both_ends_of_several_versions(
    shop: OpenShop, heard: list[dict[str, list[tuple[Any, ...]]]]
) -> None:
    take(shop, lines({}))
    take(shop, lines({"product_id": "Q"}, file="1"), lines({"product_id": "R"}, file="2"))
    assert [row[2] for row in heard[1]["order_lines"]] == ["P", "R"]


def test_derived_tables_hear_nothing_when_nothing_changed(
    shop: OpenShop, heard: list[dict[str, list[tuple[Any, ...]]]]
) -> None:
    take(shop, lines({}))
    take(shop, lines({}), text_rows("order_lines", {**LINE, "quantity": "0", "line_no": "7"}, file="b.csv"))
    assert heard[1] == {}

"""The journal goes into the warehouse once: in portions, across damage, kills and restored folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.collection.journals import NOON, WINK, drained, entry, event, journal

from zhanggui.basics.errors import DataError, OutsideError
from zhanggui.engines.collection import START, Entry, Position, journal_of
from zhanggui.engines.collection import draining as engine
from zhanggui.engines.collection.draining import (
    collector_status,
    drain_journal,
    journal_end,
    portions,
    table_of,
)
from zhanggui.engines.collection.intake import take
from zhanggui.shop import TABLES
from zhanggui.store.batches import rejects
from zhanggui.store.draining import drain_state
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[OpenShop]:
    """An empty shop."""
    create_shop(tmp_path / "shop", Settings("Tea", "EUR", "Europe/Berlin"))
    with open_shop_folder(tmp_path / "shop") as opened:
        yield opened


def test_what_was_acknowledged_is_drained_once(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a"), event("b", 1)), entry(event("c", 2)))
    report = drain_journal(shop)
    assert (report.drained, report.new, report.repeated, report.rejected, report.waiting) == (3, 3, 0, 0, 0)
    assert drained(shop) == [("a",), ("b",), ("c",)]
    again = drain_journal(shop)
    assert (again.drained, again.batch) == (0, None)
    journal(shop.folder, entry(event("b", 5), event("d", 3)))
    later = drain_journal(shop)
    assert (later.new, later.repeated, later.batch) == (1, 1, report.batch)
    assert [at.second for (at,) in drained(shop, "occurred_at")] == [0, 1, 2, 3]


def test_a_shop_without_journal_has_nothing_to_drain(shop: OpenShop) -> None:
    assert drain_journal(shop).drained == 0
    assert journal_end(shop.folder) == START
    status = collector_status(shop)
    assert (status.waiting, status.lag, status.last_event_at, status.last_drain) == (0, timedelta(0), None, None)


def test_every_column_arrives_as_the_import_would_store_it(shop: OpenShop) -> None:
    said = {
        "event_id": "e1", "occurred_at": "2026-01-05T12:00:00.123456+08:00", "visitor_id": "访客", "customer_id": "c",
        "session_id": "s", "event": "purchase", "page_type": "checkout", "page_url": "/done", "product_id": "p",
        "order_id": "o", "query": "茶 🍵", "result_count": 3, "quantity": 2.5, "value": 12345678.9012,
        "source": "x", "medium": "y", "campaign_id": "z", "device": "tv", "os": "O", "browser": "B", "country": "CN",
        "region": "BJ", "load_ms": 1.5, "lcp_ms": 2.5, "inp_ms": 3.5, "cls": 0.01, "ttfb_ms": 4.5, "is_bot": False,
    }  # fmt: skip
    assert set(said) == {column.name for column in TABLES["events"].columns}
    taken = take(json.dumps(said).encode())
    journal(shop.folder, Entry(NOON, taken.events, taken.accepted))
    drain_journal(shop)
    (row,) = shop.warehouse.query("SELECT * FROM main.events").to_pylist()
    assert row.pop("occurred_at") == datetime(2026, 1, 5, 4, 0, 0, 123456, tzinfo=UTC)
    assert row.pop("value") == Decimal("12345678.9012")
    assert row == {name: value for name, value in said.items() if name not in ("occurred_at", "value")}


def test_refused_events_are_kept_aside_with_their_reason(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a"), rejects=[WINK]), entry(rejects=[WINK]))
    report = drain_journal(shop)
    assert (report.new, report.rejected) == (1, 2)
    rows = rejects(shop, report.batch)
    assert [(row.column, row.value, row.reason, row.reason_zh) for row in rows] == [
        ("event", "wink", WINK.reason.en, WINK.reason.zh)
    ] * 2
    assert collector_status(shop).rejected == 2


def test_a_long_journal_is_drained_in_portions_that_follow_each_other(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST", 10)
    monkeypatch.setattr(engine, "CHUNK", 4)
    journal(shop.folder, *(entry(event(f"e{n:02}a", n), event(f"e{n:02}b", n)) for n in range(23)), segment_bytes=500)
    found = list(portions(journal_of(shop.folder), START))
    assert [one.rows.num_rows for one in found] == [10, 10, 10, 10, 6]
    assert found[0].after is None
    assert [one.after for one in found[1:]] == [one.position for one in found[:-1]]
    assert drain_journal(shop).new == 46
    assert len(drained(shop)) == 46


def test_finished_segments_are_deleted_after_they_are_drained(shop: OpenShop) -> None:
    journal(shop.folder, *(entry(event(f"e{n}")) for n in range(20)), segment_bytes=300)
    before = journal_of(shop.folder).segments()
    assert len(before) > 3
    drain_journal(shop)
    assert journal_of(shop.folder).segments() == before[-1:]
    journal(shop.folder, entry(event("later")))
    assert drain_journal(shop).new == 1


def test_segments_stay_while_a_reader_keeps_the_warehouse_from_being_made_lasting(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "make_lasting", lambda _shop: False)
    journal(shop.folder, *(entry(event(f"e{n}")) for n in range(20)), segment_bytes=300)
    before = journal_of(shop.folder).segments()
    assert drain_journal(shop).new == 20
    assert journal_of(shop.folder).segments() == before


def test_events_that_come_meanwhile_are_left_for_the_next_drain(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a")))
    waiting = portions(journal_of(shop.folder), START)
    (first,) = [next(waiting)]
    journal(shop.folder, entry(event("b")))
    assert list(waiting) == []
    assert first.rows["event_id"].to_pylist() == ["a"]


def test_what_stands_before_a_damage_is_drained_and_the_damage_is_said(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a")), entry(event("b")))
    journal(shop.folder, entry(event("c")))
    folder = journal_of(shop.folder).folder
    first = sorted(folder.glob("*.seg"))[0]
    data = bytearray(first.read_bytes())
    data[-3] ^= 0xFF
    first.write_bytes(data)
    for _ in range(2):
        with pytest.raises(DataError, match="is damaged"):
            drain_journal(shop)
        assert drained(shop) == [("a",)]
    first.rename(folder / "aside")
    assert drain_journal(shop).new == 1


def test_a_torn_record_at_the_end_waits_for_its_writer(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a")), entry(event("b")))
    (segment,) = journal_of(shop.folder).folder.glob("*.seg")
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-7])
    assert drain_journal(shop).new == 1
    segment.write_bytes(whole)
    assert drain_journal(shop).new == 1
    assert drained(shop) == [("a",), ("b",)]


def test_a_warehouse_restored_from_a_backup_takes_what_the_journal_still_has(tmp_path: Path, shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a")))
    drain_journal(shop)
    shop.warehouse.execute("DELETE FROM zg.journal")  # as a backup from before the drain knows it
    assert (drain_journal(shop).repeated, drained(shop)) == (1, [("a",)])


@pytest.mark.parametrize("shift", [-1000, 1000], ids=["a clock put back", "later"])
def test_events_of_a_journal_that_was_emptied_and_began_anew_are_drained(shop: OpenShop, shift: int) -> None:
    journal(shop.folder, entry(event("a")))
    drain_journal(shop)
    (old,) = journal_of(shop.folder).folder.glob("*.seg")
    number = int(old.stem)
    old.unlink()
    journal(shop.folder, entry(event("b")))
    (new,) = journal_of(shop.folder).folder.glob("*.seg")
    new.rename(new.with_stem(f"{number + shift:016d}"))
    assert collector_status(shop).waiting == 1
    assert drain_journal(shop).new == 1
    assert drained(shop) == [("a",), ("b",)]


def test_events_after_a_segment_that_lost_its_end_in_a_power_cut_are_drained(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a")), entry(event("b")))
    drain_journal(shop)
    (segment,) = journal_of(shop.folder).folder.glob("*.seg")
    segment.write_bytes(segment.read_bytes()[:-7])
    journal(shop.folder, entry(event("c")))
    report = drain_journal(shop)
    assert (report.new, drained(shop)) == (1, [("a",), ("b",), ("c",)])


def test_a_failed_transaction_leaves_the_journal_for_the_next_try(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal(shop.folder, *(entry(event(f"e{n}")) for n in range(20)), segment_bytes=300)
    before = journal_of(shop.folder).segments()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "drain", _full)
        with pytest.raises(OutsideError):
            drain_journal(shop)
    assert journal_of(shop.folder).segments() == before
    assert drain_journal(shop).new == 20


def _full(*_given: object) -> None:
    raise OutsideError("The disk is full.", zh="磁盘已满。", retryable=True)


def test_the_status_tells_lag_rate_and_the_last_drain(shop: OpenShop) -> None:
    now = datetime.now(UTC)
    journal(shop.folder, entry(event("a"), event("b"), received_at=now - timedelta(hours=1)))
    drain_journal(shop)
    journal(shop.folder, entry(event("c"), received_at=now - timedelta(seconds=50)))
    journal(shop.folder, entry(*(event(f"d{n}") for n in range(9)), rejects=[WINK], received_at=now))
    status = collector_status(shop, now + timedelta(seconds=10))
    assert (status.waiting, status.lag, status.rejected) == (10, timedelta(seconds=60), 1)
    assert status.rate_per_minute == 2.0
    assert status.last_event_at == now
    assert status.last_drain is not None
    assert status.last_drain[1] == 2
    assert status.journal_bytes > 500
    drain_journal(shop)
    status = collector_status(shop, now + timedelta(seconds=10))
    assert (status.waiting, status.lag, status.rejected, status.rate_per_minute) == (0, timedelta(0), 1, 2.2)


def test_a_clock_that_was_put_back_gives_no_lag_below_zero(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a"), received_at=NOON))
    assert collector_status(shop, NOON - timedelta(hours=1)).lag == timedelta(0)


def test_a_table_of_no_events_has_all_columns() -> None:
    assert table_of([]).num_rows == 0
    assert table_of([]).column_names == [column.name for column in TABLES["events"].columns]


def test_a_position_is_written_and_read(shop: OpenShop) -> None:
    journal(shop.folder, entry(event("a")))
    drain_journal(shop)
    segment, offset = (drain_state(shop).position or "").split(":")
    assert Position(int(segment), int(offset)) == journal_end(shop.folder)


@settings(max_examples=4, deadline=None)
@given(
    requests=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=4), max_size=12),
    drains=st.sets(st.integers(0, 12), max_size=4),
    segment_bytes=st.sampled_from([200, 500, 1 << 20]),
)
def test_any_order_of_collecting_and_draining_gives_the_first_delivery_of_each_event(
    tmp_path_factory: pytest.TempPathFactory, requests: list[list[str]], drains: set[int], segment_bytes: int
) -> None:
    """Against plain Python: a dict that keeps what came first."""
    folder = tmp_path_factory.mktemp("law") / "shop"
    create_shop(folder, Settings("Tea", "EUR", "Asia/Shanghai"))
    expected: dict[str, str] = {}
    with open_shop_folder(folder) as shop:
        total = 0
        for number, ids in enumerate(requests):
            events = [event(one, page_url=f"/{number}/{place}") for place, one in enumerate(ids)]
            for one in events:
                expected.setdefault(one.event_id, str(one.page_url))
            journal(folder, entry(*events), segment_bytes=segment_bytes)
            total += drain_journal(shop).drained if number in drains else 0
        total += drain_journal(shop).drained
        assert drained(shop, "event_id", "page_url") == sorted(expected.items())
        assert total == sum(map(len, requests))
        assert shop.warehouse.facts()["events"].rows == len(expected)

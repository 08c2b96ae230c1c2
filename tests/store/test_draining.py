"""Portions of a journal go into the warehouse once, whatever happens in between."""

from __future__ import annotations

import dataclasses
import itertools
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.pieces import kept, orders, take

from zhanggui.basics.errors import ActionRefused
from zhanggui.basics.progress import Stopped
from zhanggui.shop import Reject
from zhanggui.store import draining
from zhanggui.store.batches import list_batches, rejects
from zhanggui.store.draining import Portion, drain, drain_state, make_lasting
from zhanggui.store.importing.merging import TableCount
from zhanggui.store.opened import OpenShop, open_shop_folder

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
REFUSED = Reject("events", "collector", None, "event", "wink", "event is none of page_view", "event 不是以下之一")


def events(*rows: tuple[str, str]) -> pa.Table:
    """Events of one visitor, each an id and an address, a second apart."""
    return pa.table(
        {
            "event_id": pa.array([event for event, _ in rows], pa.string()),
            "page_url": pa.array([url for _, url in rows], pa.string()),
            "occurred_at": pa.array([NOON + timedelta(seconds=n) for n in range(len(rows))], pa.timestamp("us", "UTC")),
            "visitor_id": pa.array(["v"] * len(rows), pa.string()),
            "session_id": pa.array(["s"] * len(rows), pa.string()),
            "event": pa.array(["page_view"] * len(rows), pa.string()),
        }
    )


def portion(rows: pa.Table, after: str | None = None, position: str = "1", **more: Any) -> Portion:
    """A portion without refused rows."""
    return Portion("events", rows, more.get("rejects", ()), after, position, more.get("received_at", NOON))


def test_rows_and_position_go_in_together(shop: OpenShop) -> None:
    assert drain_state(shop).position is None
    done = drain(shop, portion(events(("a", "/"), ("b", "/x"))))
    assert done is not None
    assert done.count == TableCount(2, 2, 0, 0, 0)
    assert drain_state(shop).position == "1"
    assert kept(shop, "events", "event_id", "page_url") == [("a", "/"), ("b", "/x")]
    assert shop.warehouse.facts()["events"].rows == 2
    assert shop.warehouse.facts()["events"].first == NOON
    (visit,) = shop.warehouse.query("SELECT page_views FROM visits").to_pylist()
    assert visit == {"page_views": 2}


def test_the_same_portion_again_is_not_taken_twice(shop: OpenShop) -> None:
    drain(shop, portion(events(("a", "/"))))
    assert drain(shop, portion(events(("a", "/"), ("b", "/")))) is None
    assert kept(shop, "events", "event_id") == [("a",)]


def test_a_delivery_repeated_later_changes_nothing(shop: OpenShop) -> None:
    drain(shop, portion(events(("a", "/first"))))
    done = drain(shop, portion(events(("a", "/second"), ("b", "/")), "1", "2"))
    assert done is not None
    assert done.count == TableCount(2, 1, 0, 1, 0)
    assert kept(shop, "events", "event_id", "page_url") == [("a", "/first"), ("b", "/")]


def test_of_a_delivery_repeated_in_one_portion_the_first_counts(shop: OpenShop) -> None:
    done = drain(shop, portion(events(("a", "/1"), ("b", "/"), ("a", "/2"), ("a", "/1"))))
    assert done is not None
    assert done.count == TableCount(4, 2, 0, 2, 0)
    assert kept(shop, "events", "event_id", "page_url") == [("a", "/1"), ("b", "/")]
    assert rejects(shop) == ()


def test_events_that_an_import_brought_keep_their_row(shop: OpenShop) -> None:
    drain(shop, portion(events(("a", "/collected"))))
    assert drain(shop, portion(events(("a", "/again")), "1", "2")) is not None
    assert kept(shop, "events", "page_url") == [("/collected",)]


def test_drains_of_one_day_are_one_batch_whose_counts_grow(shop: OpenShop) -> None:
    first = drain(shop, portion(events(("a", "/"))))
    take(shop, orders({}))
    later = NOON + timedelta(minutes=5)
    second = drain(shop, portion(events(("a", "/"), ("b", "/")), "1", "2", rejects=[REFUSED], received_at=later))
    assert first is not None
    assert second is not None
    assert first.batch == second.batch
    imported, collected = list_batches(shop)
    assert (imported.source, collected.source, collected.batch) == ("test", "collector", first.batch)
    assert collected.tables == {"events": TableCount(4, 2, 0, 1, 1)}
    assert collected.received_at == later
    assert collected.files == ()


def test_the_next_day_of_the_shop_has_a_batch_of_its_own(shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop is in London: half past eleven at night in summer is the next day in UTC only half an hour later."""
    nights = [datetime(2026, 7, 1, hour, 30, tzinfo=UTC) for hour in (21, 22, 23)]

    class Clock(datetime):
        """Stands still at the first of the nights."""

        @classmethod
        def now(cls, _tz: Any = None) -> Any:
            """The time."""
            return nights[0]

    monkeypatch.setattr(draining, "datetime", Clock)
    batches = []
    for number in range(3):
        done = drain(shop, portion(events((f"e{number}", "/")), str(number - 1) if number else None, str(number)))
        assert done is not None
        batches.append(done.batch)
        del nights[0]
        nights.append(nights[-1])
    assert batches[0] == batches[1] != batches[2]


def test_refused_events_are_kept_in_both_languages_and_only_so_many(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "KEPT", 3)
    done = drain(shop, portion(events(), rejects=[REFUSED, REFUSED]))
    assert done is not None
    assert done.count == TableCount(2, 0, 0, 0, 2)
    drain(shop, portion(events(), "1", "2", rejects=[REFUSED, REFUSED]))
    rows = rejects(shop, done.batch)
    assert len(rows) == 3
    assert {(row.value, row.reason, row.reason_zh, row.rejected) for row in rows} == {
        ("wink", "event is none of page_view", "event 不是以下之一", True)
    }
    assert list_batches(shop)[0].tables["events"].rejected == 4
    assert drain_state(shop).rejected == 4


def test_an_event_that_breaks_a_rule_after_all_is_kept_aside(shop: OpenShop) -> None:
    rows = events(("a", "/"), ("b", "/")).set_column(5, "event", pa.array(["page_view", "wink"]))
    done = drain(shop, portion(rows))
    assert done is not None
    assert done.count == TableCount(2, 1, 0, 0, 1)
    (row,) = rejects(shop)
    assert (row.file, row.column, row.value) == ("collector", "event", "wink")


def test_an_order_that_is_not_there_yet_is_no_news(shop: OpenShop) -> None:
    take(shop, orders({"order_id": "1"}))
    rows = events(("a", "/")).append_column("order_id", pa.array(["2"]))
    drain(shop, portion(rows))
    assert rejects(shop) == ()


@pytest.mark.parametrize("moment", ["deriving", "saving"])
def test_a_drain_that_is_stopped_leaves_the_shop_and_the_position_as_they_were(shop: OpenShop, moment: str) -> None:
    def stop(stage: str, done: int, total: int | None = None) -> None:
        if stage == moment and (done, total) == (0, None):
            raise Stopped

    with pytest.raises(Stopped):
        drain(shop, portion(events(("a", "/")), rejects=[REFUSED]), stop)
    assert drain_state(shop) == draining.DrainState(None, None, (), 0)
    assert kept(shop, "events") == []
    assert not list_batches(shop)
    assert not rejects(shop)
    assert shop.warehouse.query("SELECT current_setting('preserve_insertion_order') AS kept").to_pylist() == [
        {"kept": True}
    ]
    assert drain(shop, portion(events(("a", "/")))) is not None


def test_the_warehouse_remembers_drains_of_a_day(shop: OpenShop) -> None:
    drain(shop, portion(events(("a", "/"))))
    shop.warehouse.execute("UPDATE zg.drains SET drained_at = drained_at - INTERVAL 2 DAY")
    later = NOON + timedelta(seconds=3)
    drain(shop, portion(events(("b", "/"), ("c", "/")), "1", "2", rejects=[REFUSED], received_at=later))
    state = drain_state(shop)
    assert state.last is not None
    assert state.last[1] == 3
    assert state.recent == ((later, 3),)


def test_what_is_drained_can_be_made_lasting(folder: Path) -> None:
    with open_shop_folder(folder) as shop:
        drain(shop, portion(events(("a", "/"))))
        assert make_lasting(shop)
        wal = folder / "warehouse.duckdb.wal"
        assert not wal.exists() or wal.stat().st_size == 0


def test_a_shop_that_may_only_be_read_is_not_drained(folder: Path) -> None:
    with open_shop_folder(folder) as shop:
        drain(shop, portion(events(("a", "/"))))
    with open_shop_folder(folder, read_only=True) as shop:
        assert drain_state(shop).position == "1"
        with pytest.raises(ActionRefused, match="reading only"):
            drain(shop, portion(events(("b", "/")), "1", "2"))


def test_an_older_shop_gets_what_draining_needs(folder: Path) -> None:
    with open_shop_folder(folder) as shop:
        shop.warehouse.execute("DROP TABLE zg.journal")
        shop.warehouse.execute("DROP TABLE zg.drains")
        shop.warehouse.execute("UPDATE zg.meta SET value = '1' WHERE key = 'schema_version'")
    with open_shop_folder(folder) as shop:
        assert drain(shop, portion(events(("a", "/")))) is not None


@settings(max_examples=6, deadline=None)
@given(
    deliveries=st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from(["/1", "/2", "/三"])), max_size=30),
    cuts=st.sets(st.integers(0, 30), max_size=4),
)
def test_any_cut_of_the_journal_gives_the_first_delivery_of_every_event(
    tmp_path_factory: pytest.TempPathFactory, empty_shop: Path, deliveries: list[tuple[str, str]], cuts: set[int]
) -> None:
    """Against plain Python: a dict that keeps what came first."""
    expected: dict[str, str] = {}
    for event, url in deliveries:
        expected.setdefault(event, url)
    with _copy(empty_shop, tmp_path_factory.mktemp("law")) as shop:
        after, total = None, TableCount(0, 0, 0, 0, 0)
        bounds = sorted({0, len(deliveries), *(cut for cut in cuts if cut < len(deliveries))})
        for start, end in itertools.pairwise(bounds):
            done = drain(shop, portion(events(*deliveries[start:end]), after, str(end)))
            assert done is not None
            after = str(end)
            total = dataclasses.replace(total, read=total.read + done.count.read)
        assert kept(shop, "events", "event_id", "page_url") == sorted(expected.items())
        assert total.read == len(deliveries)
        assert shop.warehouse.facts()["events"].rows == len(expected)


def _copy(empty: Path, place: Path) -> OpenShop:
    return open_shop_folder(Path(shutil.copytree(empty, place / "shop")))

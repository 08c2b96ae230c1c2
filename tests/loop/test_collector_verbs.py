"""Write keys, drains and the state of the collector, by the Python face and the desk."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engines.collection.journals import WINK, entry, event, journal

import zhanggui
from zhanggui.basics.errors import DefinitionError, OutsideError, UnknownNameError
from zhanggui.engines.collection.keys import LOOPBACK_ORIGINS
from zhanggui.loop import drainer as drainer_module
from zhanggui.loop.desk import Desk
from zhanggui.loop.drainer import Drainer
from zhanggui.store.owner import Owner, write_owner

NOW = datetime.now(UTC)


def test_the_write_key_is_made_once_and_told_again(empty: Path) -> None:
    with zhanggui.open_shop(empty) as shop:
        first, again = shop.write_key().to_json(), shop.write_key().to_json()
    assert first == again
    assert first["write_key"].startswith("zg_")
    assert first["origins"] == list(LOOPBACK_ORIGINS)
    assert f'data-key="{first["write_key"]}"' in first["tag"]
    with zhanggui.open_shop(empty) as shop:
        assert shop.write_key().to_json() == first


def test_a_further_key_is_the_one_told_until_it_is_revoked(empty: Path) -> None:
    with zhanggui.open_shop(empty) as shop:
        first = shop.write_key().to_json()["write_key"]
        second = shop.write_key(new=True).to_json()["write_key"]
        assert second != first
        assert shop.write_key().to_json()["write_key"] == second
        assert shop.write_key(revoke=second).to_json()["write_key"] == first
        assert shop.write_key(revoke=first).to_json()["write_key"] not in (first, second)
        with pytest.raises(UnknownNameError, match="no-such-key"):
            shop.write_key(revoke="no-such-key")


def test_origins_take_the_place_of_those_before(empty: Path) -> None:
    with zhanggui.open_shop(empty) as shop:
        found = shop.write_key(origins=["https://Tea.example/", "https://*.tea.example"])
        assert found.to_json()["origins"] == ["https://*.tea.example", "https://tea.example"]
        assert found.words is not None
        assert "https://tea.example" in found.words.en
        assert shop.write_key().to_json()["origins"] == ["https://*.tea.example", "https://tea.example"]
        with pytest.raises(DefinitionError, match="no origin"):
            shop.write_key(origins=["tea"])
        assert shop.write_key(origins=["this-machine"]).to_json()["origins"] == list(LOOPBACK_ORIGINS)


def test_the_tag_names_the_running_server(empty: Path) -> None:
    with zhanggui.open_shop(empty) as shop:
        assert "https://YOUR-SERVER/zg.js" in shop.write_key().to_json()["tag"]
        write_owner(empty, Owner(8123, "token", os.getpid()))
        assert 'src="http://127.0.0.1:8123/zg.js"' in shop.write_key().to_json()["tag"]


def test_a_drain_tells_what_it_did(empty: Path) -> None:
    journal(empty, entry(event("a"), event("b")), entry(event("a"), rejects=[WINK]))
    with zhanggui.open_shop(empty) as shop:
        found = shop.drain()
        assert found.words is not None
        assert "2 events are in the shop now" in found.words.en
        assert "拒绝" in found.words.zh
        document = found.to_json()
        assert {key: document[key] for key in ("drained", "new", "repeated", "rejected", "waiting")} == {
            "drained": 3, "new": 2, "repeated": 1, "rejected": 1, "waiting": 0,
        }  # fmt: skip
        assert found.to_arrow().to_pylist() == [{"drained": 3, "new": 2, "repeated": 1, "rejected": 1, "waiting": 0}]
        assert shop.rejects().to_json()["rejects"][0]["value"] == "wink"
        assert shop.batches().to_json()["batches"][0]["source"] == "collector"


def test_the_collector_tells_how_it_is_doing(empty: Path) -> None:
    with zhanggui.open_shop(empty) as shop:
        nothing = shop.collector()
        assert nothing.words is not None
        assert "No event has come yet" in nothing.words.en
        assert (nothing.to_json()["write_key"], nothing.to_json()["tag"]) == (None, None)
        key = shop.write_key().to_json()["write_key"]
        journal(empty, entry(event("a"), received_at=NOW))
        waiting = shop.collector().to_json()
        assert (waiting["waiting"], waiting["last_drain"], waiting["write_key"]) == (1, None, key)
        assert waiting["lag_seconds"] >= 0
        assert waiting["last_event_at"] == NOW.isoformat()
        shop.drain()
        drained = shop.collector().to_json()
        assert (drained["waiting"], drained["lag_seconds"], drained["last_drain"]["events"]) == (0, 0, 1)


def test_a_desk_answers_with_the_new_events_after_a_drain(empty: Path) -> None:
    journal(empty, entry(event("a", visitor_id="v1", session_id="s1")))
    with Desk.over([empty]) as desk:
        (key,) = desk.all_keys()
        assert desk.call(key, "data", {}).to_json()["tables"] is not None
        before = desk.stamp(key)
        drainer = Drainer(desk, key)
        assert drainer.step()
        assert not drainer.step()
        assert desk.stamp(key) != before
        journal(empty, entry(event("b", 60, visitor_id="v2", session_id="s2")))
        second = desk.stamp(key)
        assert drainer.step()
        assert desk.stamp(key) != second
        window = {"name": "sessions", "from": "2026-01-05", "to": "2026-01-06"}
        assert desk.call(key, "kpi", window).to_json()["total"]["sessions"]["value"] == 2


def test_a_drainer_rests_after_a_drain(empty: Path) -> None:
    journal(empty, entry(event("a")))
    with Desk.over([empty]) as desk:
        drainer = Drainer(desk, *desk.all_keys())
        assert drainer.step()
        drainer.rest(1_000)
        journal(empty, entry(event("b")))
        assert not drainer.step()
        drainer.rest(0)
        assert drainer.step()


def test_a_drain_that_failed_is_tried_again_after_a_while(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal(empty, entry(event("a")))
    with Desk.over([empty]) as desk:
        drainer = Drainer(desk, *desk.all_keys())

        def full(*_given: object) -> None:
            raise OutsideError("The disk is full.", zh="磁盘已满。", retryable=True)

        with monkeypatch.context() as patch:
            patch.setattr(desk, "call", full)
            with pytest.raises(OutsideError):
                drainer.step()
        assert not drainer.step()
        monkeypatch.setattr(drainer_module.time, "monotonic", lambda: 1e12)
        assert drainer.step()


def test_a_shop_that_collects_nothing_is_left_alone(empty: Path) -> None:
    with Desk.over([empty]) as desk:
        before = desk.stamp(*desk.all_keys())
        assert not Drainer(desk, *desk.all_keys()).step()
        assert desk.stamp(*desk.all_keys()) == before

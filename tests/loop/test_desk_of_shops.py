"""The desk: several shops, kept answers, one writer, work that can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.small_shop import SmallShops

from zhanggui.basics.errors import DataError, DefinitionError, UnknownNameError
from zhanggui.basics.progress import Progress, Stopped, silent
from zhanggui.basics.words import Words
from zhanggui.loop.desk import Desk
from zhanggui.loop.result import Document
from zhanggui.loop.verb import Verb
from zhanggui.loop.verbs import verbs


@pytest.fixture
def desk(small: SmallShops, tmp_path: Path) -> Iterator[Desk]:
    """A desk over a filled and an empty shop."""
    with Desk.over([small.filled(tmp_path / "filled"), small.empty(tmp_path / "empty")]) as made:
        yield made


@dataclass(frozen=True)
class _Nothing:
    """No parameters."""


def _verb(run: Any, *, writes: bool = False, keeps: bool = True) -> Verb:
    return Verb(
        name="test",
        phase="collect",
        words=Words("test", "测试"),
        doc=Words("test.", "测试。"),
        takes=_Nothing,
        example="test",
        gives={},
        run=run,
        writes=writes,
        keeps=keeps,
    )


def test_shops_come_in_the_order_named_with_what_a_switcher_shows(desk: Desk) -> None:
    filled, empty = desk.shops()
    assert (filled.key, empty.key) == desk.all_keys() == ("filled", "empty")
    assert filled.to_json()["last_day"] == "2026-04-29"
    assert filled.batch
    assert filled.imported_at
    assert (empty.last_day, empty.batch, empty.imported_at) == (None, None, None)
    assert empty.to_json()["currency"] == "CNY"


def test_a_verb_is_called_by_name_with_raw_parameters(desk: Desk) -> None:
    found = desk.call("filled", "kpi", {"name": ["sales"], "from": "2026-03-01", "to": "2026-04-01"})
    assert found.to_json()["total"]["sales"]["value"] > 0


def test_unknown_shops_verbs_and_parameters_are_refused_with_near_names(desk: Desk) -> None:
    with pytest.raises(UnknownNameError) as shop:
        desk.call("fileld", "kpi", {"name": "sales"})
    assert shop.value.suggestions == ("filled",)
    with pytest.raises(UnknownNameError) as verb:
        desk.call("filled", "kip", {})
    assert "kpi" in verb.value.suggestions
    with pytest.raises(DefinitionError):
        desk.call("filled", "kpi", {})


def test_an_answer_is_kept_until_something_is_written(desk: Desk, small: SmallShops) -> None:
    first = desk.call("filled", "kpi", {"name": "sales"})
    stamp = desk.stamp("filled")
    assert desk.call("filled", "kpi", {"name": ["sales"]}) is first
    desk.call("filled", "import", {"source": "tables", "path": [str(path) for path in small.files]})
    assert desk.call("filled", "kpi", {"name": "sales"}) is not first
    assert desk.stamp("filled") != stamp


def test_an_answer_is_not_kept_beyond_a_change_of_the_shops_own_kpis(desk: Desk) -> None:
    first = desk.call("filled", "catalogue", {})
    assert desk.call("filled", "catalogue", {}) is first
    own = desk.folder("filled") / "metrics"
    own.mkdir()
    (own / "own_sales.toml").write_text(
        'words = { en = "Own", zh = "自有" }\nunit = "money"\nneeds = ["orders"]\n'
        'formula = "sales * 2"\nsource = "test"\n'
        '[[example]]\norders = [{ order_id = "1", status = "paid" }]\n'
        'order_lines = [{ order_id = "1", unit_price = 10, quantity = 1 }]\nexpect = 20\n',
        encoding="utf-8",
    )
    again = desk.call("filled", "catalogue", {})
    assert "own_sales" in {kpi["name"] for kpi in again.to_json()["kpis"]}


def test_an_error_is_not_kept(desk: Desk) -> None:
    calls = []

    def run(_shop: Any, _params: Any, _progress: Progress) -> Document:
        calls.append(1)
        if len(calls) == 1:
            raise DataError("first time")
        return Document({})

    verb = _verb(run)
    with pytest.raises(DataError):
        desk.ask("filled", verb, _Nothing())
    desk.ask("filled", verb, _Nothing())
    assert len(calls) == 2


def test_the_same_question_asked_at_once_is_computed_once(desk: Desk) -> None:
    calls = []

    def run(_shop: Any, _params: Any, _progress: Progress) -> Document:
        calls.append(1)
        time.sleep(0.1)
        return Document({})

    verb = _verb(run)
    threads = [threading.Thread(target=desk.ask, args=("filled", verb, _Nothing())) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_who_waits_for_a_stopped_answer_computes_it(desk: Desk) -> None:
    calls: list[int] = []
    started = threading.Event()

    def run(_shop: Any, _params: Any, progress: Progress) -> Document:
        calls.append(1)
        if len(calls) == 1:
            started.set()
            time.sleep(0.1)
            progress("x", 0)  # the first client went away
        return Document({"by": len(calls)})

    def gone(_stage: str, _done: int, _total: int | None = None) -> None:
        raise Stopped

    verb = _verb(run)

    def first() -> None:
        with pytest.raises(Stopped):
            desk.ask("filled", verb, _Nothing(), gone)

    thread = threading.Thread(target=first)
    thread.start()
    started.wait(5)
    assert desk.ask("filled", verb, _Nothing(), silent).to_json() == {"by": 2}
    thread.join()


def test_answers_that_may_be_very_long_are_not_kept(desk: Desk) -> None:
    assert desk.call("filled", "rejects", {}) is not desk.call("filled", "rejects", {})


def test_readers_go_on_while_one_writer_writes_and_the_next_waits(desk: Desk) -> None:
    inside, go_on = threading.Event(), threading.Event()
    order = []

    def slow(_shop: Any, _params: Any, _progress: Progress) -> Document:
        inside.set()
        go_on.wait(5)
        order.append("first")
        return Document({})

    def second(_shop: Any, _params: Any, _progress: Progress) -> Document:
        order.append("second")
        return Document({})

    threads = [threading.Thread(target=desk.ask, args=("filled", _verb(slow, writes=True), _Nothing()))]
    threads[0].start()
    inside.wait(5)
    threads.append(threading.Thread(target=desk.ask, args=("filled", _verb(second, writes=True), _Nothing())))
    threads[1].start()
    assert desk.call("filled", "kpi", {"name": "orders"}).to_json()["total"]["orders"]["value"]
    assert order == []
    go_on.set()
    for thread in threads:
        thread.join()
    assert order == ["first", "second"]


def test_a_waiting_writer_can_be_stopped(desk: Desk) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(_shop: Any, _params: Any, _progress: Progress) -> Document:
        inside.set()
        go_on.wait(5)
        return Document({})

    def gone(_stage: str, _done: int, _total: int | None = None) -> None:
        raise Stopped

    verb = _verb(slow, writes=True)
    thread = threading.Thread(target=desk.ask, args=("filled", verb, _Nothing()))
    thread.start()
    inside.wait(5)
    with pytest.raises(Stopped):
        desk.ask("filled", verb, _Nothing(), gone)
    go_on.set()
    thread.join()


def test_a_stopped_import_leaves_the_shop_as_it_was(desk: Desk, small: SmallShops) -> None:
    def gone(stage: str, _done: int, _total: int | None = None) -> None:
        if stage == "saving":
            raise Stopped

    verb = verbs()["import"]
    params = verb.parse({"source": "tables", "path": small.files})
    with pytest.raises(Stopped):
        desk.ask("empty", verb, params, gone)
    assert desk.call("empty", "batches", {}).to_json()["batches"] == []
    assert desk.ask("empty", verb, params).good


def test_a_closing_desk_ends_all_work(desk: Desk, small: SmallShops) -> None:
    desk.stop()
    with pytest.raises(Stopped):
        desk.call("empty", "import", {"source": "tables", "path": small.files})


def test_a_shop_is_found_by_its_folder_however_it_is_written(desk: Desk, tmp_path: Path) -> None:
    assert desk.key_of(tmp_path / "empty" / ".." / "filled") == "filled"
    with pytest.raises(UnknownNameError):
        desk.key_of(tmp_path / "other")


def test_folders_of_the_same_name_get_different_keys(small: SmallShops, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    one = small.empty(tmp_path / "a shop")
    two = small.empty(tmp_path / "b" / "a shop")
    reserved = small.empty(tmp_path / "api")
    with Desk.over([one, two, reserved, one]) as desk:
        assert desk.all_keys() == ("a-shop", "a-shop-2", "api-2")


def test_a_folder_that_is_no_shop_ends_the_opening_and_closes_the_others(small: SmallShops, tmp_path: Path) -> None:
    good = small.empty(tmp_path / "good")
    with pytest.raises(DataError), Desk.over([good, tmp_path / "bad"]):
        pass
    with Desk.over([good]) as desk:
        assert desk.all_keys() == ("good",)


def test_verbs_without_a_shop_need_none(desk: Desk) -> None:
    assert desk.ask(None, verbs()["sources"], verbs()["sources"].parse({})).to_json()["sources"]
    assert desk.ask(None, verbs()["trees"], verbs()["trees"].parse({"kpi": "sales"})).to_json()["names"]


def test_only_so_many_answers_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhanggui.loop.desk.KEPT", 2)
    verb = verbs()["kpi"]
    first = desk.ask("filled", verb, verb.parse({"name": "sales"}))
    for name in ("orders", "units"):
        desk.ask("filled", verb, verb.parse({"name": name}))
    assert desk.ask("filled", verb, verb.parse({"name": "sales"})) is not first
    assert replace(verb.parse({"name": "sales"}), top=1)

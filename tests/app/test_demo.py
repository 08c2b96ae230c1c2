"""The demo: built once, opened, found again; and the jobs of a server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.app.conftest import Serve
from tests.small_shop import SmallShops

from zhanggui.app import demo as demo_module
from zhanggui.app.commands import DemoParams
from zhanggui.app.demo import demo
from zhanggui.app.jobs import Jobs
from zhanggui.cli.usage import Manners
from zhanggui.loop.desk import Desk
from zhanggui.loop.examples import EXAMPLES
from zhanggui.loop.watching import Watcher
from zhanggui.store.owner import read_owner


@pytest.fixture
def small_examples(small: SmallShops, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both example shops with the data of the small shop."""
    examples = tuple(replace(example, source="tables", files=lambda: tuple(small.files)) for example in EXAMPLES)
    monkeypatch.setattr(demo_module, "EXAMPLES", examples)


@pytest.mark.usefixtures("small_examples")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_shops_are_built_and_the_second_time_kept(
    tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    params = DemoParams(dir=tmp_path / "demo", no_serve=True)
    assert demo(params, Manners("table", language)) == 0
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"gifts", "homeware"}
    first = capsys.readouterr().out
    assert demo(params, Manners("table", language)) == 0
    second = capsys.readouterr().out
    assert first != second
    assert ("沿用" in second) == (language == "zh")


@pytest.mark.slow
@pytest.mark.usefixtures("small_examples")
def test_a_demo_that_is_open_already_is_pointed_to(
    tmp_path: Path, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "demo"
    demo(DemoParams(dir=place, no_serve=True), Manners("table", "en"))
    server = serve(place, first="demo", more=("--port", 0))
    url = server.url
    capsys.readouterr()
    assert demo(DemoParams(dir=place), Manners("table", "en")) == 0
    assert url in capsys.readouterr().out
    owner = read_owner(place / "homeware")
    assert owner is not None
    assert server.end() == 0


def test_a_job_that_fails_is_told_and_goes_on(
    empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scans = []

    def scan(_self: Watcher) -> int:
        scans.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Watcher, "scan", scan)
    with Desk.over([empty]) as desk, Jobs(desk, every=0.01):
        end = time.monotonic() + 5
        while len(scans) < 3 and time.monotonic() < end:
            time.sleep(0.01)
    assert len(scans) >= 3
    assert "disk is full" in capsys.readouterr().err


def test_the_first_page_is_kept_warm_after_every_write(
    filled: Path, empty: Path, small: SmallShops, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    call = Desk.call

    def noted(self: Desk, shop: str, verb: str, params: object, *more: object) -> object:
        asked.append((shop, verb))
        return call(self, shop, verb, params, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "call", noted)
    with Desk.over([filled, empty]) as desk, Jobs(desk, every=0.01):
        _until(lambda: ("filled", "today") in asked)
        time.sleep(0.1)
        assert asked == [("filled", "today")]  # once, and not for a shop without data
        desk.call("empty", "import", {"source": "tables", "path": small.files})
        _until(lambda: ("empty", "today") in asked)
    assert desk.all_keys() == ("filled", "empty")


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)

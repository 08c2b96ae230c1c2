"""A drain killed at any of its steps is finished by the next one: nothing lost, nothing doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.engines.collection.journals import WINK, drained, entry, event, journal

from zhanggui.engines.collection import journal_of
from zhanggui.engines.collection.draining import drain_journal
from zhanggui.store.batches import list_batches, rejects
from zhanggui.store.opened import create_shop, open_shop_folder
from zhanggui.store.settings import Settings

DRAIN = """
import os, signal, sys
from pathlib import Path
from zhanggui.engines.collection import draining
from zhanggui.store.opened import open_shop_folder

folder, step, portion = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
draining.MOST = 10
times = 0

def count_and_die():
    global times
    times += 1
    if times == portion:
        os.kill(os.getpid(), signal.SIGKILL)

def progress(stage, done, total=None):
    if stage == step:
        count_and_die()

def dying_after(work):
    def run(*given, **named):
        found = work(*given, **named)
        count_and_die()
        return found
    return run

if step == "committed":
    draining.drain = dying_after(draining.drain)
elif step == "lasting":
    draining.make_lasting = dying_after(draining.make_lasting)
elif step == "deleting":
    Path.unlink = dying_after(Path.unlink)
with open_shop_folder(folder) as shop:
    draining.drain_journal(shop, progress)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop with 40 events and 20 refused ones in a journal of several segments."""
    create_shop(tmp_path / "shop", Settings("Tea", "EUR", "Europe/Berlin"))
    requests = [entry(event(f"{n:02}a", n), event(f"{n:02}b", n), rejects=[WINK]) for n in range(20)]
    journal(tmp_path / "shop", *requests, segment_bytes=1_500)
    return tmp_path / "shop"


@pytest.mark.parametrize(
    ("step", "portion", "in_the_shop"),
    [
        pytest.param("deriving", 1, 0, id="while it derives", marks=pytest.mark.slow),
        pytest.param("saving", 1, 0, id="before the first commit", marks=pytest.mark.slow),
        pytest.param("saving", 3, 16, id="before the third commit"),
        pytest.param("committed", 1, 8, id="after the first commit", marks=pytest.mark.slow),
        pytest.param("committed", 5, 40, id="after the last commit", marks=pytest.mark.slow),
        pytest.param("lasting", 1, 40, id="after the checkpoint", marks=pytest.mark.slow),
        pytest.param("deleting", 2, 40, id="between two deleted segments", marks=pytest.mark.slow),
    ],
)
def test_a_drain_killed_at_a_step_is_finished_by_the_next_one(
    folder: Path, step: str, portion: int, in_the_shop: int
) -> None:
    before = len(journal_of(folder).segments())
    command = [sys.executable, "-c", DRAIN, str(folder), step, str(portion)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL, done
    with open_shop_folder(folder) as shop:
        assert len(drained(shop)) == in_the_shop
        assert len(journal_of(folder).segments()) == (before - 2 if step == "deleting" else before)
        report = drain_journal(shop)
        assert (report.new, report.repeated, report.waiting) == (40 - in_the_shop, 0, 0)
        assert drained(shop) == [(f"{n:02}{letter}",) for n in range(20) for letter in "ab"]
        assert len(rejects(shop)) == 20
        (batch,) = list_batches(shop)
        assert (batch.tables["events"].accepted, batch.tables["events"].rejected) == (40, 20)
        assert len(journal_of(folder).segments()) == 1
        assert drain_journal(shop).drained == 0

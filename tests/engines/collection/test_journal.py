"""The journal: what is acknowledged is read back, whole, in order, after any kind of end."""

from __future__ import annotations

import errno
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhanggui.basics.errors import DataError, OutsideError
from zhanggui.basics.words import Words
from zhanggui.engines.collection import START, Entry, Journal, JournalWriter, Position, Reject, journal_of
from zhanggui.engines.collection import writing as writing_module
from zhanggui.engines.collection.frames import MAGIC, framed
from zhanggui.engines.collection.journal import segment_name

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(number: int, size: int = 0) -> Entry:
    """An entry that can be told from others, with ``size`` further bytes."""
    return Entry(NOON + timedelta(seconds=number), b"[%d]" % number + b" " * size, 1)


def numbers(journal: Journal, start: Position = START) -> list[int]:
    """The entries of ``journal`` behind ``start``, by the number in them."""
    return [int(record.entry.events.strip(b"[] ")) for record in journal.read(start)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal"


def filled(folder: Path, count: int, segment_bytes: int = 1 << 20) -> Journal:
    """A journal of ``count`` entries whose writer has closed it."""
    writer = JournalWriter(folder, segment_bytes)
    for number in range(count):
        writer.write(entry(number))
    writer.close()
    return Journal(folder)


texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
rejects = st.builds(
    Reject, st.integers(0, 2**31), texts, texts, st.builds(Words, st.just("is wrong 🙂"), st.just("不对")),
)  # fmt: skip
entries = st.builds(
    Entry,
    received_at=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    events=st.binary(max_size=200),
    accepted=st.integers(0, 2**31),
    rejects=st.lists(rejects, max_size=3).map(tuple),
    user_agent=texts,
    country=texts,
    origin=texts,
)


@settings(max_examples=30, deadline=None)
@given(st.lists(entries, max_size=5))
def test_every_entry_is_read_back_as_it_was_appended(
    tmp_path_factory: pytest.TempPathFactory, given_entries: list[Entry]
) -> None:
    folder = tmp_path_factory.mktemp("law") / "journal"
    writer = JournalWriter(folder)
    commits = [writer.append(each) for each in given_entries]
    for commit in commits:
        commit.result(10)
    writer.close()
    assert [record.entry for record in Journal(folder).read()] == given_entries


def test_a_shop_without_journal_has_nothing_waiting(tmp_path: Path) -> None:
    journal = journal_of(tmp_path)
    assert list(journal.read()) == []
    assert journal.waiting().events == 0
    assert journal.waiting().oldest_at is None
    assert journal.bytes_held() == 0
    assert journal.delete_before(Position(9, 9)) == 0


def test_reading_goes_on_behind_any_record_over_segments(folder: Path) -> None:
    journal = filled(folder, 30, segment_bytes=200)
    assert len(journal.segments()) > 3
    positions = [START, *(record.position for record in journal.read())]
    assert positions == sorted(positions)
    for count, position in enumerate(positions):
        assert numbers(journal, position) == list(range(count, 30))


def test_what_waits_is_counted_from_any_position(folder: Path) -> None:
    journal = filled(folder, 12, segment_bytes=200)
    records = list(journal.read())
    for count, position in enumerate([START, *(record.position for record in records)]):
        waiting = journal.waiting(position)
        assert waiting.events == 12 - count
        assert waiting.bytes == sum(len(framed(entry(number))) for number in range(count, 12))
        assert waiting.oldest_at == (NOON + timedelta(seconds=count) if count < 12 else None)
        assert waiting.newest_at == (NOON + timedelta(seconds=11) if count < 12 else None)


def test_what_was_drained_is_deleted_but_never_the_latest_segment(folder: Path) -> None:
    journal = filled(folder, 30, segment_bytes=200)
    records = list(journal.read())
    middle = records[14].position
    journal.delete_before(middle)
    assert numbers(journal, middle) == list(range(15, 30))
    assert journal.segments()[0] >= middle.segment
    last = journal.segments()[-1]
    journal.delete_before(records[-1].position)
    assert journal.segments() == [last]
    writer = JournalWriter(folder)
    writer.write(entry(30))
    writer.close()
    assert numbers(journal, records[-1].position) == [30]


def test_numbers_of_segments_grow_even_when_the_folder_was_emptied(folder: Path) -> None:
    journal = filled(folder, 3)
    end = [record.position for record in journal.read()][-1]
    for path in folder.glob("*.seg"):
        path.unlink()
    filled(folder, 2, segment_bytes=1)
    assert journal.segments()[0] >= end.segment


@pytest.mark.parametrize("cut", [1, 7, 8, 20, 40])
def test_a_record_that_was_not_wholly_written_ends_the_journal_and_is_cut(folder: Path, cut: int) -> None:
    journal = filled(folder, 5)
    path = folder / segment_name(journal.segments()[-1])
    path.write_bytes(path.read_bytes()[:-cut])
    whole = numbers(journal)
    assert whole == list(range(5 - len(range(0, cut, len(framed(entry(0)))))))
    writer = JournalWriter(folder)
    writer.write(entry(99))
    writer.close()
    assert numbers(journal) == [*whole, 99]


@pytest.mark.parametrize("left", [0, 3, 8])
def test_a_segment_that_was_only_begun_holds_nothing(folder: Path, left: int) -> None:
    folder.mkdir()
    (folder / segment_name(7)).write_bytes(MAGIC[:left])
    writer = JournalWriter(folder)
    writer.write(entry(1))
    writer.close()
    assert numbers(Journal(folder)) == [1]


def test_zeros_at_the_end_as_a_power_cut_leaves_them_are_no_records(folder: Path) -> None:
    journal = filled(folder, 3)
    with (folder / segment_name(journal.segments()[-1])).open("ab") as file:
        file.write(bytes(500))
    assert numbers(journal) == [0, 1, 2]
    assert journal.waiting().events == 3
    filled(folder, 1)
    assert numbers(journal) == [0, 1, 2, 0]


def test_damage_inside_a_finished_segment_is_said_and_not_skipped(folder: Path) -> None:
    journal = filled(folder, 3)
    path = folder / segment_name(journal.segments()[-1])
    filled(folder, 1)
    held = bytearray(path.read_bytes())
    held[len(MAGIC) + len(framed(entry(0))) + 20] ^= 1
    path.write_bytes(bytes(held))
    found = journal.read()
    assert next(found).entry == entry(0)
    with pytest.raises(DataError, match="damaged at byte") as error:
        next(found)
    assert "损坏" in error.value.said("zh")


def test_a_journal_has_one_writer(folder: Path) -> None:
    writer = JournalWriter(folder)
    with pytest.raises(OutsideError, match="collected by another process"):
        JournalWriter(folder)
    writer.close()
    JournalWriter(folder).close()


def test_a_reader_beside_the_writer_sees_every_record_once(folder: Path) -> None:
    writer = JournalWriter(folder, segment_bytes=2_000)
    journal = Journal(folder)
    found: list[int] = []
    position = START
    pending = threading.Thread(target=lambda: [writer.append(entry(number)) for number in range(3_000)])
    pending.start()
    while len(found) < 3_000:
        for record in journal.read(position):
            found.append(int(record.entry.events.strip(b"[] ")))
            position = record.position
        journal.delete_before(position)
    pending.join()
    writer.close()
    assert found == list(range(3_000))


def test_closing_writes_what_waits(folder: Path) -> None:
    writer = JournalWriter(folder)
    commits = [writer.append(entry(number)) for number in range(100)]
    writer.close()
    writer.close()
    assert all(commit.done() and commit.exception() is None for commit in commits)
    assert numbers(Journal(folder)) == list(range(100))
    with pytest.raises(OutsideError, match="closed"):
        writer.append(entry(1))


def test_a_slow_disk_refuses_more_than_it_can_hold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    going = threading.Event()
    flush = os.fdatasync
    monkeypatch.setattr(writing_module.os, "fdatasync", lambda file: (going.wait(10), flush(file))[1])
    writer = JournalWriter(folder, queue_bytes=10_000)
    commits = [writer.append(entry(number, 1_000)) for number in range(9)]
    with pytest.raises(OutsideError, match="waits for the disk") as error:
        writer.append(entry(9, 1_000))
    assert error.value.retryable
    going.set()
    for commit in commits:
        commit.result(10)
    writer.write(entry(10))
    writer.close()
    assert numbers(Journal(folder)) == [*range(9), 10]


def _full(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def _half(flushes: list[int]) -> Any:
    write = os.writev

    def half(file: int, parts: list[bytes]) -> int:
        if flushes:
            return write(file, parts)
        flushes.append(1)
        os.write(file, b"".join(parts)[:10])
        return _full()

    return half


@pytest.mark.parametrize("call", ["writev", "fdatasync"])
def test_a_full_disk_acknowledges_nothing_and_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    writer = JournalWriter(folder)
    writer.write(entry(0))
    failed: list[int] = []
    sync = os.fdatasync

    def once(file: int) -> None:
        if failed:
            return sync(file)
        failed.append(1)
        return _full()  # type: ignore[func-returns-value]

    monkeypatch.setattr(writing_module.os, call, _half(failed) if call == "writev" else once)
    with pytest.raises(OutsideError, match="No space left") as error:
        writer.write(entry(1))
    assert error.value.retryable
    assert "剩余空间" in error.value.said("zh")
    writer.write(entry(2))
    writer.close()
    assert numbers(Journal(folder)) == [0, 2]


def test_while_the_disk_stays_broken_nothing_is_acknowledged_and_later_all_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(folder)
    writer.write(entry(0))
    with monkeypatch.context() as broken:
        for call in ("writev", "fdatasync", "ftruncate"):
            broken.setattr(writing_module.os, call, _full)
        for number in range(1, 4):
            with pytest.raises(OutsideError):
                writer.write(entry(number))
    writer.write(entry(9))
    writer.close()
    assert numbers(Journal(folder)) == [0, 9]


def test_more_parts_than_one_write_takes_and_large_records_are_whole(folder: Path) -> None:
    writer = JournalWriter(folder)
    commits = [writer.append(entry(number, 300)) for number in range(5_000)]
    commits.append(writer.append(entry(5_000, 9_000_000)))
    for commit in commits:
        commit.result(20)
    writer.close()
    assert numbers(Journal(folder)) == list(range(5_001))


def test_what_is_held_is_written_together_once_it_is_released(folder: Path) -> None:
    writer = JournalWriter(folder)
    commits = {id(writer.append(entry(number), hold=True)) for number in range(5)}
    assert len(commits) == 1
    assert numbers(Journal(folder)) == []
    writer.release()
    writer.release()
    writer.write(entry(5))
    assert numbers(Journal(folder)) == list(range(6))
    writer.append(entry(6), hold=True)
    writer.close()
    assert numbers(Journal(folder)) == list(range(7))

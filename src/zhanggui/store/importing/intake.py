"""Pieces of a source are staged as they come, table by table, in memory that does not grow."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from zhanggui.shop import BridgeItem, CsvScan, Note, Piece, Reject, Rows, table_named
from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Staging
from zhanggui.store.schema import quoted

CHUNK = 400_000  # rows staged at once: several row groups, so that they are written without being copied again


class Intake:
    """Everything that one import has read so far."""

    def __init__(self, runner: Runner, shop_zone: str) -> None:
        self.staged: dict[str, Staging] = {}
        self.rejects: list[Reject] = []
        self.items: list[BridgeItem] = []
        self.notes: list[Note] = []
        self._pending: dict[str, list[Rows]] = {}
        self._read = 0
        self._runner = runner
        self._zone = shop_zone

    def take(self, pieces: Iterable[Piece]) -> None:
        """Stage all pieces; the progress is told after each. The source is closed at the end, also when it fails."""
        try:
            self._take(pieces)
            self._runner.settle("reading")
        except BaseException:
            self._runner.abandon()
            raise
        finally:
            if isinstance(pieces, Generator):
                pieces.close()

    def _take(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            match piece:
                case Rows():
                    self._rows(piece)
                case CsvScan():
                    self._flush(piece.table)
                    staging = self._staging(piece.table)
                    staging.scan(piece)
                case Reject():
                    self._staging(piece.table)
                    self.rejects.append(piece)
                case BridgeItem():
                    self.items.append(piece)
                case Note():
                    self.notes.append(piece)
            self._runner.progress("reading", self._read)
        for table in list(self._pending):
            self._flush(table)

    def content_hash(self, files: Sequence[str]) -> str:
        """A hash of the files read; of the staged rows, in any order, where there are no files."""
        paths = [Path(file) for file in files]
        digest = hashlib.blake2b(digest_size=16)
        if paths and all(path.is_file() for path in paths):
            for path in paths:
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "blake2b").digest())
            return digest.hexdigest()
        for name, staging in sorted(self.staged.items()):
            columns = ", ".join(quoted(column) for column in staging.given)
            if staging.rows and columns:
                sums = self._runner.one(f"SELECT count(*), sum(hash({columns})) FROM {quoted(staging.name)}")
                digest.update(f"{name} {columns} {sums}".encode())
        return digest.hexdigest()

    def _rows(self, piece: Rows) -> None:
        waiting = self._pending.setdefault(piece.table, [])
        if waiting and not _alike(waiting[0], piece):
            self._flush(piece.table)
        waiting.append(piece)
        self._read += piece.data.num_rows
        if sum(rows.data.num_rows for rows in waiting) >= CHUNK:
            self._flush(piece.table)

    def _flush(self, table: str) -> None:
        waiting = self._pending.get(table)
        if waiting:
            self._staging(table).add(waiting)
            waiting.clear()

    def _staging(self, table: str) -> Staging:
        if table not in self.staged:
            self.staged[table] = Staging(table_named(table), self._zone, self._runner)
        return self.staged[table]


def _alike(first: Rows, second: Rows) -> bool:
    return first.naive_zone == second.naive_zone and first.data.schema.equals(second.data.schema)

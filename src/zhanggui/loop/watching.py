"""Watched folders: each file that is new or changed is imported once, when it is whole.

A file counts as whole when its size and time are the same at two looks, or when it was last
written a while ago (so a server that was down catches up at its first look). What was imported
is noted by content hash in ``watched.json`` of the shop; if the server dies between import and
note, the file is imported again, which changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from zhanggui.basics.errors import OutsideError, ZhangguiError
from zhanggui.loop.desk import Desk
from zhanggui.loop.verbs import verbs
from zhanggui.loop.verbs.import_ import ImportParams
from zhanggui.store.settings import WatchedFolder
from zhanggui.store.toml_text import write_whole

STATE_FILE = "watched.json"
SETTLED = 10.0  # seconds without a write after which a file counts as whole at first sight
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".download", ".swp", "~", ".map.toml")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Noted:
    """What is known of a file: its size (bytes), time (ns) and content; its batch, or the error it ended with."""

    size: int
    changed: int
    content: str
    batch: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class _Look:
    size: int
    changed: int


class Watcher:
    """Looks at the watched folders of one shop; :meth:`scan` is called again and again."""

    def __init__(self, desk: Desk, key: str, settled: float = SETTLED) -> None:
        self._desk = desk
        self._key = key
        self._settled = settled
        self._seen: dict[Path, _Look] = {}
        self._state_path = desk.folder(key) / STATE_FILE
        self._noted = read_noted(self._state_path)

    def scan(self) -> int:
        """Import what is new or changed and whole; the number of files imported."""
        return sum(self._scan_folder(watched) for watched in self._desk.watched(self._key))

    def _scan_folder(self, watched: WatchedFolder) -> int:
        fresh: dict[Path, Noted] = {}
        for path, look in _files(Path(watched.folder)):
            noted = self._noted.get(str(path))
            if noted and (noted.size, noted.changed) == (look.size, look.changed):
                continue
            if not self._whole(path, look):
                continue
            content = _hash(path)
            if content is None:
                continue
            if noted and noted.content == content:  # touched, but the same
                self._note(path, Noted(look.size, look.changed, content, noted.batch, noted.error))
                continue
            fresh[path] = Noted(look.size, look.changed, content)
        return self._import(watched.source, fresh) if fresh else 0

    def _whole(self, path: Path, look: _Look) -> bool:
        before = self._seen.get(path)
        self._seen[path] = look
        return before == look or time.time() - look.changed / 1e9 > self._settled

    def _import(self, source: str, fresh: dict[Path, Noted]) -> int:
        """All fresh files as one batch, because exports belong together; one by one when that fails."""
        try:
            batch = self._ask(source, list(fresh))
        except ZhangguiError as error:
            if isinstance(error, OutsideError) and error.retryable:
                return 0  # tried again at the next look
            if len(fresh) > 1:
                return sum(self._import(source, {path: noted}) for path, noted in fresh.items())
            for path, noted in fresh.items():
                self._note(path, Noted(noted.size, noted.changed, noted.content, None, error.message))
            return 0
        for path, noted in fresh.items():
            self._note(path, Noted(noted.size, noted.changed, noted.content, batch))
        return len(fresh)

    def _ask(self, source: str, paths: Sequence[Path]) -> str:
        mapping = _mapping_beside(paths[0]) if source in ("mapped", "auto") else None
        params = ImportParams(source=source, path=tuple(paths), map=mapping)
        result = self._desk.ask(self._key, verbs()["import"], params)
        return str(result.to_json()["batch"])

    def _note(self, path: Path, noted: Noted) -> None:
        self._seen.pop(path, None)
        self._noted[str(path)] = noted
        write_whole(self._state_path, json.dumps({name: asdict(each) for name, each in self._noted.items()}))


def read_noted(path: Path) -> dict[str, Noted]:
    """What is noted in the state file ``path``; nothing when it is not there or cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: Noted(**values) for name, values in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _files(folder: Path) -> Iterator[tuple[Path, _Look]]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED):
                continue
            path = Path(place) / name
            try:
                found = path.stat()
            except OSError:
                continue
            if path.is_file() and found.st_size:
                yield path, _Look(found.st_size, found.st_mtime_ns)


def _mapping_beside(path: Path) -> Path | None:
    """The mapping file in the folder of ``path``, when there is exactly one."""
    found = sorted(path.parent.glob("*.map.toml"))
    return found[0] if len(found) == 1 else None


def _hash(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()

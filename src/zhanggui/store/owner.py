"""Who owns a shop while a server runs: ``server.json`` in the shop folder, readable by its user only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from zhanggui.basics.errors import OutsideError
from zhanggui.store.toml_text import write_whole

OWNER_FILE = "server.json"


@dataclass(frozen=True)
class Owner:
    """A running server: the port it listens on, the token that verbs need, its process."""

    port: int
    token: str
    pid: int


def write_owner(folder: Path, owner: Owner) -> None:
    """Say that ``owner`` serves the shop in ``folder``.

    Raises:
        OutsideError: the folder cannot be written.
    """
    try:
        write_whole(folder / OWNER_FILE, json.dumps(asdict(owner)) + "\n", mode=0o600)
    except OSError as error:
        raise OutsideError(
            f"{folder / OWNER_FILE} cannot be written: {error.strerror}.",
            zh=f"{folder / OWNER_FILE} 无法写入：{error.strerror}。",
        ) from error


def read_owner(folder: Path) -> Owner | None:
    """The server of the shop in ``folder``; None when there is none or its process has ended."""
    try:
        values = json.loads((folder / OWNER_FILE).read_text(encoding="utf-8"))
        owner = Owner(port=int(values["port"]), token=str(values["token"]), pid=int(values["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return owner if process_runs(owner.pid) else None


def clear_owner(folder: Path, pid: int | None = None) -> None:
    """Forget the server of the shop; with ``pid`` only when it is that process."""
    owner = read_owner(folder)
    if pid is None or owner is None or owner.pid == pid:
        (folder / OWNER_FILE).unlink(missing_ok=True)


def process_runs(pid: int) -> bool:
    """Whether a process with the number ``pid`` runs on this machine."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except OSError:
        return False
    return True

"""Who may send events to a shop: write keys and the sites from which they are taken, in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select, update

from zhanggui.store.ledger import LEDGER_FILE, allowed_origins, write_keys


@dataclass(frozen=True)
class WriteKey:
    """A write key, when it was made, and when it was revoked (None = it holds)."""

    key: str
    created_at: datetime
    revoked_at: datetime | None


def list_write_keys(ledger: Engine) -> tuple[WriteKey, ...]:
    """All write keys ever made, the oldest first."""
    asked = select(write_keys).order_by(write_keys.c.created_at, write_keys.c.key)
    with ledger.connect() as con:
        return tuple(
            WriteKey(row.key, datetime.fromisoformat(row.created_at), _moment(row.revoked_at))
            for row in con.execute(asked)
        )


def add_write_key(ledger: Engine, key: str, now: datetime | None = None) -> None:
    """Keep ``key``; it holds from now on."""
    with ledger.begin() as con:
        con.execute(insert(write_keys).values(key=key, created_at=_text(now)))


def revoke_write_key(ledger: Engine, key: str, now: datetime | None = None) -> bool:
    """Let ``key`` hold no longer; False when there is no such key."""
    with ledger.begin() as con:
        known = con.execute(select(write_keys.c.key).where(write_keys.c.key == key)).first()
        holds = (write_keys.c.key == key) & write_keys.c.revoked_at.is_(None)
        con.execute(update(write_keys).where(holds).values(revoked_at=_text(now)))
        return known is not None


def list_origins(ledger: Engine) -> tuple[str, ...]:
    """The allowed origins, in alphabetical order."""
    with ledger.connect() as con:
        return tuple(con.execute(select(allowed_origins.c.origin).order_by(allowed_origins.c.origin)).scalars())


def set_origins(ledger: Engine, origins: Sequence[str], now: datetime | None = None) -> None:
    """Allow exactly ``origins``, and no other ones."""
    with ledger.begin() as con:
        con.execute(delete(allowed_origins))
        if origins:
            rows = [{"origin": origin, "created_at": _text(now)} for origin in dict.fromkeys(origins)]
            con.execute(insert(allowed_origins), rows)


def ledger_stamp(folder: Path) -> tuple[tuple[int, int], ...]:
    """Something that differs when the ledger of the shop ``folder`` was written, by whatever process."""
    found = []
    for name in (LEDGER_FILE, f"{LEDGER_FILE}-wal"):
        try:
            stat = (folder / name).stat()
        except FileNotFoundError:
            found.append((0, 0))
        else:
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _text(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).astimezone(UTC).isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

"""Write keys and allowed origins: who may send events to a shop.

A write key stands in every page of the shop, so it is no secret: it names the shop and lets nobody read. Origins keep
other people's pages from sending; without any configured, only pages of this machine are let in. Requests without an
Origin come from servers and need the key only.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.words import Words

if TYPE_CHECKING:
    from zhanggui.store.ledger import Ledger

LOOPBACK_ORIGINS = (
    "http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*",
    "https://localhost:*", "https://127.0.0.1:*", "https://[::1]:*",
)  # fmt: skip
LOOK_EVERY = 0.5  # seconds between two looks at whether the ledger was written
ANY = "*"
_HOST = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")


@dataclass(frozen=True)
class Access:
    """The keys that hold, newest last, and the origins as configured (none = pages of this machine)."""

    keys: tuple[str, ...]
    origins: tuple[str, ...]

    def allows(self, origin: str) -> bool:
        """Whether pages of ``origin`` (an Origin header) may send; "" comes from servers and is allowed."""
        return not origin or origin_matches(origin, self.origins or LOOPBACK_ORIGINS)


class Keys:
    """The access to the shop in ``folder``, held in memory and read again when somebody has changed it."""

    def __init__(self, folder: Path, look_every: float = LOOK_EVERY) -> None:
        self._folder = folder
        self._look_every = look_every
        self._guard = threading.Lock()
        self._looked = float("-inf")
        self._stamp: object = None
        self._access = Access((), ())

    def access(self) -> Access:
        """Who may send now."""
        now = time.monotonic()
        if now - self._looked < self._look_every:
            return self._access
        with self._guard:
            from zhanggui.store.write_keys import ledger_stamp

            stamp = ledger_stamp(self._folder)
            if stamp != self._stamp:
                self._access = self._read()
                self._stamp = stamp
            self._looked = now
        return self._access

    def _read(self) -> Access:
        from zhanggui.store.ledger import open_ledger

        ledger = open_ledger(self._folder)
        try:
            return access_of(ledger)
        finally:
            ledger.dispose()


def access_of(ledger: Ledger) -> Access:
    """The keys that hold and the allowed origins, as the ledger says."""
    from zhanggui.store.write_keys import list_origins, list_write_keys

    return Access(tuple(key.key for key in list_write_keys(ledger) if key.revoked_at is None), list_origins(ledger))


def current_key(ledger: Ledger) -> str:
    """The newest key that holds; made when there is none."""
    keys = access_of(ledger).keys
    return keys[-1] if keys else new_key(ledger)


def new_key(ledger: Ledger) -> str:
    """A further key; the others go on holding until they are revoked."""
    from zhanggui.store.write_keys import add_write_key

    key = f"zg_{secrets.token_hex(16)}"
    add_write_key(ledger, key)
    return key


def revoke_key(ledger: Ledger, key: str) -> None:
    """Let ``key`` hold no longer.

    Raises:
        UnknownNameError: there is no such key.
    """
    from zhanggui.store.write_keys import revoke_write_key

    if not revoke_write_key(ledger, key):
        raise UnknownNameError.of(Words("write key", "写入密钥"), key, access_of(ledger).keys)


def allow_origins(ledger: Ledger, origins: tuple[str, ...]) -> tuple[str, ...]:
    """Allow exactly ``origins``; gives them as they are kept.

    Raises:
        DefinitionError: one is no origin.
    """
    from zhanggui.store.write_keys import set_origins

    kept = tuple(dict.fromkeys(checked_origin(origin) for origin in origins))
    set_origins(ledger, kept)
    return kept


def checked_origin(text: str) -> str:
    """``text`` as an origin: a scheme, a host (``*.`` for all below it), a port when it is not the usual one.

    >>> checked_origin("https://Shop.example/"), checked_origin("http://localhost:*")
    ('https://shop.example', 'http://localhost:*')

    Raises:
        DefinitionError: it is none.
    """
    cleaned = text.strip().lower().rstrip("/")
    if cleaned == ANY:
        return ANY
    scheme, sign, rest = cleaned.partition("://")
    host, colon, port = rest.rpartition(":") if re.search(r":(\d{1,5}|\*)$", rest) else (rest, "", "")
    if not sign or scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise DefinitionError(
            f"{text!r} is no origin; write it as https://www.myshop.example.",
            zh=f"{text!r} 不是来源网站；请写成 https://www.myshop.example。",
        )
    usual = {"http": "80", "https": "443"}[scheme]
    return f"{scheme}://{host}" if port in ("", usual) else f"{scheme}://{host}{colon}{port}"


def origin_matches(origin: str, allowed: tuple[str, ...]) -> bool:
    """Whether an Origin header is one of ``allowed``.

    >>> origin_matches("https://a.shop.example", ("https://*.shop.example",))
    True
    >>> origin_matches("http://localhost:8080", LOOPBACK_ORIGINS)
    True
    """
    if ANY in allowed:
        return True
    lowered = origin.lower()
    if lowered in allowed:
        return True
    try:
        parts = urlsplit(lowered)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    return any(_matches(parts.scheme, f"[{host}]" if ":" in host else host, port, rule) for rule in allowed)


def _matches(scheme: str, host: str, port: int | None, rule: str) -> bool:
    wanted_scheme, _, rest = rule.partition("://")
    wanted, wanted_port = rest, ""
    if found := re.search(r":(\d{1,5}|\*)$", rest):
        wanted, wanted_port = rest[: found.start()], found[1]
    if scheme != wanted_scheme:
        return False
    usual = 443 if scheme == "https" else 80
    if wanted_port != ANY and (port or usual) != int(wanted_port or usual):
        return False
    return host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted

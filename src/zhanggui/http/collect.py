"""``POST /collect`` and ``GET /zg.js``: open to the shop's pages and servers, in front of the cockpit's guard.

Plain ASGI, because a framework would cost more than the work itself. The answer to a request with events is sent when
they are safe on disk.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from zhanggui.basics.errors import DataError, OutsideError, UnknownNameError, ZhangguiError
from zhanggui.http.language import language_of
from zhanggui.loop.collecting import (
    LATER,
    MOST_BODY,
    THIS_MACHINE,
    Collector,
    Commit,
    Gate,
    Posted,
    Refused,
    Taken,
    too_large,
    tracker_script,
)

COLLECT, SCRIPT = "/collect", "/zg.js"
MOST_QUERY = 8_192  # bytes
MOST_READ = 16 * MOST_BODY  # bytes of a body that is too large are read, so that its sender hears why
PATIENCE = 30.0  # seconds that a sender has for its body
MOST_AGENT = 512  # characters of a User-Agent that are kept
GATHER = 0.001  # seconds in which requests come into one group: a flush costs as much as many requests
KEPT_BY_BROWSERS = 3_600  # seconds that a browser keeps the script
COUNTRY_HEADERS = (
    b"cf-ipcountry",
    b"cloudfront-viewer-country",
    b"x-vercel-ip-country",
    b"x-appengine-country",
    b"x-country-code",
)
_JSON = (b"content-type", b"application/json")
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_FROM_ANYWHERE = (b"cross-origin-resource-policy", b"cross-origin")
_NO_STORE = (b"cache-control", b"no-store")
_VARY = (b"vary", b"Origin")
_PREFLIGHT = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type, content-encoding, x-write-key"),
    (b"access-control-max-age", b"86400"),
)
_Headers = list[tuple[bytes, bytes]]


class _Gone(Exception):
    """The sender went away before its body was there."""


class CollectRoutes:
    """ASGI application that answers ``/collect`` and ``/zg.js``, and passes everything else on to ``inner``."""

    def __init__(self, collector: Collector, inner: ASGIApp | None = None) -> None:
        self._collector = collector
        self._inner = inner
        self._groups: dict[Gate, _Group] = {}
        self._readers = _Readers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on."""
        kind = scope["type"]
        if kind == "http" and scope["path"] == COLLECT:
            await self._collect(scope, receive, send)
        elif kind == "http" and scope["path"] == SCRIPT:
            await _script(scope, send)
        elif self._inner is not None:
            await self._inner(scope, receive, send)
        elif kind == "http":
            await _refuse(send, Refused(404, _not_here(scope["path"])), scope, [])

    async def _collect(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        cors: _Headers = []
        try:
            if origin and self._collector.knows_origin(origin):
                cors = [(b"access-control-allow-origin", origin.encode("latin-1")), _VARY]
            if scope["method"] == "OPTIONS":
                await _answer(send, 204 if cors else 403, b"", [*cors, *(_PREFLIGHT if cors else ())])
                return
            taken = await self._take(scope, receive, headers, origin)
        except Refused as refused:
            await _refuse(send, refused, scope, cors)
        except _Gone:
            return
        except OutsideError as error:
            await _refuse(send, Refused(503, error, LATER), scope, cors)
        else:
            await _answer(send, taken.status, taken.body, cors)

    async def _take(self, scope: Scope, receive: Receive, headers: dict[bytes, bytes], origin: str) -> Taken:
        if scope["method"] != "POST":
            raise Refused(405, _not_post(scope["method"]))
        query: bytes = scope["query_string"]
        if len(query) > MOST_QUERY:
            raise Refused(414, _long_query())
        key = headers.get(b"x-write-key", b"").decode("latin-1") or _key_in(query)
        gate = self._collector.gate_of(key, origin)
        gate.admit(key, _address(scope, headers))
        posted = Posted(
            body=await self._readers.read(receive, headers),
            content_type=headers.get(b"content-type", b"").decode("latin-1"),
            packing=headers.get(b"content-encoding", b"").decode("latin-1").strip().lower(),
            user_agent=headers.get(b"user-agent", b"")[:MOST_AGENT].decode("latin-1"),
            country=_country(headers),
            origin=origin[:MOST_AGENT],
        )
        taken = gate.take(posted)
        if taken.commit is not None:
            await self._safe(gate, taken.commit)
        return taken

    async def _safe(self, gate: Gate, commit: Commit) -> None:
        """Wait until ``commit`` is done; all requests of a group are woken by one call from its thread.

        Raises:
            OutsideError: it could not be written.
        """
        group = self._groups.get(gate)
        if group is None or group.commit is not commit:
            loop = asyncio.get_running_loop()
            group = self._groups[gate] = _Group(commit, loop)
            # Not at once: what comes in the next moment goes into the same group.
            loop.call_later(GATHER, gate.release)
        await group.done.wait()
        if group.error is not None:
            raise group.error


class _Group:
    def __init__(self, commit: Commit, loop: asyncio.AbstractEventLoop) -> None:
        self.commit = commit
        self.error: BaseException | None = None
        self.done = asyncio.Event()
        self._loop = loop
        commit.add_done_callback(self._tell)

    def _tell(self, commit: Commit) -> None:
        self.error = commit.exception()
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(self.done.set)


class _Readers:
    """Requests whose body is on its way; who takes too long is sent away.

    One look at all of them every few seconds costs nothing; a timer for each would cost a fifth of a request.
    """

    def __init__(self) -> None:
        self._since: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._looking = False

    async def read(self, receive: Receive, headers: dict[bytes, bytes]) -> bytes:
        """The body of a request.

        Raises:
            Refused: 413, it is too large; 408, it did not arrive in time.
        """
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > MOST_READ:
            raise Refused(413, too_large())
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is None:
            return await _read(receive)
        self._since[task] = loop.time()
        if not self._looking:
            self._looking = True
            loop.call_later(PATIENCE / 6, self._look, loop)
        try:
            return await _read(receive)
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            self._late.discard(task)
            task.uncancel()
            raise Refused(408, _slow()) from None
        finally:
            del self._since[task]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, since in list(self._since.items()):
            if now - since > PATIENCE:
                self._late.add(task)
                task.cancel()
        self._looking = bool(self._since)
        if self._looking:
            loop.call_later(PATIENCE / 6, self._look, loop)


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size <= MOST_BODY:
            parts.append(part)
        if size > MOST_READ or not message.get("more_body"):
            break
    if size > MOST_BODY:
        raise Refused(413, too_large())
    return b"".join(parts)


def _key_in(query: bytes) -> str:
    for part in query.split(b"&"):
        if part.startswith(b"k="):
            return unquote_plus(part[2:].decode("latin-1"))
    return ""


def _address(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """Who sent it; a proxy on this machine says for whom it asks."""
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if address in THIS_MACHINE and (forwarded := headers.get(b"x-forwarded-for")):
        return forwarded.decode("latin-1").rpartition(",")[2].strip()[:64]
    return address


def _country(headers: dict[bytes, bytes]) -> str:
    for name in COUNTRY_HEADERS:
        if name in headers:  # the first that the network sets
            code = headers[name].decode("latin-1").strip().upper()
            if len(code) == 2 and code.isascii() and code.isalpha() and code not in ("XX", "ZZ"):
                return code
    return ""


@dataclass(frozen=True)
class _Script:
    plain: bytes
    packed: bytes
    etag: bytes


@lru_cache(maxsize=1)
def _tracker() -> _Script | None:
    plain = tracker_script()
    if plain is None:
        return None
    return _Script(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"'.encode())


async def _script(scope: Scope, send: Send) -> None:
    headers = dict(scope["headers"])
    script = _tracker()
    if scope["method"] not in ("GET", "HEAD"):
        await _refuse(send, Refused(405, _not_post(scope["method"])), scope, [(b"allow", b"GET, HEAD")])
        return
    if script is None:
        await _refuse(send, Refused(404, _not_here(SCRIPT)), scope, [])
        return
    head: _Headers = [
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"cache-control", f"public, max-age={KEPT_BY_BROWSERS}".encode()),
        (b"etag", script.etag),
        (b"vary", b"Accept-Encoding"),
        (b"access-control-allow-origin", b"*"),
        _FROM_ANYWHERE,
        _NOSNIFF,
    ]
    known = [tag.strip().removeprefix(b"W/") for tag in headers.get(b"if-none-match", b"").split(b",")]
    if script.etag in known:
        await _send(send, 304, head, b"")
        return
    packed = b"gzip" in headers.get(b"accept-encoding", b"").lower()
    body = script.packed if packed else script.plain
    if packed:
        head.append((b"content-encoding", b"gzip"))
    head.append((b"content-length", str(len(body)).encode()))
    await _send(send, 200, head, b"" if scope["method"] == "HEAD" else body)


async def _refuse(send: Send, refused: Refused, scope: Scope, more: _Headers) -> None:
    headers = dict(scope["headers"])
    query = scope["query_string"][:MOST_QUERY].decode("latin-1")
    language = language_of(query, headers.get(b"accept-language", b"").decode("latin-1"))
    told: dict[str, Any] = {"accepted": 0, "rejected": [], **refused.error.to_json(language)}
    head = [*more, _NO_STORE, _NOSNIFF]
    if refused.retry_after:
        head.append((b"retry-after", str(refused.retry_after).encode()))
    if refused.status == 405 and not any(name == b"allow" for name, _ in head):
        head.append((b"allow", b"POST, OPTIONS"))
    if refused.status in (408, 413):
        head.append((b"connection", b"close"))
    await _answer(send, refused.status, json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), head)


async def _answer(send: Send, status: int, body: bytes, more: Sequence[tuple[bytes, bytes]]) -> None:
    # Each further header costs a twentieth of a request.
    await _send(send, status, [_JSON, (b"content-length", b"%d" % len(body)), *more] if body else [*more], body)


async def _send(send: Send, status: int, headers: _Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _not_here(path: str) -> ZhangguiError:
    shown = path[:200]
    return UnknownNameError(
        f"{shown} is not answered here; POST events to {COLLECT}.",
        zh=f"此处不回应 {shown}；请将事件 POST 到 {COLLECT}。",
    )


def _not_post(method: str) -> ZhangguiError:
    return DataError(
        f"{method[:20]} is not answered here; POST the events, GET the script.",
        zh=f"此处不回应 {method[:20]}；事件请用 POST，脚本请用 GET。",
    )


def _long_query() -> ZhangguiError:
    return DataError(
        f"The address is longer than {MOST_QUERY} bytes; events belong into the body.",
        zh=f"地址超过 {MOST_QUERY} 字节；事件应放在请求正文中。",
    )


def _slow() -> ZhangguiError:
    return DataError(
        f"The body did not arrive within {PATIENCE:.0f} s; send it again.",
        zh=f"请求正文未在 {PATIENCE:.0f} 秒内到达；请重新发送。",
    )

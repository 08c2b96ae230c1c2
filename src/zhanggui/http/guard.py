"""Who may ask: known Host headers only, no writes from other sites, strict headers on every answer.

The cockpit listens on this machine only, but a browser of this machine also runs other
people's pages. A page that rebinds its name to 127.0.0.1 comes with a foreign Host header; a
form on another site comes with a foreign Origin. Both are refused here, before any route.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhanggui.basics.errors import ActionRefused
from zhanggui.http.language import language_of

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
READS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BODY = 1_000_000  # bytes of a request; files are named by path, never sent
POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}


@dataclass(frozen=True)
class Hosts:
    """Host headers that are answered: local names with ``port``, and ``public`` names with any port."""

    port: int
    public: tuple[str, ...] = ()

    def is_local(self, header: str) -> bool:
        """Whether ``header`` names this machine itself."""
        name, port = _split(header)
        return name in LOCAL_NAMES and (port == self.port or (port is None and self.port == 80))

    def knows(self, header: str) -> bool:
        """Whether a request with this Host header is answered."""
        name, _ = _split(header)
        named = {public.lower() for public in self.public}
        return self.is_local(header) or name in named or header.strip().lower() in named


class Guard:
    """ASGI middleware that refuses foreign hosts and cross-site writes, and sets strict headers."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or pass on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {key.lower(): value.decode("latin-1") for key, value in scope["headers"]}
        refused = self._refusal(scope["method"], headers, sum(key.lower() == b"host" for key, _ in scope["headers"]))

        async def send_strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {key.lower() for key, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((key, value) for key, value in HEADERS.items() if key not in present),
                ]
            await send(message)

        if refused:
            query = scope.get("query_string", b"").decode("latin-1")
            language = language_of(query, headers.get(b"accept-language", ""))
            await _refuse(send_strict, refused[0], refused[1].to_json(language))
            return
        scope.setdefault("state", {})["local"] = self.hosts.is_local(headers.get(b"host", ""))
        await self.app(scope, receive, send_strict)

    def _refusal(self, method: str, headers: dict[bytes, str], hosts: int) -> tuple[int, ActionRefused] | None:
        host = headers.get(b"host", "")
        if hosts != 1 or not self.hosts.knows(host):
            return 403, ActionRefused(
                f"The host {host!r} is not served here. Open http://127.0.0.1:{self.hosts.port}, or start the server "
                "with --public-host NAME.",
                zh=f"此处不服务主机名 {host!r}。请打开 http://127.0.0.1:{self.hosts.port}，"
                "或以 --public-host NAME 启动服务器。",
            )
        if method in READS:
            return None
        if headers.get(b"sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, ActionRefused(
                "Writes from another site are refused; open the cockpit itself.",
                zh="拒绝来自其他网站的写入；请打开驾驶舱本身。",
            )
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.strip().lower():
            return 403, ActionRefused(
                f"Writes from the site {origin!r} are refused; open the cockpit itself.",
                zh=f"拒绝来自网站 {origin!r} 的写入；请打开驾驶舱本身。",
            )
        length = headers.get(b"content-length", "0")
        if not length.isdigit() or int(length) > MOST_BODY:
            return 413, ActionRefused(
                f"The request is too large ({length} bytes); at most {MOST_BODY} are taken.",
                zh=f"请求过大（{length} 字节）；最多接受 {MOST_BODY} 字节。",
            )
        return None


def _split(header: str) -> tuple[str, int | None]:
    text = header.strip().lower()
    name, sign, port = text.rpartition(":")
    if text.endswith("]") or not sign:
        return text.rstrip("."), None
    return name.rstrip("."), int(port) if port.isdigit() else -1


async def _refuse(send: Send, status: int, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    head: Iterable[tuple[bytes, bytes]] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": list(head)})
    await send({"type": "http.response.body", "body": body})

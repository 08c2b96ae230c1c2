"""A client that asks an application in this process, without a socket."""

from __future__ import annotations

from typing import Any

import httpx
from tests.own_thread import run_to_end


class Client:
    """Asks ``app`` as a browser of this machine does."""

    def __init__(self, app: Any, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request in an event loop of its own."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self._base_url) as client:
                return await client.request(method, path, **more)

        return run_to_end(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **more)

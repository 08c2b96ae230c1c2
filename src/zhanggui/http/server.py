"""The web application: the API behind the guard, and whatever pages are added."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zhanggui.basics.errors import UnknownNameError
from zhanggui.http.api import api_router
from zhanggui.http.guard import Guard, Hosts
from zhanggui.http.language import language_of
from zhanggui.loop.desk import Desk


def web_app(desk: Desk, hosts: Hosts, token: str, pages: Sequence[APIRouter] = (), version: str = "0") -> FastAPI:
    """The application over ``desk`` for the Host headers ``hosts``; ``pages`` come after the API."""
    app = FastAPI(
        title="掌柜 zhanggui",
        version=version,
        description="Every verb of zhanggui; the same as the command line.",
        docs_url=None,  # the usual pages load scripts from other hosts
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.include_router(api_router(desk, token))
    for router in pages:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _as_json)
    app.add_middleware(Guard, hosts=hosts)
    return app


async def _as_json(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    told = UnknownNameError(
        f"{request.method} {request.url.path} is not answered here; GET /openapi.json lists all.",
        zh=f"此处不回应 {request.method} {request.url.path}；GET /openapi.json 列出全部地址。",
    )
    language = language_of(request.url.query, request.headers.get("accept-language", ""))
    return JSONResponse(told.to_json(language), status, headers)

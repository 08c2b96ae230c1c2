"""The routes: GET for verbs that read, POST for verbs that write, under ``/api/{shop}/{verb}``.

Verbs that need no shop are also (or only) under ``/api/{verb}``. The command line of this
machine sends its verbs to ``/cli/{verb}`` with the token of the server's owner file.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response, StreamingResponse

from zhanggui.basics.errors import ActionRefused, DefinitionError, UnknownNameError, ZhangguiError
from zhanggui.basics.progress import Progress, Stopped
from zhanggui.basics.words import Words
from zhanggui.http import describe
from zhanggui.http.asking import ask_watched
from zhanggui.http.language import PARAM, check_language, language_of
from zhanggui.loop.desk import Desk
from zhanggui.loop.failures import as_error
from zhanggui.loop.result import Result, plain, to_wire
from zhanggui.loop.verb import Verb
from zhanggui.loop.verbs import verbs

STATUS = {"unknown_name": 404, "refused": 409, "definition": 422, "data": 422, "not_measurable": 422, "outside": 503}
STOPPED = Words("Stopped; nothing was changed.", "已停止，未作任何更改。")
CLIENT_WENT_AWAY = 499  # nobody reads it; it shows in logs only

Endpoint = Callable[..., Awaitable[Response]]


def api_router(desk: Desk, token: str) -> APIRouter:
    """All routes of the API over ``desk``; ``token`` is what the command line must show."""
    router = APIRouter()
    for verb in verbs().values():
        if verb.shop != "none":
            _add(router, f"/api/{{shop}}/{verb.name}", verb, _in_shop(desk, verb, token))
        if verb.shop != "required":
            _add(router, f"/api/{verb.name}", verb, _without_shop(desk, verb, token))
    router.add_api_route(
        "/api", _shops(desk), methods=["GET"], summary="The shops of this server", operation_id="shops"
    )
    router.add_api_route("/healthz", _healthy, methods=["GET"], summary="Whether the server answers")
    router.add_api_route("/cli/{verb}", _command_line(desk, token), methods=["POST"], include_in_schema=False)
    return router


def _add(router: APIRouter, path: str, verb: Verb, endpoint: Endpoint) -> None:
    router.add_api_route(
        path,
        endpoint,
        methods=["POST" if verb.writes else "GET"],
        operation_id=verb.name.replace("-", "_") + ("_of_shop" if "{shop}" in path else ""),
        summary=describe.summary(verb),
        description=describe.description(verb),
        responses=describe.responses(verb),
        openapi_extra=describe.inputs(verb),
        tags=[verb.phase],
        response_model=None,
    )


def _in_shop(desk: Desk, verb: Verb, token: str) -> Endpoint:
    async def endpoint(shop: str, request: Request) -> Response:
        return await _answer(request, desk, verb, shop, token)

    return endpoint


def _without_shop(desk: Desk, verb: Verb, token: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await _answer(request, desk, verb, None, token)

    return endpoint


def _shops(desk: Desk) -> Endpoint:
    async def endpoint() -> Response:
        cards = await asyncio.get_running_loop().run_in_executor(None, desk.shops)
        return JSONResponse({"shops": [card.to_json() for card in cards]})

    return endpoint


async def _healthy() -> Response:
    return JSONResponse({"status": "ok"})


async def _answer(request: Request, desk: Desk, verb: Verb, shop: str | None, token: str) -> Response:
    language = language_of(request.url.query, request.headers.get("accept-language", ""))
    try:
        check_language(request.query_params)
        raw = await _body(request) if verb.writes else _query(request.query_params, verb)
        params = verb.parse(raw)
        _check_paths(request, verb, raw, token)
        result = await ask_watched(request, lambda progress: desk.ask(shop, verb, params, progress))
    except Stopped:
        return Response(status_code=CLIENT_WENT_AWAY)
    except Exception as error:  # noqa: BLE001 - border of the request: every error becomes a sentence
        return _refused(error, language)
    return JSONResponse(plain(result.to_json(language)))


def _refused(error: Exception, language: str | None) -> JSONResponse:
    """``error`` with its status; without a ``language`` in both, for a command line."""
    known = isinstance(error, ZhangguiError | OSError)
    told = as_error(error)
    document = told.to_wire() if language is None else told.to_json(language)
    return JSONResponse(document, STATUS.get(told.kind, 400) if known else 500)


def _query(query: QueryParams, verb: Verb) -> dict[str, Any]:
    repeated = {item.key for item in verb.params if item.repeated}
    raw: dict[str, Any] = {}
    for key in query:
        if key == PARAM:
            continue
        values = query.getlist(key)
        if key not in repeated and len(values) > 1:
            raise DefinitionError(
                f"{key} may be given once only; found {len(values)} values.",
                zh=f"{key} 只能给一次，却给了 {len(values)} 个值。",
            )
        raw[key] = values if key in repeated else values[0]
    return raw


async def _body(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if not body:
        return {}
    if kind != "application/json":
        raise DefinitionError(
            f"The body must be application/json, not {kind or 'of no type'}.",
            zh=f"请求体必须是 application/json，而不是 {kind or '未注明类型'}。",
        )
    try:
        found = json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"The body is no JSON: {error}.", zh=f"请求体不是 JSON：{error}。") from error
    if not isinstance(found, dict):
        raise DefinitionError(
            "The body must be a JSON object of parameters.", zh="请求体必须是由参数组成的 JSON 对象。"
        )
    return found


def _check_paths(request: Request, verb: Verb, raw: dict[str, Any], token: str) -> None:
    """Paths are files of this machine: only this machine, or who knows the token, may name them."""
    named = [item.key for item in verb.params if item.kind == "path" and raw.get(item.key)]
    if named and not request.state.local and not _knows(request, token):
        raise ActionRefused(
            f"{verb.name} names files of the server ({', '.join(named)}); run it on the server itself.",
            zh=f"{verb.name} 指定了服务器上的文件（{', '.join(named)}）；请在服务器本机上运行。",
        )


def _knows(request: Request, token: str) -> bool:
    said = request.headers.get("authorization", "")
    return secrets.compare_digest(said.encode(), f"Bearer {token}".encode())


def _command_line(desk: Desk, token: str) -> Endpoint:
    async def endpoint(verb: str, request: Request) -> Response:
        if not _knows(request, token):
            error = ActionRefused(
                "The token is not that of this server; run the command again.",
                zh="令牌不属于此服务器；请再运行一次命令。",
            )
            return JSONResponse(error.to_wire(), 403)
        try:
            known = verbs()
            if verb not in known:
                raise UnknownNameError.of(Words("verb", "操作"), verb, known)
            sent = await _body(request)
            params = known[verb].parse(sent.get("params") or {})
            shop = desk.key_of(sent["shop"]) if sent.get("shop") else None
        except ZhangguiError as error:
            return _refused(error, None)
        stream = _stream(request, lambda progress: desk.ask(shop, known[verb], params, progress))
        return StreamingResponse(stream, media_type="application/x-ndjson")

    return endpoint


async def _stream(request: Request, ask: Callable[[Progress], Result]) -> AsyncIterator[str]:
    """Lines of progress, then one line with the result or the error."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(maxsize=1000)

    def put(line: dict[str, Any] | None) -> None:
        if line is None or not lines.full():
            lines.put_nowait(line)

    def tell(stage: str, done: int, total: int | None = None) -> None:
        loop.call_soon_threadsafe(put, {"progress": [stage, done, total]})

    async def work() -> dict[str, Any]:
        try:
            return {"result": plain(to_wire(await ask_watched(request, ask, tell)))}
        except Stopped:
            return {"error": {"kind": "stopped", "message": STOPPED.en, "zh": STOPPED.zh, "suggestions": []}}
        except Exception as error:  # noqa: BLE001 - border of the request: every error becomes a sentence
            return as_error(error).to_wire()

    task = asyncio.create_task(work())
    try:
        while not task.done() or not lines.empty():
            try:
                line = await asyncio.wait_for(lines.get(), 0.2)
            except TimeoutError:
                line = {"alive": True}
            if line:
                yield json.dumps(line) + "\n"
        yield json.dumps(task.result()) + "\n"
    finally:
        task.cancel()

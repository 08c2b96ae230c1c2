"""The cockpit: routes over a desk. Mount with ``app.include_router(cockpit(desk))``."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from zhanggui.basics.errors import UnknownNameError, ZhangguiError
from zhanggui.basics.registry import discover
from zhanggui.basics.words import Words
from zhanggui.loop.values import value_of_words
from zhanggui.web import downloads, pages
from zhanggui.web.blocks import Link, Notice, tables_of
from zhanggui.web.desk import Desk, ShopCard
from zhanggui.web.frame import bare_frame, frame_of, listed
from zhanggui.web.locale import messages
from zhanggui.web.page import Context, Page
from zhanggui.web.palette import palette, values
from zhanggui.web.render import page_html, static_bytes
from zhanggui.web.state import BAR_KEYS, View, address, preset_window, read_frame, read_view

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATUS = {"unknown_name": 404, "definition": 400, "data": 422, "not_measurable": 200, "refused": 403, "outside": 503}
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FILES: Mapping[str, tuple[str, Callable[[Any], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", downloads.to_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", downloads.to_xlsx),
}
YEAR = 31_536_000


@lru_cache(maxsize=1)
def all_pages() -> dict[str, Page]:
    """Every page by its path's first part, such as ``today``."""
    return {page.path.split("/")[0]: page for page in discover(pages, Page).values()}


def cockpit(desk: Desk) -> APIRouter:
    """Routes of the cockpit: ``/``, ``/{shop}/{page}``, downloads, the palette and static files."""
    router = APIRouter(include_in_schema=False)
    site = _Site(desk, all_pages())
    router.add_api_route("/", site.home, methods=["GET", "HEAD"])
    router.add_api_route("/favicon.ico", site.icon, methods=["GET", "HEAD"])
    router.add_api_route("/static/{name:path}", site.static, methods=["GET", "HEAD"])
    router.add_api_route("/{shop}/palette.json", site.palette, methods=["GET"])
    router.add_api_route("/{shop}/values.json", site.values, methods=["GET"])
    router.add_api_route("/{shop}/download.{kind}", site.download, methods=["GET"])
    router.add_api_route("/{shop}", site.shop_home, methods=["GET", "HEAD"])
    router.add_api_route("/{shop}/{path}", site.page, methods=["GET", "HEAD"])
    router.add_api_route("/{shop}/{path}/{subject}", site.page, methods=["GET", "HEAD"])
    return router


@dataclass(frozen=True)
class _Site:
    """The routes' functions; FastAPI runs them in threads, the desk is safe for that."""

    desk: Desk
    pages: Mapping[str, Page]

    def home(self, request: Request) -> Response:
        shops = self.desk.shops()
        if shops:
            return RedirectResponse(address(f"/{shops[0].key}/today", request.query_params.multi_items()), 302)
        view = _frame_view(request)
        t = messages(view.language)
        notice = Notice(t("no_shops.title"), t("no_shops.text"), command="zhanggui demo")
        return _html(request, page_html(bare_frame(view, t, (), t("no_shops.title")), [notice]))

    def shop_home(self, request: Request, shop: str) -> Response:
        if not self._is_shop(shop):
            return self._error(request, UnknownNameError.of(Words("shop", "店铺"), shop, self._keys()), "")
        return RedirectResponse(address(f"/{shop}/today", request.query_params.multi_items()), 302)

    def page(self, request: Request, shop: str, path: str, subject: str = "") -> Response:
        try:
            context = self._context(request, shop, path, subject)
        except ZhangguiError as error:
            return self._error(request, error, shop)
        added = _added_filter(request, context)
        if added:
            return RedirectResponse(added, 303)
        try:
            blocks = context.page.blocks(context)
        except ZhangguiError as error:
            return self._error(request, error, shop)
        up = Link(self.pages["data"].words[context.view.language], context.link("data")) if subject else None
        title = f"{context.page.words[context.view.language]} {subject}".strip()
        return _html(request, page_html(frame_of(context, self.pages, title=title, up=up), blocks))

    def download(self, request: Request, shop: str, kind: str) -> Response:
        if kind not in FILES:
            return self._error(request, UnknownNameError.of(Words("download", "下载格式"), kind, FILES), shop)
        page, _, subject = request.query_params.get("page", "").partition("/")
        try:
            context = self._context(request, shop, page, subject).whole()
            tables = tables_of(tuple(context.page.blocks(context)))
            wanted = request.query_params.get("table", "")
            if wanted not in tables:
                raise UnknownNameError.of(Words("table", "表格"), wanted, tables)
        except ZhangguiError as error:
            return self._error(request, error, shop)
        media, make = FILES[kind]
        name = f"{shop}-{page}-{wanted}.{kind}".encode("ascii", "ignore").decode().replace('"', "")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return Response(make(tables[wanted]), media_type=media, headers=headers)

    def palette(self, request: Request, shop: str) -> Response:
        return self._json(request, shop, lambda context: palette(context, self.pages))

    def values(self, request: Request, shop: str) -> Response:
        return self._json(request, shop, lambda context: values(context, request.query_params.get("dim", "")))

    def _json(self, request: Request, shop: str, make: Callable[[Context], Any]) -> Response:
        try:
            return JSONResponse(make(self._context(request, shop, "today", "")))
        except ZhangguiError as error:
            return JSONResponse(error.to_json(_frame_view(request).language), STATUS.get(error.kind, 400))

    def static(self, request: Request, name: str) -> Response:
        try:
            body = static_bytes(name)
        except KeyError:
            return self._error(request, UnknownNameError("No such file.", zh="没有这个文件。"), "")
        keep = f"public, max-age={YEAR}, immutable" if request.query_params.get("v") else "no-cache"
        headers = {"Cache-Control": keep, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = _zipped(name), "gzip"
        return Response(body, media_type=TYPES[name.rsplit(".", 1)[-1]], headers=headers)

    def icon(self, request: Request) -> Response:
        return self.static(request, "icon.svg")

    def _card(self, key: str) -> ShopCard:
        for shop in self.desk.shops():
            if shop.key == key:
                return shop
        raise UnknownNameError.of(Words("shop", "店铺"), key, self._keys())

    def _context(self, request: Request, shop: str, path: str, subject: str) -> Context:
        card = self._card(shop)
        page = self.pages.get(path)
        if page is None or bool(subject) != ("{subject}" in page.path):
            raise UnknownNameError.of(Words("page", "页面"), path, [one.path for one in listed(self.pages)])
        pairs = request.query_params.multi_items()
        header = request.headers.get("accept-language", "")
        view = read_view(pairs, card.last_day, request.cookies, header)
        own = tuple((key, value) for key, value in pairs if key not in BAR_KEYS and key not in ("page", "table"))
        return Context(self.desk, card, view, messages(view.language), page, own, subject)

    def _error(self, request: Request, error: ZhangguiError, shop: str) -> Response:
        """The error as a page in words, inside the shop's frame where there is one."""
        view = _frame_view(request)
        t = messages(view.language)
        title = t.get(f"error.{error.kind}", t("error.error"))
        links = [Link(name, address(f"/{name}/today", ())) for name in error.suggestions if self._is_shop(name)]
        if self._is_shop(shop):
            card = self._card(shop)
            view = replace(view, window=preset_window(view.preset, card.last_day))
            context = Context(self.desk, card, view, t, self.pages["today"])
            frame = replace(frame_of(context, self.pages, title=title), about="", bar=None)
            links.append(Link(t("error.back"), context.link("today"), primary=True))
        else:
            frame = bare_frame(view, t, self.desk.shops(), title)
            links += [Link(t("error.home"), "/", primary=True)] if self.desk.shops() else []
        notice = Notice(title, error.said(view.language), "error", links=tuple(links))
        return _html(request, page_html(frame, [notice]), STATUS.get(error.kind, 400))

    def _is_shop(self, key: str) -> bool:
        return key in self._keys()

    def _keys(self) -> list[str]:
        return [shop.key for shop in self.desk.shops()]


def _frame_view(request: Request) -> View:
    header = request.headers.get("accept-language", "")
    return read_frame(request.query_params.multi_items(), request.cookies, header)


def _added_filter(request: Request, context: Context) -> str:
    """The address with a filter that was just typed in, or ''."""
    dim, value = request.query_params.get("add_dim", ""), request.query_params.get("add_value", "").strip()
    if "add_dim" not in request.query_params:
        return ""
    if not dim or not value:
        return context.with_view(context.view)
    meant = value_of_words(dim, value)
    if meant != value and value in values(context, dim):
        meant = value  # this shop has a value that is written like the words of another one
    return context.with_view(context.view.with_where(dim, meant))


def _html(request: Request, html: str, status: int = 200) -> Response:
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
    }
    body = html.encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 5)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    response = Response(body, status, headers, "text/html; charset=utf-8")
    for key, cookie in (("lang", "zg_lang"), ("theme", "zg_theme")):
        value = request.query_params.get(key)
        if value in ("en", "zh", "auto", "light", "dark"):
            response.set_cookie(cookie, value, max_age=YEAR, samesite="lax", httponly=True)
    return response


@lru_cache(maxsize=16)
def _zipped(name: str) -> bytes:
    return gzip.compress(static_bytes(name), 9, mtime=0)

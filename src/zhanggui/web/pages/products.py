"""Products: what sells, what falls, what is new; sales, trend, stock, returns, rating and price of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from zhanggui.basics.words import Words
from zhanggui.web.answers import change_cell
from zhanggui.web.blocks import Block, Cell, Column, Field, Form, How, Link, Notice, Row, Table
from zhanggui.web.figures import how_lines
from zhanggui.web.missing import empty_shop
from zhanggui.web.page import Context, Json, Page
from zhanggui.web.sparks import spark

VIEWS = ("top", "bottom", "falling", "rising", "new", "not-selling")
PER_PAGE = 50
IN_FILES = 100_000
NUMBERS: tuple[tuple[str, str], ...] = (
    ("sales", "money"), ("units", "count"), ("price", "money"), ("stock", "count"), ("cover_days", "days"),
    ("return_rate", "rate"), ("margin", "rate"), ("rating", "stars"), ("reviews", "count"),
)  # fmt: skip


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    view, first = _view(context), _first_row(context)
    found = context.ask_framed(
        "products",
        sort=context.choice("sort") or view,
        search=context.choice("q") or None,
        limit=IN_FILES if context.full else PER_PAGE,
        offset=None if context.full else first,
        against=context.view.against,
    )
    shown = list(found.get("products") or ())
    form = _form(view, context)
    if not shown:
        text = "products.none_search" if context.choice("q") else "products.none_text"
        return (form, Notice(context.t("products.none"), context.t(text)))
    return (form, _table(shown, found, first, context))


def _view(context: Context) -> str:
    asked = context.choice("view", VIEWS[0])
    return asked if asked in VIEWS else VIEWS[0]


def _first_row(context: Context) -> int:
    page = context.choice("page_no", "1")
    return (max(int(page), 1) - 1) * PER_PAGE if page.isdigit() else 0


def _form(view: str, context: Context) -> Form:
    tabs = tuple(
        Link(context.t(f"products.{name}"), context.with_own(view=name, page_no=None), name == view) for name in VIEWS
    )
    search = Field("q", context.t("products.search"), value=context.choice("q"), kind="search")
    hidden = (("view", view), *context.view.pairs())
    return Form(f"/{context.shop.key}/products", (search,), hidden, context.t("products.find"), tabs)


def _table(shown: list[Json], found: Json, first: int, context: Context) -> Table:
    numbers = [(name, unit) for name, unit in NUMBERS if any(row.get(name) is not None for row in shown)]
    compared = any(row.get("change") is not None for row in shown)
    columns = [
        Column("product", context.t("products.product"), width="quarter", sort=_sort("name", context)),
        Column("trend", context.t("products.trend"), "spark"),
    ]
    for name, unit in numbers:
        columns.append(_column(name, context.t(f"products.col.{name}"), unit, found, context))
        if name == "sales" and compared:
            columns.append(_column("change", context.t("table.change"), "rate", found, context))
    rows = tuple(_row(row, numbers, context, compared=compared) for row in shown)
    return Table(
        key="products",
        title=context.t(f"products.title.{_view(context)}"),
        columns=tuple(columns),
        rows=rows,
        note=_note(found, context),
        sortable=False,
        how=How(how_lines(found, context), tuple(found.get("sql") or ())),
        downloads=context.downloads("products"),
        pages=_pages(int(found.get("count") or 0), first, context),
    )


def _sort(column: str, context: Context) -> str:
    return context.with_own(sort=column, page_no=None)


def _column(name: str, label: str, unit: str, found: Json, context: Context) -> Column:
    by = {"change": "change_rate"}.get(name, name)
    order: Literal["", "ascending", "descending"] = ""
    if found.get("sort") == by:
        order = "descending" if found.get("descending") else "ascending"
    return Column(name, label, "number", unit, sort=_sort(by, context), sorted=order)


def _row(row: Json, numbers: list[tuple[str, str]], context: Context, *, compared: bool) -> Row:
    name = str(row.get("name") or row["product_id"])
    small = str(row["product_id"]) if row.get("name") else ""
    cells = [Cell(name, name, href=_link(row, context), small=small), Cell(spark=spark(row.get("trend") or ()))]
    for column, unit in numbers:
        tone: Any = "bad" if column == "stock" and (row.get("stock") or 1) <= 0 else ""
        cells.append(Cell(context.exact(row.get(column), unit), row.get(column), tone=tone))
        if column == "sales" and compared:
            cells.append(change_cell(row, "money", "up", context))
    return Row(tuple(cells))


def _link(row: Json, context: Context) -> str:
    filtered = context.view.with_where("product", str(row["product_id"]))
    return context.link("explore", ("kpi", "sales"), view=filtered)


def _note(found: Json, context: Context) -> str:
    count = context.t("products.count", count=context.exact(found.get("count"), "count"))
    lacking = [name for name, _ in NUMBERS if name in (found.get("not_measurable") or {})]
    if not lacking:
        return count
    names = context.t("list.comma").join(context.t(f"products.col.{name}") for name in lacking)
    return f"{count} {context.t('products.lacking', names=names)}"


def _pages(total: int, first: int, context: Context) -> tuple[Link, ...]:
    page = first // PER_PAGE + 1
    links = []
    if page > 1:
        links.append(Link(context.t("pages.before"), context.with_own(page_no=str(page - 1))))
    if first + PER_PAGE < total:
        links.append(Link(context.t("pages.after"), context.with_own(page_no=str(page + 1))))
    return tuple(links)


PAGE = Page(
    path="products",
    words=Words("Products", "商品"),
    about=Words("What sells, what falls, what is new", "什么好卖，什么下滑，什么是新品"),
    blocks=_blocks,
    icon="products",
    order=40,
    key="p",
)

"""The newest events as they came in, without anything about a person."""

from __future__ import annotations

from zhanggui.web.acts import act_name, page_type_name
from zhanggui.web.blocks import Cell, Column, Row, Table
from zhanggui.web.moments import clock
from zhanggui.web.page import Context, Json
from zhanggui.web.visits import value_name

OF_VISIT = ("device", "country")


def recent_table(live: Json, context: Context, note: str = "") -> Table:
    """What happened last, newest first; ``live`` is the answer of the verb of that name."""
    t = context.t
    names = {str(entry["product_id"]): entry.get("name") for entry in live.get("products") or ()}
    rows = tuple(_row(event, names, context) for event in live.get("recent") or ())
    keys = ("when", "what", "page", "product", "device", "country")
    columns = tuple(Column(key, t(f"live.{key}")) for key in keys)
    return Table("recent", t("live.recent"), columns, rows, empty=t("tracker.no_recent"), sortable=False, note=note)


def _row(event: Json, names: dict[str, str | None], context: Context) -> Row:
    moment, product, kind = event.get("at"), event.get("product_id"), event.get("page_type")
    return Row(
        (
            Cell(clock(moment, context, seconds=True), moment),
            Cell(act_name(event["event"], context), event["event"]),
            Cell(page_type_name(kind, context) if kind else "–", kind, small=str(event.get("page") or "")),
            Cell(str(names.get(str(product)) or product or "–"), product),
            *(_known(event.get(key), key, context) for key in OF_VISIT),
        )
    )


def _known(value: str | None, dim: str, context: Context) -> Cell:
    return Cell(value_name(value, dim, context) if value else "–", value)

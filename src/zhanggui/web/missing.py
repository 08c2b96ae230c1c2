"""What a shop cannot measure yet, why, and the next step: empty states that teach."""

from __future__ import annotations

from zhanggui.web.blocks import Cell, Column, Link, Notice, Row, Table
from zhanggui.web.page import Context, Json

BRIEF = 3  # rows of the short list on Today
NAMED = 5  # KPIs named in a row; the others are counted


def empty_shop(context: Context) -> Notice:
    """What a shop without data says on every page that needs some."""
    return Notice(
        context.t("empty_shop.title"),
        context.t("empty_shop.text"),
        command=f"zhanggui import {context.shop.key} auto orders.csv",
        links=(Link(context.t("today.to_data"), context.link("data"), primary=True),),
    )


def not_measurable(kpi: str, reason: str, context: Context) -> Notice:
    """A KPI that needs more tables: the reason, and where to get them."""
    have = delivered(context)
    lacks = lacking(context.kpis.get(kpi, {}), have)
    said = context.t("missing.needs_sentence", names=_names(lacks, context)) if lacks else reason
    steps = dict.fromkeys(next_step(piece_of(need, have), context) for need in lacks)
    return Notice(
        context.t("missing.title", kpi=context.kpi_name(kpi)),
        " ".join([said, *steps]),
        links=(Link(context.t("missing.all"), context.link("data"), primary=True),),
    )


def missing_table(context: Context, *, brief: bool = False) -> Table:
    """One row per missing piece of data: which KPIs wait for it, how to bring it. ``brief`` keeps the first ones."""
    have = delivered(context)
    waiting: dict[str, list[str]] = {}
    for name, entry in context.kpis.items():
        if entry.get("measurable") is False:
            for piece in dict.fromkeys(piece_of(need, have) for need in lacking(entry, have)):
                waiting.setdefault(piece, []).append(name)
    ordered = sorted(waiting.items(), key=lambda pair: -len(pair[1]))
    return Table(
        key="missing",
        title=context.t("missing.some" if brief else "missing.table"),
        columns=(
            Column("needs", context.t("missing.needs"), width="half"),
            Column("count", context.t("missing.count"), "number", "count"),
            Column("next", context.t("missing.next"), width="half"),
        ),
        rows=tuple(_row(piece, names, context) for piece, names in (ordered[:BRIEF] if brief else ordered)),
        empty=context.t("missing.nothing"),
        sortable=False,
        downloads=() if brief else context.downloads("missing"),
        more=Link(context.t("missing.all"), context.link("data")) if brief and len(ordered) > BRIEF else None,
    )


def delivered(context: Context) -> set[str]:
    """Tables that the shop has, and ``table.column`` for columns known to hold something."""
    found: set[str] = set()
    for entry in context.ask("data").get("tables") or ():
        if entry.get("delivered") or entry.get("rows"):
            found.add(entry["table"])
            found |= {f"{entry['table']}.{column}" for column in entry.get("known") or ()}
    return found


def lacking(entry: Json, have: set[str]) -> list[str]:
    """What a KPI needs and the shop lacks, each as ``table``, ``table.column`` or alternatives ``a|b.c``."""
    if entry.get("missing"):
        return [str(name) for name in entry["missing"]]
    needs = [str(need) for need in entry.get("needs") or ()]
    return [need for need in needs if not any(choice.strip() in have for choice in need.split("|"))] or needs[:1]


def piece_of(need: str, have: set[str]) -> str:
    """What to bring for a need: the table of its first alternative, or that column when the table is here."""
    first = need.partition("|")[0].strip()
    table = first.partition(".")[0]
    return first if table in have else table


def next_step(piece: str, context: Context) -> str:
    """How to bring a missing table or column."""
    table, _, column = piece.partition(".")
    if column:
        return context.t("next.column", column=column, table=table)
    return context.t.get(f"next.{table}", context.t("next.other", table=table))


def needs_words(needs: list[str], context: Context) -> str:
    """``needs events or sessions.purchases`` in the reader's language."""
    return context.t("missing.needs_what", names=_names(needs, context))


def _names(needs: list[str], context: Context) -> str:
    names = [context.t("list.or").join(part.strip() for part in need.split("|")) for need in needs]
    return context.t("list.comma").join(names)


def _row(piece: str, names: list[str], context: Context) -> Row:
    shown = context.t("list.comma").join(context.kpi_name(name) for name in names[:NAMED])
    more = context.t("list.more", count=len(names) - NAMED) if len(names) > NAMED else ""
    table = piece.partition(".")[0]
    words = context.tables.get(table, {}).get("words")
    title = f"{context.say(words, table)} ({piece})" if words else piece
    return Row(
        (
            Cell(title, piece, small=f"{shown}{more}"),
            Cell(str(len(names)), len(names)),
            Cell(next_step(piece, context)),
        )
    )

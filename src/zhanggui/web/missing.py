"""What a shop cannot measure yet, why, and the next step: empty states that teach."""

from __future__ import annotations

from zhanggui.web.blocks import Cell, Column, Link, Notice, Row, Table
from zhanggui.web.page import Context, Json


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
    steps = [next_step(name, context) for name in lacking(context.kpis.get(kpi, {}), delivered(context))]
    return Notice(
        context.t("missing.title", kpi=context.kpi_name(kpi)),
        " ".join([reason, *dict.fromkeys(steps)]),
        links=(Link(context.t("missing.all"), context.link("data"), primary=True),),
    )


def missing_table(context: Context, *, brief: bool = False) -> Table:
    """One row per missing piece of data: which KPIs wait for it, how to bring it. ``brief`` keeps the first three."""
    have = delivered(context)
    waiting: dict[str, list[str]] = {}
    for name, entry in context.kpis.items():
        if entry.get("measurable") is False:
            for need in lacking(entry, have):
                waiting.setdefault(need, []).append(name)
    ordered = sorted(waiting.items(), key=lambda pair: -len(pair[1]))
    rows = [_row(need, names, context) for need, names in (ordered[:3] if brief else ordered)]
    return Table(
        key="missing",
        title=context.t("missing.some" if brief else "missing.table"),
        columns=(
            Column("needs", context.t("missing.needs")),
            Column("count", context.t("missing.count"), "number", "count"),
            Column("next", context.t("missing.next")),
        ),
        rows=tuple(rows),
        empty=context.t("missing.nothing"),
        sortable=not brief,
        more=Link(context.t("missing.all"), context.link("data")) if brief and len(ordered) > 3 else None,
    )


def delivered(context: Context) -> set[str]:
    """Tables that the shop has, and ``table.column`` for columns known to hold something."""
    found: set[str] = set()
    for entry in context.ask("data").get("tables") or ():
        if entry.get("delivered") or entry.get("rows"):
            found.add(entry["table"])
            found |= {f"{entry['table']}.{column}" for column in entry.get("columns_known") or entry.get("known") or ()}
    return found


def lacking(entry: Json, have: set[str]) -> list[str]:
    """What a KPI needs and the shop lacks; of alternatives, the first."""
    if entry.get("missing"):
        return [str(name) for name in entry["missing"]]
    found = []
    for need in entry.get("needs") or ():
        choices = str(need).split("|")
        if not any(_met(choice.strip(), have) for choice in choices):
            found.append(choices[0].strip())
    return found or [str(need).split("|", maxsplit=1)[0] for need in (entry.get("needs") or ())[:1]]


def _met(choice: str, have: set[str]) -> bool:
    table = choice.partition(".")[0]
    return choice in have or (
        "." in choice and table in have and not any(name.startswith(f"{table}.") for name in have)
    )


def next_step(need: str, context: Context) -> str:
    """How to bring a missing table or column."""
    table, _, column = need.partition(".")
    if column:
        return str(context.t("next.column", column=column, table=table))
    return context.t.get(f"next.{table}", context.t("next.other", table=table))


def _row(need: str, names: list[str], context: Context) -> Row:
    shown = context.t("list.comma").join(context.kpi_name(name) for name in names[:4])
    more = context.t("list.more", count=len(names) - 4) if len(names) > 4 else ""
    return Row(
        (
            Cell(need, need, small=f"{shown}{more}"),
            Cell(str(len(names)), len(names)),
            Cell(next_step(need, context)),
        )
    )

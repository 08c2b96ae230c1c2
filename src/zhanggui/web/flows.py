"""Paths as a picture: nodes in the column of their step, links as wide as the sessions that took them."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.web.acts import EVENTS, PAGE_TYPES, act_name
from zhanggui.web.blocks import Cell, Column, How, Row, Table, Trend
from zhanggui.web.figures import how_lines
from zhanggui.web.page import Context, Json

GREY = ("others", "exit", "entry")
MOST_EXITS = 12
THIN = 0.003  # links of a smaller share of the sessions are hairs in the picture; the table has them


def flow_block(answer: Json, context: Context) -> Trend:
    """The Sankey with its links as a table."""
    t, nodes = context.t, {node["id"]: node for node in answer["nodes"]}
    title = t("paths.title", sessions=context.exact(answer["sessions"], "count"))
    first = min((node["step"] for node in nodes.values()), default=0)
    seen = [link for link in answer["links"] if link["sessions"] >= THIN * answer["sessions"]]
    drawn = {link[side] for link in seen for side in ("source", "target")}
    chart = {
        "kind": "flow",
        "title": title,
        "nodes": [_node(node, first, context) for key, node in nodes.items() if key in drawn],
        "links": [_link(link, nodes, context) for link in seen],
    }
    sql = answer.get("sql") or ()
    return Trend(
        title=title,
        chart=chart,
        table=_links_table(answer["links"], nodes, context),
        note=t("paths.note"),
        how=How(how_lines(answer, context), (sql,) if isinstance(sql, str) else tuple(sql)),
        wide=True,
    )


def _node(node: Json, first: int, context: Context) -> Json:
    text = context.t("paths.node_text", sessions=context.exact(node["sessions"], "count"))
    name = act_name(node["name"], context)
    bare = str(node["name"]).strip("()")
    return {
        "name": str(node["id"]),
        "step": node["step"] - first,
        "label": f"{name} {context.short(node['sessions'], 'count')}",
        "title": name,
        "text": text,
        "colour": colour_of(bare),
        "kind": "tail" if bare in GREY else "main",
        "value": node["sessions"],
    }


def colour_of(name: str) -> int:
    """The place of a page or act in the palette: the same everywhere, a product page like a product view."""
    named = {"item": "view_item", "search": "search"}.get(name, name)
    known = ["home", "category", "view_item", "search", "cart", "checkout", "account", "other", *EVENTS]
    order = list(dict.fromkeys([*known, *PAGE_TYPES]))
    return order.index(named) if named in order else len(order)


def _link(link: Json, nodes: dict[str, Json], context: Context) -> Json:
    source, target = nodes[link["source"]], nodes[link["target"]]
    share = link["sessions"] / source["sessions"] if source["sessions"] else None
    return {
        "source": str(link["source"]),
        "target": str(link["target"]),
        "value": link["sessions"],
        "title": f"{act_name(source['name'], context)} → {act_name(target['name'], context)}",
        "text": context.t(
            "paths.link_text", sessions=context.exact(link["sessions"], "count"), share=context.exact(share, "rate")
        ),
    }


def _links_table(links: Sequence[Json], nodes: dict[str, Json], context: Context) -> Table:
    t = context.t
    first = min((node["step"] for node in nodes.values()), default=0)
    rows = []
    for link in links:
        source, target = nodes[link["source"]], nodes[link["target"]]
        share = link["sessions"] / source["sessions"] if source["sessions"] else None
        rows.append(
            Row(
                (
                    Cell(act_name(source["name"], context), source["name"]),
                    Cell(act_name(target["name"], context), target["name"]),
                    Cell(str(source["step"] - first + 1), source["step"] - first + 1),
                    Cell(context.exact(link["sessions"], "count"), link["sessions"]),
                    Cell(context.exact(share, "rate"), share),
                )
            )
        )
    columns = (
        Column("from", t("paths.link_from")),
        Column("to", t("paths.link_to")),
        Column("step", t("paths.step"), "number"),
        Column("sessions", t("paths.sessions"), "number", "count"),
        Column("share", t("paths.share"), "number", "rate"),
    )
    return Table("links", t("paths.links"), columns, tuple(rows), downloads=context.downloads("links"))


def paths_table(answer: Json, context: Context) -> Table:
    """The frequent paths, each with its share and how many of it bought."""
    t = context.t
    rows = []
    for path in answer["paths"]:
        others = bool(path.get("others"))
        text = t("value.others") if others else " → ".join(act_name(name, context) for name in path["steps"])
        rows.append(
            Row(
                (
                    Cell(text, text if others else " → ".join(map(str, path["steps"]))),
                    Cell(context.exact(path["sessions"], "count"), path["sessions"]),
                    Cell(context.exact(path.get("share"), "rate"), path.get("share")),
                    Cell(context.exact(path.get("conversion"), "rate"), path.get("conversion")),
                ),
                weight="tail" if others else "",
            )
        )
    columns = (
        Column("path", t("paths.path"), width="half"),
        Column("sessions", t("paths.sessions"), "number", "count"),
        Column("share", t("paths.share"), "number", "rate"),
        Column("conversion", t("paths.conversion"), "number", "rate"),
    )
    return Table("paths", t("paths.table"), columns, tuple(rows), search=True, downloads=context.downloads("paths"))


def exits_table(answer: Json, context: Context) -> Table:
    """Where the visits end."""
    t, nodes = context.t, {node["id"]: node for node in answer["nodes"]}
    first = min((node["step"] for node in nodes.values()), default=0)
    exits = list(answer.get("exits") or ())
    rows = tuple(
        Row(
            (
                Cell(act_name(nodes[entry["from"]]["name"], context), nodes[entry["from"]]["name"]),
                Cell(str(nodes[entry["from"]]["step"] - first + 1), nodes[entry["from"]]["step"] - first + 1),
                Cell(context.exact(entry["sessions"], "count"), entry["sessions"]),
                Cell(context.exact(entry.get("share"), "rate"), entry.get("share")),
            )
        )
        for entry in (exits if context.full else exits[:MOST_EXITS])
    )
    columns = (
        Column("from", t("paths.from")),
        Column("step", t("paths.step"), "number"),
        Column("sessions", t("paths.sessions"), "number", "count"),
        Column("share", t("paths.share_of_node"), "number", "rate"),
    )
    return Table("exits", t("paths.exits"), columns, rows, downloads=context.downloads("exits"))

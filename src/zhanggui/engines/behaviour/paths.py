"""Frequent paths: where sessions go from their start, after, before or around a page or an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.numbers import format_value
from zhanggui.basics.words import Language, Words
from zhanggui.engines.behaviour.path_types import Direction, Path, PathEnd, PathLink, PathNode, PathQuery, Paths
from zhanggui.engines.behaviour.slicing import by_name, check_dimensions, check_values, held, visits_from
from zhanggui.engines.behaviour.statement import ACTS, NODES, SHIFT, Values, bound, moment_and_node, node_number
from zhanggui.engines.behaviour.steps import PAGE, PAGES, WORDS
from zhanggui.engines.behaviour.types import EXIT, OTHERS
from zhanggui.metrics import default_window

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST_LENGTH = 12
MOST_TOP = 1000
MOST_NODES = 8  # of one step; more can't be told apart in a picture
EVENTS_OF_PAGES = {"view_item": "item", "view_item_list": "category"}
"""Events that stand in a path as the page they are seen on."""


def paths(shop: OpenShop, query: PathQuery) -> Paths:
    """The frequent paths that ``query`` asks for.

    Raises:
        UnknownNameError: no such page type, event, dimension or value.
        DefinitionError: a question that makes no sense.
        NotMeasurable: the shop has no events.
    """
    anchor, direction = _anchor(query)
    _check(shop, query)
    if not shop.warehouse.facts()["events"].rows:
        raise NotMeasurable("Paths need events; import some first.", zh="路径分析需要 events；请先导入。")
    window = query.window or default_window(shop)
    there = held(shop, window, query.where)
    bounds = {"from": window.from_, "to": window.to, "low": there.low, "high": there.high}
    values = Values({**bounds, "top": query.top, "ends": direction != "backward"})
    sql, params = bound(_sql(query, anchor, direction, values), values.given)
    rows = shop.warehouse.query(sql, params).to_pylist() if there.evidence == "events" else []
    of_kind: dict[str, list[dict[str, Any]]] = {"node": [], "link": [], "path": [], "all": []}
    for row in rows:
        of_kind[row["kind"]].append(_named(row))
    sessions = of_kind["all"][0]["sessions"] if rows else 0
    shown = _frequent(of_kind["node"], anchor)
    nodes = _nodes(of_kind["node"], shown)
    listed = _paths(of_kind["path"], sessions, ended=direction != "backward")
    return Paths(
        window=window,
        anchor=anchor,
        direction=direction,
        length=query.length,
        sessions=sessions,
        nodes=tuple(PathNode(step, name, counts[0]) for (step, name), counts in nodes.items()),
        links=_links(of_kind["link"], shown),
        paths=listed,
        exits=_ends(nodes, 1) if direction != "backward" else (),
        entries=_ends(nodes, 2) if direction != "forward" else (),
        rare_nodes=sum((row["step"], row["name"]) not in shown for row in of_kind["node"]),
        unlisted_paths=(of_kind["path"][0]["paths"] if listed else 0) - len(listed),
        unlisted_sessions=sessions - sum(path.sessions for path in listed),
        words=Words(*(_tell(listed, sessions, anchor, language) for language in ("en", "zh"))),
        batch=shop.warehouse.newest_batch(),
        sql=(sql,),
    )


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with the names of its nodes instead of their numbers."""
    one = {key: None if row[key] is None else NODES[row[key]] for key in ("name", "next")}
    return {**row, **one, "nodes": None if row["nodes"] is None else [NODES[number] for number in row["nodes"]]}


def _anchor(query: PathQuery) -> tuple[str | None, Direction]:
    given = [
        (name, direction)
        for name, direction in ((query.starting, "forward"), (query.ending, "backward"), (query.through, "both"))
        if name is not None
    ]
    if len(given) > 1:
        raise DefinitionError("Give one of starting, ending and through.", zh="starting、ending、through 只能给一个。")
    if not given:
        return None, "forward"
    name, direction = given[0]
    return _node_named(name), direction  # type: ignore[return-value]


def _node_named(text: str) -> str:
    """The node that a person means by an event or a page type."""
    name = text.strip()
    page = name.removeprefix(PAGE)
    found = EVENTS_OF_PAGES.get(name, page if page in PAGES else name if name in ACTS else None)
    if found is None:
        known = [*PAGES, *ACTS, *EVENTS_OF_PAGES]
        raise UnknownNameError.of(Words("page type or event", "页面类型或事件"), name, known)
    return found


def _check(shop: OpenShop, query: PathQuery) -> None:
    check_dimensions(list(by_name(query.where)), goods=False)
    check_values(shop, query.where)
    if not 2 <= query.length <= MOST_LENGTH or not 1 <= query.top <= MOST_TOP:
        raise DefinitionError(
            f"length {query.length}, top {query.top}: paths have 2 to {MOST_LENGTH} nodes, 1 to {MOST_TOP} are listed.",
            zh=f"length {query.length}、top {query.top}：路径为 2 到 {MOST_LENGTH} 个节点，可列出 1 到 {MOST_TOP} 条。",
        )


def _sql(query: PathQuery, anchor: str | None, direction: Direction, values: Values) -> str:
    text = resources.files(__package__).joinpath("paths.sql").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    visits = (
        "SELECT visit.session_id AS session_id, CAST(coalesce(visit.with_purchase, 0) > 0 AS INTEGER) AS bought\n    "
        f"{visits_from(query.where, values)} AND visit.evidence = 'events'"
    )
    around = query.length - 1 if direction != "both" else (query.length - 1) // 2
    before, after = {"forward": (0, around), "backward": (around, 0), "both": (around, query.length - 1 - around)}[
        direction
    ]
    place = "anchored.anchor"
    first = f"greatest(1, {place} - {before})"
    return "\n".join(lines).format(
        visits=visits,
        moment_and_node=moment_and_node("event"),
        node_number=node_number("event"),
        shift=SHIFT,
        anchor="1" if anchor is None else f"coalesce(list_position(nodes, CAST({NODES.index(anchor)} AS UTINYINT)), 0)",
        from_=first,
        to_=f"({place} + {after})",
        first=f"{first} - {place}",
    )


def _frequent(rows: Sequence[Mapping[str, Any]], anchor: str | None) -> set[tuple[int, str]]:
    """The nodes that are shown, by step; the others of a step are one node."""
    by_step: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        by_step.setdefault(row["step"], []).append((-row["sessions"], row["name"]))
    shown = {(step, name) for step, found in by_step.items() for _, name in sorted(found)[:MOST_NODES]}
    return shown | ({(0, anchor)} if anchor else set())


def _shown_name(step: int, name: str, shown: set[tuple[int, str]]) -> str:
    return name if (step, name) in shown else OTHERS


def _nodes(rows: Sequence[Mapping[str, Any]], shown: set[tuple[int, str]]) -> dict[tuple[int, str], list[int]]:
    """Sessions, exits and entries per shown node, steps in order, the largest first, the others last."""
    found: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        counts = found.setdefault((row["step"], _shown_name(row["step"], row["name"], shown)), [0, 0, 0])
        for place, key in enumerate(("sessions", "left_then", "entered")):
            counts[place] += row[key]
    order = sorted(found, key=lambda key: (key[0], key[1] == OTHERS, -found[key][0], key[1]))
    return {key: found[key] for key in order}


def _links(rows: Sequence[Mapping[str, Any]], shown: set[tuple[int, str]]) -> tuple[PathLink, ...]:
    found: dict[tuple[int, str, str], int] = {}
    for row in rows:
        step = row["step"]
        key = (step, _shown_name(step, row["name"], shown), _shown_name(step + 1, row["next"], shown))
        found[key] = found.get(key, 0) + row["sessions"]
    order = sorted(found, key=lambda key: (key[0], -found[key], key))
    return tuple(PathLink(*key, found[key]) for key in order)


def _ends(nodes: Mapping[tuple[int, str], Sequence[int]], place: int) -> tuple[PathEnd, ...]:
    found = [
        PathEnd(step, name, counts[place], counts[place] / counts[0])
        for (step, name), counts in nodes.items()
        if counts[place]
    ]
    return tuple(sorted(found, key=lambda end: (-end.sessions, end.step, end.name)))


def _paths(rows: Sequence[Mapping[str, Any]], sessions: int, *, ended: bool) -> tuple[Path, ...]:
    return tuple(
        Path(
            steps=(*row["nodes"], *([EXIT] if ended and row["left_then"] else [])),
            sessions=row["sessions"],
            share=row["sessions"] / sessions,
            conversion=row["bought"] / row["sessions"],
        )
        for row in rows
    )


def _tell(listed: Sequence[Path], sessions: int, anchor: str | None, language: Language) -> str:
    zh = language == "zh"
    count = format_value(sessions, "count", language)
    name = "" if anchor is None else node_words(anchor)[language]
    if not listed:
        return "这段时间没有符合条件的会话。" if zh else "No session of these days fits."
    walked = " → ".join(node_words(step)[language] for step in listed[0].steps)
    share = format_value(listed[0].share, "rate", language)
    if zh:
        return f"共 {count} 个会话{f'经过“{name}”' if name else ''}，最常见的路径是 {walked}（{share}）。"
    return f"{count} sessions{f' with {name}' if name else ''}; the most frequent path is {walked} ({share})."


def node_words(name: str) -> Words:
    """How people call a node of a path."""
    special = {EXIT: Words("exit", "离开"), OTHERS: Words("others", "其他")}
    return special.get(name) or WORDS.get(f"{PAGE}{name}") or WORDS.get(name) or Words(name, name)

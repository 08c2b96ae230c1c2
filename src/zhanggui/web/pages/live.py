"""Live: who is in the shop right now. The page asks itself again every few seconds."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.acts import page_type_name
from zhanggui.web.blocks import Block, Cell, Column, Link, Notice, Pair, Pulse, Row, Table
from zhanggui.web.missing import empty_shop
from zhanggui.web.moments import clock, day_and_clock
from zhanggui.web.page import Context, Json, Page
from zhanggui.web.recent import recent_table
from zhanggui.web.sparks import bars
from zhanggui.web.visits import no_behaviour, value_name

SECONDS = 5
MINUTES = 30
MOST = 8


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    if not context.tables.get("events", {}).get("rows"):
        return (no_behaviour(context),)
    as_of = context.choice("as_of")
    live = context.ask("live", minutes=MINUTES, as_of=as_of or None)
    if not live.get("events"):
        return (_nobody(live, context),)
    found: list[Block] = [_replayed(live, context)] if as_of else []
    return [*found, _pulse(live, context), *_lists(live, context), recent_table(live, context, _note(context))]


def _replayed(live: Json, context: Context) -> Notice:
    t, when = context.t, day_and_clock(live.get("now"), context)
    back = Link(t("live.to_now"), context.with_own(as_of=None))
    return Notice(t("live.as_of", when=when), t("live.replayed", minutes=live["minutes"], when=when), links=(back,))


def _nobody(live: Json, context: Context) -> Notice:
    """Nobody is here: when the last one was, and the way to that moment."""
    t = context.t
    text = [t("live.nobody_text", seconds=SECONDS)]
    links: tuple[Link, ...] = (Link(t("no_behaviour.tracker"), context.link("tracker")),)
    last = live.get("last_event_at") or context.tables.get("events", {}).get("last")
    if last and not context.choice("as_of"):
        text.insert(0, t("live.last_event", when=day_and_clock(last, context)))
        links = (Link(t("live.replay"), context.with_own(as_of=str(last)), primary=True), *links)
    return Notice(t("live.nobody", minutes=live.get("minutes", MINUTES)), " ".join(text), links=links)


def _pulse(live: Json, context: Context) -> Pulse:
    t, minutes = context.t, list(live.get("per_minute") or ())
    most = max((minute["visitors"] for minute in minutes), default=0) or 1
    drawn = tuple(
        (
            round(100 * minute["visitors"] / most, 2),
            t(
                "live.minute",
                minute=clock(minute["minute"], context),
                visitors=minute["visitors"],
                page_views=minute["page_views"],
            ),
        )
        for minute in minutes
    )
    sums = {key: sum(minute.get(key) or 0 for minute in minutes) for key in ("page_views", "add_to_carts", "purchases")}
    numbers = (
        (t("live.visitors"), context.exact(live["visitors"], "count")),
        (t("live.page_views"), context.exact(sums["page_views"], "count")),
        (t("live.carts"), context.exact(sums["add_to_carts"], "count")),
        (t("live.purchases"), context.exact(sums["purchases"], "count")),
    )
    count = live["minutes"]
    now = clock(live.get("now"), context) if context.choice("as_of") else t("live.now")
    return Pulse(t("live.title", minutes=count), numbers, drawn, t("live.ago", minutes=count), now)


def _lists(live: Json, context: Context) -> list[Block]:
    """Pages, products, sources and devices, two and two."""
    tables = [
        _list(live, "pages", ("page_type", "page", "page_url"), context),
        _list(live, "products", ("name", "product", "product_id"), context),
        _list(live, "sources", ("source", "medium"), context),
        _list(live, "devices", ("device",), context),
    ]
    shown = [table for table in tables if table.rows]
    found: list[Block] = [Pair(left, right) for left, right in zip(shown[::2], shown[1::2], strict=False)]
    return [*found, *(shown[-1:] if len(shown) % 2 else ())]


def _list(live: Json, kind: str, names: tuple[str, ...], context: Context) -> Table:
    t, entries = context.t, list(live.get(kind) or ())[:MOST]
    counts = [entry.get("visitors", entry.get("events", entry.get("count", 0))) for entry in entries]
    rows = tuple(
        Row((Cell(_name(entry, names, context)), Cell(bar=bar), Cell(context.exact(count, "count"), count)))
        for entry, count, bar in zip(entries, counts, bars(counts), strict=True)
    )
    label = "live.count" if any("visitors" in entry for entry in entries) else "live.event_count"
    columns = (
        Column(kind, t(f"live.column.{kind}")),
        Column("bar", t("table.bar"), "bar"),
        Column("count", t(label), "number", "count"),
    )
    return Table(f"live-{kind}", t(f"live.{kind}"), columns, rows, sortable=False)


def _name(entry: Json, names: tuple[str, ...], context: Context) -> str:
    if "medium" in names:
        return " / ".join(value_name(entry.get(name), name, context) for name in names)
    key = next((name for name in names if entry.get(name) is not None), names[0])
    if key == "page_type":
        return page_type_name(entry.get(key), context)
    return value_name(entry.get(key), key, context)


def _note(context: Context) -> str:
    return "" if context.choice("as_of") else context.t("live.refresh", seconds=SECONDS)


PAGE = Page(
    path="live",
    words=Words("Live", "实时"),
    about=Words("Who is in the shop right now", "此刻谁在店里"),
    blocks=_blocks,
    icon="live",
    order=50,
    key="l",
    group="site",
    pocket=True,
    windowed=False,
    refresh=SECONDS,
)

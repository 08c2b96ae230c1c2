"""Behaviour: how many come, from where, on what, and how far they get."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.answers import Asked, over_time
from zhanggui.web.blocks import Block, Pair, Tiles
from zhanggui.web.buckets import fitting_grain
from zhanggui.web.missing import empty_shop
from zhanggui.web.page import Context, Page
from zhanggui.web.visits import Split, kpi_tile, measurable, no_behaviour, nothing_here, split_table, usable

TILES = (
    "sessions", "visitors", "pages_per_session", "bounce_rate", "add_to_cart_rate", "cart_abandonment_rate",
    "conversion_rate", "search_sessions_share",
)  # fmt: skip


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    names = measurable(TILES, context)
    if "sessions" not in names:
        return (no_behaviour(context),)
    grain = fitting_grain(context.view.window)
    answer = context.ask_framed("kpi", name=names, by=[grain])
    if not answer["total"]["sessions"]["value"]:
        return (nothing_here(context),)
    tiles = tuple(kpi_tile(name, answer, grain, context) for name in names if name in answer["total"])
    return (
        Tiles(context.t("behaviour.tiles"), tiles),
        over_time(Asked("sessions", (grain,), answer, context)),
        *_splits(context),
    )


def _splits(context: Context) -> list[Block]:
    """Where visits come from in full width, who they are side by side."""
    t = context.t
    wide = [
        Split("channels", t("behaviour.channels"), ("channel_group",)),
        Split("sources", t("behaviour.sources"), ("source", "medium")),
    ]
    narrow = [
        Split("visitor-types", t("behaviour.visitor_type"), ("visitor_type",), brief=True),
        Split("devices", t("behaviour.devices"), ("device",), brief=True),
        Split("landing", t("behaviour.landing"), ("landing_page_type",), brief=True),
        Split("countries", t("behaviour.countries"), ("country",), brief=True),
    ]
    found: list[Block] = [split_table(split, context) for split in wide if usable(split, context)]
    tables = [split_table(split, context) for split in narrow if usable(split, context)]
    found += [Pair(left, right) for left, right in zip(tables[::2], tables[1::2], strict=False)]
    return [*found, *(tables[-1:] if len(tables) % 2 else ())]


PAGE = Page(
    path="behaviour",
    words=Words("Behaviour", "访客行为"),
    about=Words("How many come, from where, and how far they get", "多少人来、从哪里来、走到哪一步"),
    blocks=_blocks,
    icon="behaviour",
    order=10,
    key="b",
    group="site",
)

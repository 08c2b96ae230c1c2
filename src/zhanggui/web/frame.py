"""What surrounds the blocks of a page: shop switcher, navigation, global bar, badges, footer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from zhanggui.web.blocks import Field, Link, Option
from zhanggui.web.buckets import bucket_text
from zhanggui.web.desk import ShopCard
from zhanggui.web.locale import Messages
from zhanggui.web.page import Context, Page
from zhanggui.web.state import COMPARISONS, PRESETS, THEMES, View, address

STALE_DAYS = 3  # data older than this are called old on every page
GROUPS = ("business", "site", "data")


@dataclass(frozen=True)
class NavItem:
    """A page in the navigation."""

    text: str
    href: str
    icon: str
    key: str
    current: bool
    pocket: bool = False


@dataclass(frozen=True)
class NavGroup:
    """Pages of one kind under a title."""

    title: str
    items: tuple[NavItem, ...]


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    off: str


@dataclass(frozen=True)
class BarView:
    """The global bar of a page that it changes."""

    window: str
    span: str
    presets: tuple[Link, ...]
    against: str
    against_span: str
    comparisons: tuple[Link, ...]
    chips: tuple[Chip, ...]
    action: str
    hidden_dates: tuple[tuple[str, str], ...]
    hidden_filter: tuple[tuple[str, str], ...]
    first: str
    last: str
    dimensions: Field | None


@dataclass(frozen=True)
class Frame:
    """Everything of a page but its blocks."""

    t: Messages
    language: str
    theme: str
    title: str
    about: str
    shop: ShopCard | None
    shops: tuple[Link, ...]
    nav: tuple[NavGroup, ...]
    bar: BarView | None
    languages: tuple[Link, ...]
    themes: tuple[Link, ...]
    fresh: str = ""
    imported: str = ""
    stale: bool = False
    simulated: bool = False
    attribution: str = ""
    up: Link | None = None
    palette: str = ""
    refresh: int = 0

    @property
    def items(self) -> tuple[NavItem, ...]:
        """Every page of the navigation in its order."""
        return tuple(item for group in self.nav for item in group.items)

    @property
    def elsewhere(self) -> NavItem | None:
        """The page that is open, when the bar at the foot of a phone does not have it."""
        return next((item for item in self.items if item.current and not item.pocket), None)


def frame_of(context: Context, pages: Mapping[str, Page], *, title: str = "", up: Link | None = None) -> Frame:
    """The frame of a page of a shop."""
    view, t, shop = context.view, context.t, context.shop
    fresh, stale = freshness(shop, context)
    return Frame(
        t=t,
        language=view.language,
        theme=view.theme,
        title=title or context.page.words[view.language],
        about=context.page.about[view.language],
        shop=shop,
        shops=_shops(context),
        nav=_groups(context, pages),
        bar=bar_of(context) if context.page.windowed and view.window is not None else None,
        languages=_languages(context),
        themes=tuple(
            Link(t(f"theme.{theme}"), context.with_view(view.spoken(theme=theme)), theme == view.theme)
            for theme in THEMES
        ),
        fresh=fresh,
        imported=t("fresh.imported", when=context.day(shop.imported_at.date())) if shop.imported_at else "",
        stale=stale,
        simulated=shop.simulated,
        attribution=shop.attribution,
        up=up,
        palette=context.link("palette.json"),
        refresh=context.page.refresh,
    )


def bare_frame(view: View, t: Messages, shops: Sequence[ShopCard], title: str) -> Frame:
    """The frame of a page without a shop: an unknown address, no shops yet."""
    return Frame(
        t=t,
        language=view.language,
        theme=view.theme,
        title=title,
        about="",
        shop=None,
        shops=tuple(Link(shop.name, address(f"/{shop.key}/today", view.pairs())) for shop in shops),
        nav=(),
        bar=None,
        languages=(),
        themes=(),
    )


def listed(pages: Mapping[str, Page]) -> list[Page]:
    """Pages of the navigation in their order, group by group."""
    shown = (page for page in pages.values() if page.icon)
    return sorted(shown, key=lambda page: (GROUPS.index(page.group), page.order))


def freshness(shop: ShopCard, context: Context) -> tuple[str, bool]:
    """How fresh the data are in words, and whether they are old."""
    if shop.last_day is None:
        return context.t("fresh.none"), False
    age = (datetime.now(UTC).date() - shop.last_day).days
    return context.t("fresh.until", day=context.day(shop.last_day)), age > STALE_DAYS


def _shops(context: Context) -> tuple[Link, ...]:
    found = []
    for shop in context.desk.shops():
        # Window and filters belong to the data of one shop; language, theme and comparison go along.
        plain = replace(context.view, preset="28d", window=None, where=())
        path = context.page.path if "{" not in context.page.path else "data"
        found.append(Link(shop.name, address(f"/{shop.key}/{path}", plain.pairs()), shop.key == context.shop.key))
    return tuple(found)


def _groups(context: Context, pages: Mapping[str, Page]) -> tuple[NavGroup, ...]:
    """Groups with at least one page."""
    found = []
    for name in GROUPS:
        items = tuple(_nav(context, page) for page in listed(pages) if page.group == name)
        if items:
            found.append(NavGroup(context.t(f"nav.{name}"), items))
    return tuple(found)


def _nav(context: Context, page: Page) -> NavItem:
    current = page is context.page or (not context.page.icon and page.path == "data")
    name = page.words[context.view.language]
    return NavItem(name, context.link(page.path), page.icon, page.key, current, page.pocket)


def _languages(context: Context) -> tuple[Link, ...]:
    names = {"en": "English", "zh": "中文"}
    return tuple(
        Link(text, context.with_view(context.view.spoken(language=code)), code == context.view.language, hint=code)
        for code, text in names.items()
    )


def bar_of(context: Context) -> BarView:
    """The global bar as links and small forms; all of it works without JavaScript."""
    view, t = context.view, context.t
    assert view.window is not None  # noqa: S101 -- the caller shows no bar without a window
    no_dates = replace(view, preset="28d")
    own = list(context.own)
    return BarView(
        window=t(f"preset.{view.preset}"),
        span=context.span(view.window),
        presets=tuple(
            Link(
                t(f"preset.{preset}"),
                context.with_view(view.with_preset(preset, context.shop.last_day)),
                preset == view.preset,
            )
            for preset in PRESETS
        ),
        against=t.get(f"against.{view.against}", t("against.custom")),
        against_span=context.span(view.other) if view.other else "",
        comparisons=tuple(
            Link(t(f"against.{name}"), context.with_view(replace(view, against=name)), name == view.against)
            for name in COMPARISONS
        ),
        chips=tuple(
            Chip(
                f"{context.dim_name(name)}: {bucket_text(value, name, context)}",
                context.with_view(view.without(name, value)),
            )
            for name, value in view.where
        ),
        action=address(f"/{context.shop.key}/{context.here}", ()),
        hidden_dates=(*own, *no_dates.pairs()),
        hidden_filter=(*own, *view.pairs()),
        first=view.window.from_.isoformat(),
        last=view.window.shifted(-1).to.isoformat(),
        dimensions=_dimension_field(context),
    )


def _dimension_field(context: Context) -> Field | None:
    usable = {
        dim for entry in context.kpis.values() if entry.get("measurable") for dim in entry.get("dimensions") or ()
    }
    options = tuple(
        Option(name, context.dim_name(name))
        for name, entry in context.dimensions.items()
        if entry.get("kind") != "time" and name in usable
    )
    return Field("add_dim", context.t("bar.dimension"), options) if options else None

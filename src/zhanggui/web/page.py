"""A page: one file that says where it lives, what it is called, and which blocks it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from zhanggui.basics.numbers import MINUS, format_day, format_exact, format_value
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Link
from zhanggui.web.desk import Desk, ShopCard
from zhanggui.web.locale import Messages
from zhanggui.web.state import View, address

Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """What a module of ``web/pages`` declares.

    Attributes:
        path: the page's part of the address; a page about one thing ends in ``/{subject}``.
        words: its name in the navigation and the title.
        about: one line under the title.
        blocks: builds the page.
        icon: a name in ``templates/icons.html``; empty for a page that the navigation does not list.
        order: place in the navigation.
        key: the letter that goes there after ``g``.
        windowed: whether window, comparison and filters of the global bar change it.
        group: where the navigation lists it: ``business``, ``site`` or ``data``.
        pocket: whether the bar at the foot of a phone has it; the others are behind "more".
        refresh: seconds after which the page asks itself again; 0 for a page that stays.
    """

    path: str
    words: Words
    about: Words
    blocks: Callable[[Context], Sequence[Block]]
    icon: str = ""
    order: int = 100
    key: str = ""
    windowed: bool = True
    group: Literal["business", "site", "data"] = "business"
    pocket: bool = False
    refresh: int = 0


@dataclass(frozen=True)
class Context:
    """All that a page may use: the shop, the state of the bar, its own choices, and the desk."""

    desk: Desk
    shop: ShopCard
    view: View
    t: Messages
    page: Page
    own: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    full: bool = False
    asked: dict[str, Json] = field(default_factory=dict, compare=False)

    # -- questions ---------------------------------------------------------------------------

    def ask(self, verb: str, **params: Any) -> Json:
        """The JSON of a verb's result in the reader's language; parameters that are None are left out."""
        given = {key.rstrip("_"): value for key, value in params.items() if value is not None}
        found = self.desk.call(self.shop.key, verb, given).to_json(self.view.language)
        return found if isinstance(found, dict) else {verb: found}

    def ask_framed(self, verb: str, **params: Any) -> Json:
        """Like :meth:`ask`, over the window, comparison and filters of the bar."""
        return self.ask(verb, **{**self.view.params(), **params})

    @cached_property
    def catalogue(self) -> Json:
        """The KPI catalogue of this shop."""
        return self.ask("catalogue")

    @cached_property
    def kpis(self) -> dict[str, Json]:
        """Catalogue entries by name."""
        return {entry["name"]: entry for entry in self.catalogue.get("kpis", ())}

    @cached_property
    def dimensions(self) -> dict[str, Json]:
        """Dimensions by name."""
        return {entry["name"]: entry for entry in self.catalogue.get("dimensions", ())}

    @cached_property
    def tables(self) -> dict[str, Json]:
        """The shop model's tables as this shop has them, by name."""
        return {entry["table"]: entry for entry in self.ask("data").get("tables") or ()}

    def choice(self, name: str, default: str = "") -> str:
        """The page's own parameter ``name`` from the address."""
        return next((value for key, value in self.own if key == name and value), default)

    # -- words -------------------------------------------------------------------------------

    def say(self, words: Any, default: str = "") -> str:
        """``Words`` or ``{"en", "zh"}`` in the reader's language; a plain text passes through."""
        if isinstance(words, Mapping):
            return str(words.get(self.view.language) or words.get("en") or default)
        if isinstance(words, Words):
            return words[self.view.language]
        return str(words) if words else default

    def kpi_name(self, kpi: str) -> str:
        """What the catalogue calls ``kpi``."""
        return self.say(self.kpis.get(kpi, {}).get("words"), kpi)

    def dim_name(self, dim: str) -> str:
        """What a dimension is called."""
        return self.say(self.dimensions.get(dim, {}).get("words"), dim)

    def inside(self, name: str) -> str:
        """A name inside a sentence: ``Sales`` becomes ``sales``, ``NPS`` and Chinese names stay."""
        return name[:1].lower() + name[1:] if name[1:2].islower() else name

    def short(self, value: Any, unit: str) -> str:
        """A value for a tile: £12.3k."""
        return _fine(value, unit) or format_value(_number(value), unit, self.view.language, self.shop.currency)

    def exact(self, value: Any, unit: str) -> str:
        """A value in full, for tables."""
        return _fine(value, unit) or format_exact(_number(value), unit, self.view.language, self.shop.currency)

    def day(self, day: date | str | None) -> str:
        """A day as people write it; a time is cut to its day."""
        if not day:
            return "–"
        return format_day(date.fromisoformat(day[:10]) if isinstance(day, str) else day, self.view.language)

    def span(self, window: Window | None) -> str:
        """A window as people write it, its last day included."""
        if window is None:
            return "–"
        last = window.shifted(-1).to
        if window.days == 1:
            return self.day(window.from_)
        first = format_day(window.from_, self.view.language)
        if window.from_.year == last.year:
            first = first.split("年")[-1] if self.view.language == "zh" else first.rsplit(" ", 1)[0]
            if self.view.language == "zh":
                first = f"{last.year}年{first}"
                return f"{first} – {format_day(last, 'zh').split('年')[-1]}"
        return f"{first} – {format_day(last, self.view.language)}"

    # -- addresses ---------------------------------------------------------------------------

    def link(self, page: str, *pairs: tuple[str, str], view: View | None = None) -> str:
        """The address of a page of this shop, the bar's state kept."""
        return address(f"/{self.shop.key}/{page}", [*pairs, *(view or self.view).pairs()])

    @property
    def here(self) -> str:
        """This page's path under the shop."""
        return self.page.path.replace("{subject}", self.subject)

    def with_own(self, **changes: str | None) -> str:
        """This page's address with some of its own choices changed (None removes one)."""
        kept = [(key, value) for key, value in self.own if key not in changes]
        return self.link(self.here, *kept, *((key, value) for key, value in changes.items() if value is not None))

    def with_view(self, view: View) -> str:
        """This page's address with another state of the bar."""
        return self.link(self.here, *self.own, view=view)

    def downloads(self, table: str) -> tuple[Link, ...]:
        """Links that give the table called ``table`` of this page as CSV and Excel."""
        pairs = [("page", self.here), ("table", table), *self.own, *self.view.pairs()]
        return tuple(
            Link(self.t(f"download.{kind}"), address(f"/{self.shop.key}/download.{kind}", pairs))
            for kind in ("csv", "xlsx")
        )

    def whole(self) -> Context:
        """The same context for a file: all rows, no paging."""
        return replace(self, full=True)


def _fine(value: Any, unit: str) -> str:
    """A small ratio, such as orders per visitor, with three digits that say something; '' for all others."""
    number = _number(value)
    if number is None or unit not in ("count", "ratio") or not 0 < abs(number) < 1:
        return ""
    text = f"{abs(number):.3g}"
    return "" if "e" in text else f"{MINUS if number < 0 else ''}{text}"


def _number(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)

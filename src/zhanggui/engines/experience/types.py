"""What crosses the border of experience: how pages felt, what slowness, errors and empty searches go with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.stats.standardising import Counted

MEASURES = ("load_ms", "lcp_ms", "inp_ms", "cls", "ttfb_ms")
THRESHOLDS: Mapping[str, tuple[float, float]] = {
    "load_ms": (2500, 4000),
    "lcp_ms": (2500, 4000),
    "inp_ms": (200, 500),
    "cls": (0.1, 0.25),
    "ttfb_ms": (800, 1800),
}
"""Good up to the first, poor above the second, judged at the 75th percentile (web.dev/vitals). web.dev names none
for the load time of the whole page; it takes those of the largest contentful paint."""
SLOW_MS = THRESHOLDS["load_ms"][0]


@dataclass(frozen=True)
class ExperienceQuery:
    """Which sessions. ``window`` None = the last 28 complete days; pages above ``slow_ms`` are slow."""

    window: Window | None = None
    against: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    slow_ms: float = SLOW_MS


@dataclass(frozen=True)
class Spread:
    """Percentiles of a measure: half, three quarters and 95 % of the pages are at most so."""

    p50: float
    p75: float
    p95: float

    def to_json(self) -> dict[str, float]:
        """``{"p50", "p75", "p95"}``."""
        return {"p50": self.p50, "p75": self.p75, "p95": self.p95}


@dataclass(frozen=True)
class PageGroup:
    """Pages of one kind, device, country or hour; ``key`` None is unknown, or all pages.

    ``measures`` holds those that are known. ``slow_share`` (0..1) is of the ``loads`` page loads with a time.
    ``rating`` good | needs improvement | poor is that of the worst core vital (LCP, INP, CLS) at p75, or of the
    load time where no vital is known.
    """

    key: str | int | None
    views: int
    loads: int
    slow: int
    measures: Mapping[str, Spread]

    @property
    def slow_share(self) -> float | None:
        """Slow page loads / page loads."""
        return self.slow / self.loads if self.loads else None

    @property
    def rating(self) -> str | None:
        """How it feels; None where nothing is measured."""
        names = [name for name in ("lcp_ms", "inp_ms", "cls") if name in self.measures]
        names = names or [name for name in ("load_ms",) if name in self.measures]
        worst = max((_grade(name, self.measures[name].p75) for name in names), default=None)
        return None if worst is None else ("good", "needs improvement", "poor")[worst]

    def to_json(self, name: str = "") -> dict[str, Any]:
        """The group, its key under ``name``; measures that are unknown are null."""
        spreads = {each: self.measures[each].to_json() if each in self.measures else None for each in MEASURES}
        rest = {"views": self.views, **spreads, "slow_share": self.slow_share, "rating": self.rating}
        return {name: self.key, **rest} if name else rest


def _grade(name: str, value: float) -> int:
    good, poor = THRESHOLDS[name]
    return 0 if value <= good else 1 if value <= poor else 2


@dataclass(frozen=True)
class Band:
    """Sessions whose first page took more than ``from_ms`` and at most ``to_ms`` (None = no end).

    ``low`` and ``high`` are the 95 % interval of ``conversion`` (Wilson); ``standardised`` is the conversion at
    the mix of first pages, devices and countries of all sessions.
    """

    from_ms: float
    to_ms: float | None
    sessions: int
    bought: int
    conversion: float | None
    low: float
    high: float
    standardised: float | None

    def to_json(self) -> dict[str, Any]:
        """The band with stable field names."""
        return {
            "from_ms": self.from_ms, "to_ms": self.to_ms, "sessions": self.sessions, "bought": self.bought,
            "conversion": self.conversion, "low": self.low, "high": self.high, "standardised": self.standardised,
        }  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """What sessions lack against others of the same pages, devices and countries: an association, not a cause.

    ``orders`` and ``money`` are those of the window, with 95 % intervals; money is None where the value of an
    order is unknown. ``sessions`` were exposed, ``covered`` (0..1) of them could be compared.
    """

    orders: float
    orders_low: float
    orders_high: float
    money: float | None
    low: float | None
    high: float | None
    sessions: int
    covered: float
    words: Words

    def to_json(self) -> dict[str, Any]:
        """The loss with stable field names."""
        return {
            "money": self.money, "low": self.low, "high": self.high, "orders": self.orders,
            "orders_low": self.orders_low, "orders_high": self.orders_high, "sessions": self.sessions,
            "covered": self.covered, "association": True, "words": self.words.to_json(),
        }  # fmt: skip


@dataclass(frozen=True)
class PageLoss:
    """The same for the first page of a kind: sessions that saw it fast and slowly, and what the slow ones lack.

    ``since`` is what they lack against those that saw it fast in the window compared with: when a kind of page
    turns slow for nearly everybody, nobody of its own window is left to compare with. Kinds overlap (a session
    sees many), so these do not add up.
    """

    page_type: str | None
    fast: int
    slow: int
    fast_conversion: float | None
    slow_conversion: float | None
    loss: Loss | None
    since: Loss | None = None

    def to_json(self) -> dict[str, Any]:
        """The page with stable field names."""
        return {
            "page_type": self.page_type, "fast": self.fast, "slow": self.slow, "fast_conversion": self.fast_conversion,
            "slow_conversion": self.slow_conversion, "loss": self.loss.to_json() if self.loss else None,
            "loss_since_before": self.since.to_json() if self.since else None,
        }  # fmt: skip


@dataclass(frozen=True)
class SlowSessions:
    """Sessions with a known load time: ``slow`` took longer than the limit on average, ``once`` on some page."""

    sessions: int
    slow: int
    once: int

    @property
    def share(self) -> float | None:
        """Slow sessions / sessions."""
        return self.slow / self.sessions if self.sessions else None

    def to_json(self) -> dict[str, Any]:
        """The counts with stable field names."""
        return {"share": self.share, "sessions": self.sessions, "slow": self.slow, "slow_once": self.once}


@dataclass(frozen=True)
class Slowness:
    """Conversion by load time, and what goes with slowness.

    ``strata`` holds, by kind of page and then by device and country, how many of the fast and the slow bought.
    """

    slow_sessions: SlowSessions
    bands: tuple[Band, ...]
    loss: Loss | None
    pages: tuple[PageLoss, ...]
    strata: Mapping[str | None, Mapping[tuple[str | None, ...], tuple[Counted, Counted]]]


@dataclass(frozen=True)
class ErrorPage:
    """An address on which errors happened."""

    page_url: str | None
    page_type: str | None
    events: int
    sessions: int
    bought: int

    def to_json(self) -> dict[str, Any]:
        """The page with stable field names."""
        return {
            "page_url": self.page_url, "page_type": self.page_type, "events": self.events, "sessions": self.sessions,
            "bought": self.bought,
        }  # fmt: skip


@dataclass(frozen=True)
class Errors:
    """Pages that broke, the worst first, of ``addresses``; sessions that met an error against the others."""

    pages: tuple[ErrorPage, ...]
    addresses: int
    events: int
    sessions: int
    met: int
    conversion_with: float | None
    conversion_without: float | None

    def to_json(self) -> dict[str, Any]:
        """What errors there were, without the pages."""
        return {
            "addresses": self.addresses, "events": self.events, "sessions": self.met,
            "share": self.met / self.sessions if self.sessions else None,
            "conversion_with": self.conversion_with, "conversion_without": self.conversion_without,
        }  # fmt: skip


@dataclass(frozen=True)
class DeviceRow:
    """One kind of device against the others; ``aov`` in shop currency."""

    device: str | None
    sessions: int
    conversion: float | None
    low: float | None
    high: float | None
    bounce_rate: float | None
    load_p75: float | None
    aov: float | None

    def to_json(self) -> dict[str, Any]:
        """The device with stable field names."""
        return {
            "device": self.device, "sessions": self.sessions, "conversion": self.conversion, "low": self.low,
            "high": self.high, "bounce_rate": self.bounce_rate, "load_p75": self.load_p75, "aov": self.aov,
        }  # fmt: skip


@dataclass(frozen=True)
class EmptySearch:
    """Search words that found nothing; in ``left`` of the sessions the visitor did nothing after it."""

    query: str | None
    searches: int
    sessions: int
    left: int
    bought: int

    def to_json(self) -> dict[str, Any]:
        """The words with stable field names."""
        return {
            "query": self.query, "searches": self.searches, "sessions": self.sessions, "left": self.left,
            "bought": self.bought,
        }  # fmt: skip


@dataclass(frozen=True)
class Searches:
    """Searches of the window and those without result; ``rate`` = without_result / searches.

    ``distinct`` different words found nothing, ``queries`` are the most frequent of them.
    """

    searches: int
    without_result: int
    queries: tuple[EmptySearch, ...]
    distinct: int
    sessions: int
    sessions_without: int
    sessions_left: int
    conversion_found: float | None
    conversion_without: float | None
    loss: Loss | None

    @property
    def rate(self) -> float | None:
        """Share of searches that found nothing."""
        return self.without_result / self.searches if self.searches else None

    def to_json(self) -> dict[str, Any]:
        """The searches with stable field names."""
        return {
            "searches": self.searches, "without_result": self.without_result, "rate": self.rate,
            "queries": [query.to_json() for query in self.queries], "distinct_queries": self.distinct,
            "sessions": self.sessions, "sessions_without": self.sessions_without, "sessions_left": self.sessions_left,
            "conversion_found": self.conversion_found, "conversion_without": self.conversion_without,
            "money": self.loss.money if self.loss else None, "loss": self.loss.to_json() if self.loss else None,
        }  # fmt: skip


@dataclass(frozen=True)
class OrderValue:
    """Orders of the window: their number, mean value and its variance (shop currency)."""

    orders: int
    mean: float
    variance: float


@dataclass(frozen=True)
class Measured:
    """One window: every part is None (or empty) where the shop's data do not tell it."""

    overall: PageGroup | None = None
    by: Mapping[str, tuple[PageGroup, ...]] = field(default_factory=dict)
    slowness: Slowness | None = None
    errors: Errors | None = None
    devices: tuple[DeviceRow, ...] = ()
    searches: Searches | None = None
    order_value: OrderValue | None = None

    def to_json(self) -> dict[str, Any]:
        """The parts with stable field names."""
        slow = self.slowness
        return {
            "overall": self.overall.to_json() if self.overall else None,
            **{f"by_{name}": [group.to_json(name) for group in self.by.get(name, ())] for name in GROUPED},
            "slow_sessions": slow.slow_sessions.to_json() if slow else None,
            "bands": [band.to_json() for band in slow.bands] if slow else [],
            "loss": slow.loss.to_json() if slow and slow.loss else None,
            "loss_by_page_type": [page.to_json() for page in slow.pages] if slow else [],
            "errors": [page.to_json() for page in self.errors.pages] if self.errors else [],
            "error_sessions": self.errors.to_json() if self.errors else None,
            "devices": [device.to_json() for device in self.devices],
            "searches": self.searches.to_json() if self.searches else None,
        }


GROUPED = ("page_type", "device", "country", "hour")


@dataclass(frozen=True)
class Experience:
    """How the pages of a window felt; ``before`` is the comparison, None without one.

    ``not_measurable`` names the parts that the shop's data do not tell, with the reason.
    """

    window: Window
    against: Window | None
    slow_ms: float
    now: Measured
    before: Measured | None
    not_measurable: Mapping[str, Words]
    words: Words
    currency: str
    batch: str | None
    sql: tuple[str, ...]

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document with stable field names; reasons in ``language``."""
        thresholds = {name: {"good": good, "poor": poor} for name, (good, poor) in THRESHOLDS.items()}
        before = None
        if self.against and self.before:
            before = {"window": self.against.to_json(), **self.before.to_json()}
        return {
            "window": self.window.to_json(),
            "thresholds": thresholds,
            "slow_ms": self.slow_ms,
            **self.now.to_json(),
            "against": before,
            "not_measurable": {name: why[language] for name, why in self.not_measurable.items()},
            "words": self.words.to_json(),
            "currency": self.currency,
            "batch": self.batch,
            "sql": list(self.sql),
        }

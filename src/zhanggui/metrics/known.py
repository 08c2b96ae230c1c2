"""What a shop knows: which KPIs it can measure, how fresh it is, and what its last complete day is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import DEFAULT_DAYS, Window, local_day
from zhanggui.basics.words import Words
from zhanggui.metrics.catalogue import leaves, load_catalogue
from zhanggui.metrics.compile import dimensions_of
from zhanggui.metrics.definition import Kpi
from zhanggui.metrics.dimensions import DIMENSIONS, base_name
from zhanggui.metrics.facts import EVENT_DIMENSIONS, FACTS
from zhanggui.store.opened import OpenShop
from zhanggui.store.warehouse import TableFacts

PULSE = ("orders", "events", "sessions", "traffic_daily")
"""Tables whose newest row says how far the shop's data reach; others (reviews, deliveries) trail behind."""

Facts = Mapping[str, TableFacts]


@dataclass(frozen=True)
class Measurable:
    """Whether a shop can measure a KPI, why not, and by which dimensions."""

    ok: bool
    reason: Words | None
    dims: tuple[str, ...]


def catalogue_of(shop: OpenShop) -> dict[str, Kpi]:
    """Built-in KPIs and those of the shop's own ``metrics`` folder."""
    return load_catalogue(shop.folder / "metrics")


def missing(needs: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    """The needs that the shop's tables don't meet. "a|b" is met by either, "table.column" by any value in it."""
    return tuple(need for need in needs if not any(_has(each.strip(), facts) for each in need.split("|")))


def _has(need: str, facts: Facts) -> bool:
    table, _, column = need.partition(".")
    known = facts.get(table)
    if known is None:
        return False
    return column in known.known if column else bool(known.rows or known.delivered)


def reason_of(needs: tuple[str, ...]) -> Words:
    """ "needs refunds, events or sessions", as said to people."""
    choices = [[each.strip() for each in need.split("|")] for need in needs]
    return Words(
        "needs " + ", ".join(" or ".join(each) for each in choices),
        "需要 " + "、".join(" 或 ".join(each) for each in choices),
    )


def all_needs(kpi: Kpi, catalogue: Mapping[str, Kpi]) -> tuple[str, ...]:
    """The KPI's needs and those of the KPIs in its formula."""
    found = list(kpi.needs)
    for name in kpi.refers:
        found += all_needs(catalogue[name], catalogue)
    return tuple(dict.fromkeys(found))


def dimensions(kpi: Kpi, catalogue: dict[str, Kpi]) -> frozenset[str]:
    """Base names of the dimensions that every part of the KPI can be sliced by."""
    found: frozenset[str] | None = None
    for leaf in leaves(kpi, catalogue):
        for aggregate in leaf.aggregates:
            these = dimensions_of(FACTS[aggregate.fact])
            if aggregate.span != "window":
                these -= {"hour", "weekday"}
            found = these if found is None else found & these
    return found or frozenset()


def measurable_kpi(kpi: Kpi, catalogue: dict[str, Kpi], facts: Facts) -> Measurable:
    """Whether the tables of ``facts`` suffice for ``kpi``."""
    lacking = missing(all_needs(kpi, catalogue), facts)
    if lacking:
        return Measurable(False, reason_of(lacking), ())
    dims = dimensions(kpi, catalogue)
    return Measurable(True, None, tuple(name for name in DIMENSIONS if base_name(name) in dims))


def measurable(shop: OpenShop) -> dict[str, Measurable]:
    """For every KPI of the catalogue (hidden ones too): can this shop measure it, by which dimensions, or why not."""
    catalogue, facts = catalogue_of(shop), shop.warehouse.facts()
    return {name: measurable_kpi(kpi, catalogue, facts) for name, kpi in catalogue.items()}


def needs_events(names: tuple[str, ...], kpi: Kpi, catalogue: dict[str, Kpi], facts: Facts) -> bool:
    """True when a dimension of the events themselves is asked for and the shop has no events."""
    behaviour = any(a.fact in ("hit", "visit") for leaf in leaves(kpi, catalogue) for a in leaf.aggregates)
    return behaviour and not _has("events", facts) and any(name in EVENT_DIMENSIONS for name in names)


def data_range(shop: OpenShop, facts: Facts | None = None) -> Window | None:
    """Local days from the first to the last known one (included, so ``to`` is the day after); None without data."""
    known = facts if facts is not None else shop.warehouse.facts()
    tables = [name for name in PULSE if name in known and known[name].rows] or [
        name
        for name, each in known.items()
        if each.rows and name not in ("calendar", "goals", "benchmarks", "campaigns")
    ]
    zone = shop.settings.timezone
    firsts = [_day(known[name].first, zone) for name in tables]
    lasts = [_day(known[name].last, zone) for name in tables]
    first = min((day for day in firsts if day), default=None)
    last = max((day for day in lasts if day), default=None)
    return Window(first, last + timedelta(1)) if first and last else None


def _day(moment: datetime | date | None, zone: str) -> date | None:
    return local_day(moment, zone) if isinstance(moment, datetime) else moment


def last_complete_day(shop: OpenShop) -> date | None:
    """The last local day of the data that was over when the newest batch arrived."""
    known = data_range(shop)
    if known is None:
        return None
    last = known.to - timedelta(1)
    received = shop.warehouse.newest_received_at()
    if received is not None and (arrived := local_day(received, shop.settings.timezone)) <= last:
        last = arrived - timedelta(1)
    return max(last, known.from_)


def default_window(shop: OpenShop, as_of: date | None = None) -> Window:
    """The last 28 complete days before ``as_of`` (default: to the end of the last complete day).

    Raises:
        NotMeasurable: the shop has no dated rows yet.
    """
    if as_of is None:
        last = last_complete_day(shop)
        if last is None:
            raise NotMeasurable(
                "The shop has no data yet; import some: zhanggui import SHOP SOURCE PATH.",
                zh="店铺还没有数据，请先导入：zhanggui import SHOP SOURCE PATH。",
            )
        as_of = last + timedelta(1)
    return Window(as_of - timedelta(DEFAULT_DAYS), as_of)

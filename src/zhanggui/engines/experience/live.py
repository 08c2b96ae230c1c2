"""Right now: who is on the site and what they do, from the newest events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import DefinitionError, NotMeasurable
from zhanggui.basics.periods import zone
from zhanggui.basics.words import Words
from zhanggui.engines.experience.statement import file_sql, rows_of
from zhanggui.metrics import missing

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST_MINUTES = 1440
MOST_GROUPS = 10
MOST_RECENT = 20
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "pages": ("page_type", "visitors", "page_views"),
    "products": ("product_id", "name", "visitors", "item_views", "add_to_carts", "purchases"),
    "sources": ("source", "medium", "visitors", "purchases"),
    "devices": ("device", "visitors", "purchases"),
}
"""What is told of each group."""


@dataclass(frozen=True)
class Live:
    """The last ``minutes`` before ``now`` (shop time); ``per_minute`` has every minute, oldest first.

    ``lag_seconds`` is the age of the newest event; None without any. Nothing in it names a visitor.
    """

    now: datetime
    minutes: int
    visitors: int
    events: int
    page_views: int
    add_to_carts: int
    purchases: int
    per_minute: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, tuple[Mapping[str, Any], ...]]
    recent: tuple[Mapping[str, Any], ...]
    lag_seconds: float | None
    words: Words
    currency: str

    def to_json(self) -> dict[str, Any]:
        """The document with stable field names; moments with the shop's offset."""
        return {
            "now": self.now.isoformat(), "minutes": self.minutes, "visitors": self.visitors, "events": self.events,
            "page_views": self.page_views, "add_to_carts": self.add_to_carts, "purchases": self.purchases,
            "per_minute": [dict(row) for row in self.per_minute],
            **{name: [dict(row) for row in self.groups.get(name, ())] for name in COLUMNS},
            "recent": [dict(row) for row in self.recent],
            "lag_seconds": self.lag_seconds, "words": self.words.to_json(), "currency": self.currency,
        }  # fmt: skip


def live(shop: OpenShop, minutes: int = 30, as_of: datetime | None = None) -> Live:
    """The last ``minutes`` before ``as_of`` (default now; a moment without zone is shop time).

    Raises:
        DefinitionError: minutes out of range.
        NotMeasurable: the shop has no events.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise DefinitionError(
            f"minutes {minutes}: ask for 1 to {MOST_MINUTES}.", zh=f"minutes {minutes}：请取 1 到 {MOST_MINUTES}。"
        )
    if missing(("events",), shop.warehouse.facts()):
        raise NotMeasurable(
            "Live needs events: put the tracker on the site (zhanggui write-key SHOP shows the tag).",
            zh="实时需要 events：请在网站上安装跟踪代码（zhanggui write-key SHOP 会给出代码）。",
        )
    here = zone(shop.settings.timezone)
    now = datetime.now(UTC) if as_of is None else as_of if as_of.tzinfo else as_of.replace(tzinfo=here)
    values = {"now": now.astimezone(UTC), "since": now.astimezone(UTC) - timedelta(minutes=minutes)}
    counts = {row["minutes_ago"]: row for row in rows_of(shop, file_sql("live_minutes"), values)}
    groups = rows_of(shop, file_sql("live_groups"), {**values, "most": MOST_GROUPS})
    recent = rows_of(shop, file_sql("live_recent"), {**values, "most": MOST_RECENT})
    whole = counts.pop(None, {})
    return Live(
        now=now.astimezone(here),
        minutes=minutes,
        **{name: whole.get(name, 0) for name in ("visitors", "events", "page_views", "add_to_carts", "purchases")},
        per_minute=_per_minute(counts, now.astimezone(here), minutes),
        groups={name: _group(groups, name) for name in COLUMNS},
        recent=tuple(
            {"at": row.pop("occurred_at").astimezone(here).isoformat(timespec="seconds"), **row} for row in recent
        ),
        lag_seconds=_lag(shop, values["now"]),
        words=_words(whole, minutes),
        currency=shop.settings.currency,
    )


def _per_minute(
    counts: Mapping[int | None, Mapping[str, Any]], now: datetime, minutes: int
) -> tuple[Mapping[str, Any], ...]:
    found = []
    for ago in range(minutes - 1, -1, -1):
        row = counts.get(ago, {})
        begins = (now - timedelta(minutes=ago + 1)).isoformat(timespec="seconds")
        told = {name: row.get(name, 0) for name in ("visitors", "page_views", "add_to_carts", "purchases")}
        found.append({"minute": begins, **told})
    return tuple(found)


def _group(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[Mapping[str, Any], ...]:
    return tuple({column: row[column] for column in COLUMNS[name]} for row in rows if row["grouped"] == name)


def _lag(shop: OpenShop, now: datetime) -> float | None:
    sql = "SELECT max(occurred_at) AS newest FROM events WHERE occurred_at <= :now AND (is_bot IS NULL OR NOT is_bot)"
    newest = rows_of(shop, sql, {"now": now})[0]["newest"]
    return None if newest is None else (now - newest).total_seconds()


def _words(whole: Mapping[str, Any], minutes: int) -> Words:
    visitors, views, carts, bought = (
        whole.get(name, 0) for name in ("visitors", "page_views", "add_to_carts", "purchases")
    )
    if not whole.get("events"):
        return Words(f"Nobody was seen in the last {minutes} minutes.", f"最近 {minutes} 分钟没有访客。")
    return Words(
        f"Last {minutes} minutes: visitors {visitors:,}, page views {views:,}, added to cart {carts:,}, "
        f"purchases {bought:,}.",
        f"最近 {minutes} 分钟：访客 {visitors:,} 人，浏览 {views:,} 次，加购 {carts:,} 次，购买 {bought:,} 次。",
    )

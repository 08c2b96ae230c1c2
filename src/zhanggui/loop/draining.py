"""The collector of a shop: its write keys, its journal on the way into the warehouse, how it is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines.collection import access_of, allow_origins, current_key, new_key, revoke_key
from zhanggui.engines.collection.draining import CollectorStatus, DrainReport, collector_status, drain_journal
from zhanggui.engines.collection.keys import LOOPBACK_ORIGINS
from zhanggui.loop import shops
from zhanggui.loop.result import Document, Grid, text, value
from zhanggui.store.owner import read_owner

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.verbs.write_key import WriteKeyParams
    from zhanggui.store.opened import OpenShop

THIS_MACHINE = "this-machine"  # in place of an origin: pages of this machine only, as in a new shop
NO_SERVER = "https://YOUR-SERVER"  # stands in the tag while no server runs for the shop


def write_key(shop: OpenShop | None, params: WriteKeyParams) -> Document:
    """The write key of the shop, made at the first call; make, revoke, allow as ``params`` say.

    Raises:
        UnknownNameError: the key to be revoked does not exist.
        DefinitionError: an origin is none.
    """
    shop = shops.need(shop)
    if params.origin:
        allow_origins(shop.ledger, tuple(origin for origin in params.origin if origin != THIS_MACHINE))
    if params.revoke:
        revoke_key(shop.ledger, params.revoke)
    key = new_key(shop.ledger) if params.new else current_key(shop.ledger)
    tag = tag_of(shop, key)
    origins = access_of(shop.ledger).origins
    document = {"write_key": key, "origins": list(origins or LOOPBACK_ORIGINS), "tag": tag}
    where = ", ".join(origins) or "this machine only (--origin https://YOUR-SHOP allows your site)"
    wo = "、".join(origins) or "仅本机（用 --origin https://您的网站 允许您的网站）"
    told = f"{key}\n{tag}"
    words = Words(
        f"Write key and tag for every page; events are taken from pages of {where}.",
        f"写入密钥，以及放入每个页面的代码；接受来自以下网站的事件：{wo}。",
    )
    return Document(document, words=words, text=told)


def drain(shop: OpenShop | None, progress: Progress) -> Document:
    """Bring what waits in the journal into the warehouse.

    Raises:
        DataError: a segment of the journal is damaged.
        OutsideError: disk or memory.
    """
    report = drain_journal(shops.need(shop), progress)
    document = {
        "drained": report.drained,
        "new": report.new,
        "repeated": report.repeated,
        "rejected": report.rejected,
        "waiting": report.waiting,
        "seconds": report.seconds,
        "batch": report.batch,
    }
    columns = (
        value("drained", "drained", "已入仓"),
        value("new", "new", "新事件"),
        value("repeated", "came again", "重复送达"),
        value("rejected", "rejected", "拒绝"),
        value("waiting", "waiting", "待入仓"),
    )
    row = (report.drained, report.new, report.repeated, report.rejected, report.waiting)
    return Document(document, (Grid(columns, (row,)),), words=_drained(report))


def collector(shop: OpenShop | None) -> Document:
    """How the collector of the shop is doing: what waits, how fast events come, when they were drained."""
    shop = shops.need(shop)
    status = collector_status(shop)
    access = access_of(shop.ledger)
    document = _status_json(status) | {
        "origins": list(access.origins or LOOPBACK_ORIGINS),
        "write_key": access.keys[-1] if access.keys else None,
        "tag": tag_of(shop, access.keys[-1]) if access.keys else None,
    }
    columns = (
        value("waiting", "waiting", "待入仓"),
        value("lag_seconds", "lag", "延迟", "seconds"),
        value("rate_per_minute", "events per minute", "每分钟事件", "number"),
        text("last_event_at", "last event", "最近事件"),
        value("rejected", "rejected", "拒绝"),
    )
    row = tuple(document[column.key] for column in columns)
    return Document(document, (Grid(columns, (row,)),), words=_state(status))


def tag_of(shop: OpenShop, key: str) -> str:
    """The line of HTML that makes a page send its events with ``key`` to the server of ``shop``."""
    owner = read_owner(shop.folder)
    server = f"http://127.0.0.1:{owner.port}" if owner else NO_SERVER
    return f'<script async src="{server}/zg.js" data-key="{key}"></script>'


def _status_json(status: CollectorStatus) -> dict[str, Any]:
    last = status.last_drain
    return {
        "waiting": status.waiting,
        "lag_seconds": round(status.lag.total_seconds(), 1),
        "rate_per_minute": status.rate_per_minute,
        "last_event_at": status.last_event_at.isoformat() if status.last_event_at else None,
        "last_drain": {"drained_at": last[0].isoformat(), "events": last[1], "seconds": last[2]} if last else None,
        "rejected": status.rejected,
        "journal_bytes": status.journal_bytes,
    }


def _drained(report: DrainReport) -> Words:
    en = f"{report.new:,} events are in the shop now; {report.repeated:,} had come before."
    zh = f"{report.new:,} 个新事件已入仓；{report.repeated:,} 个此前已送达。"
    if report.rejected:
        en += f" {report.rejected:,} were refused; zhanggui rejects SHOP {report.batch} lists them."
        zh += f"有 {report.rejected:,} 个被拒绝，用 zhanggui rejects SHOP {report.batch} 查看。"
    return Words(en, zh)


def _state(status: CollectorStatus) -> Words:
    if status.last_event_at is None:
        return Words(
            "No event has come yet. Put the tag of zhanggui write-key SHOP into your pages.",
            "尚未收到事件。请把 zhanggui write-key SHOP 给出的代码放入页面。",
        )
    lag = status.lag.total_seconds()
    if not status.waiting:
        return Words(
            f"Nothing waits; {status.rate_per_minute:,.0f} events come per minute.",
            f"没有待入仓的事件；每分钟约 {status.rate_per_minute:,.0f} 个。",
        )
    return Words(
        f"{status.waiting:,} events wait, the oldest for {lag:.0f} s; {status.rate_per_minute:,.0f} come per minute.",
        f"{status.waiting:,} 个事件待入仓，最早的已等待 {lag:.0f} 秒；每分钟约 {status.rate_per_minute:,.0f} 个。",
    )

"""Tracker: the tag to paste, who may send, and how the collector is doing."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Cell, Column, Facts, Notice, Row, Snippet, Table
from zhanggui.web.collected import collector_facts, last_events, rejects_table
from zhanggui.web.page import Context, Json, Page

HOST = "https://YOUR-SERVER"
LOOPBACK = tuple(f"{scheme}://{host}" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1", "[::1]"))


def _blocks(context: Context) -> Sequence[Block]:
    state = context.ask("collector")
    if not state.get("write_key"):
        return (_no_key(context),)
    snippets = _snippets(state, context)
    if not state.get("last_event_at"):
        return (snippets[0], *_origins(state, context), *snippets[1:], _state(state, context))
    happening = (last_events(context), *rejects_table(state, context))
    return (_state(state, context), *_origins(state, context), *happening, *snippets)


def _no_key(context: Context) -> Notice:
    t = context.t
    command = f"zhanggui write-key {context.shop.key} --origin https://www.myshop.example"
    return Notice(t("tracker.no_key"), t("tracker.no_key_text"), command=command)


def _state(state: Json, context: Context) -> Facts:
    return Facts(context.t("tracker.state"), collector_facts(state, context))


def _origins(state: Json, context: Context) -> list[Block]:
    """The sites that may send; without any, how to allow one."""
    t, origins = context.t, [str(origin) for origin in state.get("origins") or ()]
    if all(origin.startswith(LOOPBACK) for origin in origins):
        command = f"zhanggui write-key {context.shop.key} --origin https://www.myshop.example"
        return [Notice(t("tracker.origins_none"), t("tracker.origins_text"), "warning", command)]
    rows = tuple(Row((Cell(origin, origin),)) for origin in origins)
    return [Table("origins", t("tracker.origins"), (Column("origin", t("tracker.origin")),), rows, sortable=False)]


def _snippets(state: Json, context: Context) -> list[Block]:
    t, tag = context.t, str(state.get("tag") or "")
    agreed, mirrored = (
        tag.replace("></script>", f" {more}></script>") for more in ('data-consent="required"', "data-mirror")
    )
    post = "\n".join(
        (
            f"curl {_address(tag)}/collect \\",
            f"  -H 'X-Write-Key: {state['write_key']}' -H 'Content-Type: application/json' \\",
            '  -d \'{"event_id": "o-1001", "occurred_at": "2026-01-31T10:00:00Z", "visitor_id": "v-1",',
            '       "event": "purchase", "order_id": "1001", "value": 59.9}\'',
        )
    )
    return [
        Snippet("tag", t("tracker.tag"), tag, f"{t('tracker.tag_text')} {_reach(tag, context)}".strip()),
        Snippet("consent", t("tracker.consent"), agreed, t("tracker.consent_text")),
        Snippet("mirror", t("tracker.mirror"), mirrored, t("tracker.mirror_text")),
        Snippet("server", t("tracker.server"), post, t("tracker.server_text")),
    ]


def _reach(tag: str, context: Context) -> str:
    """That visitors elsewhere cannot reach an address of this machine."""
    return context.t("tracker.reach") if _address(tag).startswith((*LOOPBACK, HOST)) else ""


def _address(tag: str) -> str:
    """Where the tag's script comes from, without its file."""
    source = tag.partition('src="')[2].partition('"')[0]
    return source.removesuffix("/zg.js") or HOST


PAGE = Page(
    path="tracker",
    words=Words("Tracker", "跟踪代码"),
    about=Words("The tag for the site, and whether its events arrive", "网站代码，以及事件是否送达"),
    blocks=_blocks,
    icon="tracker",
    order=55,
    key="r",
    group="data",
    windowed=False,
)

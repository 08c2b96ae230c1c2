"""``zhanggui paths``: where visitors go, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, NUMBER, TEXT, WINDOW, WORDS, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class PathsParams:
    """Which paths, over which days."""

    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    starting: str | None = param(
        "only what follows this page type or event", "只看此页面类型或事件之后", default=None, metavar="NODE"
    )
    ending: str | None = param(
        "only what leads to this page type or event", "只看到达此页面类型或事件之前", default=None, metavar="NODE"
    )
    through: str | None = param(
        "what leads to and what follows this page type or event", "此页面类型或事件的前后", default=None, metavar="NODE"
    )
    length: int = param("nodes of a path", "路径的节点数", kind="count", default=5, metavar="N")
    top: int = param("paths that are listed", "列出的路径数", kind="count", default=20, metavar="N")
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")


def _run(shop: OpenShop | None, params: PathsParams, _progress: Progress) -> Result:
    from zhanggui.loop import behave

    return behave.paths(shop, params)


VERB = Verb(
    name="paths",
    phase="diagnose",
    words=Words("Show the frequent paths of visitors and where they leave", "访客常见路径与离开位置"),
    doc=Words(
        "The pages and acts of sessions step by step, from their start or around a page type or event; rare ones are "
        "gathered, so that every step adds up to all sessions.",
        "会话中的页面与动作逐步展开，可从开始，也可围绕某页面类型或事件；少见的合并为其他，每一步之和都等于全部会话。",
    ),
    takes=PathsParams,
    gives=record(
        window=WINDOW,
        anchor=maybe(TEXT),
        direction=TEXT,
        sessions=COUNT,
        nodes=many(record(id=TEXT, step=COUNT, name=TEXT, sessions=COUNT)),
        links=many(record(source=TEXT, target=TEXT, sessions=COUNT)),
        paths=many(record(steps=many(TEXT), sessions=COUNT, share=NUMBER, conversion=NUMBER)),
        exits=many(record(sessions=COUNT, share=NUMBER)),
        entries=many(record(to=TEXT, sessions=COUNT, share=NUMBER)),
        pruned=record(nodes=COUNT, paths=COUNT, sessions=COUNT),
        words=WORDS,
        batch=maybe(TEXT),
        sql=many(TEXT),
    ),
    run=_run,
    example="zhanggui paths ./myshop --starting home --length 4 --from 2026-03-01 --to 2026-04-01",
)

"""``zhanggui rejects``: the rows that imports kept aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import COUNT, FLAG, TEXT, many, maybe, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class RejectsParams:
    """Which batch."""

    batch: str | None = param("batch, else all batches", "批次，缺省为全部批次", positional=True, default=None)
    limit: int | None = param("at most so many", "最多列出的行数", kind="count", default=None, metavar="N")


def _run(shop: OpenShop | None, params: RejectsParams, _progress: Progress) -> Result:
    from zhanggui.loop import collect

    return collect.rejects(shop, params)


VERB = Verb(
    name="rejects",
    phase="collect",
    words=Words("List the rejected rows of imports", "列出导入时被拒绝的行"),
    doc=Words(
        "Every row kept aside with file, line, column, value and reason; references that point nowhere are listed "
        "with rejected = false.",
        "列出每个被搁置的行及其文件、行号、列、值和原因；指向不存在对象的引用也会列出，rejected = false。",
    ),
    takes=RejectsParams,
    gives=record(
        rejects=many(
            record(
                batch=TEXT,
                table=TEXT,
                file=maybe(TEXT),
                line=maybe(COUNT),
                column=maybe(TEXT),
                value=maybe(TEXT),
                reason=TEXT,
                rejected=FLAG,
            )
        ),
        count=COUNT,
    ),
    run=_run,
    example="zhanggui rejects ./myshop",
    keeps=False,  # may be very long
)

"""``zhanggui catalogue``: every KPI with its words and formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import FLAG, TEXT, WORDS, many, maybe, record
from zhanggui.loop.verb import Verb

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class CatalogueParams:
    """Nothing to choose."""


def _run(shop: OpenShop | None, _params: CatalogueParams, _progress: Progress) -> Result:
    from zhanggui.loop import measure

    return measure.catalogue(shop)


VERB = Verb(
    name="catalogue",
    phase="measure",
    words=Words("List all KPIs", "列出全部指标"),
    doc=Words(
        "Every KPI: name, words, formula, unit, what it needs; for a shop also whether it can be measured.",
        "每个指标：名称、说明、公式、单位、所需数据；给出店铺时还说明能否度量。",
    ),
    takes=CatalogueParams,
    gives=record(
        kpis=many(
            record(
                name=TEXT,
                area=TEXT,
                words=WORDS,
                doc=maybe(WORDS),
                unit=TEXT,
                better=TEXT,
                formula=TEXT,
                needs=many(TEXT),
                measurable=maybe(FLAG),
                reason=maybe(TEXT),
                missing=many(TEXT),
                dimensions=many(TEXT),
                source=TEXT,
            )
        ),
        dimensions=many(record(name=TEXT, words=WORDS, kind=TEXT)),
    ),
    run=_run,
    example="zhanggui catalogue ./myshop",
    shop="optional",
)

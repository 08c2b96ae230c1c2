"""The whole answer: one window, maybe beside another, with what can't be measured and a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zhanggui.basics.errors import DefinitionError, NotMeasurable
from zhanggui.basics.periods import comparison
from zhanggui.basics.words import Words
from zhanggui.engines.experience.devices import devices_of
from zhanggui.engines.experience.errors import errors_of
from zhanggui.engines.experience.losing import order_values
from zhanggui.engines.experience.searches import searches_of
from zhanggui.engines.experience.slowness import since, slowness
from zhanggui.engines.experience.statement import Part, part_of
from zhanggui.engines.experience.types import Experience, ExperienceQuery, Measured
from zhanggui.engines.experience.vitals import page_groups
from zhanggui.engines.experience.wording import in_words
from zhanggui.metrics import default_window, missing, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhanggui.store.opened import OpenShop

NEEDS: Mapping[str, tuple[str, ...]] = {
    "overall": ("events",),
    "load_ms": ("events.load_ms",),
    "lcp_ms": ("events.lcp_ms",),
    "inp_ms": ("events.inp_ms",),
    "cls": ("events.cls",),
    "ttfb_ms": ("events.ttfb_ms",),
    "bands": ("events.load_ms",),
    "loss": ("events.load_ms",),
    "errors": ("events",),
    "devices": ("events.device|sessions.device|traffic_daily.device",),
    "searches": ("events.result_count",),
    "money": ("orders", "order_lines"),
}
"""Part of the answer -> what it needs."""
SLOWEST = 600_000  # ms


def experience(shop: OpenShop, query: ExperienceQuery) -> Experience:
    """How pages felt in a window, and what slowness, errors and empty searches go with.

    Raises:
        NotMeasurable: the shop knows nothing of visits.
        UnknownNameError: no such filter.
        DefinitionError: a limit of slowness that makes no sense.
    """
    if not 0 < query.slow_ms <= SLOWEST:
        raise DefinitionError(
            f"slow-ms {query.slow_ms:g}: give milliseconds above 0 and up to {SLOWEST}.",
            zh=f"slow-ms {query.slow_ms:g}：请给出大于 0、不超过 {SLOWEST} 的毫秒数。",
        )
    facts = shop.warehouse.facts()
    lacking = missing(("events|sessions|traffic_daily",), facts)
    if lacking:
        raise NotMeasurable(
            f"The experience of visitors {reason_of(lacking).en}; import some or put the tracker on the site.",
            zh=f"访客体验{reason_of(lacking).zh}；请先导入，或在网站上安装跟踪代码。",
        )
    reasons = {name: reason_of(needs) for name, needed in NEEDS.items() if (needs := missing(needed, facts))}
    window = query.window or default_window(shop)
    against = comparison(window, query.against) if query.against else None
    part = part_of(shop, window, query.where)
    now = _measured(shop, part, query, reasons)
    before = _measured(shop, part_of(shop, against, query.where), query, reasons) if against else None
    if before and now.slowness and before.slowness:
        now = replace(now, slowness=since(now.slowness, before.slowness, now.order_value, shop.settings.currency))
    return Experience(
        window=window,
        against=against,
        slow_ms=query.slow_ms,
        now=now,
        before=before,
        not_measurable=reasons,
        words=in_words(now, before, query.slow_ms),
        currency=shop.settings.currency,
        batch=shop.warehouse.newest_batch(),
        sql=tuple(part.sql(name).strip() for name in _asked(reasons)),
    )


def _asked(reasons: Mapping[str, Words]) -> list[str]:
    files = {"overall": "vitals", "bands": "slowness", "errors": "errors", "devices": "devices", "searches": "searches"}
    return [name for part, name in files.items() if part not in reasons]


def _measured(shop: OpenShop, part: Part, query: ExperienceQuery, reasons: Mapping[str, Words]) -> Measured:
    values = {} if "money" in reasons else order_values(shop, part)
    overall, by = page_groups(shop, part, query.slow_ms) if "overall" not in reasons else (None, {})
    return Measured(
        overall=overall,
        order_value=values.get(""),
        by=by,
        slowness=None if "bands" in reasons else slowness(shop, part, query.slow_ms, values.get("")),
        errors=None if "errors" in reasons else errors_of(shop, part),
        devices=() if "devices" in reasons else devices_of(shop, part, by.get("device", ()), values),
        searches=None if "searches" in reasons else searches_of(shop, part, values.get("")),
    )

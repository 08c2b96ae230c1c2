"""Do the shop's visits reach over both windows? If not, orders per visitor would be too high before tracking began."""

from __future__ import annotations

from datetime import date, datetime

from zhanggui.basics.numbers import format_day
from zhanggui.basics.periods import local_day
from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.measuring import Case
from zhanggui.engines.diagnosis.types import Node
from zhanggui.metrics import leaves

BEHAVIOUR = ("events", "sessions", "traffic_daily")
_FACTS = ("hit", "visit", "event")


def partly_known(case: Case, node: Node) -> Words | None:
    """A sentence saying that visits are known for a part of the windows only; None where all is well."""
    if not _reads_visits(case, node):
        return None
    first, last = _known_days(case)
    if first is None or last is None:
        return None
    begins = min(case.window.from_, case.against.from_)
    ends = max(case.window.to, case.against.to)
    if first <= begins and ends.toordinal() - 1 <= last.toordinal():
        return None
    return Words(
        f"Visits are known from {format_day(first)} to {format_day(last)} only, so orders per visit can't be compared.",
        f"访问数据仅覆盖{format_day(first, 'zh')}至{format_day(last, 'zh')}，因此每次访问的订单不可比。",
    )


def _reads_visits(case: Case, node: Node) -> bool:
    """True where a tree relates visits to something that is not visits."""
    behind = set()
    for part in node.walk():
        if part.kpi in case.catalogue:
            behind |= {
                each.fact for leaf in leaves(case.catalogue[part.kpi], dict(case.catalogue)) for each in leaf.aggregates
            }
    return bool(behind & set(_FACTS)) and bool(behind - set(_FACTS))


def _known_days(case: Case) -> tuple[date | None, date | None]:
    facts = case.shop.warehouse.facts()
    zone = case.shop.settings.timezone
    known = [facts[name] for name in BEHAVIOUR if facts[name].rows]
    firsts = [_day(each.first, zone) for each in known if each.first]
    lasts = [_day(each.last, zone) for each in known if each.last]
    return min(firsts, default=None), max(lasts, default=None)


def _day(moment: datetime | date, zone: str) -> date:
    return local_day(moment, zone) if isinstance(moment, datetime) else moment

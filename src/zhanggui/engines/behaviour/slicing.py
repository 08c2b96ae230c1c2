"""Visits of a window: which of them, by which dimensions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.engines.behaviour.statement import Values, bound
from zhanggui.engines.behaviour.types import Evidence
from zhanggui.metrics import NONE

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

NEW = (
    "CASE WHEN visit.visitor_id IS NULL THEN NULL WHEN earliest.session_id = visit.session_id THEN 'new' "
    "ELSE 'returning' END"
)
OF_VISITS: Mapping[str, str] = {
    "source": "visit.source",
    "medium": "visit.medium",
    "channel_group": "visit.channel_group",
    "campaign": "visit.campaign_id",
    "device": "visit.device",
    "os": "visit.os",
    "browser": "visit.browser",
    "country": "visit.country",
    "region": "visit.region",
    "landing_page_type": "visit.landing_page_type",
    "visitor_type": NEW,
}
"""Dimension -> what it is of a visit."""
OF_GOODS: Mapping[str, str] = {"product": "act.product_id", "category": "goods.category", "brand": "goods.brand"}
"""Dimension -> what it is of the product that a step names."""

_LEVEL = re.compile(r"category_([1-9])")
_SLACK = timedelta(days=1)  # a platform's own start of a session may lie after its first event
_MOST_VALUES = 1000


@dataclass(frozen=True)
class Held:
    """What the visits of a window are known by; ``low`` and ``high`` enclose all events of the visits with events."""

    sessions: Mapping[str, int]
    low: datetime | None
    high: datetime | None

    @property
    def evidence(self) -> Evidence | None:
        """The best that is there: events, else the sessions' own counts, else daily sums; None without a visit."""
        kinds: tuple[Evidence, ...] = ("events", "sessions", "daily")
        return next((kind for kind in kinds if self.sessions.get(kind)), None)


def goods_expression(name: str) -> str:
    """What the dimension of products ``name`` is, ``category_2`` being a level of the category."""
    level = _LEVEL.fullmatch(name)
    return f"nullif(split_part(goods.category, ' > ', {level[1]}), '')" if level else OF_GOODS[name]


def is_of_goods(name: str) -> bool:
    """True for dimensions of products."""
    return name in OF_GOODS or bool(_LEVEL.fullmatch(name))


def check_dimensions(names: Sequence[str], *, goods: bool = True) -> None:
    """Refuse dimensions that visits don't have.

    Raises:
        UnknownNameError: no such dimension.
        DefinitionError: more than one of products, or one twice.
    """
    known = [*OF_VISITS, *(OF_GOODS if goods else ())]
    for name in names:
        if name not in OF_VISITS and not (goods and is_of_goods(name)):
            raise UnknownNameError.of(Words("dimension of visits", "会话维度"), name, known)
    if sum(is_of_goods(name) for name in names) > 1 or len(set(names)) < len(names):
        raise DefinitionError(
            "Name every dimension once, and at most one of product, category and brand.",
            zh="每个维度只写一次，product、category、brand 最多用一个。",
        )


def by_name(where: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The wanted values per dimension."""
    found: dict[str, list[str]] = {}
    for name, value in where:
        found.setdefault(name, []).append(value)
    return found


def check_values(shop: OpenShop, where: Sequence[tuple[str, str]]) -> None:
    """Refuse filters on dimensions or values of visits that do not exist.

    Raises:
        UnknownNameError: no such dimension, or no visit has the value.
    """
    check_dimensions(list(by_name(where)))
    for name, value in where:
        if value == NONE or name not in OF_VISITS:
            continue
        if name == "visitor_type":
            known = ["new", "returning"]
        else:
            column = OF_VISITS[name]
            table = f"FROM visits AS visit WHERE {column}"
            if shop.warehouse.query(f"SELECT 1 {table} = $1 LIMIT 1", [value]).num_rows:
                continue
            sql = f"SELECT DISTINCT {column} AS known {table} IS NOT NULL ORDER BY 1 LIMIT {_MOST_VALUES}"
            known = [str(each) for each in shop.warehouse.query(sql)["known"].to_pylist()]
        if value not in known:
            raise UnknownNameError.of(Words(f"value of {name}", f"{name} 的值"), value, known)


def one_of(expression: str, wanted: Sequence[str], values: Values) -> str:
    """The condition that ``expression`` is one of ``wanted``; ``(none)`` is unknown."""
    named = [value for value in wanted if value != NONE]
    parts = [f"{expression} IN ({values.names(named)})"] if named else []
    if NONE in wanted:
        parts.append(f"{expression} IS NULL")
    return f"({' OR '.join(parts)})"


def visits_from(where: Sequence[tuple[str, str]], values: Values, also: Sequence[str] = ()) -> str:
    """FROM and WHERE of the visits of the window that ``values`` hold as ``from`` and ``to``; ``visit`` is the row.

    ``also`` are further dimensions that the statement reads.
    """
    wanted = {name: each for name, each in by_name(where).items() if name in OF_VISITS}
    conditions = ["visit.day >= :from", "visit.day < :to"]
    conditions += [one_of(OF_VISITS[name], each, values) for name, each in wanted.items()]
    join = ""
    if "visitor_type" in (*wanted, *also):
        join = " LEFT JOIN first_visits AS earliest ON earliest.visitor_id = visit.visitor_id"
    return f"FROM visits AS visit{join} WHERE {' AND '.join(conditions)}"


def held(shop: OpenShop, window: Window, where: Sequence[tuple[str, str]]) -> Held:
    """By what the visits of ``window`` are known."""
    values = Values({"from": window.from_, "to": window.to})
    sql, params = bound(
        "SELECT visit.evidence AS evidence, CAST(sum(visit.sessions) AS BIGINT) AS sessions, "
        "min(visit.started_at) AS low, max(visit.ended_at) AS high "
        f"{visits_from(where, values)} GROUP BY visit.evidence",
        values.given,
    )
    found: dict[str, dict[str, Any]] = {row["evidence"]: row for row in shop.warehouse.query(sql, params).to_pylist()}
    told = found.get("events")
    sessions = {kind: int(row["sessions"] or 0) for kind, row in found.items()}
    if told is None:
        return Held(sessions, None, None)
    return Held(sessions, told["low"] - _SLACK, (told["high"] or told["low"]) + _SLACK)

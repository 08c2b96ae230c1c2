"""The SQL of experience: the sessions asked for, the ``.sql`` files of this folder, and bound values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.periods import Window, midnight
from zhanggui.basics.words import Words
from zhanggui.metrics import NONE

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

_NEW = "CASE WHEN visit.session_id IN (SELECT session_id FROM first_visits) THEN 'new' ELSE 'returning' END"
FILTERS: Mapping[str, str] = {
    "source": "visit.source",
    "medium": "visit.medium",
    "campaign": "visit.campaign_id",
    "channel_group": "visit.channel_group",
    "device": "visit.device",
    "os": "visit.os",
    "browser": "visit.browser",
    "country": "visit.country",
    "region": "visit.region",
    "landing_page_type": "visit.landing_page_type",
    "visitor_type": _NEW,
}
"""Filter -> expression over a visit; ``page_type`` is one more, of the pages themselves."""
PAGE_TYPE = "page_type"
_NAME = re.compile(r"(?<!:):([a-z_]+)")
_MARK = re.compile(r"/\*([a-z_]+)\*/")


@dataclass(frozen=True)
class Part:
    """The sessions that a question is about, as SQL, and the values of its names.

    ``visits`` is a condition on ``visit`` (any evidence), ``pages`` one on ``step``, ``orders`` one on ``orders``:
    with a filter only orders of the sessions count, without one all orders of the window.
    """

    window: Window
    visits: str
    pages: str
    orders: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def sql(self, name: str, **marks: str) -> str:
        """The ``.sql`` file ``name`` with its marks ``/*visits*/``, ``/*pages*/`` and others filled in."""
        given = {"visits": self.visits, "pages": self.pages, "orders": self.orders, **marks}
        return _MARK.sub(lambda hit: given[hit[1]], file_sql(name))


def file_sql(name: str) -> str:
    """The text of a ``.sql`` file of this folder, without its comment."""
    text = resources.files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def part_of(shop: OpenShop, window: Window, where: Sequence[tuple[str, str]]) -> Part:
    """The sessions that started in ``window`` and pass the filters ``where``.

    Raises:
        UnknownNameError: no such filter.
    """
    zone = shop.settings.timezone
    values: dict[str, Any] = {
        "first_day": window.from_,
        "end_day": window.to,
        "from": midnight(window.from_, zone),
        "to": midnight(window.to, zone),
        "zone": zone,
    }
    visits = ["visit.day >= :first_day AND visit.day < :end_day"]
    pages: list[str] = []
    for place, (name, wanted) in enumerate(_grouped(where).items()):
        if name != PAGE_TYPE and name not in FILTERS:
            raise UnknownNameError.of(Words("filter of behaviour", "行为筛选项"), name, [*FILTERS, PAGE_TYPE])
        expression = "step.page_type" if name == PAGE_TYPE else FILTERS[name]
        key = f"wanted_{'abcdefghijkl'[place]}"
        (pages if name == PAGE_TYPE else visits).append(_one_of(expression, wanted, key, values))
    condition = " AND ".join(visits)
    last = _last_moment(shop, condition, values)
    values["last"] = last if last is not None else values["to"]
    filtered = f"orders.session_id IN (SELECT visit.session_id FROM visits AS visit WHERE {condition})"
    orders = filtered if len(visits) > 1 else "true"
    return Part(window, condition, " AND ".join(pages) or "true", orders, values)


def rows_of(shop: OpenShop, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of ``sql`` with its ``:name`` bound."""
    text, params = bound(sql, values)
    found: list[dict[str, Any]] = shop.warehouse.query(text, params).to_pylist()
    return found


def bound(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """``:name`` in ``sql`` as numbered parameters, and their values.

    >>> bound("a >= :low AND b < :low", {"low": 3})
    ('a >= $1 AND b < $1', [3])
    """
    used: list[str] = []

    def number(hit: re.Match[str]) -> str:
        if hit[1] not in used:
            used.append(hit[1])
        return f"${used.index(hit[1]) + 1}"

    text = _NAME.sub(number, sql)
    return text, [values[name] for name in used]


def _grouped(where: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in where:
        found.setdefault(name, []).append(value)
    return found


def _one_of(expression: str, wanted: Sequence[str], key: str, values: dict[str, Any]) -> str:
    values[key] = [value for value in wanted if value != NONE]
    found = f"{expression} IN (SELECT unnest(CAST(:{key} AS VARCHAR[])))"
    return f"({found} OR {expression} IS NULL)" if NONE in wanted else found


def _last_moment(shop: OpenShop, visits: str, values: Mapping[str, Any]) -> datetime | None:
    """When the last of the sessions ended: what bounds the scan of their steps."""
    found = rows_of(shop, f"SELECT max(ended_at) AS last FROM visits AS visit WHERE {visits}", values)
    last: datetime | None = found[0]["last"]
    return last

"""What the cockpit needs from the rest of the house: shops, and an answer to any verb.

The cockpit decides and computes nothing. It calls verbs by name and reads the JSON of their
results, whose field names are the same on every face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol


class ShopCard(Protocol):
    """A shop as the switcher and every page's frame show it."""

    @property
    def key(self) -> str:
        """The shop's part of the address, such as ``gifts``."""

    @property
    def name(self) -> str:
        """The shop's name as its owner wrote it."""

    @property
    def currency(self) -> str:
        """ISO code, such as GBP."""

    @property
    def timezone(self) -> str:
        """IANA zone of the shop's days."""

    @property
    def simulated(self) -> bool:
        """Whether its data are made up; every page then says so."""

    @property
    def attribution(self) -> str:
        """Whom to thank for the data; empty when nobody asks for it."""

    @property
    def last_day(self) -> date | None:
        """Last complete day of the data; None for an empty shop."""

    @property
    def imported_at(self) -> datetime | None:
        """When the newest batch came in."""

    @property
    def batch(self) -> str | None:
        """Id of the newest batch."""


class Result(Protocol):
    """What a verb returns."""

    def to_json(self, language: str = "en") -> Any:
        """Plain dicts, lists, texts and numbers with stable field names; reasons in ``language``."""


class Desk(Protocol):
    """Answers verbs for the shops of one server; safe to call from several threads."""

    def shops(self) -> Sequence[ShopCard]:
        """All shops, in the order in which they were named at the start."""

    def call(self, shop: str, verb: str, params: Mapping[str, Any]) -> Result:
        """The result of ``verb`` for the shop with that key.

        Raises:
            ZhangguiError: unknown shop, verb, KPI, dimension; not measurable; refused.
        """

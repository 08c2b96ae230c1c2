"""How much one sender may send: token buckets, by write key and by address, in bounded memory."""

from __future__ import annotations

import tomllib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from zhanggui.basics.errors import DataError
from zhanggui.store.settings import SETTINGS_FILE

BURST = 2.0  # seconds of the rate that may come at once
MOST_SENDERS = 50_000  # remembered at once; who was quiet for longest is forgotten first


@dataclass(frozen=True)
class Rates:
    """Requests per second that are taken; the table ``[collector]`` of the shop's settings.

    ``per_address`` does not hold for this machine itself, because behind a proxy everybody comes from there.
    """

    per_key: float = 50_000.0
    per_address: float = 1_000.0


def rates_of(shop: Path) -> Rates:
    """The rates of the shop in the folder ``shop``: ``requests_per_second`` and ``requests_per_second_per_address``.

    Raises:
        DataError: a rate is no number above zero, or the settings cannot be read.
    """
    path = shop / SETTINGS_FILE
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8")).get("collector", {})
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}.", zh=f"{path} 无法读取：{error}。") from error
    usual = Rates()
    names = {"requests_per_second": usual.per_key, "requests_per_second_per_address": usual.per_address}
    found = []
    for name, default in names.items():
        value = given.get(name, default) if isinstance(given, dict) else default
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise DataError(
                f"{path}: collector.{name} is {value!r}; give a number above zero.",
                zh=f"{path}：collector.{name} 为 {value!r}；请给出大于零的数。",
            )
        found.append(float(value))
    return Rates(*found)


class Buckets:
    """One token bucket per sender, filled with ``rate`` tokens per second up to two seconds' worth."""

    def __init__(self, rate: float, most: int = MOST_SENDERS) -> None:
        self._rate = rate
        self._size = max(1.0, rate * BURST)
        self._most = most
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, sender: str, now: float) -> float:
        """Take a token of ``sender`` at ``now`` (seconds of a clock that never goes back).

        Gives 0 when there was one, else the seconds until there is.
        """
        tokens, at = self._held.get(sender, (self._size, now))
        tokens = min(self._size, tokens + (now - at) * self._rate)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._rate
        self._held[sender] = (tokens if wait else tokens - 1, now)
        self._held.move_to_end(sender)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return wait

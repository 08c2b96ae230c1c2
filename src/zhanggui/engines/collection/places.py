"""Where a visitor is: the country of a delivery network's header or of the browser's time zone."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

NO_COUNTRY = frozenset({"XX", "T1", "ZZ", "AP", "EU"})  # unknown, Tor, and codes of regions that networks send

# Names that the database keeps as links to a place with the same clock, in another country than they name.
_LINKED_ABROAD = {
    "africa/asmera": "ER", "africa/timbuktu": "ML", "america/coral_harbour": "CA", "america/virgin": "VI",
    "antarctica/south_pole": "AQ", "atlantic/jan_mayen": "SJ", "iceland": "IS", "pacific/johnston": "UM",
    "pacific/ponape": "FM", "pacific/truk": "FM", "pacific/yap": "FM",
}  # fmt: skip
_CLOCKS = frozenset({"cet", "eet", "est", "hst", "met", "mst", "wet"})  # names of clocks that many countries share


def country_of(header: str | None, timezone: str | None) -> str | None:
    """The country (ISO 3166-1, two letters): what the delivery network says, else the one of the ``timezone``.

    >>> country_of("de", "Asia/Shanghai"), country_of("XX", "Asia/Shanghai"), country_of("", "Etc/UTC")
    ('DE', 'CN', None)
    """
    code = (header or "").strip().upper()
    if len(code) == 2 and code not in NO_COUNTRY and code in _countries():
        return code
    return country_of_zone(timezone)


def country_of_zone(timezone: str | None) -> str | None:
    """The country in which an IANA ``timezone`` lies, by the tables of the time zone database; None when it has none.

    Former names count as the place they name today. A zone that several countries share belongs to the one it is
    named after.

    >>> country_of_zone("Europe/Berlin"), country_of_zone("Asia/Calcutta"), country_of_zone("PRC")
    ('DE', 'IN', 'CN')
    """
    return _zones().get((timezone or "").strip().lower())


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(line.split("\t")[0] for line in _lines("iso3166.tab"))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Countries by zone name in lower case: ``zone.tab`` gives every zone one country, links lead there."""
    found = {fields[2].lower(): fields[0] for fields in (line.split("\t") for line in _lines("zone.tab"))}
    links = [line.split() for line in _lines("tzdata.zi") if line.startswith("L ")]
    targets = {name.lower(): target.lower() for _, target, name in links}
    found |= _LINKED_ABROAD
    for name in targets.keys() - _CLOCKS:
        place = name
        while place not in found and place in targets:
            place = targets[place]
        if place in found:
            found.setdefault(name, found[place])
    return found


def _lines(name: str) -> list[str]:
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]

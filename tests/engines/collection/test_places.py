"""Countries of time zones and of a delivery network's header."""

from __future__ import annotations

import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.engines.collection.places import country_of, country_of_zone


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Asia/Shanghai", "CN"), ("Asia/Urumqi", "CN"), ("Asia/Chongqing", "CN"), ("PRC", "CN"),
        ("Asia/Hong_Kong", "HK"),
        ("Asia/Taipei", "TW"), ("Asia/Singapore", "SG"), ("Asia/Tokyo", "JP"), ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"), ("Europe/Kiev", "UA"), ("Europe/Kyiv", "UA"), ("Europe/Amsterdam", "NL"),
        ("Europe/Oslo", "NO"), ("Europe/London", "GB"), ("America/New_York", "US"), ("US/Pacific", "US"),
        ("America/Buenos_Aires", "AR"), ("America/Argentina/Buenos_Aires", "AR"), ("America/Sao_Paulo", "BR"),
        ("Australia/Sydney", "AU"), ("Asia/Saigon", "VN"), ("Africa/Asmera", "ER"), ("Iceland", "IS"),
        ("America/Virgin", "VI"), ("asia/shanghai", "CN"), (" Asia/Shanghai ", "CN"),
        ("UTC", None), ("Etc/GMT-8", None), ("EST", None), ("CET", None), ("GMT", None), ("Mars/Olympus", None),
        ("", None), (None, None), ("+08:00", None),
    ],
)  # fmt: skip
def test_a_time_zone_lies_in_its_country(zone: str | None, country: str | None) -> None:
    assert country_of_zone(zone) == country


def test_every_zone_that_names_a_place_has_a_country() -> None:
    clocks = ("Etc/", "GMT", "UTC", "UCT", "Universal", "Greenwich", "Zulu", "Factory", "localtime", "posix", "right")
    named = [zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(clocks)]
    assert len(named) > 500
    assert [zone for zone in named if country_of_zone(zone) is None] == []


@pytest.mark.parametrize(
    ("header", "country"),
    [
        ("CN", "CN"),
        ("de", "DE"),
        (" us ", "US"),
        ("XX", "FR"),
        ("T1", "FR"),
        ("EU", "FR"),
        ("QQ", "FR"),
        ("USA", "FR"),
        ("", "FR"),
        (None, "FR"),
    ],
)
def test_the_delivery_network_goes_before_the_time_zone(header: str | None, country: str) -> None:
    assert country_of(header, "Europe/Paris") == country


@given(st.none() | st.text(max_size=30), st.none() | st.text(max_size=30))
def test_a_country_is_two_capital_letters_or_unknown(header: str | None, zone: str | None) -> None:
    found = country_of(header, zone)
    assert found is None or (len(found) == 2 and found.isascii() and found.isupper())

"""What may be set, what is refused, and that the same options give the same rows."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.connectors.simulation.conftest import simulate

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.connectors.simulation.options import END, Options, options_of
from zhanggui.connectors.simulation.run import Simulation

HERE = {"currency": "CNY", "timezone": "Asia/Shanghai"}


def test_without_options_two_years_at_scale_one_end_with_september_2026() -> None:
    options = options_of({}, **HERE)
    assert (options.scale, options.months, options.start.isoformat(), END.isoformat()) == (
        1,
        24,
        "2024-10-01",
        "2026-10-01",
    )
    assert options.days == 730


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"scale": "0"}, "0.01 to 100"), ({"scale": "101"}, "0.01 to 100"), ({"scale": "big"}, "not a number"),
        ({"scale": "nan"}, "0.01 to 100"), ({"months": "0"}, "1 to 60"), ({"months": "61"}, "1 to 60"),
        ({"months": "2.5"}, "whole number"), ({"seed": "-1"}, "whole number from 0"), ({"seed": "inf"}, "whole number"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_says_what_is_allowed(texts: dict[str, str], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        options_of(texts, **HERE)


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean months"):
        options_of({"month": "3"}, **HERE)


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(DefinitionError, match="time zone"):
        options_of({}, currency="CNY", timezone="Moon/Base")


def test_months_begin_on_the_first_of_a_month() -> None:
    assert Options(months=1).start.isoformat() == "2026-09-01"
    assert Options(months=9).start.isoformat() == "2026-01-01"
    assert Options(months=10).start.isoformat() == "2025-12-01"
    assert Options(months=60).start.isoformat() == "2021-10-01"


def _all(options: Options) -> list[tuple[str, pa.Table]]:
    return list(Simulation(options).tables())


def test_the_same_options_give_the_same_bytes() -> None:
    first, second = (_all(Options(scale=0.02, months=2, seed=5)) for _ in range(2))
    assert [name for name, _ in first] == [name for name, _ in second]
    for (name, one), (_, other) in zip(first, second, strict=True):
        assert one.equals(other), name


def test_another_seed_gives_another_shop() -> None:
    first, second = (dict(_all(Options(scale=0.02, months=1, seed=seed))) for seed in (1, 2))
    assert not first["orders"].equals(second["orders"])
    assert not first["products"].equals(second["products"])


def test_a_larger_scale_has_more_visitors_and_the_same_goods() -> None:
    small, large = (dict(_all(Options(scale=scale, months=1))) for scale in (0.02, 0.1))
    assert 3.5 < large["sessions"].num_rows / small["sessions"].num_rows < 6.5
    assert small["products"].equals(large["products"])


def test_the_smallest_shop_of_one_month_works() -> None:
    tables = dict(_all(Options(scale=0.01, months=1)))
    assert tables["sessions"].num_rows > 300


def test_rows_come_in_bounded_pieces() -> None:
    sizes = [table.num_rows for name, table in _all(Options(scale=1, months=1)) if name == "events"]
    assert len(sizes) >= 2
    assert max(sizes) <= 100_000


@pytest.mark.slow
def test_five_years_reach_back_without_incidents_of_other_years() -> None:
    shop = simulate(Options(scale=0.01, months=60))
    assert shop.one("SELECT min(placed_at)::date < '2021-11-15' FROM orders")
    assert len(shop.truth["incidents"]) == 25


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland"])
def test_days_are_those_of_the_time_zone_given(zone: str) -> None:
    shop = simulate(Options(scale=0.01, months=7, currency="GBP", timezone=zone))
    assert shop.one("SELECT min(placed_at::date) >= '2026-03-01' FROM orders")
    assert shop.one("SELECT max(occurred_at::date) FROM events").isoformat() == "2026-09-30"
    assert {row[0] for row in shop.rows("SELECT DISTINCT currency FROM orders")} == {"GBP"}
    assert shop.one("SELECT count(*) FROM sessions WHERE started_at::date <> ended_at::date") == 0
    promised = shop.one("SELECT count(*) FROM shipments WHERE promised_at <> date_trunc('day', promised_at)")
    assert promised == 0

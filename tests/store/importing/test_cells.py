"""Typed cells: floats, decimals, ids, times and zones."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from tests.store.pieces import counts, kept, orders, refused, take, typed

from zhanggui.shop import Rows
from zhanggui.store.importing.casting import repeated_hours
from zhanggui.store.opened import OpenShop


def _line(**columns: Any) -> dict[str, Any]:
    size = max(len(column) for column in columns.values())
    base = {
        "order_id": ["1"] * size,
        "line_no": list(range(size)),
        "product_id": ["P"] * size,
        "quantity": [1] * size,
        "unit_price": [1.0] * size,
    }
    return {**base, **columns}


def test_ids_that_are_floats_or_decimals_become_whole_text(shop: OpenShop) -> None:
    big = 9007199254740991.0
    take(shop, typed("products", product_id=pa.array([17850.0, 1.5, big, math.nan], pa.float64())))
    assert kept(shop, "products", "product_id") == [("1.5",), ("17850",), (f"{big:.1f}",)]
    take(shop, typed("customers", customer_id=pa.array([Decimal("17850.00"), Decimal("0.50")], pa.decimal128(9, 2))))
    assert kept(shop, "customers", "customer_id") == [("0.5",), ("17850",)]


def test_ids_that_are_integers_or_dictionaries_become_text(shop: OpenShop) -> None:
    take(shop, typed("products", product_id=pa.array([17850, 2**62], pa.int64())))
    take(shop, typed("customers", customer_id=pa.array(["a", "b", "a"]).dictionary_encode()))
    assert kept(shop, "products", "product_id") == [("17850",), (str(2**62),)]
    assert kept(shop, "customers", "customer_id") == [("a",), ("b",)]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_text_of_every_kind_is_text(shop: OpenShop, kind: pa.DataType) -> None:
    take(shop, typed("products", product_id=pa.array(["P", "a long name of a product"], kind)))
    assert kept(shop, "products", "product_id") == [("P",), ("a long name of a product",)]


def test_an_id_of_text_stays_as_it_is(shop: OpenShop) -> None:
    take(shop, typed("products", product_id=["17850.0", "007"]))
    assert kept(shop, "products", "product_id") == [("007",), ("17850.0",)]


def test_floats_are_rounded_half_even_to_four_places(shop: OpenShop) -> None:
    rounded = {
        2.5500000001: "2.5500",
        2.55: "2.5500",
        0.1 + 0.2: "0.3000",
        0.00005: "0.0000",
        0.00015: "0.0002",
        0.00025: "0.0002",
        1.00005: "1.0000",
        -0.00015: "-0.0002",
        1e-9: "0.0000",
        12345678.12345: "12345678.1234",
        12345678.12355: "12345678.1236",
    }
    take(shop, typed("order_lines", **_line(discount_amount=list(rounded))))
    assert [str(row[1]) for row in kept(shop, "order_lines", "line_no", "discount_amount")] == list(rounded.values())


def test_single_precision_and_fine_decimals_are_rounded_too(shop: OpenShop) -> None:
    single = pa.array([2.55], pa.float32())
    fine = pa.array([Decimal("1.000050000")], pa.decimal128(20, 9))
    take(shop, typed("order_lines", **_line(unit_price=single, discount_amount=fine)))
    assert kept(shop, "order_lines", "unit_price", "discount_amount") == [(Decimal("2.5500"), Decimal("1.0000"))]


def test_a_float_that_is_no_number_is_empty_and_infinity_is_refused(shop: OpenShop) -> None:
    report = take(shop, typed("order_lines", **_line(discount_amount=[math.nan, math.inf])))
    assert kept(shop, "order_lines", "line_no", "discount_amount") == [(0, None)]
    assert [(row.line, row.column) for row in refused(shop, report)] == [(2, "discount_amount")]


def test_counts_and_flags_of_other_types_are_read(shop: OpenShop) -> None:
    started = [datetime(2026, 1, 5, tzinfo=UTC)] * 3
    report = take(
        shop,
        typed(
            "sessions",
            session_id=["a", "b", "c"],
            started_at=started,
            page_views=[3.0, 3.5, 4.0],
            is_bounce=pa.array([1, 0, 2], pa.int8()),
        ),
    )
    assert kept(shop, "sessions", "session_id", "page_views", "is_bounce") == [("a", 3, True)]
    assert [(row.column, row.value) for row in refused(shop, report)] == [("page_views", "3.5"), ("is_bounce", "2")]


def test_a_number_is_no_time_and_a_flag_is_no_amount(shop: OpenShop) -> None:
    report = take(shop, typed("orders", order_id=["1"], placed_at=[1767614400], status=["paid"]))
    assert "no time" in refused(shop, report)[0].reason
    report = take(shop, typed("order_lines", **_line(unit_price=[True])))
    assert "no amount" in refused(shop, report)[0].reason


def test_times_with_and_without_offset_are_read(shop: OpenShop) -> None:
    times = {
        "2026-01-05T12:00:00Z": "2026-01-05T12:00:00",
        "2026-01-05 12:00:00+08": "2026-01-05T04:00:00",
        "2026-01-05 12:00:00 +0800": "2026-01-05T04:00:00",
        "2026-01-05T12:00:00.250+08:00": "2026-01-05T04:00:00.250000",
        "2026-01-05 12:00:00 UTC": "2026-01-05T12:00:00",
        "2026-01-05 12:00": "2026-01-05T12:00:00",
        "2026-01-05": "2026-01-05T00:00:00",
        "2026/01/05 12:00:00": "2026-01-05T12:00:00",
    }
    take(shop, orders(*({"order_id": str(n), "placed_at": text} for n, text in enumerate(times))))
    found = [at.replace(tzinfo=None).isoformat() for _, at in kept(shop, "orders", "order_id", "placed_at")]
    assert found == list(times.values())


ZONE_TIMES = [
    ("Asia/Shanghai", "2026-01-05 12:00:00"),
    ("Europe/London", "2026-07-05 12:00:00"),
    ("Europe/Berlin", "2021-03-28 02:30:00"),  # does not exist: moves forward
    ("Europe/Berlin", "2021-10-31 02:30:00"),  # twice: the first
    ("Europe/Berlin", "2021-10-31 03:00:00"),  # after the repeated hour
    ("Europe/Berlin", "2021-10-31 01:59:59"),
    ("America/Sao_Paulo", "2018-11-04 00:30:00"),  # the gap is at midnight
    ("America/Sao_Paulo", "2018-02-17 23:30:00"),  # the hour before midnight is repeated
    ("America/Sao_Paulo", "2018-02-18 00:00:00"),
    ("Australia/Lord_Howe", "2021-04-04 01:45:00"),  # half an hour is repeated
    ("Australia/Lord_Howe", "2021-10-03 02:10:00"),
    ("America/New_York", "2025-11-02 01:00:00"),
]


def test_times_without_offset_are_of_the_zone_over_gaps_and_folds(shop: OpenShop) -> None:
    texts, stamps, expected = [], [], []
    for number, (zone, text) in enumerate(ZONE_TIMES):
        naive = datetime.fromisoformat(text)
        expected.append(naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
        order = {"order_id": f"{number:02}", "placed_at": text}
        texts.append(orders(order, naive_zone=zone, file=f"{number}"))
        data = pa.table({"customer_id": [f"{number:02}"], "first_seen_at": pa.array([naive], pa.timestamp("us"))})
        stamps.append(Rows("customers", data, f"{number}", naive_zone=zone))
    take(shop, *texts, *stamps)
    assert [at for _, at in kept(shop, "orders", "order_id", "placed_at")] == expected
    assert [at for _, at in kept(shop, "customers", "customer_id", "first_seen_at")] == expected


def test_a_time_with_offset_does_not_care_for_the_zone(shop: OpenShop) -> None:
    take(shop, orders({"placed_at": "2026-01-05T12:00:00+00:00"}, naive_zone="Asia/Shanghai"))
    assert kept(shop, "orders", "placed_at") == [(datetime(2026, 1, 5, 12, tzinfo=UTC),)]


def test_typed_times_of_any_unit_are_read(shop: OpenShop) -> None:
    moment = datetime(2026, 1, 5, 4, tzinfo=UTC)
    pieces = []
    for unit in ("s", "ms", "us", "ns"):
        stamps = pa.array([moment], pa.timestamp(unit, "Asia/Shanghai"))
        pieces.append(typed("orders", file=unit, order_id=[unit], placed_at=stamps, status=["paid"]))
    take(shop, *pieces)
    assert kept(shop, "orders", "placed_at") == [(moment,)] * 4


def test_a_typed_date_is_midnight_as_a_time_and_itself_as_a_day(shop: OpenShop) -> None:
    days, milliseconds = (pa.array([date(2026, 1, 5)], kind) for kind in (pa.date32(), pa.date64()))
    take(shop, typed("orders", order_id=["1"], placed_at=days, status=["paid"]))
    take(shop, typed("products", product_id=["1"], listed_on=days, delisted_on=milliseconds))
    assert kept(shop, "orders", "placed_at") == [(datetime(2026, 1, 5, tzinfo=UTC),)]
    assert kept(shop, "products", "listed_on", "delisted_on") == [(date(2026, 1, 5), date(2026, 1, 5))]


def test_days_are_counted_in_the_zone_of_the_shop(shop: OpenShop) -> None:
    late = pa.array([datetime(2026, 7, 5, 23, 30, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    take(shop, typed("products", product_id=["1"], listed_on=late))
    assert kept(shop, "products", "listed_on") == [(date(2026, 7, 6),)]


def test_an_empty_column_of_no_type_is_empty(shop: OpenShop) -> None:
    take(shop, typed("products", product_id=["1"], name=pa.nulls(1), listed_on=pa.nulls(1), list_price=pa.nulls(1)))
    assert kept(shop, "products", "name", "listed_on", "list_price") == [(None, None, None)]


@pytest.mark.parametrize("zone", ["Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Shanghai", "UTC"])
def test_the_repeated_hours_are_those_in_which_clocks_go_back(zone: str) -> None:
    place = ZoneInfo(zone)
    at = datetime(2016, 1, 1, tzinfo=UTC)
    found = set()
    while at < datetime(2019, 1, 1, tzinfo=UTC):
        local = at.astimezone(place)
        if local.fold:
            found.add((local.date(), local.hour))
        at += timedelta(minutes=30)
    assert {(fold.day, fold.hour) for fold in repeated_hours(zone) if 2016 <= fold.day.year < 2019} == found


def test_counts_of_a_batch_are_those_of_its_rows(shop: OpenShop) -> None:
    report = take(shop, typed("products", product_id=["1", "2", None]))
    assert counts(report, "products") == (2, 0, 0, 1)

"""Amounts, moments and ids as exports and spreadsheets write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from zhanggui.connectors.text_file_values import (
    clean,
    decimal_mark,
    guess_day_first,
    looks_like_scientific,
    parse_amount,
    parse_moment,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12"),
        ("-12.50", "-12.50"),
        ("+3", "3"),
        (".5", "0.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234", "1234"),
        ("0,123", "0.123"),
        ("12,5", "12.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234", "1.234"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("¥12.00", "12.00"),
        ("￥12.00", "12.00"),
        ("£ 3.10", "3.10"),
        ("€5", "5"),
        ("5 €", "5"),
        ("R$ 1.234,50", "1234.50"),
        ("USD 10.00", "10.00"),
        ("10.00 EUR", "10.00"),
        ("12.00元", "12.00"),
        ("-£3.00", "-3.00"),
        ("£-3.00", "-3.00"),
        ("(12.00)", "-12.00"),
        ("($1,000.00)", "-1000.00"),
        ("12.00-", "-12.00"),
        ("\u221212.00", "-12.00"),
        ("１２．５", "12.5"),
        ("HK$20", "20"),
    ],
)
def test_amounts_are_read(text, amount):
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "  ", "-", "--", "—", "\ufeff"])
def test_empty_amounts_are_nothing(text):
    assert parse_amount(text) is None


@pytest.mark.parametrize("text", ["abc", "12%", "1.2.3,4,5", "12 apples", "1e5x", "2020-01-01", "1,2,3.4.5", "¥", "()"])
def test_other_text_is_no_amount(text):
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount(text)


def test_the_decimal_mark_of_the_file_decides():
    assert parse_amount("1.234", ",") == 1234
    assert parse_amount("1,234", ",") == Decimal("1.234")
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount("1.234,5", ".")


def test_the_decimal_mark_is_found_in_the_values():
    assert decimal_mark(["1,50", "2,99", "text, more"]) == ","
    assert decimal_mark(["1.50", "1,234.50", "02.03.2020", "5"]) == "."
    assert decimal_mark(["1.234,50", "x"]) == ","
    assert decimal_mark([]) == "."


LOCAL = datetime(2020, 2, 21, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-21 08:05",
        "2020-02-21T08:05:00",
        "2020-02-21T08:05:00.000Z",
        "2020-02-21 08:05:00 UTC",
        "2020-02-21 10:05:00 +0200",
        "2020-02-21T00:05:00-08:00",
        "2020/2/21 8:05",
        "2020.2.21 8:05",
        "2020年2月21日 8:05",
        "2020年02月21日 08时05分00秒",
        "2020年2月21日 上午8:05",
        "02-21-20 08:05",
        "2/21/2020 8:05 AM",
        "21/02/2020 08:05",
        "21.02.2020 08:05",
        "21-02-2020, 08:05",
        "Feb 21, 2020 8:05 AM",
        "21 February 2020 08:05",
        "21-Feb-2020 08:05",
        "20200221080500",
        "20200221 08:05:00",
    ],
)
def test_moments_are_read(text):
    assert parse_moment(text) == LOCAL


def test_days_are_midnight_of_the_zone():
    assert parse_moment("2020年2月1日", "Asia/Shanghai") == datetime(2020, 1, 31, 16, tzinfo=UTC)
    assert parse_moment("02-01-20", "Asia/Shanghai") == datetime(2020, 1, 31, 16, tzinfo=UTC)


def test_half_days_are_understood():
    assert parse_moment("1/2/2020 12:00 AM") == datetime(2020, 1, 2, 0, tzinfo=UTC)
    assert parse_moment("1/2/2020 12:30 PM") == datetime(2020, 1, 2, 12, 30, tzinfo=UTC)
    assert parse_moment("2020年1月2日 下午3:30") == datetime(2020, 1, 2, 15, 30, tzinfo=UTC)


def test_which_part_is_the_day_may_be_told():
    assert parse_moment("05/03/2020") == datetime(2020, 5, 3, tzinfo=UTC)
    assert parse_moment("05/03/2020", day_first=True) == datetime(2020, 3, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="is not a date"):
        parse_moment("25/03/2020", day_first=False)


def test_clock_changes_move_forward_and_take_the_first():
    assert parse_moment("2020-03-29 01:30", "Europe/London") == datetime(
        2020, 3, 29, 1, 30, tzinfo=UTC
    )  # skipped: 02:30 BST
    assert parse_moment("2020-10-25 01:30", "Europe/London") == datetime(2020, 10, 25, 0, 30, tzinfo=UTC)  # first: BST


def test_old_two_digit_years_are_of_the_last_century():
    assert parse_moment("01-31-97") == datetime(1997, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", " ", "-", "--"])
def test_empty_moments_are_nothing(text):
    assert parse_moment(text) is None


@pytest.mark.parametrize(
    "text", ["soon", "2020-13-01", "2020-02-30", "31/31/2020", "Foo 3, 2020", "2020-01-01 25:00", "12"]
)
def test_other_text_is_no_moment(text):
    with pytest.raises(ValueError, match="is not a date or time"):
        parse_moment(text)


def test_dates_tell_which_part_is_the_day():
    assert guess_day_first(["01/02/2020", "13/02/2020"]) is True
    assert guess_day_first(["01/02/2020", "02-21-20"]) is False
    assert guess_day_first(["01/02/2020", "2020-02-21", ""]) is None


@pytest.mark.parametrize("text", ["9.44E+18", "9,44E+18", "1E+15", " 6.9E+18 ", "9.440000e+18"])
def test_ids_destroyed_by_a_spreadsheet_are_recognised(text):
    assert looks_like_scientific(text)


@pytest.mark.parametrize("text", ["", "9440000000000000001", "85123A", "9e+05", "1E5", "A+1", "2E+", "+4912345"])
def test_whole_ids_are_left_alone(text):
    assert not looks_like_scientific(text)


def test_wraps_are_taken_off():
    assert [clean(text) for text in ("\t69", '="0012"', "'138", "\u3000x\ufeff", "'tis", "''", '=""', "'=1+1")] == [
        "69",
        "0012",
        "138",
        "x",
        "'tis",
        "''",
        "",
        "=1+1",
    ]

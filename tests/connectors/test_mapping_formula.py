"""The two little languages of a mapping."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.connectors.mapping_formula import parse_condition, parse_formula
from zhanggui.connectors.text_file_values import parse_amount
from zhanggui.connectors.unreadable import Unreadable


def compute(text: str, **row: str) -> Decimal | None:
    return parse_formula(text).build(parse_amount)(row)


def holds(text: str, row: dict[str, str]) -> bool:
    return parse_condition(text).build(parse_amount)(row)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("12 / 3 / 2", "2"),
        ("-2 * 3", "-6"),
        ("2 * -3", "-6"),
        (".5 + 1.25", "1.75"),
        ("a + b", "7.5"),
        ("a / b", "0.25"),
        ("zero(empty) + a", "1.5"),
        ("abs(-a)", "1.5"),
        ("up(10 / 3)", "3.3334"),
        ("up(a)", "1.5"),
        ("up(10 / 3) * 3 - 10", "0.0002"),
        ('"Total (USD)" * 2', "2468"),
        ("金额 / 数量", "10.5"),
        ('"the ""net""" + 1', "4"),
    ],
)
def test_formulas_compute_exactly(text, value):
    row = {"a": "1.5", "b": "6", "empty": "", "Total (USD)": "1,234", "金额": "21", "数量": "2", 'the "net"': "3"}
    assert parse_formula(text).build(parse_amount)(row) == Decimal(value)


@pytest.mark.parametrize("text", ["a + empty", "a / nought", "-empty", "abs(empty)", "empty * 0", "up(empty)"])
def test_an_empty_cell_or_a_division_by_zero_makes_it_empty(text):
    assert compute(text, a="1", empty="", nought="0") is None


def test_the_columns_of_a_formula_are_known():
    assert parse_formula('a + "b c" / zero(d) - a + 2').columns == ("a", "b c", "d")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a +", "ends too early"),
        ("", "ends too early"),
        ("(a", "ends too early"),
        ("(a b)", "lacks a closing bracket"),
        ("a b", "goes wrong at 'b'"),
        ("* a", r"goes wrong at '\*'"),
        ("a ** b", r"goes wrong at '\*'"),
        ("a; drop", "holds ';'"),
        ("a.b", r"holds '\.'"),
        ("open('x')", 'holds "\'"'),
        ("zero(a", "ends too early"),
    ],
)
def test_other_text_is_no_formula(text, says):
    with pytest.raises(Unreadable, match=says) as caught:
        parse_formula(text)
    assert caught.value.words.zh.startswith("公式 ")


@given(st.decimals("0.01", "999.99", places=2), st.integers(1, 500))
def test_a_price_rounded_up_with_its_rest_as_discount_gives_the_amount_to_the_cent(amount, quantity):
    row = {"amount": str(amount), "quantity": str(quantity)}
    price = compute("up(amount / quantity)", **row)
    discount = compute("up(amount / quantity) * quantity - amount", **row)
    assert price is not None
    assert discount is not None
    assert price * quantity - discount == amount
    assert 0 <= discount <= Decimal("0.0001") * quantity


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("n > 0", True),
        ("n >= 5", True),
        ("n < 5", False),
        ("n <= 4", False),
        ("n = 5.0", True),
        ("n <> 5", False),
        ("n != 6", True),
        ("n > -1", True),
        ("word > 0", False),
        ("word <> 0", True),
        ("empty > 0", False),
        ("empty <> 1", False),
        ("word = 'it''s'", True),
        ("word <> 'x'", True),
        ("word in ('x', 'it''s')", True),
        ("word not in ('x', 'it''s')", False),
        ("n in (5, 6)", True),
        ("word starts 'it'", True),
        ("word not starts 'it'", False),
        ("word", True),
        ("empty", False),
        ("not empty", True),
        ("not word", False),
        ("\"two words\" = 'b'", True),
        ("状态 = '已付款'", True),
        ("状态<>'已付款'", False),
    ],
)
def test_conditions_keep_what_they_say(text, is_kept):
    row = {"n": "5", "word": "it's", "empty": "", "two words": "b", "状态": "已付款"}
    assert holds(text, row) is is_kept


@pytest.mark.parametrize(
    "text", ["", "a b", "a = ", "a = b", "a in b", "a in ('x' 'y)", "a > 'x", "a like 'x'", "a and b"]
)
def test_other_text_is_no_condition(text):
    with pytest.raises(Unreadable, match="condition") as caught:
        parse_condition(text)
    assert caught.value.words.zh.startswith("条件 ")


def test_the_column_of_a_condition_is_known():
    assert parse_condition('"a b" > 0').columns == ("a b",)
    assert parse_condition("not 金额").columns == ("金额",)

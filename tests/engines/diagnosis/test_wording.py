"""What is said about a change, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Driver, Explanation
from zhanggui.engines.diagnosis.wording import OTHERS, OVERLAP, paragraph, shown, signed


def driver(en, contribution, before=1.0, after=2.0, kind="factor", unit="count", **more):
    """A driver with made-up numbers."""
    return Driver(en, kind, Words(en, f"{en}中"), unit, before, after, contribution, **more)


def told(before, after, *drivers, unit="money", **more):
    """An explanation of sales with made-up numbers."""
    given = {
        "kpi": "sales",
        "kpi_words": Words("Sales", "销售额"),
        "unit": unit,
        "better": "up",
        "currency": "GBP",
        "window": Window(date(2011, 2, 1), date(2011, 3, 1)),
        "against": Window(date(2011, 1, 4), date(2011, 2, 1)),
        "before": before,
        "after": after,
        "change": None if before is None or after is None else after - before,
        "tree": "visitors",
        "over": None,
        "drivers": drivers,
        "words": Words("-", "-"),
    }
    return paragraph(Explanation(**(given | more)))


def test_a_fall_says_from_what_to_what_by_how_much_and_when():
    words = told(
        1000.0, 900.0, driver("Visitors", -150.0, 500.0, 400.0), driver("Order value", 50.0, 20.0, 21.0, unit="money")
    )
    assert words.en == (
        "Sales fell from £1,000 to £900.00 (−£100.00, −10.0 %), 1 Feb 2011 to 28 Feb 2011 compared with "
        "4 Jan 2011 to 31 Jan 2011. What moved it most: Visitors (500 → 400) −£150.00. "
        "What worked against it: Order value (£20.00 → £21.00) +£50.00."
    )
    assert words.zh == (
        "销售额从£1,000下降到£900.00（−£100.00，−10.0%），2011年2月1日至2011年2月28日对比2011年1月4日至2011年1月31日。"
        "主要原因：Visitors中（500 → 400）−£150.00。反向作用：Order value中（£20.00 → £21.00）+£50.00。"
    )


def test_no_change_is_said_as_such():
    words = told(100.0, 100.0, driver("a", 0.0))
    assert words.en == "Sales did not change: £100.00 in 1 Feb 2011 to 28 Feb 2011 as in 4 Jan 2011 to 31 Jan 2011."
    assert "没有变化" in words.zh


def test_ups_and_downs_that_cancel_out_are_told():
    words = told(100.0, 100.0, driver("a", 5.0), driver("b", -5.0))
    assert "Underneath, ups and downs cancel out. Up: a (1 → 2) +£5.00. Down: b (1 → 2) −£5.00." in words.en
    assert "相互抵消" in words.zh


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, 5.0, "no value for 4 Jan 2011 to 31 Jan 2011,"),
        (5.0, None, "no value for 1 Feb 2011 to 28 Feb 2011,"),
        (None, None, "no value for both 4 Jan 2011 to 31 Jan 2011 and 1 Feb 2011 to 28 Feb 2011,"),
    ],
)
def test_an_unknown_side_is_named_and_nothing_is_explained(before, after, expected):
    words = told(before, after, driver("a", None))
    assert expected in words.en
    assert "What moved" not in words.en
    assert "没有数值" in words.zh


def test_a_base_of_zero_has_no_percentage():
    words = told(0.0, 5.0, driver("a", 5.0))
    assert "(+£5.00)," in words.en
    assert "%" not in words.en


def test_a_change_too_small_to_see_is_called_small():
    words = told(1000000.0, 1000001.0, driver("a", 1.0))
    assert words.en.startswith("Sales hardly changed: £1.00m (+£1.00, +0.0 %)")
    assert "几乎没有变化" in words.zh


def test_rates_change_in_points():
    words = told(0.02, 0.025, driver("mobile", 0.005, 0.02, 0.03, "rate", "rate"), unit="rate")
    assert "rose from 2.0 % to 2.5 % (+0.5 points)" in words.en
    assert "within mobile (2.0 % → 3.0 %) +0.5 points" in words.en
    assert "mobile中内部（2.0% → 3.0%）+0.5 个百分点" in words.zh


def test_shares_new_and_gone_groups_are_named_as_such():
    words = told(
        0.0, 6.0,
        driver("mobile", 3.0, 0.3, 0.45, "mix", "rate"),
        driver("tablet", 2.0, None, 7.0, "appeared", "money"),
        driver("kiosk", 1.0, 8.0, None, "vanished", "money"),
    )  # fmt: skip
    assert "share of mobile (30.0 % → 45.0 %) +£3.00" in words.en
    assert "tablet, which is new (£7.00) +£2.00" in words.en
    assert "kiosk, which is gone (£8.00) +£1.00" in words.en
    assert "mobile中的占比" in words.zh
    assert "新出现的tablet中" in words.zh
    assert "消失的kiosk中" in words.zh


def test_only_the_largest_movers_are_named():
    words = told(
        0.0, 111.0, *(driver(name, size) for name, size in zip("abcde", (50.0, 30.0, 20.0, 10.0, 1.0), strict=True))
    )
    assert all(f"{name} (" in words.en for name in "abc")
    assert "d (" not in words.en


def test_what_is_under_a_twentieth_of_the_largest_is_left_to_the_table():
    words = told(0.0, 99.0, driver("a", 100.0), driver("b", -1.0))
    assert "worked against" not in words.en


def test_gathered_groups_and_overlap_come_after_what_has_a_name():
    others = Driver("(others)", "group", OTHERS, "money", 1.0, 2.0, 60.0, others=True)
    overlap = Driver("(overlap)", "mix", OVERLAP, "rate", None, None, 50.0)
    words = told(0.0, 150.0, others, overlap, driver("a", 40.0))
    assert "most: a (1 → 2) +£40.00; all others (£1.00 → £2.00) +£60.00; counted in several groups +£50.00" in words.en


def test_nested_drivers_are_told_by_their_leaves():
    inner = driver("leaf", 10.0)
    words = told(0.0, 10.0, driver("branch", 10.0, children=(inner,)))
    assert "leaf (" in words.en
    assert "branch" not in words.en


def test_filters_and_notes_are_part_of_what_is_said():
    words = told(1.0, 2.0, driver("a", 1.0), where=(("device", "mobile"),), notes=(Words("Mind this.", "请注意。"),))
    assert words.en.startswith("Sales (device = mobile) rose")
    assert words.en.endswith(" Mind this.")
    assert words.zh.endswith("请注意。")
    assert words.zh.startswith("销售额（设备 = 手机）")


def test_small_plain_numbers_keep_three_digits():
    words = told(0.0311, 0.0364, driver("a", 0.0053, 0.5, 0.25, unit="ratio"), unit="ratio")
    assert "rose from 0.0311 to 0.0364 (+0.00530, +17.0 %)" in words.en
    assert "a (0.500 → 0.250)" in words.en
    assert shown(0.0000001, "ratio", "en", "") == "0.000000"
    assert shown(-0.25, "count", "en", "") == "−0.250"
    assert shown(0.25, "money", "en", "GBP") == "£0.25"


def test_one_day_is_written_as_one_day():
    day = Window(date(2011, 2, 3), date(2011, 2, 4))
    assert "3 Feb 2011 compared with 3 Feb 2011" in told(1.0, 2.0, window=day, against=day).en


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12.0, "count", "+12"),
        (-12345.6, "money", "−£12.3k"),
        (0.00004, "rate", "+0.00 points"),
        (-0.0004, "rate", "−0.04 points"),
        (0.0, "rate", "±0.0 points"),
        (1.5, "days", "+1.5 days"),
    ],
)
def test_contributions_carry_their_sign(value, unit, text):
    assert signed(value, unit, "en", "GBP") == text

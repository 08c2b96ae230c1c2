"""Lengths of time and moments in words, and what visitors do."""

from __future__ import annotations

import pytest
from tests.web.conftest import context_of

from zhanggui.web.acts import act_name, act_options, page_type_name
from zhanggui.web.durations import duration, milliseconds
from zhanggui.web.moments import clock, day_and_clock


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (None, "–", "–"),
        (0, "0 ms", "0毫秒"),
        (0.25, "250 ms", "250毫秒"),
        (1, "1 s", "1秒"),
        (9.96, "10 s", "10秒"),
        (59.4, "59 s", "59秒"),
        (59.6, "1 min", "1分"),
        (80, "1 min 20 s", "1分20秒"),
        (3599.6, "1 h", "1小时"),
        (7_530, "2 h 6 min", "2小时6分"),
        (86_399, "24 h", "24小时"),
        (86_400, "24 h", "24小时"),
        (172_800, "2 days", "2天"),
        (276_480, "3.2 days", "3.2天"),
        (-3, "0 ms", "0毫秒"),
    ],
)
def test_a_length_of_time_is_said_in_the_units_that_matter(seconds: float | None, en: str, zh: str) -> None:
    assert duration(seconds, context_of("today")) == en
    assert duration(seconds, context_of("today", "lang=zh")) == zh


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0, "0 ms"), (999.4, "999 ms"), (1_000, "1.00 s"), (12_340, "12.3 s")]
)
def test_load_times_are_milliseconds_or_seconds(value: float | None, text: str) -> None:
    assert milliseconds(value, context_of("today")) == text


def test_moments_are_told_by_the_clock_of_the_shop() -> None:
    context = context_of("today", shop="homeware")
    assert clock("2011-12-08T16:00:01+00:00", context, seconds=True) == "00:00:01"
    assert day_and_clock("2011-12-08T16:00:00+00:00", context) == "9 Dec 2011 00:00"
    assert day_and_clock("2011-12-08T16:00:00", context) == "8 Dec 2011 16:00"
    assert clock(None, context) == day_and_clock("", context) == "–"


def test_the_hour_that_a_summer_ends_twice_is_told_as_the_clocks_show_it() -> None:
    context = context_of("today")
    assert [clock(f"2011-10-30T0{hour}:30:00+00:00", context) for hour in (0, 1, 2)] == ["01:30", "01:30", "02:30"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("view_item", "Product view"),
        ("search?", "Search"),
        ("page:home", "Home page"),
        ("home", "Home page"),
        ("(exit)", "Left the site"),
        ("(others)", "All others"),
        ("<b>own</b>", "<b>own</b>"),
        (None, "(none)"),
        ("", "(none)"),
    ],
)
def test_acts_have_names(name: str | None, text: str) -> None:
    assert act_name(name, context_of("today")) == text


def test_a_kind_of_page_without_a_name_is_said_in_words() -> None:
    assert page_type_name(None, context_of("today")) == "(none)"
    assert page_type_name("blog", context_of("today")) == "blog"


def test_a_step_from_outside_stays_chosen() -> None:
    options = act_options("my_own_event", context_of("funnel", shop="homeware"), optional=True)
    assert [option.value for option in options if option.selected] == ["my_own_event"]
    assert len({option.value for option in options}) == len(options)

"""The global bar lives in the address and survives every round trip."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.basics.errors import DefinitionError
from zhanggui.basics.periods import Window
from zhanggui.web.state import COMPARISONS, PRESETS, THEMES, View, address, preset_window, read_frame, read_view

LAST = date(2011, 12, 8)


def read(*pairs: tuple[str, str], last: date | None = LAST) -> View:
    return read_view(pairs, last, {}, "en-GB,en;q=0.8")


def test_without_an_address_the_last_28_complete_days_are_compared_with_those_before() -> None:
    view = read()
    assert view.window == Window(date(2011, 11, 11), date(2011, 12, 9))
    assert view.other == Window(date(2011, 10, 14), date(2011, 11, 11))
    assert view.pairs() == []


def test_the_last_day_that_a_person_names_is_included() -> None:
    view = read(("from", "2011-11-01"), ("until", "2011-11-30"))
    assert view.window == Window(date(2011, 11, 1), date(2011, 12, 1))
    assert view.pairs() == [("from", "2011-11-01"), ("until", "2011-11-30")]


def test_one_end_of_the_window_is_enough() -> None:
    assert read(("from", "2011-12-01")).window == Window(date(2011, 12, 1), date(2011, 12, 9))
    assert read(("until", "2011-12-01")).window == Window(date(2011, 11, 4), date(2011, 12, 2))


@pytest.mark.parametrize(
    ("preset", "from_", "to"),
    [
        ("7d", date(2011, 12, 2), date(2011, 12, 9)),
        ("365d", date(2010, 12, 9), date(2011, 12, 9)),
        ("month", date(2011, 12, 1), date(2011, 12, 9)),
        ("last-month", date(2011, 11, 1), date(2011, 12, 1)),
        ("quarter", date(2011, 10, 1), date(2011, 12, 9)),
        ("year", date(2011, 1, 1), date(2011, 12, 9)),
        ("last-year", date(2010, 1, 1), date(2011, 1, 1)),
    ],
)
def test_presets_end_with_the_data(preset: str, from_: date, to: date) -> None:
    assert preset_window(preset, LAST) == Window(from_, to)


def test_a_month_that_the_data_complete_is_the_last_month() -> None:
    assert preset_window("last-month", date(2011, 11, 30)) == Window(date(2011, 11, 1), date(2011, 12, 1))


def test_an_empty_shop_has_no_window() -> None:
    view = read(last=None)
    assert view.window is None
    assert view.other is None
    assert view.params() == {"against": "previous"}


@pytest.mark.parametrize(
    "pairs",
    [
        [("window", "fortnight")],
        [("from", "yesterday")],
        [("from", "2011-12-05"), ("until", "2011-12-01")],
        [("against", "the-good-old-days")],
        [("where", "mobile")],
        [("where", "=mobile")],
    ],
)
def test_what_cannot_be_read_is_refused_in_words(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(DefinitionError):
        read(*pairs)


def test_a_window_without_end_in_an_empty_shop_is_refused() -> None:
    with pytest.raises(DefinitionError, match="give both"):
        read(("from", "2011-12-01"), last=None)


def test_filters_are_kept_in_order_and_once() -> None:
    view = read(("where", "country=France"), ("where", "device=mobile"), ("where", "country=France"))
    assert view.where == (("country", "France"), ("device", "mobile"))
    assert view.params()["where"] == ["country=France", "device=mobile"]
    assert view.with_where("country", "France") is view
    assert view.without("country", "France").where == (("device", "mobile"),)


def test_a_value_may_hold_an_equals_sign_or_be_empty() -> None:
    assert read(("where", "query=a=b")).where == (("query", "a=b"),)
    assert read(("where", "coupon=")).where == (("coupon", ""),)


def test_no_comparison_is_a_choice() -> None:
    view = read(("against", "none"))
    assert view.other is None
    assert "against" not in view.params()
    assert view.pairs() == [("against", "none")]


def test_any_window_can_be_compared_with() -> None:
    assert read(("against", "2010-11-01..2010-12-01")).other == Window(date(2010, 11, 1), date(2010, 12, 1))


@pytest.mark.parametrize(
    ("query", "cookies", "header", "language"),
    [
        ([("lang", "zh")], {"zg_lang": "en"}, "en", "zh"),
        ([], {"zg_lang": "zh"}, "en", "zh"),
        ([], {}, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ([], {}, "de-DE,zh;q=0.5", "en"),
        ([("lang", "tlh")], {"zg_lang": "xx"}, "", "en"),
    ],
)
def test_the_address_beats_the_cookie_and_the_cookie_the_browser(
    query: list[tuple[str, str]], cookies: dict[str, str], header: str, language: str
) -> None:
    assert read_frame(query, cookies, header).language == language


def test_a_chosen_language_stays_in_the_address_and_a_guessed_one_does_not() -> None:
    assert read(("lang", "en")).pairs() == [("lang", "en")]
    assert read_view([], LAST, {"zg_lang": "zh"}, "en").pairs() == []
    assert read().spoken(theme="dark").pairs() == [("theme", "dark")]


days = st.dates(date(2005, 1, 1), date(2030, 12, 31))


@given(
    window=st.one_of(
        st.sampled_from(PRESETS).map(lambda name: [("window", name)]),
        st.tuples(days, st.integers(0, 800)).map(
            lambda pair: [("from", str(pair[0])), ("until", str(pair[0] + timedelta(pair[1])))]
        ),
    ),
    against=st.sampled_from(COMPARISONS),
    theme=st.sampled_from(THEMES),
    where=st.lists(st.tuples(st.sampled_from(["country", "device"]), st.text(max_size=12)), max_size=3),
    last=days,
)
def test_the_address_of_a_view_gives_the_same_view(
    window: list[tuple[str, str]], against: str, theme: str, where: list[tuple[str, str]], last: date
) -> None:
    pairs = [*window, ("against", against), ("theme", theme), *(("where", f"{name}={value}") for name, value in where)]
    view = read(*pairs, last=last)
    assert read(*view.pairs(), last=last) == view


def test_addresses_are_escaped() -> None:
    assert address("/a b/today", [("where", "query=<&>")]) == "/a%20b/today?where=query%3D%3C%26%3E"
    assert address("/gifts/today", []) == "/gifts/today"

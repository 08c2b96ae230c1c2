"""Sparklines and bars stay in their box and add up."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from zhanggui.web.sparks import HEIGHT, WIDTH, bars, spark, waterfall

numbers = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 3))


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.e+-]+) (-?[\d.e+-]+)", path)]


def test_a_rising_line_goes_from_bottom_left_to_top_right() -> None:
    drawn = spark([1, 2, 3])
    assert drawn is not None
    (x0, y0), *_, (x1, y1) = points(drawn.line)
    assert x0 < x1
    assert y0 > y1
    assert drawn.last == (x1, y1)


def test_one_value_is_no_line() -> None:
    assert spark([]) is None
    assert spark([5.0]) is None
    assert spark([None, 5.0, None]) is None


def test_a_flat_line_lies_in_the_middle() -> None:
    drawn = spark([4, 4, 4])
    assert drawn is not None
    assert {y for _, y in points(drawn.line)} == {HEIGHT / 2}


def test_a_gap_is_bridged_and_the_end_is_the_last_known_point() -> None:
    drawn = spark([1, None, 3, None])
    assert drawn is not None
    assert len(points(drawn.line)) == 2
    assert drawn.last == points(drawn.line)[-1]


def test_both_lines_share_one_scale() -> None:
    drawn = spark([1, 2], [1, 9])
    assert drawn is not None
    assert min(y for _, y in points(drawn.line)) > min(y for _, y in points(drawn.other))


@given(st.lists(st.one_of(st.none(), numbers), max_size=40), st.lists(numbers, max_size=40))
def test_a_line_never_leaves_its_box(values: list[float | None], other: list[float]) -> None:
    drawn = spark(values, other)
    if drawn is None:
        assert len([value for value in values if value is not None]) < 2
        return
    for x, y in points(drawn.line):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_bars_start_at_zero() -> None:
    small, large = bars([10, 40])
    assert small is not None
    assert large is not None
    assert small.left == large.left == 0
    assert large.width == 100
    assert small.width == 25


def test_negative_bars_grow_to_the_left_of_the_axis() -> None:
    up, down = bars([30, -10])
    assert up is not None
    assert down is not None
    assert up.zero == down.zero == 25
    assert down.left == 0
    assert down.width == 25
    assert up.left == 25


def test_unknown_values_and_nothing_but_zeros_have_no_bar() -> None:
    assert bars([None, 3])[0] is None
    assert bars([0, 0]) == [None, None]
    assert bars([]) == []


def test_a_waterfall_walks_from_start_to_end() -> None:
    fall = waterfall(100, 60, [(100, -80), (20, 40)])
    down, up = fall.steps
    assert not fall.cut
    assert fall.start.left == fall.end.left == 0
    assert round(down.left + down.width, 2) == round(fall.start.width, 2)
    assert round(down.left, 2) == round(up.left, 2)
    assert round(up.left + up.width, 2) == round(fall.end.width, 2)
    assert (down.tone, up.tone) == ("bad", "good")


def test_a_fall_of_what_should_fall_is_good() -> None:
    assert waterfall(5, 4, [(5, -1)], "down").steps[0].tone == "good"
    assert waterfall(5, 4, [(5, -1)], "").steps[0].tone == "accent"


def test_small_steps_cut_the_axis_and_say_so() -> None:
    fall = waterfall(1_000_000, 1_010_000, [(1_000_000, 10_000)])
    assert fall.cut
    assert fall.steps[0].width > 30


def test_a_waterfall_through_zero_shows_the_axis() -> None:
    fall = waterfall(10, -10, [(10, -20)])
    assert not fall.cut
    assert fall.steps[0].zero == 50


@given(numbers, st.lists(numbers, max_size=8), st.sampled_from(["up", "down", ""]))
def test_a_waterfall_never_leaves_its_box(before: float, sizes: list[float], better: str) -> None:
    level, steps = before, []
    for size in sizes:
        steps.append((level, size))
        level += size
    fall = waterfall(before, level, steps, better)
    for bar in (fall.start, *fall.steps, fall.end):
        assert bar.left >= -1e-6
        assert bar.left + bar.width <= 100.5

"""Errors speak English and Chinese, on every face in the same form."""

from __future__ import annotations

import pytest

from zhanggui.basics import errors
from zhanggui.basics.errors import DataError, OutsideError, UnknownNameError, ZhangguiError, nearest
from zhanggui.basics.words import Words

KPI = Words("KPI", "指标")


def test_an_error_says_the_same_in_both_languages() -> None:
    error = DataError("The file a.csv is empty.", zh="文件 a.csv 是空的。")
    assert (error.said("en"), error.said("zh")) == ("The file a.csv is empty.", "文件 a.csv 是空的。")


def test_an_error_as_text_is_english() -> None:
    assert str(DataError("Empty.", zh="空的。")) == "Empty."


@pytest.mark.parametrize("language", ["zh", "en", "fr"])
def test_an_error_without_chinese_falls_back_to_english(language: str) -> None:
    assert DataError("Empty.").said(language) == "Empty."


def test_an_unknown_language_is_english() -> None:
    assert DataError("Empty.", zh="空的。").said("fr") == "Empty."


def test_json_is_english_unless_chinese_is_asked_for() -> None:
    error = DataError("Empty.", zh="空的。", suggestions=["b"])
    assert error.to_json() == {"error": {"kind": "data", "message": "Empty.", "suggestions": ["b"]}}
    assert error.to_json("zh")["error"]["message"] == "空的。"


def test_the_wire_carries_both_languages() -> None:
    error = DataError("Empty.", zh="空的。")
    assert error.to_wire() == {"error": {"kind": "data", "message": "Empty.", "suggestions": [], "zh": "空的。"}}


@pytest.mark.parametrize(
    "kind",
    [getattr(errors, name) for name in dir(errors) if isinstance(getattr(errors, name), type) and "Error" in name],
)
def test_every_kind_of_error_takes_chinese_and_suggestions(kind: type[ZhangguiError]) -> None:
    error = kind("No.", zh="不。", suggestions=("a",))
    assert (error.message, error.zh, error.suggestions) == ("No.", "不。", ("a",))
    assert isinstance(error, ZhangguiError)


def test_an_outside_error_says_whether_to_try_again() -> None:
    assert OutsideError("Held.", zh="被占用。", retryable=True).retryable
    assert not OutsideError("Held.").retryable


def test_a_misspelt_name_gets_the_near_ones() -> None:
    error = UnknownNameError.of(KPI, "salse", ["sales", "orders"])
    assert error.message == "No KPI is called 'salse'; did you mean sales?"
    assert error.zh == "没有叫 'salse' 的指标；是否指 sales？"
    assert error.suggestions == ("sales",)


def test_a_strange_name_gets_what_there_is() -> None:
    error = UnknownNameError.of(KPI, "zzz", ["b", "a"])
    assert error.message == "No KPI is called 'zzz'; there are: a, b."
    assert error.zh == "没有叫 'zzz' 的指标；可用的有：a、b。"


def test_a_long_list_of_names_is_cut() -> None:
    error = UnknownNameError.of(KPI, "zzz", [f"n{number:02}" for number in range(13)])
    assert error.message.endswith("n11 ....")
    assert error.zh.endswith("n11 等。")
    assert "n12" not in error.message + error.zh


def test_where_there_are_no_names_the_error_says_so() -> None:
    error = UnknownNameError.of(KPI, "zzz", [])
    assert error.message == "No KPI is called 'zzz'; there are none."
    assert error.zh == "没有叫 'zzz' 的指标；目前一个也没有。"


def test_a_latin_word_inside_chinese_is_set_off_by_a_space() -> None:
    what = Words("dimension of aov", "aov 的维度")
    assert UnknownNameError.of(what, "x", []).zh.startswith("没有叫 'x' 的 aov 的维度；")


def test_names_are_near_whatever_their_case() -> None:
    assert nearest("SALES", ["sales"]) == ("sales",)
    assert nearest("sale", ["sales", "wholesale"]) == ("sales", "wholesale")
    assert nearest("", ["sales"]) == ()

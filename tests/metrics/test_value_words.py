"""Words for values: all that the product defines, in both languages, and nothing else."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.metrics import DIMENSIONS, value_inside, value_of_words, value_words, vocabulary
from zhanggui.metrics.value_words import NAMES, SHARED, SPECIAL
from zhanggui.shop import TABLES
from zhanggui.shop.channels import group_words

DATA = tomllib.loads(files("zhanggui.metrics").joinpath("values.toml").read_text(encoding="utf-8"))
KINDS = sorted({*DATA, *DATA[SHARED], "channel_group"} - {SHARED})
ALL = [(kind, value) for kind in KINDS for value in vocabulary(kind)]
CHOICES = [
    ("event", "events", "event"),
    ("page_type", "events", "page_type"),
    ("landing_page_type", "sessions", "landing_page_type"),
    ("order_status", "orders", "status"),
    ("payment_status", "payments", "status"),
]


@pytest.mark.parametrize(("kind", "value"), ALL)
def test_every_value_has_words_in_both_languages(kind: str, value: str) -> None:
    words = value_words(kind, value)
    assert re.search(r"[\u3400-\u9fff]", words.zh)
    assert not re.search(r"[\u3400-\u9fff]", words.en)
    assert words.en.strip() == words.en
    assert words.zh.strip() == words.zh


@pytest.mark.parametrize("kind", KINDS)
def test_two_values_are_never_called_the_same(kind: str) -> None:
    for language in ("en", "zh"):
        called = [words[language].casefold() for words in {**vocabulary(SPECIAL), **vocabulary(kind)}.values()]
        assert len(called) == len(set(called))


@pytest.mark.parametrize(("kind", "table", "column"), CHOICES)
def test_every_choice_of_the_shop_model_has_words(kind: str, table: str, column: str) -> None:
    assert set(TABLES[table].column(column).choices) == set(vocabulary(kind)) - {"session_start"}


def test_every_kind_of_device_that_is_recognised_has_words() -> None:
    agents = tomllib.loads(files("zhanggui.engines.collection").joinpath("agents.toml").read_text(encoding="utf-8"))
    assert {entry["name"] for entry in agents["device"]} | {"bot"} <= set(vocabulary("device"))


def test_channel_groups_have_the_words_that_stand_beside_their_rules() -> None:
    assert vocabulary("channel_group") == group_words()


def test_every_weekday_has_a_name_by_number_and_by_text() -> None:
    assert [value_words("weekday", day).zh[-1] for day in range(1, 8)] == list("一二三四五六日")
    assert value_words("weekday", "7").en == "Sunday"


@pytest.mark.parametrize("dimension", [*DIMENSIONS, "category_4"])
@pytest.mark.parametrize("missing", [None, "", " "])
def test_a_missing_value_is_said_in_words(dimension: str, missing: str | None) -> None:
    assert value_words(dimension, missing).to_json() == {"en": "(none)", "zh": "（无）"}


@pytest.mark.parametrize("dimension", sorted(set(DIMENSIONS) - {*KINDS, *DATA[SHARED]}))
def test_what_shops_name_keeps_its_name(dimension: str) -> None:
    for name in ("mobile", "new", "home", "purchase", "1"):
        assert value_words(dimension, name).to_json() == {"en": name, "zh": name}


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_any_other_value_stays_as_it_is(text: str) -> None:
    if text not in {value for _, value in ALL}:
        assert value_words("device", text).en == value_inside("device", text).zh == text
        assert value_of_words("brand", text) == text or text.startswith(("(", "（")) or text in SAID


SAID = {words[language] for words in vocabulary(SPECIAL).values() for language in ("en", "zh")}


@pytest.mark.parametrize(("kind", "value"), ALL)
def test_what_people_call_a_value_leads_back_to_it(kind: str, value: str) -> None:
    words = value_words(kind, value)
    assert value_of_words(kind, value) == value_of_words(kind, words.zh) == value
    assert value_of_words(kind, words.en) == value_of_words(kind, words.en.upper()) == value


@pytest.mark.parametrize(("kind", "value"), ALL)
def test_inside_a_sentence_only_names_and_abbreviations_keep_their_capital(kind: str, value: str) -> None:
    words, inside = value_words(kind, value), value_inside(kind, value)
    assert inside.zh == words.zh
    assert inside.en[1:] == words.en[1:]
    assert (inside.en == words.en) == (kind in NAMES or not words.en[:1].isupper() or words.en[1:2].isupper())


def test_a_name_keeps_its_capital_inside_a_sentence() -> None:
    assert value_inside("brand", "Pie").en == "Pie"
    assert value_inside("device", "Mobile").en == "Mobile"

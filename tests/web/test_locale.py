"""Every text of the cockpit exists in both languages, and every text that is asked for exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import zhanggui.web
from zhanggui.web.cockpit import all_pages
from zhanggui.web.locale import messages

WEB = Path(zhanggui.web.__file__).parent
EN, ZH = messages("en"), messages("zh")
PLACE = re.compile(r"\{(\w+)\}")
COMPUTED = re.compile(r"\bt(?:\.get)?\(\s*f[\"']([\w.-]+)\.")


def asked() -> set[str]:
    """Keys that code and templates ask for by a fixed name."""
    found: set[str] = set()
    for path in WEB.rglob("*.html"):
        found |= set(re.findall(r"\bt\('([\w.-]+)'", path.read_text(encoding="utf-8")))
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _is_t(node.func) and node.args:
                found |= _fixed(node.args[0])
    return found


def _is_t(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "t") or (
        isinstance(function, ast.Attribute) and function.attr == "t"
    )


def _fixed(argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.Constant):
        return {str(argument.value)}
    if isinstance(argument, ast.IfExp):
        return _fixed(argument.body) | _fixed(argument.orelse)
    return set()


def test_both_languages_have_the_same_keys() -> None:
    assert set(EN.texts) == set(ZH.texts)


@pytest.mark.parametrize("key", sorted(EN.texts))
def test_both_languages_fill_the_same_places(key: str) -> None:
    assert set(PLACE.findall(EN.texts[key])) == set(PLACE.findall(ZH.texts[key]))
    assert EN.texts[key].strip()
    assert ZH.texts[key].strip()


def test_every_text_that_is_asked_for_exists() -> None:
    assert len(asked()) > 80
    assert asked() <= set(EN.texts)


def test_every_group_of_computed_keys_exists() -> None:
    groups = {key.rsplit(".", 1)[0] for key in EN.texts}
    for path in WEB.rglob("*.py"):
        for group in COMPUTED.findall(path.read_text(encoding="utf-8")):
            assert group in groups, f"{path.name} asks for {group}.*"


def test_no_text_is_kept_that_nobody_asks_for() -> None:
    computed = {group for path in WEB.rglob("*.py") for group in COMPUTED.findall(path.read_text(encoding="utf-8"))} | {
        "next",
        "driver",
        "error",
        "change",
        "event",
        "act",
    }
    wanted = asked()
    unused = {key for key in EN.texts if key not in wanted and key.rsplit(".", 1)[0] not in computed}
    quoted = " ".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.py"))
    assert {key for key in unused if f'"{key}"' not in quoted} == set()


def test_chinese_texts_are_chinese() -> None:
    latin = {key for key, text in ZH.texts.items() if not re.search(r"[\u3000-\u9fff]", text)}
    assert latin <= {
        "change.none",
        "download.csv",
        "download.xlsx",
        "unit.rate",
        "data.of",
        "how.sql",
        "time.two",
        "funnel.segment_label",
    }


def test_an_unknown_text_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        EN("no.such.text")
    assert EN.get("no.such.text", "else") == "else"


@pytest.mark.parametrize("page", all_pages().values(), ids=lambda page: page.path)
def test_every_page_has_words_in_both_languages(page: object) -> None:
    assert page.words["en"] != page.words["zh"]  # type: ignore[attr-defined]


def test_letters_of_pages_are_unique() -> None:
    keys = [page.key for page in all_pages().values() if page.key]
    assert len(keys) == len(set(keys))

"""Every error of the tree says its sentence in Chinese as well."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "zhanggui"
CHINESE = re.compile("[\u4e00-\u9fff]")
TREE = {
    "ActionRefused",
    "DataError",
    "DefinitionError",
    "NotMeasurable",
    "OutsideError",
    "UnknownNameError",
    "ZhangguiError",
}


def _kinds(trees: list[ast.Module]) -> set[str]:
    """The classes of the tree and those derived from them anywhere."""
    known = set(TREE)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id in known for b in node.bases):
                known.add(node.name)
    return known


def _texts(node: ast.expr) -> str | None:
    """The fixed text of a literal or f-string; None where the text is made elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        fixed = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
        # What is put in may bring the Chinese words: f"{path}：{error.zh}".
        made = any(isinstance(part, ast.FormattedValue) and "zh" in ast.unparse(part) for part in node.values)
        return None if made else "".join(fixed)
    return None


def faults(tree: ast.Module, kinds: set[str]) -> Iterator[str]:
    """What is wrong with the errors that are made in ``tree``: line and class."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in kinds:
            continue
        zh = next((word.value for word in node.keywords if word.arg == "zh"), None)
        if zh is None:
            yield f"line {node.lineno}: {node.func.id} without zh="
            continue
        text = _texts(zh)
        if text is not None and not CHINESE.search(text):
            yield f"line {node.lineno}: the zh= of {node.func.id} holds no Chinese"


def test_every_error_is_made_in_both_languages() -> None:
    files = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SRC.rglob("*.py"))}
    kinds = _kinds(list(files.values()))
    found = [f"{path.relative_to(SRC)} {fault}" for path, tree in files.items() for fault in faults(tree, kinds)]
    assert not found, "say it in Chinese too: " + "; ".join(found)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("raise DataError('Empty.')", True),
        ("raise DataError('Empty.', suggestions=near) from error", True),
        ("raise DataError('Empty.', zh='')", True),
        ("raise DataError('Empty.', zh='Empty.')", True),
        ("raise DataError(f'{a} is empty.', zh=f'{a} .')", True),
        ("def made():\n    return OutsideError('Full.', retryable=True)", True),
        ("raise DataError('Empty.', zh='空的。')", False),
        ("raise DataError(f'{a} is empty.', zh=f'{a} 是空的。')", False),
        ("raise DataError(f'{key}: {error}', zh=f'{key}：{error.zh}')", False),
        ("raise DataError(words.en, zh=words.zh)", False),
        ("raise UnknownNameError.of(Words('KPI', '指标'), name, known)", False),
        ("raise", False),
        ("raise error", False),
        ("raise refusal(path) from error", False),
        ("raise KeyError('Empty.')", False),
    ],
)
def test_the_rule_finds_english_only_errors(code: str, wrong: bool) -> None:
    assert bool(list(faults(ast.parse(code), TREE))) is wrong


def test_the_rule_knows_classes_that_are_derived_from_the_tree() -> None:
    assert "UsageError" in _kinds([ast.parse("class UsageError(ZhangguiError): ...")])

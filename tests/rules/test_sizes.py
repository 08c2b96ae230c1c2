"""Small files with one noun each, small functions, no vague folders."""

from __future__ import annotations

import ast
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src" / "zhanggui"
FILES = sorted(SRC.rglob("*.py"))
MOST_LINES = 400
MOST_FUNCTION_LINES = 40
VAGUE = {"utils", "util", "common", "core", "helpers", "helper", "manager", "managers", "misc", "base"}


def _trees() -> list[tuple[Path, str, ast.Module]]:
    texts = [(path, path.read_text(encoding="utf-8")) for path in FILES]
    return [(path, text, ast.parse(text)) for path, text in texts]


def test_files_and_functions_are_small() -> None:
    big = []
    for path, text, tree in _trees():
        name = path.relative_to(SRC)
        if len(text.splitlines()) > MOST_LINES:
            big.append(f"{name} has {len(text.splitlines())} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
                if size > MOST_FUNCTION_LINES:
                    big.append(f"{name}: {node.name}() has {size} lines")
    assert not big, "split: " + "; ".join(big)


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return (first.end_lineno or first.lineno) - first.lineno + 1
    return 0


def test_no_folder_or_file_has_a_vague_name() -> None:
    vague = [path for path in [*FILES, *(p for p in SRC.rglob("*") if p.is_dir())] if path.stem in VAGUE]
    assert not vague


def test_everything_public_is_documented() -> None:
    silent = []
    for path, _, tree in _trees():
        name = path.relative_to(SRC)
        if not ast.get_docstring(tree):
            silent.append(str(name))
        public = (
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
        )
        silent += [f"{name}: {node.name}" for node in public if not ast.get_docstring(node)]
    assert not silent, "say what it is: " + "; ".join(silent)

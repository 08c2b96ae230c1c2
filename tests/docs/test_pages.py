"""Every command of the handbook, the tutorial and the how-to pages runs, and prints what the page shows.

A block of ```console holds lines ``$ zhanggui ...`` and below each what it prints; a line ``...`` stands
for any lines. ``ZHANGGUI_UPDATE_DOCS=1`` writes the real output into the pages; what is left out stays out.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)
PAGES = [
    path
    for folder in ("handbook", "tutorial", "how-to", "explanation")
    for path in sorted((ROOT / "docs" / folder).glob("*.md"))
    if "```console" in path.read_text(encoding="utf-8")
]


def _run(command: str, folder: Path, language: str) -> str:
    words = shlex.split(command)
    assert words[0] == "zhanggui", f"a page runs zhanggui only, not {words[0]!r}"
    environment = {**os.environ, "COLUMNS": "110", "ZHANGGUI_LANG": language, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "zhanggui.app.main", *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _steady(text: str) -> str:
    """The text without what differs from run to run: seconds, and the rest of a line's white space."""
    text = re.sub(r"\d+(\.\d+)? ?(s|秒)\b", "N s", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _matches(shown: str, printed: str) -> bool:
    lines = [r"(?:.*\n)*?.*" if line == "..." else re.escape(line) for line in _steady(shown).split("\n")]
    return re.fullmatch("\n".join(lines), _steady(printed)) is not None


def _commands(block: str) -> list[tuple[str, str]]:
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1] if "\n" in part else "") for part in parts]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_page_shows_what_its_commands_print(page: Path, example_shops: Path) -> None:
    language = "zh" if page.name.endswith(".zh.md") else "en"
    text = page.read_text(encoding="utf-8")
    update = bool(os.environ.get("ZHANGGUI_UPDATE_DOCS"))

    def renew(block: re.Match[str]) -> str:
        parts = []
        for command, shown in _commands(block[2]):
            printed = _run(command, example_shops, language)
            if not update:
                assert _matches(shown, printed), f"{page.name}: $ {command}\nshows\n{shown}\nprints\n{printed}"
            parts.append(f"$ {command}\n{_shortened(shown, _steady_end(printed))}\n")
        return block[1] + "\n".join(parts) + block[3]

    renewed = BLOCK.sub(renew, text)
    if update:
        page.write_text(renewed, encoding="utf-8")


def _steady_end(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _shortened(shown: str, printed: str) -> str:
    """``printed`` without the lines for which ``...`` stands in ``shown``; whole where a part of it is not found.

    The first part is at the top, the last one at the end, any other is found by its first line (a table's title).
    """
    parts: list[list[str]] = [[]]
    for line in shown.strip().splitlines():
        parts.append([]) if line == "..." else parts[-1].append(line)
    lines, kept = printed.splitlines(), []
    for place, part in enumerate(parts):
        title = next(filter(None, part), None)
        if place == 0 or title is None:
            start = 0
        elif place == len(parts) - 1:
            start = len(lines) - len(part)
        elif title in lines:
            start = lines.index(title) - part.index(title)
        else:
            return printed
        kept += ["...", *lines[start : start + len(part)]] if place else lines[: len(part)]
    return "\n".join(kept) if len(parts) > 1 else printed


def test_every_chapter_of_the_handbook_is_in_both_languages() -> None:
    english = {path.name.removesuffix(".md") for path in (ROOT / "docs" / "handbook").glob("*.md")}
    assert {name.removesuffix(".zh") for name in english} == {name for name in english if not name.endswith(".zh")}
    assert all(f"{name}.zh" in english for name in english if not name.endswith(".zh"))


PRINTED = "a  b\n-  -\n1  2\n\nTable\nc\n3\n4\n\nSaid at the end."


@pytest.mark.parametrize(
    ("shown", "matches"),
    [
        (PRINTED, True),
        ("a  b\n-  -\n...\n\nSaid at the end.", True),
        ("...\n\nTable\nc\n3\n...", True),
        ("a  b\n-  -\n...\n\nSaid elsewhere.", False),
        ("...\n\nTable\nc\n4\n...", False),
    ],
)
def test_lines_may_be_left_out_but_not_changed(shown: str, matches: bool) -> None:
    assert _matches(shown, PRINTED) is matches


@pytest.mark.parametrize(
    ("shown", "renewed"),
    [
        ("old", PRINTED),
        ("a  b\n-  -\n...\n\nSaid before.", "a  b\n-  -\n...\n\nSaid at the end."),
        ("...\n\nTable\nold\n9\n...", "...\n\nTable\nc\n3\n..."),
        ("...\n\nGone\nold\n...", PRINTED),
    ],
)
def test_a_renewed_page_leaves_out_what_it_left_out(shown: str, renewed: str) -> None:
    assert _shortened(shown, PRINTED) == renewed
    assert _matches(renewed, PRINTED)

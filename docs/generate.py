"""Writes the generated pages: KPI catalogue, shop model, sources, commands, and the name lists of the glossary.

python docs/generate.py            writes them
python docs/generate.py --check    says which are not up to date, and fails
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from zhanggui.connectors.source import sources
from zhanggui.loop.verbs import verbs
from zhanggui.metrics import DIMENSIONS, Kpi, all_needs, load_catalogue
from zhanggui.shop import TABLES

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
BETTER = {"en": {"up": "up", "down": "down", "": "neither"}, "zh": {"up": "越高越好", "down": "越低越好", "": "无方向"}}
HELP_PYTHON = (3, 11)  # help texts are laid out differently by other versions
HEAD = {
    "en": "<!-- Written by docs/generate.py; change the source, not this page. -->\n",
    "zh": "<!-- 由 docs/generate.py 生成；请修改来源而非本页。 -->\n",
}


def kpis(language: str) -> str:
    """The KPI catalogue: words, formula, unit, needs and source of every KPI that is shown."""
    catalogue = load_catalogue()
    shown = sorted((kpi for kpi in catalogue.values() if not kpi.hidden), key=lambda kpi: (kpi.area, kpi.name))
    title = {"en": "# KPI catalogue", "zh": "# 指标目录"}[language]
    parts = [HEAD[language], title, ""]
    for area, group in groupby(shown, key=lambda kpi: kpi.area):
        parts += [f"## {area}", ""]
        for kpi in group:
            parts += _kpi(kpi, catalogue, language)
    return "\n".join(parts)


def _kpi(kpi: Kpi, catalogue: dict[str, Kpi], language: str) -> list[str]:
    labels = {
        "en": ("Formula", "Unit", "better", "Needs", "Source"),
        "zh": ("公式", "单位", "方向", "需要", "来源"),
    }[language]
    needs = ", ".join(
        f"`{need}`".replace("|", "` or `" if language == "en" else "` 或 `") for need in all_needs(kpi, catalogue)
    )
    return [
        f"### {kpi.name} · {kpi.words[language]}",
        "",
        kpi.doc[language],
        "",
        f"- {labels[0]}: `{kpi.shown}`",
        f"- {labels[1]}: {kpi.unit}; {labels[2]}: {BETTER[language][kpi.better]}",
        f"- {labels[3]}: {needs}",
        f"- {labels[4]}: {kpi.source}",
        "",
    ]


def shop_model(language: str) -> str:
    """Every table of the shop model with its columns."""
    title = {"en": "# Shop model", "zh": "# 店铺数据模型"}[language]
    parts = [HEAD[language], title, ""]
    header = {"en": "| column | kind | required | meaning |", "zh": "| 列 | 类型 | 必填 | 含义 |"}[language]
    for table in TABLES.values():
        parts += [f"## {table.name} · {table.words[language]}", "", table.doc[language], ""]
        parts += [f"{'Key' if language == 'en' else '主键'}: {', '.join(f'`{name}`' for name in table.key)}", ""]
        parts += [header, "|---|---|---|---|"]
        for column in table.columns:
            choices = f" ({', '.join(column.choices)})" if column.choices else ""
            unit = f" [{column.unit}]" if column.unit else ""
            required = ("yes" if language == "en" else "是") if column.required else ""
            parts.append(f"| `{column.name}` | {column.kind} | {required} | {column.doc[language]}{unit}{choices} |")
        parts.append("")
    return "\n".join(parts)


def source_list(language: str) -> str:
    """What can be imported, and where the export comes from."""
    title = {"en": "# Sources", "zh": "# 数据来源"}[language]
    parts = [HEAD[language], title, ""]
    for key, source in sorted(sources().items()):
        parts += [f"## {key} · {source.words[language]}", "", source.doc[language], ""]
        parts += [
            ("Tables" if language == "en" else "数据表") + ": " + ", ".join(f"`{name}`" for name in source.tables),
            "",
        ]
    return "\n".join(parts)


def commands(language: str) -> str:
    """Every command of ``zhanggui`` with its own help."""
    title = {"en": "# Commands", "zh": "# 命令"}[language]
    parts = [HEAD[language], title, ""]
    for name in [*verbs(), "serve", "demo"]:
        parts += [f"## zhanggui {name}", "", "```text", _help(name, language), "```", ""]
    return "\n".join(parts)


def _help(name: str, language: str) -> str:
    environment = {"COLUMNS": "110", "ZHANGGUI_LANG": language, "PATH": "", "PYTHONUTF8": "1"}
    done = subprocess.run(  # noqa: S603 -- our own command, fixed words
        [sys.executable, "-m", "zhanggui.app.main", name, "--help"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rstrip()


def glossary_names() -> str:
    """Tables, KPIs and dimensions in both languages, for GLOSSARY.md."""
    parts: list[str] = []
    catalogue = load_catalogue()
    shown = (kpi for kpi in catalogue.values() if not kpi.hidden)
    lists: Iterable[tuple[str, Iterable[tuple[str, str, str]]]] = (
        ("KPIs 指标", ((kpi.name, kpi.words.en, kpi.words.zh) for kpi in shown)),
        ("Dimensions 维度", ((each.name, each.words.en, each.words.zh) for each in DIMENSIONS.values())),
        ("Tables 数据表", ((each.name, each.words.en, each.words.zh) for each in TABLES.values())),
    )
    for title, rows in lists:
        parts += [f"### {title}", "", "| name | English | 中文 |", "|---|---|---|"]
        parts += [f"| `{name}` | {en} | {zh} |" for name, en, zh in rows]
        parts.append("")
    return "\n".join(parts)


def pages() -> dict[Path, str]:
    """Every generated page and its text."""
    makers: dict[str, Callable[[str], str]] = {
        "kpis": kpis,
        "shop-model": shop_model,
        "sources": source_list,
        "commands": commands,
    }
    found = {}
    for name, make in makers.items():
        for language, suffix in (("en", ""), ("zh", ".zh")):
            found[REFERENCE / f"{name}{suffix}.md"] = make(language).rstrip() + "\n"
    glossary = ROOT / "GLOSSARY.md"
    text = glossary.read_text(encoding="utf-8")
    start, end = "<!-- names -->", "<!-- /names -->"
    before, after = text.split(start)[0], text.split(end)[1]
    found[glossary] = f"{before}{start}\n{glossary_names().rstrip()}\n{end}{after}"
    return found


def main() -> int:
    """Write the pages, or with ``--check`` name those that differ."""
    stale = []
    for path, text in pages().items():
        if path.name.startswith("commands") and sys.version_info[:2] != HELP_PYTHON:
            continue
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print(("Not up to date (make docs): " if "--check" in sys.argv else "Written: ") + ", ".join(stale))  # noqa: T201
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())

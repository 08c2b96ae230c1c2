"""The SQL of every KPI on every engine, as it was read and found right.

A change of the compiler shows here as a change of text, for a person to read. When it is right:
``ZHANGGUI_UPDATE_GOLDEN=1 python -m pytest tests/golden`` writes the files anew.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
import sqlglot

from zhanggui.basics.periods import Window
from zhanggui.metrics.catalogue import load_catalogue
from zhanggui.metrics.compile import View
from zhanggui.metrics.definition import Kpi
from zhanggui.metrics.dialects import DIALECTS
from zhanggui.metrics.known import dimensions
from zhanggui.metrics.portable import compiled

HERE = Path(__file__).parent
UPDATE = os.environ.get("ZHANGGUI_UPDATE_GOLDEN") == "1"
CATALOGUE = load_catalogue()
WINDOW = Window(date(2026, 3, 1), date(2026, 3, 8))
ZONE = "Asia/Shanghai"
SHOWN = ("category", "campaign", "page_type", "country")
"""The dimension beside the day: the first of these that the KPI has; the hardest come first."""


def text_of(kpi: Kpi, dialect: str) -> str:
    """The whole snapshot: ungrouped, then by day and a dimension."""
    known = dimensions(kpi, CATALOGUE)
    dimension = next((name for name in SHOWN if name in known), None)
    by = ("day", "category_1" if dimension == "category" else dimension) if dimension else ("day",)
    parts = [f"-- {kpi.name} of {WINDOW.from_} to {WINDOW.to} in {ZONE}"]
    for title, dims in (("in total", ()), ("by " + " and ".join(by), by)):
        statements = compiled(kpi, CATALOGUE, View(dims, (), WINDOW), dialect, ZONE)
        parts += [f"\n-- {title}", ";\n\n".join(statements) + ";"]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", CATALOGUE)
def test_the_sql_is_the_one_that_was_reviewed(name: str, dialect: str) -> None:
    path = HERE / dialect / f"{name}.sql"
    found = text_of(CATALOGUE[name], dialect)
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.is_file(), f"{path.name} is missing for {dialect}; read the new SQL, then update the snapshots"
    assert path.read_text(encoding="utf-8") == found


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_snapshot_is_left_of_a_kpi_that_is_gone(dialect: str) -> None:
    assert {path.stem for path in (HERE / dialect).glob("*.sql")} == set(CATALOGUE)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_snapshot_is_sql_of_its_engine(dialect: str) -> None:
    for path in sorted((HERE / dialect).glob("*.sql")):
        assert sqlglot.parse(path.read_text(encoding="utf-8"), read=dialect), path.name

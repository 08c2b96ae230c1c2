"""Measure every promise and write the results page: ``python -m benchmarks [--scale 1.0] [NAME...]``.

With names only those run, and the rows of the others stay as they were measured.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import benchmarks
from benchmarks.measures import Measure

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "benchmarks.md"


def main() -> int:
    """Run the benchmarks and print each figure beside its limit; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="benchmarks to run (all)")
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is the promised size; smaller to try")
    asked = parser.parse_args()
    found: list[tuple[str, Measure]] = []
    for info in pkgutil.iter_modules(benchmarks.__path__):
        module = importlib.import_module(f"benchmarks.{info.name}")
        if not hasattr(module, "measure") or (asked.names and info.name not in asked.names):
            continue
        for each in module.measure(asked.scale):
            print(
                f"{info.name:22} {each.promise:52} {each.value:8.2f} {each.unit:4} (limit {each.limit:g})", flush=True
            )
            found.append((info.name, each))
    if asked.scale == 1.0:
        PAGE.write_text(_page(_kept_rows(asked.names), found), encoding="utf-8")
    return 0 if all(each.kept for _, each in found) else 1


def _kept_rows(names: list[str]) -> list[str]:
    """Rows of earlier runs, when only some benchmarks run now."""
    if not names or not PAGE.exists():
        return []
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [line for line in rows[1:] if line.split(" | ")[0].removeprefix("| ") not in names]


def _page(kept: list[str], found: list[tuple[str, Measure]]) -> str:
    day = datetime.now(UTC).date().isoformat()
    fresh = [
        f"| {name} | {each.promise} | {each.value:.2f} {each.unit} | {each.limit:g} {each.unit} | "
        f"{'yes' if each.kept else '**no**'} | {day} | {each.note} |"
        for name, each in found
    ]
    rows = sorted([*kept, *fresh], key=lambda row: row.split(" | ")[0])
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured with `make bench`: {platform.machine()}, 2 cores, Python {platform.python_version()}.",
            "Ratios compare two ways of doing the same in one run, in turns. "
            "Shared machines are noisy: single seconds may differ by a third.",
            "",
            "| benchmark | promise | measured | limit | kept | day | note |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())

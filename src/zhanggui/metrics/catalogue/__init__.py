"""The KPI catalogue: one TOML file per KPI, in a folder per area; a shop's own files go through the same door."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.words import Words
from zhanggui.metrics.definition import WINDOW_DAYS, Kpi, read_kpi

HERE = Path(__file__).parent


def load_catalogue(extra: Path | None = None) -> dict[str, Kpi]:
    """All KPIs by name: the built-in ones and those of the folder ``extra`` (``<shop>/metrics``).

    Raises:
        DefinitionError: a file is wrong, a name is taken twice, or a formula names no KPI or itself.
    """
    if extra is None or not extra.is_dir():
        return _built_in()
    return _checked(dict(_built_in()), _read_folder(extra, "own"))


@lru_cache(maxsize=1)
def _built_in() -> dict[str, Kpi]:
    found: list[Kpi] = []
    for area in sorted(path for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("_")):
        found += _read_folder(area, area.name)
    return _checked({}, found)


def _read_folder(folder: Path, area: str) -> list[Kpi]:
    return [read_kpi(path, area) for path in sorted(folder.glob("*.toml"))]


def _checked(catalogue: dict[str, Kpi], more: list[Kpi]) -> dict[str, Kpi]:
    for kpi in more:
        if kpi.name in catalogue:
            raise DefinitionError(
                f"{kpi.path}: KPI {kpi.name!r} exists already in {catalogue[kpi.name].path}.",
                zh=f"{kpi.path}：指标 {kpi.name!r} 已在 {catalogue[kpi.name].path} 中定义。",
            )
        catalogue[kpi.name] = kpi
    for kpi in more:
        _check_references(kpi, catalogue, ())
    return catalogue


def _check_references(kpi: Kpi, catalogue: dict[str, Kpi], above: tuple[str, ...]) -> None:
    if kpi.name in above:
        raise DefinitionError(
            f"{kpi.path}: the formula of {kpi.name!r} leads back to itself: {' -> '.join(above)}.",
            zh=f"{kpi.path}：{kpi.name!r} 的公式绕回了自身：{' -> '.join(above)}。",
        )
    for name in kpi.refers:
        if name not in catalogue:
            raise UnknownNameError.of(
                Words(f"KPI (used in {kpi.path})", f"（{kpi.path} 中用到的）指标"), name, {*catalogue, WINDOW_DAYS}
            )
        _check_references(catalogue[name], catalogue, (*above, kpi.name))


def leaves(kpi: Kpi, catalogue: dict[str, Kpi]) -> tuple[Kpi, ...]:
    """The KPIs with aggregates of their own that ``kpi`` is computed from, itself included if it has some."""
    found = {kpi.name: kpi} if kpi.aggregates else {}
    for name in kpi.refers:
        found |= {each.name: each for each in leaves(catalogue[name], catalogue)}
    return tuple(found.values())


def is_additive(kpi: Kpi, catalogue: dict[str, Kpi]) -> bool:
    """True when the KPI of the whole is the sum of the KPI of the parts."""
    if kpi.aggregates:
        return kpi.own_additive
    plain = not any(sign in kpi.formula for sign in "*/") and WINDOW_DAYS not in kpi.formula
    return plain and all(is_additive(catalogue[name], catalogue) for name in kpi.refers)

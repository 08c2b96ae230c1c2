"""The KPI catalogue: one TOML file per KPI, in a folder per area; a shop's own files go through the same door."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.words import Words
from zhanggui.metrics.definition import WINDOW_DAYS, Kpi, read_kpi

HERE = Path(__file__).parent


class Catalogue(dict[str, Kpi]):
    """KPIs by name; a file is read and checked when its KPI is first asked for, so that one question reads few.

    Raises:
        DefinitionError: on access: the file is wrong, or a formula names no KPI or leads back to itself.
    """

    def __init__(self, files: Mapping[str, tuple[Path, str]]) -> None:
        super().__init__()
        self._files = dict(files)

    def __missing__(self, name: str) -> Kpi:
        path, area = self._files[name]
        kpi = read_kpi(path, area)
        self[name] = kpi
        _check_references(kpi, self, ())
        return kpi

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """All names, read or not."""
        return self._files.keys()

    def values(self) -> list[Kpi]:  # type: ignore[override]
        """All KPIs; reads every file that was not read yet."""
        return [self[name] for name in self._files]

    def items(self) -> list[tuple[str, Kpi]]:  # type: ignore[override]
        """All names with their KPIs; reads every file that was not read yet."""
        return [(name, self[name]) for name in self._files]

    def get(self, name: str, default: Any = None) -> Any:
        """The KPI, or ``default``."""
        return self[name] if name in self._files else default

    def __or__(self, other: Mapping[str, Kpi]) -> dict[str, Kpi]:  # type: ignore[override]
        return {**self, **other}


def load_catalogue(extra: Path | None = None) -> dict[str, Kpi]:
    """All KPIs by name: the built-in ones and those of the folder ``extra`` (``<shop>/metrics``).

    Raises:
        DefinitionError: a name is taken twice, or a file is wrong (built-in ones are read when asked for).
    """
    if extra is None or not extra.is_dir():
        return _built_in()
    return _checked(dict(_built_in()), [read_kpi(path, "own") for path in sorted(extra.glob("*.toml"))])


@lru_cache(maxsize=1)
def _built_in() -> Catalogue:
    files: dict[str, tuple[Path, str]] = {}
    for path in sorted(HERE.glob("*/*.toml")):
        if path.stem in files:
            raise DefinitionError(
                f"{path}: KPI {path.stem!r} exists already in {files[path.stem][0]}.",
                zh=f"{path}：指标 {path.stem!r} 已在 {files[path.stem][0]} 中定义。",
            )
        files[path.stem] = (path, path.parent.name)
    return Catalogue(files)


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


def uses_days(kpi: Kpi, catalogue: dict[str, Kpi]) -> bool:
    """True when the KPI's number depends on how many days are looked at."""
    return WINDOW_DAYS in kpi.formula or any(uses_days(catalogue[name], catalogue) for name in kpi.refers)

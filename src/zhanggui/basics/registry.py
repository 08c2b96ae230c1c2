"""One file adds one thing: find every module of a folder and take the one object it declares."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

from zhanggui.basics.errors import DefinitionError

T = TypeVar("T")


def discover(package: ModuleType, kind: type[T], *, group: str | None = None) -> dict[str, T]:
    """The objects of ``kind`` that the modules of ``package`` declare, by file name.

    Each module must declare exactly one object of ``kind``; its key is the file name with
    dashes for underscores. Installed packages add theirs through the entry point ``group``,
    through the same door.

    Raises:
        DefinitionError: a module declares none or several, or a key is taken twice.
    """
    found: dict[str, T] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found[info.name.replace("_", "-")] = _only(module, kind)
    if not group:
        return found
    from importlib.metadata import entry_points  # 30 ms that help and completion need not pay

    for point in entry_points(group=group):
        if point.name in found:
            raise DefinitionError(
                f"{point.value}: {kind.__name__} {point.name!r} exists already; choose another name.",
                zh=f"{point.value}：{kind.__name__} {point.name!r} 已存在；请换个名称。",
            )
        thing = point.load()
        if not isinstance(thing, kind):
            raise DefinitionError(
                f"{point.value}: expected a {kind.__name__}, found {type(thing).__name__}.",
                zh=f"{point.value}：应为 {kind.__name__}，实际是 {type(thing).__name__}。",
            )
        found[point.name] = thing
    return found


def _only(module: ModuleType, kind: type[T]) -> T:
    things = [value for name, value in vars(module).items() if isinstance(value, kind) and not name.startswith("_")]
    if len(things) != 1:
        raise DefinitionError(
            f"{module.__name__}: expected exactly one {kind.__name__}, found {len(things)}.",
            zh=f"{module.__name__}：应恰好有一个 {kind.__name__}，实际有 {len(things)} 个。",
        )
    return things[0]

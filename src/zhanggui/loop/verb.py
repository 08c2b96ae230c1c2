"""What a verb is: one thing the product can do, described once for every face.

A spec is light: reading it imports neither the warehouse nor the web framework. The
implementation is imported inside ``run``, when the verb is called.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.periods import parse_day
from zhanggui.basics.words import Words

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop

ParamKind = Literal["text", "day", "moment", "count", "number", "flag", "path", "filter"]
ShopNeed = Literal["required", "optional", "option", "none"]
Run = Callable[["OpenShop | None", Any, "Progress"], "Result"]

PHASES: dict[str, Words] = {
    "collect": Words("Collect: shops, imports, data", "收集：店铺、导入、数据"),
    "measure": Words("Measure: KPIs", "度量：指标"),
    "diagnose": Words("Diagnose: what moved", "诊断：变化原因"),
    "run": Words("Run: the cockpit", "运行：驾驶舱"),
}


@dataclass(frozen=True)
class Param:
    """One parameter of a verb as the faces see it.

    ``name`` is the field of the dataclass (``from_``), ``key`` what a person writes (``from``).
    """

    name: str
    key: str
    words: Words
    kind: ParamKind
    required: bool
    repeated: bool
    positional: bool
    choices: tuple[str, ...]
    metavar: str
    default: Any

    def parse(self, raw: Any) -> Any:
        """``raw`` (text, JSON value or already typed) as the type of this parameter.

        Raises:
            DefinitionError: not a value of that kind.
        """
        if not self.repeated:
            return self._one(raw)
        many = [raw] if isinstance(raw, str | Path) else list(raw) if isinstance(raw, Sequence) else [raw]
        values = tuple(self._one(item) for item in many)
        if self.required and not values:
            raise DefinitionError(f"{self.key} needs at least one value.", zh=f"{self.key} 至少需要一个值。")
        return values

    def _one(self, raw: Any) -> Any:
        if raw is None:
            return None
        value = _PARSERS[self.kind](raw, self.key)
        if self.choices and value not in self.choices:
            raise UnknownNameError.of(Words(self.key, self.key), str(value), self.choices)
        return value


def param(
    en: str,
    zh: str,
    *,
    kind: ParamKind = "text",
    default: Any = dataclasses.MISSING,
    **more: Any,
) -> Any:
    """A field of a parameter dataclass. Without ``default`` it is required.

    ``more``: repeated, positional (flags), choices (tuple of text), metavar.
    """
    repeated = bool(more.pop("repeated", False))
    metadata = {"words": Words(en, zh), "kind": kind, "repeated": repeated, **more}
    if default is dataclasses.MISSING and (repeated and not more.get("positional")):
        default = ()
    return field(default=default, metadata=metadata)


def params_of(kind: type) -> tuple[Param, ...]:
    """The parameters that a dataclass made of :func:`param` fields declares, in order."""
    found = []
    for item in dataclasses.fields(kind):
        meta = item.metadata
        key = item.name.rstrip("_")
        found.append(
            Param(
                name=item.name,
                key=key,
                words=meta["words"],
                kind=meta["kind"],
                required=item.default is dataclasses.MISSING,
                repeated=meta["repeated"],
                positional=bool(meta.get("positional")),
                choices=tuple(meta.get("choices", ())),
                metavar=meta.get("metavar", key.upper().replace("_", "-")),
                default=None if item.default is dataclasses.MISSING else item.default,
            )
        )
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What a person calls by name: its words, its parameters and an example.

    ``takes`` is a dataclass made of :func:`param` fields. ``shop`` says whether a shop is named
    first (required, optional), by an option (option) or not at all (none).
    """

    name: str
    phase: str
    words: Words
    doc: Words
    takes: type
    example: str
    shop: ShopNeed = "required"

    @property
    def params(self) -> tuple[Param, ...]:
        """The parameters, in the order of the dataclass."""
        return params_of(self.takes)

    def parse(self, raw: Mapping[str, Any]) -> Any:
        """``raw`` values by key (``from`` or ``from_``) as an instance of ``takes``.

        Raises:
            DefinitionError: a value is missing or of the wrong kind.
            UnknownNameError: a parameter that does not exist.
        """
        params = self.params
        by_key = {item.key: item for item in params} | {item.name: item for item in params}
        values: dict[str, Any] = {}
        for key, value in raw.items():
            item = by_key.get(key) or by_key.get(key.replace("-", "_"))
            if item is None:
                raise UnknownNameError.of(
                    Words(f"parameter of {self.name}", f"{self.name} 的参数"), key, [one.key for one in params]
                )
            if value is not None:
                values[item.name] = item.parse(value)
        missing = [item.key for item in params if item.required and item.name not in values]
        if missing:
            raise DefinitionError(
                f"{self.name} needs {', '.join(missing)}.", zh=f"{self.name} 缺少 {', '.join(missing)}。"
            )
        return self.takes(**values)


@dataclass(frozen=True, kw_only=True)
class Verb(Spec):
    """One thing the product can do, on every face.

    ``gives`` is the JSON schema of the result. ``run`` gets the opened shop (None where none is
    needed or given), the parameters and a progress callback. Verbs that ``write`` are POST over
    HTTP and run one at a time per shop; an answer that a server ``keeps`` holds until the next write.
    """

    gives: Mapping[str, Any]
    run: Run
    writes: bool = False
    keeps: bool = True


def _text(raw: Any, key: str) -> str:
    if isinstance(raw, bool | dict | list):
        raise DefinitionError(f"{key}: expected text, found {raw!r}.", zh=f"{key}：应为文本，实际是 {raw!r}。")
    text = str(raw)
    if "\0" in text:
        raise DefinitionError(f"{key}: text may not hold a NUL character.", zh=f"{key}：文本中不能有 NUL 字符。")
    return text


def _day(raw: Any, key: str) -> date:
    if isinstance(raw, str | date) and not isinstance(raw, datetime):
        try:
            return parse_day(raw)
        except DefinitionError as error:
            raise DefinitionError(f"{key}: {error.message}", zh=f"{key}：{error.said('zh')}") from error
    raise DefinitionError(
        f"{key}: expected a day such as 2011-01-31, found {raw!r}.",
        zh=f"{key}：应为日期，例如 2011-01-31，实际是 {raw!r}。",
    )


def _moment(raw: Any, key: str) -> datetime:
    if isinstance(raw, datetime):
        return raw
    try:
        return datetime.fromisoformat(str(raw).strip())
    except ValueError as error:
        raise DefinitionError(
            f"{key}: {raw!r} is no time; write it as 2011-01-31T18:00+08:00.",
            zh=f"{key}：{raw!r} 不是时间；请写成 2011-01-31T18:00+08:00 的形式。",
        ) from error


def _count(raw: Any, key: str) -> int:
    try:
        value = int(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else None
    except ValueError:
        value = None
    if value is None or value < 0 or value > 2**53:
        raise DefinitionError(
            f"{key}: expected a whole number from 0, found {raw!r}.", zh=f"{key}：应为不小于 0 的整数，实际是 {raw!r}。"
        )
    return value


def _number(raw: Any, key: str) -> float:
    try:
        value = float(raw)
    except (TypeError, ValueError):
        value = float("nan")
    if isinstance(raw, bool) or not math.isfinite(value):
        raise DefinitionError(f"{key}: expected a number, found {raw!r}.", zh=f"{key}：应为数字，实际是 {raw!r}。")
    return value


def _flag(raw: Any, key: str) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().lower()
    if text in {"true", "yes", "1", "on"}:
        return True
    if text in {"false", "no", "0", "off", ""}:
        return False
    raise DefinitionError(
        f"{key}: expected true or false, found {raw!r}.", zh=f"{key}：应为 true 或 false，实际是 {raw!r}。"
    )


def _path(raw: Any, key: str) -> Path:
    text = _text(raw, key)
    if not text.strip():
        raise DefinitionError(f"{key}: the path is empty.", zh=f"{key}：路径是空的。")
    return Path(text)


def _filter(raw: Any, key: str) -> tuple[str, str]:
    if isinstance(raw, list | tuple) and len(raw) == 2:
        return _text(raw[0], key), _text(raw[1], key)
    dimension, sign, value = str(raw).partition("=")
    if not sign or not dimension.strip():
        raise DefinitionError(
            f"{key}: {raw!r} is no filter; write it as DIM=VALUE, for example country=France.",
            zh=f"{key}：{raw!r} 不是筛选条件；请写成 DIM=VALUE，例如 country=France。",
        )
    return dimension.strip(), value


_PARSERS: dict[str, Callable[[Any, str], Any]] = {
    "text": _text,
    "day": _day,
    "moment": _moment,
    "count": _count,
    "number": _number,
    "flag": _flag,
    "path": _path,
    "filter": _filter,
}

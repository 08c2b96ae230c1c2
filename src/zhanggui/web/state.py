"""What the global bar holds, read from and written to the address of the page.

``window`` (a preset), or ``from`` and ``until`` (the last day, included, as people say it);
``against``; any number of ``where=DIM=VALUE``; ``lang``; ``theme``. What equals the default is
left out, so addresses stay short and can be sent as links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from zhanggui.basics.errors import DefinitionError
from zhanggui.basics.periods import Window, bucket_after, bucket_start, comparison, parse_day
from zhanggui.basics.words import LANGUAGES

PRESETS = ("7d", "28d", "90d", "365d", "month", "last-month", "quarter", "year", "last-year")
DEFAULT_PRESET = "28d"
COMPARISONS = ("previous", "last-year", "last-year-weekday", "none")
DEFAULT_COMPARISON = "previous"
THEMES = ("auto", "light", "dark")
BAR_KEYS = frozenset({"window", "from", "until", "against", "where", "lang", "theme", "add_dim", "add_value"})


@dataclass(frozen=True)
class View:
    """The state of the global bar; ``window`` is None while the shop has no data."""

    language: str = "en"
    theme: str = "auto"
    preset: str = DEFAULT_PRESET
    window: Window | None = None
    against: str = DEFAULT_COMPARISON
    where: tuple[tuple[str, str], ...] = ()
    said: frozenset[str] = frozenset()

    @property
    def other(self) -> Window | None:
        """The window compared with, or None."""
        if self.window is None or self.against == "none":
            return None
        return comparison(self.window, self.against)

    def params(self) -> dict[str, Any]:
        """The bar as parameters of a verb: from, to, against, where."""
        found: dict[str, Any] = {}
        if self.window is not None:
            found |= {"from": self.window.from_.isoformat(), "to": self.window.to.isoformat()}
        if self.against != "none":
            found["against"] = self.against
        if self.where:
            found["where"] = [f"{name}={value}" for name, value in self.where]
        return found

    def pairs(self) -> list[tuple[str, str]]:
        """The bar as query pairs, defaults left out."""
        found: list[tuple[str, str]] = []
        if self.preset == "custom" and self.window is not None:
            found += [("from", self.window.from_.isoformat()), ("until", _until(self.window).isoformat())]
        elif self.preset != DEFAULT_PRESET:
            found.append(("window", self.preset))
        if self.against != DEFAULT_COMPARISON:
            found.append(("against", self.against))
        found += [("where", f"{name}={value}") for name, value in self.where]
        found += [(name, getattr(self, long)) for name, long in (("lang", "language"), ("theme", "theme"))
                  if name in self.said]  # fmt: skip
        return found

    def with_preset(self, preset: str, last_day: date | None) -> View:
        """The same view over another preset window."""
        return replace(self, preset=preset, window=preset_window(preset, last_day))

    def with_where(self, name: str, value: str) -> View:
        """One more filter (the same one twice counts once)."""
        if (name, value) in self.where:
            return self
        return replace(self, where=(*self.where, (name, value)))

    def without(self, name: str, value: str) -> View:
        """One filter less."""
        return replace(self, where=tuple(pair for pair in self.where if pair != (name, value)))

    def spoken(self, **changes: str) -> View:
        """The view with ``language`` or ``theme`` chosen, kept in the address from now on."""
        names = {"language": "lang", "theme": "theme"}
        return replace(self, **changes, said=self.said | {names[key] for key in changes})  # type: ignore[arg-type]


def _until(window: Window) -> date:
    return window.to - timedelta(1)


def preset_window(preset: str, last_day: date | None) -> Window | None:
    """The window of a preset that ends with the data's ``last_day``.

    Raises:
        DefinitionError: no such preset.
    """
    if preset not in PRESETS:
        raise DefinitionError(
            f"{preset!r} is no window; use {', '.join(PRESETS)}, or from and until.",
            zh=f"{preset!r} 不是时间段；可用 {', '.join(PRESETS)}，或给出 from 与 until。",
        )
    if last_day is None:
        return None
    end = last_day + timedelta(1)
    if preset.endswith("d"):
        return Window(end - timedelta(int(preset[:-1])), end)
    if preset in ("month", "quarter", "year"):
        return Window(bucket_start(last_day, preset), end)
    grain = preset.removeprefix("last-")
    this = bucket_start(last_day, grain)
    whole = bucket_after(this, grain) == end
    if whole:  # the data end with the bucket: it is complete, so it is the last one
        return Window(this, end)
    return Window(bucket_start(this - timedelta(1), grain), this)


def read_view(
    query: Sequence[tuple[str, str]], last_day: date | None, cookies: Mapping[str, str], accepted: str
) -> View:
    """The view that the address asks for; ``accepted`` is the browser's Accept-Language.

    Raises:
        DefinitionError: a window, comparison or filter that cannot be read.
    """
    one = dict(query)
    view = read_frame(query, cookies, accepted)
    preset = one.get("window", DEFAULT_PRESET)
    window = preset_window(preset, last_day)
    if one.get("from") or one.get("until"):
        preset, window = "custom", _custom(one, last_day)
    against = one.get("against") or DEFAULT_COMPARISON
    if window is not None and against != "none":
        comparison(window, against)
    where = tuple(dict.fromkeys(_filter(value) for key, value in query if key == "where"))
    return replace(view, preset=preset, window=window, against=against, where=where)


def read_frame(query: Sequence[tuple[str, str]], cookies: Mapping[str, str], accepted: str) -> View:
    """Language and theme only; never fails, so that an error page can be shown in them."""
    one = dict(query)
    said = frozenset(key for key, known in (("lang", LANGUAGES), ("theme", THEMES)) if one.get(key) in known)
    language = next((value for value in (one.get("lang"), cookies.get("zg_lang")) if value in LANGUAGES), None)
    theme = next((value for value in (one.get("theme"), cookies.get("zg_theme")) if value in THEMES), None)
    return View(language=language or _accepted(accepted), theme=theme or "auto", said=said)


def _accepted(header: str) -> str:
    first = header.partition(",")[0].strip().lower()
    return "zh" if first.startswith("zh") else "en"


def _custom(one: Mapping[str, str], last_day: date | None) -> Window:
    until = parse_day(one["until"]) if one.get("until") else last_day
    if until is None:
        raise DefinitionError(
            "The window has no end and the shop has no data yet; give both from and until.",
            zh="时间段没有结束日，而店铺还没有数据；请同时给出 from 与 until。",
        )
    from_ = parse_day(one["from"]) if one.get("from") else until - timedelta(27)
    if from_ > until:
        raise DefinitionError(
            f"The window starts on {from_} but ends on {until}; choose a first day before the last.",
            zh=f"时间段从 {from_} 开始，却在 {until} 结束；请让第一天早于最后一天。",
        )
    return Window(from_, until + timedelta(1))


def _filter(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise DefinitionError(
            f"{text!r} is no filter; write it as where=device=mobile.",
            zh=f"{text!r} 不是筛选条件；请写成 where=device=mobile 的形式。",
        )
    return name, value


def address(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    """``path?query``, escaped; the path alone when there is no query."""
    safe = quote(path, safe="/")
    return f"{safe}?{urlencode(list(pairs))}" if pairs else safe

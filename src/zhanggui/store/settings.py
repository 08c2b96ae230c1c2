"""What a shop is called, its currency and time zone, and the folders it watches: ``shop.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import DataError, DefinitionError, OutsideError
from zhanggui.basics.periods import zone
from zhanggui.store.toml_text import toml_text, write_whole

SETTINGS_FILE = "shop.toml"
MOST_SESSION_MINUTES = 24 * 60


@dataclass(frozen=True)
class WatchedFolder:
    """A folder whose new files are imported with ``source`` while the server runs."""

    source: str
    folder: str


@dataclass(frozen=True)
class Settings:
    """The settings of a shop.

    Units:
        ``currency`` ISO 4217 code, ``timezone`` IANA name, ``country`` ISO 3166 code or "".
        ``attribution`` is shown on every page (licence of example data). ``session_minutes`` of
        inactivity end a session that no platform gave.
    """

    name: str
    currency: str
    timezone: str
    country: str = ""
    simulated: bool = False
    attribution: str = ""
    watched: tuple[WatchedFolder, ...] = ()
    session_minutes: int = 30

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DefinitionError("A shop needs a name; give one with --name.", zh="店铺需要名称；请用 --name 给出。")
        code = self.currency
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise DefinitionError(
                f"{code!r} is no currency; use three capital letters such as CNY, GBP or USD.",
                zh=f"{code!r} 不是货币代码；请用三个大写字母，例如 CNY、GBP 或 USD。",
            )
        zone(self.timezone)
        if not 1 <= self.session_minutes <= MOST_SESSION_MINUTES:
            raise DefinitionError(
                f"session_minutes is {self.session_minutes}; use 1 to {MOST_SESSION_MINUTES}.",
                zh=f"session_minutes 为 {self.session_minutes}；请用 1 到 {MOST_SESSION_MINUTES}。",
            )


def read_settings(folder: Path) -> Settings:
    """The settings in ``folder``.

    Raises:
        DataError: no settings there, or they cannot be understood.
    """
    path = folder / SETTINGS_FILE
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"{folder} is no shop: it has no {SETTINGS_FILE}. Make one: zhanggui init {folder}",
            zh=f"{folder} 不是店铺：其中没有 {SETTINGS_FILE}。请新建：zhanggui init {folder}",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} cannot be understood: {error}. Correct the file by hand.",
            zh=f"{path} 无法理解：{error}。请手工改正该文件。",
        ) from error
    except OSError as error:
        raise OutsideError(
            f"{path} cannot be read: {error.strerror}.", zh=f"{path} 无法读取：{error.strerror}。"
        ) from error
    return _settings(values, path)


def write_settings(folder: Path, settings: Settings) -> None:
    """Keep ``settings`` in ``folder``, whole or not at all; settings of other owners in the file stay.

    Raises:
        OutsideError: the folder cannot be written.
    """
    path = folder / SETTINGS_FILE
    try:
        kept = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        ours: dict[str, Any] = {
            "name": settings.name,
            "currency": settings.currency,
            "timezone": settings.timezone,
            "country": settings.country,
            "simulated": settings.simulated,
            "attribution": settings.attribution,
            "watched": [{"source": item.source, "folder": item.folder} for item in settings.watched],
            "session_minutes": settings.session_minutes,
        }
        write_whole(path, toml_text({**kept, **ours}))
    except OSError as error:
        raise OutsideError(
            f"{path} cannot be written: {error.strerror}. Check the rights and the free space of the folder.",
            zh=f"{path} 无法写入：{error.strerror}。请检查该文件夹的权限和剩余空间。",
        ) from error


def _settings(values: dict[str, Any], path: Path) -> Settings:
    try:
        return Settings(
            name=_text(values, "name"),
            currency=_text(values, "currency"),
            timezone=_text(values, "timezone"),
            country=str(values.get("country", "")),
            simulated=bool(values.get("simulated", False)),
            attribution=str(values.get("attribution", "")),
            watched=tuple(WatchedFolder(_text(w, "source"), _text(w, "folder")) for w in values.get("watched", [])),
            session_minutes=_minutes(values),
        )
    except DefinitionError as error:
        raise DataError(f"{path}: {error.message}", zh=f"{path}：{error.said('zh')}") from error


def _minutes(values: dict[str, Any]) -> int:
    value = values.get("session_minutes", 30)
    if not isinstance(value, int) or isinstance(value, bool):
        raise DefinitionError(
            f"session_minutes is {value!r}; write a whole number of minutes.",
            zh=f"session_minutes 为 {value!r}；请写整数分钟数。",
        )
    return value


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str):
        raise DefinitionError(f"the setting {key!r} is missing or no text.", zh=f"设置 {key!r} 缺失或不是文本。")
    return value

"""Settings come back as they were written, and bad ones are refused in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from zhanggui.basics.errors import DataError, DefinitionError
from zhanggui.store.settings import Settings, WatchedFolder, read_settings, write_settings
from zhanggui.store.toml_text import toml_text

ODD = Settings(
    name='礼品 "Ünïcode" \\ 🎁 \x7f\n',
    currency="CNY",
    timezone="Asia/Shanghai",
    country="CN",
    simulated=True,
    attribution="Daqing Chen, CC BY 4.0",
    watched=(WatchedFolder("tables", "/data/in"), WatchedFolder("shopify", "C:\\exports")),
)


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_settings(tmp_path, ODD)
    assert read_settings(tmp_path) == ODD


def test_settings_that_another_part_keeps_in_the_file_stay(tmp_path: Path) -> None:
    write_settings(tmp_path, ODD)
    path = tmp_path / "shop.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[mail]\nhost = "localhost"\nport = 25\n', encoding="utf-8")
    write_settings(tmp_path, replace(ODD, name="New"))
    assert 'host = "localhost"' in path.read_text(encoding="utf-8")
    assert read_settings(tmp_path).name == "New"


def test_no_half_file_is_left_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        toml_text({"odd": object()})
    write_settings(tmp_path, ODD)
    assert [path.name for path in tmp_path.iterdir()] == ["shop.toml"]


@pytest.mark.parametrize("currency", ["", "gbp", "GB", "POUND", "£££"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(DefinitionError, match="currency"):
        Settings("Shop", currency, "UTC")


@pytest.mark.parametrize("timezone", ["", "Mars/Olympus", "../etc/passwd", "GMT+25"])
def test_a_time_zone_must_exist(timezone: str) -> None:
    with pytest.raises(DefinitionError, match="time zone"):
        Settings("Shop", "GBP", timezone)


def test_a_shop_needs_a_name() -> None:
    with pytest.raises(DefinitionError, match="name"):
        Settings("  ", "GBP", "UTC")


def test_a_folder_without_settings_is_no_shop(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="zhanggui init"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    "text", ["name = ", "name = 5\ncurrency='GBP'\ntimezone='UTC'", "name='x'", b"\xff\xfe", "watched = [{}]"]
)
def test_settings_that_cannot_be_understood_name_the_file(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "shop.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError, match=r"shop\.toml"):
        read_settings(tmp_path)


def test_toml_keys_and_values_of_every_kind_are_written() -> None:
    values = {"a b": True, "n": 3, "f": 1.5, "list": ["x", 2], "t": {"deep": {"x": "y"}}, "l": [{"a": 1}, {"a": 2}]}
    import tomllib

    assert tomllib.loads(toml_text(values)) == values

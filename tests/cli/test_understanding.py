"""Command lines: understood, or refused with the next step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zhanggui.app.commands import COMMANDS
from zhanggui.cli.usage import UsageError, manners_of, overview, understand
from zhanggui.loop.verb import Spec
from zhanggui.loop.verbs import verbs

SPECS: dict[str, Spec] = {**verbs(), **{name: command.spec for name, command in COMMANDS.items()}}


def _asked(line: str, language: str = "en") -> object:
    return understand(line.split(), SPECS, language, "1.2.3")


def test_options_and_names_may_be_mixed() -> None:
    line = "kpi shop sales --by day orders --from 2026-03-01 --where country=FR aov --where country=CN"
    asked = understand(line.split(), SPECS, "en", "1")
    assert asked.command == "kpi"
    assert asked.shop == Path("shop")
    assert asked.params.name == ("sales", "orders", "aov")
    assert asked.params.by == ("day",)
    assert asked.params.from_ == date(2026, 3, 1)
    assert asked.params.where == (("country", "FR"), ("country", "CN"))


def test_format_and_language_may_stand_anywhere() -> None:
    for line in ("--format json kpi shop sales", "kpi --format json shop sales", "kpi shop sales --format=json"):
        asked = understand(line.split(), SPECS, "en", "1")
        assert asked.params.name == ("sales",)
        assert manners_of(line.split(), {}).format == "json"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("kpi", "SHOP, NAME"),
        ("kpi shop", "NAME"),
        ("kip shop sales", "did you mean kpi"),
        ("kpi shop sales --form 2026-03-01", "--form"),
        ("kpi shop sales --from 2026-02-30", "is not a day"),
        ("kpi shop sales --top many", "whole number"),
        ("kpi shop sales --top -1", "top"),
        ("kpi shop sales --where country", "DIM=VALUE"),
        ("kpi shop sales --to-date decade", "week"),
        ("kpi shop sales --format yaml", "yaml"),
        ("import shop", "SOURCE"),
        ("import shop tables x --received-at noon", "is no time"),
        ("import shop simulated --scale big", "expected a number"),
        ("init shop --name X", "--currency"),
        ("serve", "SHOP"),
        ("trees", "KPI"),
        ("batches shop extra", "extra"),
        ("--formt", "--formt"),
    ],
)
def test_a_wrong_command_line_is_refused_with_what_is_wrong(line: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        _asked(line)


def test_near_commands_are_suggested() -> None:
    with pytest.raises(UsageError) as caught:
        _asked("imprt shop tables x.csv")
    assert caught.value.suggestions == ("import",)


def test_optional_shops_are_named_first_or_by_option() -> None:
    assert understand(["catalogue"], SPECS, "en", "1").shop is None
    assert understand(["catalogue", "shop"], SPECS, "en", "1").shop == Path("shop")
    assert understand(["trees", "sales"], SPECS, "en", "1").shop is None
    assert understand(["trees", "sales", "--shop", "shop"], SPECS, "en", "1").shop == Path("shop")


@pytest.mark.parametrize("name", list(SPECS))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_has_help_in_both_languages(name: str, language: str) -> None:
    told = understand([name, "--help"], SPECS, language, "1").says
    spec = SPECS[name]
    assert spec.doc[language].split()[0] in told
    assert spec.example.split()[1] in told
    for item in spec.params:
        assert item.metavar in told or f"--{item.key.replace('_', '-')}" in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_overview_lists_every_command(language: str) -> None:
    told = overview(SPECS, language)
    for name, spec in SPECS.items():
        assert name in told
        assert spec.words[language] in told


def test_the_version_is_told() -> None:
    assert understand(["--version"], SPECS, "en", "1.2.3").says == "zhanggui 1.2.3\n"


@pytest.mark.parametrize(
    ("argv", "environ", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "de_DE.UTF-8", "ZHANGGUI_LANG": "zh"}, "zh"),
        (["kpi", "--language", "en"], {"ZHANGGUI_LANG": "zh"}, "en"),
        (["--language=zh"], {}, "zh"),
        ([], {"ZHANGGUI_LANG": "fr", "LANG": "zh_TW"}, "zh"),
        (["--language", "fr"], {}, "en"),
    ],
)
def test_the_language_is_that_of_option_environment_or_locale(
    argv: list[str], environ: dict[str, str], language: str
) -> None:
    assert manners_of(argv, environ).language == language

"""From words on a command line to a command and its typed parameters."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from zhanggui.basics.errors import UnknownNameError, ZhangguiError
from zhanggui.basics.words import LANGUAGES, Words
from zhanggui.cli.complaints import in_chinese
from zhanggui.loop.verb import PHASES, Param, Spec

FORMATS = ("table", "json", "csv")
SHOP_WORDS = Words("shop folder", "店铺文件夹")
OPTIONS = {
    "format": Words("table (default), json (one document) or csv", "输出格式：table（默认）、json（一个文档）或 csv"),
    "language": Words("language of words and numbers: en or zh", "语言：en 或 zh"),
    "help": Words("show this help", "显示帮助"),
    "version": Words("show the version", "显示版本"),
}
HEADINGS = {
    "usage": Words("usage: ", "用法："),
    "arguments": Words("arguments", "参数"),
    "options": Words("options", "选项"),
    "example": Words("example", "示例"),
    "intro": Words(
        "掌柜 zhanggui: what an online shop's manager needs to know, from the shop's own exports.",
        "掌柜 zhanggui：用店铺自己导出的数据，告诉电商掌柜需要知道的一切。",
    ),
    "more": Words("zhanggui COMMAND --help shows more.", "zhanggui 命令 --help 查看详情。"),
}


class UsageError(ZhangguiError):
    """The command line cannot be understood; the command ends with exit code 2."""

    kind = "usage"


@dataclass(frozen=True)
class Asked:
    """A command line, understood. ``command`` is None when only help or the version was asked for (``says``)."""

    command: str | None
    shop: Path | None
    params: Any
    says: str = ""


@dataclass(frozen=True)
class Manners:
    """How to answer: ``format`` is one of FORMATS, ``language`` en or zh."""

    format: str
    language: str


def manners_of(argv: Sequence[str], environ: Mapping[str, str]) -> Manners:
    """The format and language asked for, read before anything else so that errors keep to them."""
    language = _option(argv, "language") or _language_of(environ)
    form = _option(argv, "format") or "table"
    return Manners(form if form in FORMATS else "table", language if language in LANGUAGES else "en")


def understand(argv: Sequence[str], specs: Mapping[str, Spec], language: str, version: str) -> Asked:
    """What ``argv`` (without the program's name) asks for.

    Raises:
        UsageError: it cannot be understood.
    """
    name, rest = _command(argv)
    if name is None:
        if "--version" in argv:
            return Asked(None, None, None, f"zhanggui {version}\n")
        if not {"-h", "--help"} & set(argv) and argv:
            _parser(None, language).parse_args(list(argv))
        return Asked(None, None, None, overview(specs, language))
    if name not in specs:
        error = UnknownNameError.of(Words("command", "命令"), name, specs)
        raise UsageError(
            f"{error.message} zhanggui --help lists them.",
            zh=f"{error.zh}zhanggui --help 列出全部命令。",
            suggestions=error.suggestions,
        )
    spec = specs[name]
    parser = _parser(spec, language)
    if {"-h", "--help"} & set(rest):
        return Asked(None, None, None, parser.format_help())
    values = vars(parser.parse_intermixed_args(rest))
    shop = values.pop("shop_", None)
    for option in ("format", "language"):
        values.pop(option)
    try:
        params = spec.parse({key: value for key, value in values.items() if value not in (None, [], ())})
    except ZhangguiError as error:
        raise UsageError(error.message, zh=error.zh, suggestions=error.suggestions) from error
    return Asked(name, Path(shop) if shop else None, params)


def overview(specs: Mapping[str, Spec], language: str) -> str:
    """The help of the whole command, by the phases of the loop."""
    lines = [f"{HEADINGS['usage'][language]}zhanggui COMMAND ...", "", HEADINGS["intro"][language], ""]
    for phase, words in PHASES.items():
        mine = [spec for spec in specs.values() if spec.phase == phase]
        if mine:
            lines += [f"{words[language]}", *(f"  {spec.name:<14} {spec.words[language]}" for spec in mine), ""]
    lines.append(f"{HEADINGS['options'][language]}")
    for option in ("format", "language", "help", "version"):
        lines.append(f"  --{option:<12} {OPTIONS[option][language]}")
    return "\n".join([*lines, "", HEADINGS["more"][language], ""])


def _command(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """The first word that is no option nor the value of one, and everything else."""
    skip = False
    for place, word in enumerate(argv):
        if skip:
            skip = False
        elif word in ("--format", "--language"):
            skip = True
        elif not word.startswith("-"):
            return word, [*argv[:place], *argv[place + 1 :]]
    return None, list(argv)


def _option(argv: Sequence[str], name: str) -> str | None:
    found = None
    for place, word in enumerate(argv):
        if word == f"--{name}" and place + 1 < len(argv):
            found = argv[place + 1]
        elif word.startswith(f"--{name}="):
            found = word.partition("=")[2]
    return found


def _language_of(environ: Mapping[str, str]) -> str:
    said = environ.get("ZHANGGUI_LANG", "")
    if said[:2].lower() in LANGUAGES:
        return said[:2].lower()
    places = (environ.get(key, "") for key in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next((place for place in places if place), "").lower().startswith("zh") else "en"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(
            f"{message}. {self.prog} --help shows how.",
            zh=f"{in_chinese(message)}。{self.prog} --help 查看用法。",
        )


class _Layout(argparse.RawDescriptionHelpFormatter):
    language = "en"

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=min(int(os.environ.get("COLUMNS") or 100), 120))

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, prefix if prefix is not None else HEADINGS["usage"][self.language])


class _Chinese(_Layout):
    language = "zh"


def _parser(spec: Spec | None, language: str) -> _Parser:
    parser = _Parser(
        prog=f"zhanggui {spec.name}" if spec else "zhanggui",
        description=spec.doc[language] if spec else None,
        epilog=f"{HEADINGS['example'][language]}: {spec.example}" if spec else None,
        formatter_class=_Chinese if language == "zh" else _Layout,
        add_help=False,
        allow_abbrev=False,
    )
    parser._positionals.title = HEADINGS["arguments"][language]
    parser._optionals.title = HEADINGS["options"][language]
    if spec:
        _add_shop(parser, spec, language)
        for param in spec.params:
            _add(parser, param, language)
    parser.add_argument("-h", "--help", action="store_true", default=argparse.SUPPRESS, help=OPTIONS["help"][language])
    parser.add_argument("--format", choices=FORMATS, default="table", help=OPTIONS["format"][language])
    parser.add_argument("--language", choices=LANGUAGES, help=OPTIONS["language"][language])
    return parser


def _add_shop(parser: _Parser, spec: Spec, language: str) -> None:
    words = SHOP_WORDS[language]
    if spec.shop == "required":
        parser.add_argument("shop_", metavar="SHOP", help=words)
    elif spec.shop == "optional":
        parser.add_argument("shop_", metavar="SHOP", nargs="?", help=words)
    elif spec.shop == "option":
        parser.add_argument("--shop", dest="shop_", metavar="SHOP", help=words)


def _add(parser: _Parser, param: Param, language: str) -> None:
    words = param.words[language].replace("%", "%%")
    flag = f"--{param.key.replace('_', '-')}"
    if param.positional:
        nargs = ("+" if param.required else "*") if param.repeated else (None if param.required else "?")
        parser.add_argument(param.name, metavar=param.metavar, nargs=nargs, help=words)
    elif param.kind == "flag":
        parser.add_argument(flag, dest=param.name, action="store_const", const=True, help=words)
    elif param.repeated:
        parser.add_argument(flag, dest=param.name, metavar=param.metavar, action="append", help=words)
    else:
        parser.add_argument(flag, dest=param.name, metavar=param.metavar, required=param.required, help=words)

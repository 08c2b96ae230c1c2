"""Run one command line: understand it, ask, show the answer, end with the right exit code.

Exit codes: 0 done; 1 refused (bad data, unknown name, not measurable, a guard said no);
2 wrong usage; 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import ZhangguiError
from zhanggui.basics.progress import Progress, Stopped
from zhanggui.basics.words import Words
from zhanggui.cli.bar import Bar
from zhanggui.cli.show import as_json, shown
from zhanggui.cli.usage import Manners, UsageError, manners_of, understand
from zhanggui.loop.failures import as_error
from zhanggui.loop.result import Result
from zhanggui.loop.verb import Spec, Verb
from zhanggui.loop.verbs import verbs

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130
STOPPED = Words("Stopped; nothing was changed.", "已停止，未作任何更改。")

Ask = Callable[[Verb, Path | None, Any, Progress], Result]


@dataclass(frozen=True)
class Command:
    """A command of the process itself (serve, demo), not a verb; ``run`` gives the exit code."""

    spec: Spec
    run: Callable[[Any, Manners], int]


def run(argv: Sequence[str], ask: Ask, commands: Mapping[str, Command], version: str) -> int:
    """Run the command line ``argv`` and give its exit code; prints, never raises.

    ``ask`` answers a verb: it gets the verb, the shop folder (or None), typed parameters, progress.
    """
    manners = manners_of(argv, os.environ)
    try:
        return _run(argv, ask, commands, version, manners)
    except UsageError as error:
        return _complain(error, manners, USAGE)
    except (KeyboardInterrupt, Stopped):
        with contextlib.suppress(OSError):
            print(STOPPED[manners.language], file=sys.stderr)  # noqa: T201 - a command line prints
        return INTERRUPTED
    except BrokenPipeError:
        _close_pipe()
        return DONE
    except Exception as error:  # noqa: BLE001 - border of the process: a person never sees a traceback
        return _complain(as_error(error), manners, REFUSED)


def _run(argv: Sequence[str], ask: Ask, commands: Mapping[str, Command], version: str, manners: Manners) -> int:
    specs: dict[str, Spec] = {**verbs(), **{name: command.spec for name, command in commands.items()}}
    asked = understand(argv, specs, manners.language, version)
    if asked.command is None:
        _write(asked.says)
        return DONE if argv else USAGE
    if asked.command in commands:
        return commands[asked.command].run(asked.params, manners)
    with Bar(sys.stderr) as bar:
        result = ask(verbs()[asked.command], asked.shop, asked.params, bar)
    _write(shown(result, manners.format, manners.language))
    return DONE if result.good else REFUSED


def _complain(error: ZhangguiError, manners: Manners, code: int) -> int:
    try:
        if manners.format == "json":
            _write(as_json(error.to_json(manners.language)))
        else:
            print(f"zhanggui: {error.said(manners.language)}", file=sys.stderr)  # noqa: T201 - a command line prints
    except BrokenPipeError:
        _close_pipe()
    return code


def _write(text: str) -> None:
    # What a terminal cannot show must not end a command: it is written as an escape.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(text)
    sys.stdout.flush()


def _close_pipe() -> None:
    # The reader went away (| head). Point stdout at nothing, so that the interpreter's last flush stays quiet.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

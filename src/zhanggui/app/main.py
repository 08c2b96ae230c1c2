"""The ``zhanggui`` command. Light: what a command needs is imported when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhanggui import __version__
from zhanggui.app.commands import COMMANDS
from zhanggui.cli.run import run

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.loop.verb import Verb


def main(argv: list[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    return run(sys.argv[1:] if argv is None else argv, _ask, COMMANDS, __version__)


def _ask(verb: Verb, shop: Path | None, params: Any, progress: Progress) -> Result:
    from zhanggui.app.remote import ask

    return ask(verb, shop, params, progress)


if __name__ == "__main__":
    sys.exit(main())

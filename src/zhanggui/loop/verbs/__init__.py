"""All verbs, one file each; every face is generated from this list."""

from __future__ import annotations

import sys
from functools import cache

from zhanggui.basics.registry import discover
from zhanggui.loop.verb import PHASES, Verb


@cache
def verbs() -> dict[str, Verb]:
    """The verbs by name, in the order of the closed loop and then by name."""
    found = discover(sys.modules[__name__], Verb).values()
    phases = list(PHASES)
    return {verb.name: verb for verb in sorted(found, key=lambda verb: (phases.index(verb.phase), verb.name))}

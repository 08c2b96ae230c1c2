"""Behaviour: funnels, where the lost went, what the steps did to a change; paths; who left."""

from zhanggui.engines.behaviour.funnel import funnel
from zhanggui.engines.behaviour.leaver_types import LeaverDimension, LeaverQuery, Leavers, LeaverValue, Sample
from zhanggui.engines.behaviour.leavers import leavers
from zhanggui.engines.behaviour.path_types import Path, PathEnd, PathLink, PathNode, PathQuery, Paths
from zhanggui.engines.behaviour.paths import node_words, paths
from zhanggui.engines.behaviour.steps import WORDS as STEP_WORDS
from zhanggui.engines.behaviour.types import (
    DEFAULT_STEPS,
    Funnel,
    FunnelChange,
    FunnelQuery,
    FunnelRow,
    StepCount,
    StepEffect,
    Went,
)

__all__ = [
    "DEFAULT_STEPS", "STEP_WORDS", "Funnel", "FunnelChange", "FunnelQuery", "FunnelRow", "LeaverDimension",
    "LeaverQuery", "LeaverValue", "Leavers", "Path", "PathEnd", "PathLink", "PathNode", "PathQuery", "Paths", "Sample",
    "StepCount", "StepEffect", "Went", "funnel", "leavers", "node_words", "paths",
]  # fmt: skip

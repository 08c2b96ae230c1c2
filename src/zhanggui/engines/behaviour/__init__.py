"""Behaviour: funnels, where the lost went, and what the steps did to a change."""

from zhanggui.engines.behaviour.funnel import funnel
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
    "DEFAULT_STEPS", "STEP_WORDS", "Funnel", "FunnelChange", "FunnelQuery", "FunnelRow", "StepCount", "StepEffect",
    "Went", "funnel",
]  # fmt: skip

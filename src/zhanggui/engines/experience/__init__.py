"""Experience: load times and web vitals, slowness and what goes with it, errors, searches, friction, and right now."""

from zhanggui.engines.experience.friction import friction
from zhanggui.engines.experience.friction_types import Friction
from zhanggui.engines.experience.live import Live, live
from zhanggui.engines.experience.measuring import experience
from zhanggui.engines.experience.types import THRESHOLDS, Experience, ExperienceQuery, Measured

__all__ = [
    "THRESHOLDS",
    "Experience",
    "ExperienceQuery",
    "Friction",
    "Live",
    "Measured",
    "experience",
    "friction",
    "live",
]

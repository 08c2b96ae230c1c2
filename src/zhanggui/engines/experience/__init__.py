"""Experience: load times and web vitals, slowness and what goes with it, errors, searches, friction, and right now."""

from zhanggui.engines.experience.live import Live, live
from zhanggui.engines.experience.measuring import experience
from zhanggui.engines.experience.types import THRESHOLDS, Experience, ExperienceQuery, Measured

__all__ = ["THRESHOLDS", "Experience", "ExperienceQuery", "Live", "Measured", "experience", "live"]

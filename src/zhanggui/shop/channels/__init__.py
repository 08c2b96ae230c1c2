"""Channels: where a visit came from, and which channel group that is. All rules are in ``channels.toml``."""

from zhanggui.shop.channels.attribution import Attribution, source_of, telling_parameters
from zhanggui.shop.channels.grouping import channel_group, channel_groups, group_words, is_direct

__all__ = [
    "Attribution",
    "channel_group",
    "channel_groups",
    "group_words",
    "is_direct",
    "source_of",
    "telling_parameters",
]

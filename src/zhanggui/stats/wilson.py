"""The interval of a share: k of n, also where k is 0 or n, or n is small.

Source:
    Wilson (1927), Journal of the American Statistical Association 22:209-212; recommended for small n by
    Brown, Cai and DasGupta (2001), Statistical Science 16:101-133.
"""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""Two-sided 95 %: the 0.975 quantile of the normal distribution."""


def wilson_interval(successes: float, trials: float, z: float = Z95) -> tuple[float, float]:
    """Lowest and highest share (0..1) that agree with ``successes`` of ``trials``; 0 to 1 without trials.

    Raises:
        ValueError: more successes than trials, or a negative number.

    >>> [round(end, 4) for end in wilson_interval(10, 100)]
    [0.0552, 0.1744]
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, z * z / trials
    middle = share + square / 2
    half = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials))
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    # The ends touch 0 and 1 exactly where nothing or everything succeeded.
    return (0.0 if successes == 0 else max(0.0, low)), (1.0 if successes == trials else min(1.0, high))

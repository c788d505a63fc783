"""Time as a multiple of a fixed piece of work, so that a bound is as strict on a slow machine as on a fast one.

A bound in seconds fails where other work takes the machine, and lets a tenfold loss pass where it is fast. What a
step costs in seconds is a matter of `make bench`; tests only hold that hostile input cannot make it grow without end.
"""

import time
from collections.abc import Callable

ADDITIONS = 10_000_000  # half a second on a core of 2.6 GHz


def yardsticks(seconds: float, clock: Callable[[], float] = time.process_time) -> float:
    """Return how many times as long as the fixed piece of work something has taken, by the same clock."""
    begun, total = clock(), 0
    for i in range(ADDITIONS):
        total += i
    return seconds / (clock() - begun)

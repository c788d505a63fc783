"""How much work something is, in measures that are the same on a slow machine and on a fast one.

A bound in seconds fails where other work takes the machine, and lets a tenfold loss pass where it is fast. What a
step costs in seconds is a matter of `make bench`; tests only hold that hostile input cannot make it grow without end.
"""

import sys
import threading
import time
import zlib
from collections.abc import Callable
from typing import TypeVar

ADDITIONS = 5_000_000  # a quarter of a second on a core of 2.6 GHz
PACKED_BYTES = 128 << 20  # deflated and inflated: as long again

Result = TypeVar("Result")


def yardsticks(seconds: float, clock: Callable[[], float] = time.process_time) -> float:
    """Return how many times as long as a fixed piece of work something has taken, by the same clock."""
    begun, total = clock(), 0
    for i in range(ADDITIONS):
        total += i
    zlib.decompress(zlib.compress(bytes(PACKED_BYTES), 1))
    return seconds / (clock() - begun)


def counting_calls(work: Callable[[], Result]) -> tuple[Result, int]:
    """Do some work; return its result, and how many functions in Python it called, in all threads that it started."""
    calls = 0

    def note(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        result = work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return result, calls

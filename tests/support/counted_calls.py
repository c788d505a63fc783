"""How much work something is, counted: the same on a slow machine and on a fast one."""

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


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

"""Garbage collection, left out where it finds nothing: among what was imported, and in what goes with the process."""

import atexit
import gc
import sys


def collect_none_of_imports() -> None:
    """Collect no garbage until `collect_garbage`; no module is ever any."""
    gc.disable()


def collect_garbage() -> None:
    """Collect garbage from now on, where it was put off; what was imported so far is left out for good."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def leave_the_rest() -> None:
    """Collect no garbage at the end of the process, but for DuckDB, which prints all that is left of it."""
    atexit.register(lambda: gc.unfreeze() if "duckdb" in sys.modules else gc.freeze())

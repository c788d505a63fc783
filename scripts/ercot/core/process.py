"""What the process of a job needs before any library that reads it is imported: import this module first.

Scripts of rules do; a program that imports the library for itself keeps its own settings.
"""

import atexit
import gc
import os
import sys
import time

# Snakemake exports the threads of a job for OpenMP and friends. polars has its own variable, read at its import:
# without it every one of several jobs at once would start a thread for each core of the machine.
if "OMP_NUM_THREADS" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", os.environ["OMP_NUM_THREADS"])

# The allocator of polars gives freed pages back to the system within a moment, only to ask for them again for the next
# chunk of files: kept for ten seconds, two jobs at once take a fifteenth less time, with the same peak of memory.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")

# Nothing that is imported is ever garbage, and all that is left at the end goes with the process: looking for garbage
# among it takes a quarter of a small job. The job itself collects its own (`collect_garbage` in workflow/job.py).
gc.disable()


@atexit.register
def _leave_garbage() -> None:
    """Collect no garbage at the end, but for DuckDB, which prints all that is left of it."""
    if "duckdb" in sys.modules:
        gc.unfreeze()
    else:
        gc.freeze()


def _end_quietly(kind, error, trace) -> None:
    """Show what ends a job, but not where Ctrl-C, which reaches the jobs of a run too, happened to find it.

    The run is given time to notice Ctrl-C itself: else it reports its jobs as failed.
    """
    if issubclass(kind, KeyboardInterrupt):
        time.sleep(0.3)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _end_quietly

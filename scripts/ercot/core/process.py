"""What the process of a job needs before any library that reads it is imported: import this module first.

Scripts of rules do; a program that imports the library for itself keeps its own settings.
"""

import os
import sys
import time

from ercot.core.garbage import collect_none_of_imports, leave_the_rest

# Snakemake exports the threads of a job for OpenMP and friends. polars has its own variable, read at its import:
# without it every one of several jobs at once would start a thread for each core of the machine.
if "OMP_NUM_THREADS" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", os.environ["OMP_NUM_THREADS"])

# The allocator of polars gives freed pages back to the system within a moment, only to ask for them again for the next
# chunk of files: kept for ten seconds, two jobs at once take a fifteenth less time, with the same peak of memory.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")

# To look for garbage among what is imported, and among what is left at the end, takes a quarter of a small job.
collect_none_of_imports()
leave_the_rest()


def _end_quietly(kind, error, trace) -> None:
    """Show what ends a job, but not where Ctrl-C, which reaches the jobs of a run too, happened to find it.

    The run is given time to notice Ctrl-C itself: else it reports its jobs as failed.
    """
    if issubclass(kind, KeyboardInterrupt):
        time.sleep(0.3)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _end_quietly

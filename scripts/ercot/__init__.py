"""Read ERCOT's raw reports and turn them into typed, deduplicated, accounted-for tables.

The library knows nothing of Snakemake: rules hand it paths, it hands back files.
The way of the data is one direction only:

    raw tree -> inventory -> batches -> interim files and facts -> rollups -> findings -> report
"""

import os
import sys
import time

# Snakemake exports its per-job thread count for OpenMP and friends, but not for polars, which reads its own
# variable once, at import. Without this line every parallel job would start a pool of all cores.
if "OMP_NUM_THREADS" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", os.environ["OMP_NUM_THREADS"])


def _end_quietly(kind, error, trace) -> None:
    """Show what ends a job, but not where Ctrl-C, which reaches the jobs of a run too, happened to find it.

    The run is given time to notice Ctrl-C itself: else it reports its jobs as failed.
    """
    if issubclass(kind, KeyboardInterrupt):
        time.sleep(0.3)
    else:
        sys.__excepthook__(kind, error, trace)


if hasattr(sys.modules["__main__"], "snakemake"):  # the script of a rule, not somebody's own program
    sys.excepthook = _end_quietly

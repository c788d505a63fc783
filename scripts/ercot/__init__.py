"""Read ERCOT's raw reports and turn them into typed, deduplicated, accounted-for tables.

The library knows nothing of Snakemake: rules hand it paths, it hands back files.
The way of the data is one direction only:

    raw tree -> inventory -> batches -> normalize -> rollup -> verify -> report
"""

import os

# Snakemake exports its per-job thread count for OpenMP and friends, but not for polars, which reads its own
# variable once, at import. Without this line every parallel job would start a pool of all cores.
if "OMP_NUM_THREADS" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", os.environ["OMP_NUM_THREADS"])

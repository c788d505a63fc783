"""Normalize one batch again, without Snakemake and without touching the results: something to hold a profiler to.

.venv/bin/python bench/one_batch.py data/raw results/interim/rt_spp/2024-q1.manifest.gz
"""

import ercot.core.process  # first: see there

import sys
import tempfile
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.core.garbage import collect_garbage
from ercot.normalize.batch import Outputs, normalize
from ercot.planning.batches import read_manifest
from ercot.workflow.job import progress_logger


def main(raw_dir: Path, manifest: Path) -> None:
    """Normalize the batch of a manifest into a folder that is deleted, and say how many rows it has."""
    collect_garbage()
    batch = read_manifest(manifest)
    with tempfile.TemporaryDirectory() as folder:
        outputs = Outputs.at(f"{folder}/batch")
        ledger = normalize(raw_dir, batch, DATASETS[batch.dataset], outputs, progress_logger(print, "files", ""))
    print(f"{ledger.rows_written:,} rows")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))

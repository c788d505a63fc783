"""The normalize step alone, as Snakemake runs it: a process a batch, as many at a time as there are cores.

.venv/bin/python bench/normalize_all.py RAW RESULTS CORES
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.planning.plan import make_plan, manifest_path

ONE = """
import ercot.core.process
import sys
from pathlib import Path
from ercot.catalog import DATASETS
from ercot.normalize.batch import Outputs, normalize
from ercot.planning.batches import read_manifest
from ercot.core.garbage import collect_garbage
collect_garbage()
raw, manifest, stem = sys.argv[1:]
batch = read_manifest(manifest)
normalize(Path(raw), batch, DATASETS[batch.dataset], Outputs.at(stem))
"""


def main(raw: Path, results: Path, cores: int) -> None:
    """Plan and normalize a tree."""
    interim = results / "interim"
    plan = make_plan(raw, interim, DATASETS, list(DATASETS), None, 500)
    work = [(d, b) for d, years in plan.batches.items() for batches in years.values() for b in batches]
    threads = max(1, cores // len(work))

    def run(item: tuple[str, str]) -> None:
        stem = str(interim / item[0] / item[1])
        command = [sys.executable, "-c", ONE, str(raw), str(manifest_path(interim, *item)), stem]
        subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": str(threads)})

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(run, work))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

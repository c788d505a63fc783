"""Normalize true-size days of a SCED disclosure and tell time and memory, day by day.

.venv/bin/python bench/disclosures.py [dataset [resources [days]]]      the default: sced_gen 1117 1

1117 resources in 288 runs are 320,000 rows: with 195 columns the 283 MB that a day of generation has in 2026.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2026, 6, 8)


def simulate(raw: Path, dataset: str, resources: int, days: int) -> None:
    """Write the raw files, one zip a day."""
    from ercot.simulate import Request, write_tree

    last = FIRST_DAY + timedelta(days=days - 1)
    write_tree(raw, [Request(dataset, FIRST_DAY, last, points=resources, zipped="day")])


def normalize_all(raw: Path, results: Path, dataset: str) -> None:
    """Plan, then normalize each batch, and roll up; print a line each."""
    from ercot.catalog import DATASETS
    from ercot.normalize.batch import Outputs, normalize
    from ercot.planning.batches import read_manifest
    from ercot.planning.plan import make_plan, manifest_path
    from ercot.rollup.annual import Rolled, roll_up

    interim, declared, stems = results / "interim", DATASETS[dataset], {}
    plan = make_plan(raw, interim, DATASETS, [dataset], None, 100)
    for batch in plan.year_batches(dataset, FIRST_DAY.year):
        stems[batch] = stem = f"{interim}/{dataset}/{batch}"
        begun = time.perf_counter()
        ledger = normalize(raw, read_manifest(manifest_path(interim, dataset, batch)), declared, Outputs.at(stem))
        tell(f"normalize {batch}", begun, f"{ledger.rows_written:,} of {ledger.rows_read:,} rows")
    paths = {kind: f"{results}/{kind}.parquet" for kind in ("annual", "rejected", "revisions")}
    begun = time.perf_counter()
    rows = roll_up(declared, stems, None, Rolled(**paths, account=f"{results}/account.json"))
    tell(f"roll up {FIRST_DAY.year}", begun, f"{rows:,} rows, {Path(paths['annual']).stat().st_size / 1e6:,.0f} MB")


def tell(what: str, begun: float, rows: str) -> None:
    """Print time and the peak memory of the process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {rows}, {time.perf_counter() - begun:.1f} s, peak so far {peak:,.0f} MB", flush=True)


def main(dataset: str, resources: str, days: str) -> None:
    """Simulate in one process and measure in another, so that the one's memory is not the other's."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        subprocess.run([sys.executable, __file__, "simulate", folder, dataset, resources, days], check=True)
        size = sum(path.stat().st_size for path in Path(folder, "raw").rglob("*.zip")) / 1e6
        print(f"{dataset}: {days} days, {size:,.0f} MB zipped, simulated in {time.perf_counter() - begun:.0f} s")
        subprocess.run([sys.executable, __file__, "normalize", folder, dataset], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"]:
        simulate(Path(sys.argv[2], "raw"), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    elif sys.argv[1:2] == ["normalize"]:
        normalize_all(Path(sys.argv[2], "raw"), Path(sys.argv[2], "results"), sys.argv[3])
    else:
        main(*[*sys.argv[1:], *("sced_gen", "1117", "1")[len(sys.argv) - 1 :]])

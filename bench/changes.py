"""What a run costs after a change: nothing new, one file more, one file less, on trees of true size, as one table.

    .venv/bin/python bench/changes.py [--size month]

It builds each tree once, which takes its time, and then changes it and runs again, three times over.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from compare import ROOT, SPANS, WORKS, Work, environment, make_tree

MANY = Work("500,000 files", "rt_spp", "history", 8)
HISTORY = ("2011-01-01", "2025-04-05")  # of a file each quarter hour: half a million
ROUNDS = 3


def main() -> None:
    """Make the trees, build them, change them, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SPANS, default="year")
    parser.add_argument("--folder", type=Path, default=ROOT / "bench-data")
    given = parser.parse_args()
    print("| tree | files | change | s | jobs |")
    print("|---|---|---|---|---|", flush=True)
    spans = SPANS[given.size] | {"history": HISTORY}
    works = [w for w in WORKS if w.name in ("rt_spp", "rt_lmp")] + [MANY] * (given.size == "year")
    for work in works:
        measure(work, make_tree(work, given.folder / given.size, *spans[work.span], os.cpu_count()), given.folder)


def measure(work: Work, raw: Path, folder: Path) -> None:
    """Build one tree, then time what each kind of change costs; print a line each."""
    scratch = folder / "built"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    files = sorted(p for p in raw.rglob("*") if p.is_file())
    newest, aside = files[-1], folder / "aside"
    run(raw, scratch)
    times: dict[str, list[tuple[float, int]]] = {}
    for _ in range(ROUNDS):
        times.setdefault("nothing new", []).append(run(raw, scratch))
        newest.rename(aside)
        try:
            times.setdefault("one file less", []).append(run(raw, scratch))
        finally:
            aside.rename(newest)
        times.setdefault("one new file", []).append(run(raw, scratch))
    for change, runs in times.items():
        seconds, jobs = statistics.median(s for s, _ in runs), max(j for _, j in runs)
        print(f"| {work.name} | {len(files):,} | {change} | {seconds:.1f} | {jobs} |", flush=True)


def run(raw: Path, scratch: Path) -> tuple[float, int]:
    """Run the whole workflow; return its seconds and how many jobs it ran."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(scratch)]
    command += ["--cores", str(len(os.sched_getaffinity(0))), "--config", f"raw_dir={raw}", "results_dir=results"]
    begun = time.monotonic()
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(ended.stderr[-2000:])
    return time.monotonic() - begun, len(re.findall(r"^Finished jobid", ended.stderr, re.MULTILINE))


if __name__ == "__main__":
    main()

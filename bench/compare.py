"""Compare this workflow with bare conversions, on the same files and cores, in turn, as one table.

    .venv/bin/python bench/compare.py                 a year of prices and a week of disclosures, three rounds: an hour
    .venv/bin/python bench/compare.py --size month    a month and a day: a few minutes

The peers only convert; the workflow also maps to UTC, validates, deduplicates, verifies and reports.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent
SPANS = {
    "year": {"prices": ("2024-01-01", "2024-12-31"), "disclosures": ("2026-06-01", "2026-06-07")},
    "month": {"prices": ("2024-03-01", "2024-03-31"), "disclosures": ("2026-06-01", "2026-06-01")},
}


@dataclass(frozen=True)
class Work:
    """One tree to convert."""

    name: str
    dataset: str
    span: str  # prices or disclosures
    points: int
    zipped: str = ""  # each or day: how its files are zipped

    @property
    def peers(self) -> tuple[str, ...]:
        """The conversions that fit: zips have to be unpacked first."""
        return ("unzip",) if self.zipped else ("bytes", "polars", "duckdb", "reference")


WORKS = (
    Work("rt_spp", "rt_spp", "prices", 950),
    Work("rt_spp zipped", "rt_spp", "prices", 950, zipped="each"),
    Work("rt_lmp", "rt_lmp", "prices", 950),
    Work("rt_lmp zipped", "rt_lmp", "prices", 950, zipped="each"),
    Work("dam_spp", "dam_spp", "prices", 914),
    Work("dam_gen", "dam_gen", "disclosures", 1150),
    Work("sced_gen", "sced_gen", "disclosures", 1117),
)


def main() -> None:
    """Make the trees, time everything in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SPANS, default="year")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="names of the table's first column, with commas")
    parser.add_argument("--folder", type=Path, default=ROOT / "bench-data")
    given = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, {given.rounds} rounds in turn, median; ratios are times over those of polars (or unzip)\n")
    print("| tree | files | MB | how | s | ratio | files/s | MB/s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for work in WORKS:
        if not given.only or work.name in given.only.split(","):
            compare(work, given.folder / given.size, *SPANS[given.size][work.span], given.rounds, cores)


def compare(work: Work, folder: Path, first: str, last: str, rounds: int, cores: int) -> None:
    """Time one tree every way and print its lines."""
    raw = make_tree(work, folder, first, last, cores)
    files = [p for p in raw.rglob("*") if p.is_file()]
    size = sum(p.stat().st_size for p in files) / 1e6
    scratch = folder / "scratch"
    member_paths = commands(work, raw, scratch, cores)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in member_paths}
    for _ in range(rounds):
        for name, command in member_paths.items():
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
            times[name].append(timed(command))
    base = statistics.median(seconds for seconds, _ in times["unzip" if work.zipped else "polars"])
    for name, runs in times.items():
        seconds, peak = statistics.median(s for s, _ in runs), max(p for _, p in runs)
        speed = f"{len(files) / seconds:,.0f} | {size / seconds:,.0f} | {peak:,.0f}"
        print(
            f"| {work.name} | {len(files):,} | {size:,.0f} | {name} | {seconds:.2f} | {seconds / base:.2f} | {speed} |"
        )
    sys.stdout.flush()


def make_tree(work: Work, folder: Path, first: str, last: str, cores: int) -> Path:
    """Make the raw tree once; a finished one is kept for the next time."""
    raw = folder / work.name.replace(" ", "_")
    if not raw.exists():
        aside = raw.with_suffix(".partial")
        shutil.rmtree(aside, ignore_errors=True)
        command = [sys.executable, "-m", "ercot.simulate", str(aside), "--dataset", work.dataset, "--from", first]
        command += ["--to", last, "--points", str(work.points), "--workers", str(cores)]
        command += ["--zip", work.zipped] if work.zipped else []
        subprocess.run(command, check=True, env=environment(), stdout=subprocess.DEVNULL)
        aside.rename(raw)
    return raw


def commands(work: Work, raw: Path, scratch: Path, cores: int) -> dict[str, list[str]]:
    """Return what to time, by name."""
    peers = {
        p: [sys.executable, str(HERE / "peers.py"), p, work.dataset, str(raw), str(scratch / "out.parquet")]
        for p in work.peers
    }
    normalize = [sys.executable, str(HERE / "normalize_all.py"), str(raw), str(scratch)]
    whole = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(scratch)]
    whole += ["--cores", str(cores), "--config", f"raw_dir={raw}", f"results_dir={scratch / 'results'}"]
    return peers | {
        "normalize": [*normalize, str(cores)],
        "normalize, one core": [*normalize, "1"],
        "whole workflow": whole,
    }


def timed(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds and the megabytes of its largest process."""
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}\n{errors.decode()[-2000:]}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def environment() -> dict[str, str]:
    """Return the environment of every command: the library's folder, all cores, and modules compiled once as usual."""
    kept = {k: v for k, v in os.environ.items() if "NUM_THREADS" not in k and k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT / "scripts")}


if __name__ == "__main__":
    main()

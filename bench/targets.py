"""Measure what the project promises of its speed, and print it as one table: `make bench`.

    .venv/bin/python bench/targets.py [--size month] [--rounds 1] [--only rt_spp,samples]

Every line is a ratio of whole commands that ran in turn on the same files, or the seconds of one. The trees are made
once, below --folder, and kept. The samples are real files and no part of the repository: --samples says where they lie.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import model
from changes import HISTORY, run
from compare import HERE, ROOT, SPANS, WORKS, Work, commands, make_tree, timed
from efficiency import number

DISCLOSED = Work("sced_gen zipped", "sced_gen", "disclosures", 1117, zipped="day")
FOUR_DAYS = {"year": ("2026-06-01", "2026-06-04"), "month": ("2026-06-01", "2026-06-01")}
LMP_HISTORY = ("2012-01-01", "2025-12-31")
BY_NAME = {work.name: work for work in WORKS}


@dataclass(frozen=True)
class Bench:
    """What the measurements share."""

    folder: Path
    size: str
    rounds: int
    cores: int
    samples: Path
    runs: list[model.Run] = field(default_factory=list)  # whole ones, to hold the model against

    @property
    def scratch(self) -> Path:
        """Where results go."""
        return self.folder / "scratch"

    def tree(self, work: Work, span: tuple[str, str]) -> Path:
        """Return the raw tree of some work, made where it is not there yet."""
        return make_tree(work, self.folder / self.size, *span, self.cores)

    def seconds(self, calls: dict[str, list[str]]) -> tuple[dict[str, float], float]:
        """Time commands in turn; return the median seconds of each, and the largest process of all in MB."""
        times: dict[str, list[float]] = {name: [] for name in calls}
        peak = 0.0
        for _ in range(self.rounds):
            for name, call in calls.items():
                shutil.rmtree(self.scratch, ignore_errors=True)
                self.scratch.mkdir(parents=True)
                taken, megabytes = timed(call)
                times[name].append(taken)
                peak = max(peak, megabytes if name == "whole workflow" else 0.0)
        return {name: statistics.median(taken) for name, taken in times.items()}, peak


Line = tuple[str, str, str]  # work, measured, target


def prices(bench: Bench) -> Iterator[Line]:
    """The real-time settlement point prices of a year: converted, built, and one file added."""
    work, span = BY_NAME["rt_spp"], SPANS[bench.size]["prices"]
    raw = bench.tree(work, span)
    calls = _without(commands(work, raw, bench.scratch, bench.cores), "bytes", "reference", "normalize, one core")
    took, _ = bench.seconds(calls)
    whole, duckdb, polars = took["whole workflow"], took["duckdb"], took["polars"]
    told = (
        f"{whole / duckdb:.2f}x DuckDB's COPY, {whole / polars:.2f}x polars ({whole:.1f}, {duckdb:.1f}, {polars:.1f} s)"
    )
    yield f"whole workflow, a {bench.size} of rt_spp, plain CSV", told, "<= 1.0x DuckDB; then 1.2x polars"
    yield "normalize, rt_spp", f"{polars / took['normalize']:.2f}x polars' files/s", ">= 1.3x"
    bench.runs.append(model.measured("rt_spp", "prices", raw, bench.scratch / "results", whole))
    _, seconds = _one_new_file(bench, raw)
    yield "one new file, rt_spp", f"{seconds / duckdb:.2f}x DuckDB's COPY of all ({seconds:.1f} s)", "<= 0.5x"


def zipped_prices(bench: Bench) -> Iterator[Line]:
    """The same from zips."""
    work = BY_NAME["rt_spp zipped"]
    raw = bench.tree(work, SPANS[bench.size]["prices"])
    took, _ = bench.seconds(
        _without(commands(work, raw, bench.scratch, bench.cores), "normalize, one core", "normalize")
    )
    whole, unzip = took["whole workflow"], took["unzip"]
    yield "the same from zips", f"{whole / unzip:.2f}x unzip + polars ({whole:.1f}, {unzip:.1f} s)", "<= 1.0x"


def marginal_prices(bench: Bench) -> Iterator[Line]:
    """The locational marginal prices of every SCED run."""
    work = BY_NAME["rt_lmp"]
    raw = bench.tree(work, SPANS[bench.size]["prices"])
    calls = commands(work, raw, bench.scratch, bench.cores)
    took, _ = bench.seconds({name: calls[name] for name in ("polars", "normalize")})
    yield "normalize, rt_lmp", f"{took['polars'] / took['normalize']:.2f}x polars' files/s", ">= 1.3x"
    built, seconds = _one_new_file(bench, raw)
    bench.runs.append(model.measured("rt_lmp", "prices", raw, bench.scratch / "results", built))
    yield f"one new file, a {bench.size} of rt_lmp", f"{seconds:.1f} s", "<= 10 s"


def disclosures(bench: Bench) -> Iterator[Line]:
    """Days of SCED Gen from zips, against DuckDB on the files unzipped beforehand."""
    raw = bench.tree(DISCLOSED, FOUR_DAYS[bench.size])
    plain = raw.with_name("sced_gen_unzipped")
    if not plain.exists():
        for path in raw.rglob("*.zip"):
            shutil.unpack_archive(path, plain.with_suffix(".partial") / path.stem)
        plain.with_suffix(".partial").rename(plain)
    duckdb = [
        sys.executable,
        str(HERE / "peers.py"),
        "duckdb",
        "sced_gen",
        str(plain),
        str(bench.scratch / "out.parquet"),
    ]
    whole = commands(DISCLOSED, raw, bench.scratch, bench.cores)["whole workflow"]
    took, _ = bench.seconds({"duckdb": duckdb, "whole workflow": whole})
    results = bench.scratch / "results"
    bench.runs.append(model.measured("sced_gen", "disclosures", plain, results, took["whole workflow"]))
    ratio = f"{took['whole workflow'] / took['duckdb']:.2f}x DuckDB's COPY of the unzipped files"
    told = f"{ratio} ({took['whole workflow']:.1f}, {took['duckdb']:.1f} s); largest job {_largest_job(bench):,.0f} MB"
    yield (
        f"{len(list(raw.rglob('*.zip')))} days of sced_gen from zips",
        told,
        "<= 1.25x, then 1.0x; no job over 2,000 MB",
    )


def real_samples(bench: Bench) -> Iterator[Line]:
    """The small real files."""
    if bench.samples.is_dir():
        seconds, jobs = _build_anew(bench.samples, bench.scratch)
        count = sum(path.is_file() for path in bench.samples.rglob("*"))
        yield f"the real samples, {count} files", f"{seconds:.1f} s ({jobs} jobs)", "<= 45 s"


def nothing_new(bench: Bench) -> Iterator[Line]:
    """A run that finds half a million files as they were."""
    if bench.size == "year":
        raw = bench.tree(Work("500,000 files", "rt_spp", "history", 8), HISTORY)
        _build_anew(raw, bench.scratch)
        seconds = statistics.median(run(raw, bench.scratch)[0] for _ in range(3))
        yield "nothing new, 500,000 files", f"{seconds:.1f} s", "<= 6 s"


def history(bench: Bench) -> Iterator[Line]:
    """A run that finds fourteen years of both real-time prices as they were."""
    if bench.size != "year":
        return
    spans = (("rt_spp", ("2012-01-01", "2025-12-31")), ("rt_lmp", LMP_HISTORY))
    folders = [bench.tree(Work(f"history {name}", name, "history", 2), span) for name, span in spans]
    both = folders[0].with_name("both")
    both.mkdir(exist_ok=True)
    for folder in folders:
        if not (both / folder.name).exists():
            (both / folder.name).symlink_to(folder)
    _build_anew(both, bench.scratch)
    seconds = statistics.median(run(both, bench.scratch)[0] for _ in range(3))
    yield "nothing new, 14 years of both real-time prices", f"{seconds:.1f} s", "<= 15 s"


def larger_machines(bench: Bench) -> Iterator[Line]:
    """All that ERCOT has published on a thousand cores, by a model, and the model against the runs of this bench."""
    minutes = model.whole_history(1000) / 60
    yield "15 years, 1.5 TB, 1,000 cores, by the model", f"{minutes:.0f} min", "<= 6 min"
    for told in model.checked(bench.runs, bench.cores):
        yield "the model against measured runs", told, ""


PARTS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "rt_spp": prices,
    "zips": zipped_prices,
    "rt_lmp": marginal_prices,
    "sced_gen": disclosures,
    "samples": real_samples,
    "nothing_new": nothing_new,
    "history": history,
    "model": larger_machines,
}


def _without(calls: dict[str, list[str]], *names: str) -> dict[str, list[str]]:
    return {name: call for name, call in calls.items() if name not in names}


def _build_anew(raw: Path, scratch: Path) -> tuple[float, int]:
    """Build a tree from nothing; return seconds and jobs."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    return run(raw, scratch)


def _one_new_file(bench: Bench, raw: Path) -> tuple[float, float]:
    """Build a tree without its newest file, add that; return the seconds of the build and of the run that finds it."""
    newest = max(path for path in raw.rglob("*") if path.is_file())
    aside, built, taken = bench.folder / "aside", [], []
    for _ in range(bench.rounds):
        newest.rename(aside)
        try:
            built.append((run if built else _build_anew)(raw, bench.scratch)[0])
        finally:
            aside.rename(newest)
        taken.append(run(raw, bench.scratch)[0])
    return built[0], statistics.median(taken)


def _largest_job(bench: Bench) -> float:
    """Return the largest memory of any job of the last run, in MB."""
    paths = (bench.scratch / "results/benchmarks").rglob("*.jsonl")
    return max(number(json.loads(line)["max_rss"]) for path in paths for line in path.read_text().splitlines())


def main() -> None:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SPANS, default="year")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help=f"some of {', '.join(PARTS)}, with commas; default: all")
    parser.add_argument("--folder", type=Path, default=ROOT / "bench-data")
    parser.add_argument("--samples", type=Path, default=ROOT.parent / "shared/samples/raw")
    given = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    bench = Bench(given.folder, given.size, given.rounds, cores, given.samples)
    print(f"{cores} cores, whole commands in turn, medians of {given.rounds}\n")
    print("| work | measured | target |\n|---|---|---|")
    for name in given.only.split(",") if given.only else PARTS:
        for line in PARTS[name](bench):
            print(f"| {' | '.join(line)} |", flush=True)


if __name__ == "__main__":
    main()

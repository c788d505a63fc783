"""How fast the jobs were, from Snakemake's own benchmark records, the ledgers and the plan.

    ercot monitor results [--all]

The report shows the same tables, and `reports/jobs.csv` has a line a job, as of the time when it was written.
A record is of the last time that its job ran, so the figures may come from several runs. Snakemake looks at a job
every half second at first: of jobs that are shorter, CPU time and memory are given too low.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ercot.core.files import read_json, replacing
from ercot.core.paths import INTERIM
from ercot.core.wording import counted
from ercot.planning.plan import read_plan

SHOWN = 12  # lines of a long table
MEBI = 1.048576  # Snakemake's megabytes are 2**20 bytes
COLUMNS = ("jobs", "s", "longest", "files/s", "rows/s", "MB/s", "CPU", "waiting s", "peak MB", "read MB", "written MB")


@dataclass(frozen=True)
class Volume:
    """How much a job had before it. Rows are those read for ``normalize``, those written for the other rules."""

    files: int = 0
    rows: int = 0
    mb: float = 0.0  # of the raw files as they lie on the disk for ``normalize``, of the inputs for the other rules


@dataclass(frozen=True)
class Job:
    """What is known of one job."""

    rule: str
    dataset: str  # empty where the job is of all datasets
    period: str  # a batch or a year, empty where the job is of all
    threads: int
    ended: float  # seconds since 1970
    seconds: float
    cpu_seconds: float
    peak_mb: float
    read_mb: float  # from the disk; what the system had in memory does not count
    written_mb: float
    files: int
    rows: int
    mb: float

    @property
    def name(self) -> str:
        """The job as its messages call it."""
        return " ".join(filter(None, [self.rule, self.dataset, self.period]))

    @property
    def waiting(self) -> float:
        """Seconds in which no core worked for the job: it waited for a disk, or others had the cores."""
        return max(0.0, self.seconds - self.cpu_seconds)


def read_jobs(results: Path) -> list[Job]:
    """Return the jobs that left a record, in the order in which they ended."""
    folder = results / "benchmarks"
    volumes = _volumes(results / INTERIM)
    jobs = [_job(path.relative_to(folder), path, volumes) for path in folder.rglob("*.jsonl")]
    return sorted(filter(None, jobs), key=lambda job: (job.ended, job.name))


def busy_seconds(jobs: Iterable[Job]) -> float:
    """Return for how long some job was at work; the nights between two runs do not count."""
    total, until = 0.0, 0.0
    for job in sorted(jobs, key=lambda job: job.ended - job.seconds):
        total += max(0.0, job.ended - max(until, job.ended - job.seconds))
        until = max(until, job.ended)
    return total


def write_csv(jobs: list[Job], path: Path) -> None:
    """Write a line a job, in the order in which they ended."""
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*(field.name for field in fields(Job)), "waiting"])
        table.writerows([*(_rounded(value) for value in asdict(job).values()), _rounded(job.waiting)] for job in jobs)


@dataclass(frozen=True)
class Table:
    """Figures of groups of jobs."""

    title: str
    head: tuple[str, ...]
    lines: list[tuple[str, ...]]
    more: int = 0  # groups that are left out


def summary(jobs: list[Job]) -> str:
    """Return in one line how many jobs there were, and how well they filled the time."""
    work, busy = sum(job.seconds for job in jobs), busy_seconds(jobs)
    return (
        f"{counted(len(jobs), 'job')}, {work:,.1f} s of jobs in {busy:,.1f} s: {work / max(busy, 0.001):.1f} at a time"
    )


def tables(jobs: list[Job], every: bool = False) -> list[Table]:
    """Return the figures by rule, by rule and dataset, and of the slowest jobs."""
    by_dataset = _grouped((job for job in jobs if job.dataset), lambda job: f"{job.rule} {job.dataset}")
    slowest = sorted(jobs, key=lambda job: -job.seconds)[:SHOWN]
    return [
        _table("By rule (rates are those of one job at work)", "rule", _grouped(jobs, lambda job: job.rule)),
        _table("By rule and dataset, the longest first", "rule and dataset", by_dataset, None if every else SHOWN),
        _table("The slowest jobs", "job", [(job.name, [job]) for job in slowest]),
    ]


def overview(jobs: list[Job], every: bool = False) -> str:
    """Return the tables for the terminal."""
    parts = [summary(jobs)]
    for table in tables(jobs, every):
        parts += [table.title, _text(table)]
    return "\n\n".join(parts)


def _job(place: Path, path: Path, volumes: dict[tuple[str, str, str], Volume]) -> Job | None:
    """Read a record; ``place`` is <rule>/<dataset>/<period>.jsonl, of which rules leave out what they are not about.

    Returns None for one that Snakemake has removed or is writing: jobs that run beside the report have such.
    """
    try:
        record, ended = json.loads(path.read_text(encoding="utf-8").splitlines()[-1]), path.stat().st_mtime
    except (OSError, ValueError, IndexError):
        return None
    rule, *about = place.with_suffix("").parts
    dataset = next((part for part in about if not part[0].isdigit()), "")
    period = next((part for part in about if part[0].isdigit()), "")
    inputs = sum(_number(size) for size in (record.get("input_size_mb") or {}).values()) * MEBI
    volume = volumes.get((rule, dataset, period), Volume(mb=inputs))
    return Job(
        rule=rule,
        dataset=dataset,
        period=period,
        threads=int(_number(record.get("threads"))) or 1,
        ended=ended,
        seconds=_number(record.get("s")),
        cpu_seconds=_number(record.get("cpu_time")),
        peak_mb=_number(record.get("max_rss")) * MEBI,
        read_mb=_number(record.get("io_in")) * MEBI,
        written_mb=_number(record.get("io_out")) * MEBI,
        files=volume.files,
        rows=volume.rows,
        mb=volume.mb or inputs,
    )


def _volumes(interim: Path) -> dict[tuple[str, str, str], Volume]:
    """Return what lay before each job of a batch or a year: files and rows from the ledgers, bytes from the plan."""
    volumes: dict[tuple[str, str, str], Volume] = {}
    plan = read_plan(interim)
    for dataset, batches in plan.raw_mb.items() if plan else ():
        for batch, mb in batches.items():
            path = interim / dataset / f"{batch}.ledger.json"
            if not path.exists():
                continue
            ledger = read_json(path)
            volumes["normalize", dataset, batch] = Volume(ledger["files_found"], ledger["rows_read"], mb)
            key = ("rollup", dataset, batch[:4])
            before = volumes.get(key, Volume())
            volumes[key] = Volume(before.files + ledger["files_found"], before.rows + ledger["rows_written"])
    return volumes


def _number(value) -> float:
    """Return a figure of a record; one that could not be taken is none, ``NA`` or a dash there."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _rounded(value):
    return round(value, 3) if isinstance(value, float) else value


def _grouped(jobs: Iterable[Job], name: Callable[[Job], str]) -> list[tuple[str, list[Job]]]:
    """Return the jobs by name, those that took longest together first."""
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(name(job), []).append(job)
    return sorted(groups.items(), key=lambda item: -sum(job.seconds for job in item[1]))


def _table(title: str, what: str, groups: list[tuple[str, list[Job]]], shown: int | None = None) -> Table:
    """Return a line a group."""
    head, lines = (what, *COLUMNS), [(name, *_figures(jobs)) for name, jobs in groups[:shown]]
    if all(len(jobs) == 1 for _, jobs in groups):  # neither a number of jobs nor their longest
        head, *lines = [(name, s, *cells) for name, _, s, _, *cells in (head, *lines)]
    return Table(title, head, lines, len(groups) - len(lines))


def _text(table: Table) -> str:
    """Return a table in columns, for the terminal."""
    lines = [table.head, *table.lines]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines]
    return "\n".join([*texts, *([f"and {table.more:,} more: --all shows them"] if table.more else [])])


def _figures(jobs: list[Job]) -> Iterator[str]:
    """Yield the cells of a group; a dash where there is nothing to count."""
    seconds = sum(job.seconds for job in jobs)
    yield f"{len(jobs):,}"
    yield f"{seconds:,.1f}"
    yield f"{max(job.seconds for job in jobs):,.1f}"
    for name, places in (("files", 0), ("rows", 0), ("mb", 1)):
        total = sum(getattr(job, name) for job in jobs)
        yield f"{total / max(seconds, 0.001):,.{places}f}" if total else "-"
    yield f"{sum(job.cpu_seconds for job in jobs) / max(seconds, 0.001):.0%}"
    yield f"{sum(job.waiting for job in jobs):,.1f}"
    yield f"{max(job.peak_mb for job in jobs):,.0f}"
    yield f"{sum(job.read_mb for job in jobs):,.1f}"
    yield f"{sum(job.written_mb for job in jobs):,.1f}"


def main(arguments: list[str]) -> None:
    """Print how fast the jobs of a results folder were."""
    parser = argparse.ArgumentParser(prog="ercot monitor", description="Say how fast the jobs were.")
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"), help="results_dir of the run")
    parser.add_argument("--all", action="store_true", help="show every dataset, not only the longest")
    given = parser.parse_args(arguments)
    jobs = read_jobs(given.results)
    if not jobs:
        sys.exit(f"ercot: no benchmark records in {given.results / 'benchmarks'}; is that the results_dir of a run?")
    print(overview(jobs, given.all))

"""A model of the whole workflow's time on other machines, see docs/performance_model.md, and the check of it.

time = start + normalize / cores + the longest year's roll up + report + jobs * scheduler
"""

from dataclasses import dataclass
from pathlib import Path

START = 2.2  # s: Snakemake, planning and its end
PLANNING = 12.5e-6  # s a raw file, where there are many
NORMALIZE = {"prices": 0.011, "disclosures": 0.014}  # core seconds a raw MB
JOB = 0.5  # core seconds more for each normalize job
ROLL_UP, ROLL_UP_MB = 0.1, 0.010  # s, and s a written MB
REPORT, REPORT_YEAR = 1.1, 0.005  # s with database, checksums and verdict, and s a dataset and year
SCHEDULER = 0.03  # s a job with few at once
SCHEDULER_WIDE = 0.014  # s a job with two hundred at once
OTHER_JOBS = 5  # beside normalize: roll up, and those that every run has


@dataclass(frozen=True)
class Run:
    """A run of one dataset and year that was measured."""

    name: str
    kind: str  # prices or disclosures
    raw_mb: float  # unzipped
    batches: int
    written_mb: float
    seconds: float

    def predicted(self, cores: int) -> float:
        """Return the seconds of the model."""
        normalize = JOB * self.batches + NORMALIZE[self.kind] * self.raw_mb
        following = ROLL_UP + ROLL_UP_MB * self.written_mb + REPORT
        return START + normalize / cores + following + SCHEDULER * (self.batches + OTHER_JOBS)


def measured(name: str, kind: str, raw: Path, results: Path, seconds: float) -> Run:
    """Return what the model needs to know of a run that has ended; ``raw`` holds its files unzipped."""
    batches = sum(1 for _ in (results / "interim").rglob("*.manifest.gz"))
    return Run(name, kind, megabytes(raw, "*"), batches, megabytes(results / "annual", "*.parquet"), seconds)


def megabytes(folder: Path, pattern: str) -> float:
    """Return the size of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file()) / 1e6


def whole_history(cores: int) -> float:
    """Return the seconds of fifteen years of everything, two million files and 1.5 TB, by the model."""
    batches, rollups, core_seconds, longest_year_mb, files = 9_000, 1_600, 24_000, 365 * 9, 2_000_000
    following = ROLL_UP + ROLL_UP_MB * longest_year_mb + REPORT + REPORT_YEAR * rollups
    return START + PLANNING * files + core_seconds / cores + following + SCHEDULER_WIDE * (batches + rollups)


def checked(runs: list[Run], cores: int) -> list[str]:
    """Hold the model against runs: the first one tells how fast the machine is, the others if the model is right."""
    if not runs:
        return []
    pace = runs[0].seconds / runs[0].predicted(cores)
    lines = [f"this machine takes {pace:.2f}x the model's time for {runs[0].name} ({runs[0].seconds:.1f} s)"]
    for run in runs[1:]:
        told = pace * run.predicted(cores)
        lines.append(f"{run.name}: {told:.1f} s predicted, {run.seconds:.1f} s measured ({run.seconds / told:.2f}x)")
    return lines

"""Raw trees written by hand, and the way of the data from them to the standing report, without Snakemake."""

import gzip
import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from ercot.catalog import DATASETS
from ercot.catalog.relations import of_same_runs
from ercot.checks.accepted import Acceptance
from ercot.checks.verify import verify
from ercot.coverage.due import NO_LIMITS, Limits, Window, only_due, windows
from ercot.coverage.runs import missing_runs
from ercot.normalize.batch import Outputs, normalize
from ercot.normalize.ledger import FILES, ROWS
from ercot.planning.batches import read_manifest
from ercot.planning.plan import Plan, make_plan, manifest_path, write_plan
from ercot.planning.stale import orphans_of
from ercot.report.verification import assemble
from ercot.rollup.annual import Rolled, roll_up

DAM_SPP_HEADER = "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag"
RT_SPP_HEADER = (
    "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag"
)
RT_LMP_HEADER = "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP"
COUNTS = (*FILES, *ROWS)


@dataclass
class Run:
    """All that a run leaves behind, by (dataset, year)."""

    plan: Plan
    results: Path
    annual: dict[tuple[str, int], pl.DataFrame] = field(default_factory=dict)
    rejected: dict[tuple[str, int], pl.DataFrame] = field(default_factory=dict)
    revisions: dict[tuple[str, int], pl.DataFrame] = field(default_factory=dict)
    report: dict = field(default_factory=dict)  # the content of verification.json
    due: list[Window] = field(default_factory=list)
    verified: list[dict] = field(default_factory=list)  # what the checks found in each year

    def ledger(self, dataset: str | None, year: int | None) -> tuple[int, ...]:
        """Return files found, read, rejected and rows read, written, duplicate, superseded, rejected."""
        rows = [row for row in self.report["ledger"] if (row["dataset"], row["year"]) == (dataset, year)]
        assert len(rows) == 1, f"{len(rows)} ledger lines of {dataset} {year}"
        assert rows[0]["balanced"] is True, rows[0]
        return tuple(rows[0][name] for name in COUNTS)

    def reasons(self, dataset: str, year: int) -> list[tuple[int, str]]:
        """Return line and reason of each rejected row."""
        return self.rejected[dataset, year].select("line", "reason").sort("line", "reason").rows()

    def findings(self, check: str) -> list[dict]:
        """Return the findings of one check."""
        return [finding for finding in self.report["findings"] if finding["check"] == check]

    def critical(self) -> list[str]:
        """Return what is wrong with our own output: nothing, ever."""
        return [f["message"] for f in self.report["findings"] if f["severity"] == "critical"]


def write_raw(root: Path, files: dict[str, str | bytes | list[str]]) -> Path:
    """Write raw files: bytes as they are, text as UTF-8, lists of lines with LF ends."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_bytes(content))
    return root


def deny(monkeypatch, names: set[str], *calls: str) -> None:
    """Refuse some calls of `os` for files and folders of these names, as where rights are missing (root has all)."""

    def refusing(call):
        def refuse(path, *arguments, **named):
            if os.path.basename(path) in names:
                raise PermissionError(13, "Permission denied", path)
            return call(path, *arguments, **named)

        return refuse

    for call in calls:
        monkeypatch.setattr(os, call, refusing(getattr(os, call)))


def as_bytes(content: str | bytes | list[str]) -> bytes:
    """Return the bytes of a file's content."""
    if isinstance(content, list):
        content = "".join(f"{line}\n" for line in content)
    return content.encode() if isinstance(content, str) else content


def zip_bytes(members: dict[str, str | bytes | list[str]], stored: bool = False) -> bytes:
    """Return a zip of some members, with a fixed time so that equal contents are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), as_bytes(content))
    return buffer.getvalue()


def gzip_bytes(content: str | bytes | list[str]) -> bytes:
    """Return content gzipped."""
    return gzip.compress(as_bytes(content), mtime=0)


def cdr(report: int, stamp: str, name: str) -> str:
    """Return a file name of ERCOT's data repository; ``stamp`` is YYYYMMDD.HHMMSS or YYYYMMDD.HHMMSSmmm."""
    return f"cdr.{report:08d}.0000000000000000.{stamp}.{name}"


def dam_spp_name(day: str, time: str = "123000", ending: str = ".csv") -> str:
    """Return the name of the day-ahead prices of an operating day, published the day before."""
    return cdr(12331, f"{date.fromisoformat(day) - timedelta(days=1):%Y%m%d}.{time}", f"DAMSPNP4190{ending}")


def rt_spp_name(end: str, stamp: str | None = None, name: str = "SPPHLZNP6905_", ending: str = ".csv") -> str:
    """Return the name of a real-time price file; ``end`` is the end of the interval as YYYYMMDD_HHMM."""
    return cdr(12301, stamp or f"{end.replace('_', '.')}02", f"{name}{end}{ending}")


def run_pipeline(
    root: Path,
    results: Path,
    datasets: list[str] | None = None,
    batch_mb: float = 500,
    years: set[int] | None = None,
    limits: Limits = NO_LIMITS,
    accepted: Sequence[Acceptance] = (),
) -> Run:
    """Plan, normalize, roll up, verify, compare SCED runs and assemble; ``datasets`` None for all."""
    selected = list(datasets or DATASETS)
    interim = results / "interim"
    plan = make_plan(root, interim, DATASETS, selected, years, batch_mb)
    write_plan(interim, plan)
    run, verified = Run(plan, results), []
    corrections_first = sorted(selected, key=lambda name: DATASETS[name].corrections is not None)
    for dataset in corrections_first:
        for year in map(int, plan.years(dataset)):
            verified.append(_run_year(run, root, dataset, year))
    orphans = orphans_of(results, plan, selected, years)
    run.due = windows(plan, DATASETS, verified, years, limits, _missing_runs(run))
    run.verified = only_due(verified, run.due)
    run.report = assemble(plan, DATASETS, run.verified, orphans, years, (), selected, run.due, accepted)
    return run


def _missing_runs(run: Run) -> list[dict]:
    found = []
    for year in run.plan.all_years():
        names = of_same_runs(run.plan.datasets_of(year))
        rollups = {name: str(run.results / "annual" / name / f"{year}.parquet") for name in names}
        found += missing_runs(DATASETS, rollups) if rollups else []
    return found


def _run_year(run: Run, root: Path, dataset: str, year: int) -> dict:
    interim, results, declared = run.results / "interim", run.results, DATASETS[dataset]
    stems = {batch: f"{interim}/{dataset}/{batch}" for batch in run.plan.year_batches(dataset, year)}
    for batch, stem in stems.items():
        manifest = read_manifest(manifest_path(interim, dataset, batch))
        normalize(root, manifest, declared, Outputs.at(stem))
    paths = {kind: str(results / kind / dataset / f"{year}.parquet") for kind in ("annual", "rejected", "revisions")}
    account = str(results / "reports" / "accounts" / dataset / f"{year}.json")
    roll_up(declared, stems, _corrections(results, dataset, year), Rolled(**paths, account=account))
    for kind, frames in (("annual", run.annual), ("rejected", run.rejected), ("revisions", run.revisions)):
        frames[dataset, year] = pl.read_parquet(paths[kind])
    return verify(declared, year, paths["annual"], account, stems)


def _corrections(results: Path, dataset: str, year: int) -> str | None:
    declared = DATASETS[dataset].corrections
    path = results / "annual" / declared.dataset / f"{year}.parquet" if declared else None
    return str(path) if path and path.exists() else None


def utc(text: str) -> datetime:
    """Return a UTC time written as 2026-11-01T06 or 2026-11-01T06:15:07."""
    return datetime.fromisoformat(f"{text}:00" if len(text) == 13 else text).replace(tzinfo=UTC)

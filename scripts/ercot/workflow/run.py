"""One run at a time: the lock, the plan, and the last lines."""

import fcntl
import os
import re
import shlex
import shutil
import socket
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from ercot.catalog.model import Dataset
from ercot.core.files import read_json
from ercot.core.outputs import read_origin
from ercot.core.severity import at_or_above
from ercot.core.wording import counted
from ercot.planning import derived_origins
from ercot.planning.before import forget_state, keep_state
from ercot.planning.derived_origins import Job
from ercot.planning.origins import Origins, ask
from ercot.planning.plan import Plan, make_plan, read_plan, write_plan
from ercot.planning.stale import orphans_of
from ercot.raw.receipts import receipts_digest
from ercot.workflow.settings import Settings, UserError

DERIVED_RULES = ("derive", "derived_verdict")
STANDING = "nothing to rebuild"  # how a run ends that finds all as it should be
RUN = "ERCOT_RUN"  # in the environment of jobs: the run that they belong to
ADVICE = "wait until it has ended, or choose another results_dir"


@dataclass
class Run:
    """The plan of a run and, in the process that made it, what its outputs have to be made from, and the lock."""

    plan: Plan
    settings: Settings
    origins: Origins | None = None
    to_do: set[Job] = field(default_factory=set)
    lock: IO | None = None  # held as long as the process lives

    @property
    def is_current(self) -> bool:
        """Whether planning found every output to be what it should be: Snakemake then ends without a last word."""
        return self.lock is not None and not self.to_do

    def notes(self) -> list[str]:
        """Return lines that a user should see before anything is built."""
        missing = sorted({str(year) for year in self.settings.years or ()} - set(self.plan.raw_years))
        notes = [f"no raw file of {', '.join(missing)}; there are {', '.join(self.plan.raw_years)}"] if missing else []
        if stale := self.plan.stale:
            named = f"{', '.join(stale[:3])}{' …' if len(stale) > 3 else ''}"
            command = f"ercot prune {shlex.quote(str(self.settings.results_dir))}"
            has = "rollup has" if len(stale) == 1 else "rollups have"
            notes.append(f"{len(stale)} {has} no raw files any more ({named}); to delete them: .venv/bin/{command}")
        return notes

    def count(self, rule: str) -> int:
        """Return how many jobs of a rule have to run."""
        return sum(job[0] == rule for job in self.to_do)

    def drop_state_before(self) -> None:
        """Drop what was kept of the state before this run, if the report has been made: on a large disk that counts."""
        paths = self.settings.paths
        if self.lock and read_origin(paths.made("report")) == read_origin(paths.origin("report")):
            forget_state(paths, self.plan)

    def make_sure_of(self, rule: str) -> None:
        """Write down the origins of derived rollups where a workflow that uses this one asks for the first of them."""
        if rule in DERIVED_RULES and self.origins and ("derived_verdict",) not in self.origins.wanted:
            _add_derived(self)
            added = {job: wanted for job, wanted in self.origins.wanted.items() if job[0] in DERIVED_RULES}
            self.to_do |= ask(self.settings.paths, added)


def start_run(
    settings: Settings, catalog: dict[str, Dataset], main: bool, builds: bool = True, derived: bool = False
) -> Run:
    """Return the plan of a run. The main process looks at the raw tree; jobs and other processes read what it wrote.

    A process that ``builds`` keeps the lock of the results folder as long as it lives; others, such as a dry run, keep
    it while they plan, and read the plan of the run that is at work if there is one. ``derived`` says whether derived
    rollups are among the targets. Raises `UserError` where there is nothing to plan from, or another run is at work.
    """
    if main:
        _refuse_missing(settings)
        lock = take_lock(settings.paths.interim)
        if lock:
            run = _plan_anew(settings, catalog, derived)
            if builds:
                _keep_state(run)
                shutil.rmtree(settings.paths.partial, ignore_errors=True)  # of jobs that were killed
                run.lock = lock
                os.environ[RUN] = _holder(settings.paths.interim)
            else:
                lock.close()
            return run
        if builds:
            holder = _holder(settings.paths.interim)
            raise UserError(f"another run is at work on {settings.results_dir} {holder}; {ADVICE}")
    else:
        _refuse_left_over(settings)
    if (plan := read_plan(settings.paths.interim)) is None:
        raise UserError(
            f"another run is at work on {settings.results_dir} and has not planned yet: try again in a moment"
        )
    return Run(plan, settings)


def _refuse_left_over(settings: Settings) -> None:
    """Refuse a job that begins when its run was killed and another one has planned: Snakemake would delete outputs."""
    mine, now = os.environ.get(RUN), _holder(settings.paths.interim)
    if mine and mine != now:
        raise UserError(f"this job is left over from a run that was killed {mine}; the last one to plan was {now}")


def take_lock(interim: Path):
    """Return the open lock file of a results folder, None where another process has it.

    The system frees it when the file is closed or the process ends, however it ends. A file system that knows no locks
    (some parallel ones are mounted so) is taken as free: what guards the folder then is Snakemake's own lock.
    """
    try:
        interim.mkdir(parents=True, exist_ok=True)
        lock = open(interim / ".lock", "a")  # noqa: SIM115 (open as long as the process lives)
    except OSError as error:
        raise UserError(f"cannot write to {interim}: {error.strerror}; choose another results_dir") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    except OSError:
        return lock
    lock.truncate(0)
    print(
        f"(process {os.getpid()} on {socket.gethostname()}, since {time.strftime('%H:%M:%S')})", file=lock, flush=True
    )
    return lock


def closing_line(settings: Settings, ending: str) -> str:
    """Say in one line what was built, rejected, ignored and lost, the verdict, and where the report is."""
    report = settings.paths.report
    try:
        content, changes = (read_json(report(f"{name}.json")) for name in ("verification", "changes"))
        run = read_json(settings.paths.run_notes)
    except (OSError, ValueError):
        return f"ercot: {ending}; no report yet in {report('index.html').parent}"
    ledger, files = content["ledger"], content["files"]
    total = {key: sum(entry[key] for entry in ledger) for key in ("rows_written", "rows_rejected")}
    lost = sum(finding["count"] for finding in changes["findings"] if finding["check"] == "loss")
    parts = [
        f"{len(run['rebuilt']):,} of {counted(run['rollups'], 'rollup')} rebuilt",
        f"{counted(total['rows_written'], 'row')} in all",
        f"rejected {counted(total['rows_rejected'], 'row')} and {counted(len(files['rejected']), 'file')}",
        f"ignored {counted(len(files['ignored']), 'file')}",
        f"lost {counted(lost, 'row')} that were there" if lost else "no row lost",
        _verdict(settings, [*content["findings"], *changes["findings"]], ending),
    ]
    return f"ercot: {ending}: {'; '.join(parts)}. Report: {report('index.html')}"


def _verdict(settings: Settings, findings: list[dict], ending: str) -> str:
    severe = len(at_or_above(findings, settings.fail_on))
    if severe:
        return f"{counted(severe, 'finding')} at or above '{settings.fail_on}'"
    if ending == "failed":
        return "what failed is shown above"
    warnings = len(at_or_above(findings, "warning"))
    return ", ".join(["no finding that fails the run", *([counted(warnings, "warning")] if warnings else [])])


def retried_line(log: str) -> str | None:
    """Say in one line which jobs of a run were tried again, from Snakemake's log; None where none was."""
    again = Counter(re.findall(r"^Trying to restart job (\d+)\.$", log, re.MULTILINE))
    names = dict(re.findall(r"^Job (\d+): (.+?)(?: -> .*)?$", log, re.MULTILINE))
    if not again:
        return None
    jobs = [f"{names.get(job, f'job {job}')}{f' ({n} times)' if n > 1 else ''}" for job, n in again.items()]
    more = f" and {len(jobs) - 10} more" if len(jobs) > 10 else ""
    return f"ercot: tried again after a failure: {', '.join(jobs[:10])}{more}"


def _refuse_missing(settings: Settings) -> None:
    if not settings.raw_dir.is_dir():
        raise UserError(f"raw_dir: there is no folder {settings.raw_dir}; write --config raw_dir=/path/to/ercot/files")
    if not os.access(settings.raw_dir, os.R_OK | os.X_OK):
        raise UserError(f"raw_dir: the folder {settings.raw_dir} cannot be read")


def _plan_anew(settings: Settings, catalog: dict[str, Dataset], with_derived: bool) -> Run:
    try:
        plan = make_plan(
            settings.raw_dir, settings.paths.interim, catalog, settings.datasets, settings.years, settings.batch_mb
        )
        plan = replace(plan, stale=orphans_of(settings.results_dir, plan, settings.datasets, settings.years))
        run = Run(plan, settings, Origins(plan, catalog, _shown_settings(settings)))
        run.origins.add_tables()
        if with_derived or (settings.results_dir / "derived").is_dir():
            _add_derived(run, all_reported=with_derived)
        if not run.plan.batches and not run.plan.stale:
            raise UserError(_nothing_found(settings, plan))
        run.origins.add_report()
        write_plan(settings.paths.interim, run.plan)
        run.to_do = ask(settings.paths, run.origins.wanted)
        return run
    except OSError as error:
        raise UserError(f"cannot plan: {error.strerror}: {error.filename or settings.paths.interim}") from None


def _keep_state(run: Run) -> None:
    settings = run.settings
    told = {
        "raw_dir": str(settings.raw_dir.resolve()),
        "settings": {
            "datasets": list(settings.datasets),
            "years": sorted(settings.years) if settings.years else "all",
            "batch_mb": settings.batch_mb,
            "fail_on": settings.fail_on,
            "expect_from": settings.expect_from and settings.expect_from.isoformat(),
            "expect_until": settings.expect_until and settings.expect_until.isoformat(),
        },
    }
    try:
        keep_state(settings.paths, run.plan, run.to_do, told)
    except OSError as error:
        raise UserError(f"cannot plan: {error.strerror}: {error.filename or settings.paths.interim}") from None


def _add_derived(run: Run, all_reported: bool = False) -> None:
    """Add the derived rollups to a plan: their origins, and which of them the report shows."""
    from ercot.rollup.derived_tables import DERIVED  # imports polars

    plan, results = run.plan, run.settings.results_dir
    possible = derived_origins.possible(DERIVED, plan)
    run.origins.add_derived(possible)
    built = possible if all_reported else derived_origins.built(DERIVED, results)
    reported = sorted(list(names) for names in built if names in possible)
    lost = derived_origins.lost(DERIVED, plan, results, run.settings.datasets, run.settings.years)
    run.plan = replace(plan, stale=[*plan.stale, *lost], reported_derived=reported)
    run.origins.plan = run.plan


def _shown_settings(settings: Settings) -> dict[str, str]:
    """Return what of the configuration shows in the outputs of a rule."""
    expected = (
        settings.expect_from,
        settings.expect_until,
        settings.accepted_findings,
        receipts_digest(settings.raw_dir),
    )
    selected = repr((settings.datasets, sorted(settings.years or []), *expected))
    of_derived = repr((settings.fail_on, settings.accepted_findings))
    return {"report": selected, "verdict": settings.fail_on, "derived_verdict": of_derived}


def _nothing_found(settings: Settings, plan: Plan) -> str:
    if settings.years is not None and plan.raw_years:
        wanted = ", ".join(map(str, sorted(settings.years)))
        return f"years: no raw file of {wanted}; below {settings.raw_dir} there are {', '.join(plan.raw_years)}"
    return f"raw_dir: no report of the selected datasets below {settings.raw_dir}; see README.md for file names"


def _holder(interim: Path) -> str:
    try:
        return (interim / ".lock").read_text().strip()
    except OSError:
        return ""

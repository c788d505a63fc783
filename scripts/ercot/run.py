"""One run at a time: the lock, the plan, and the last line."""

import fcntl
import os
from pathlib import Path

from .catalog.model import Dataset
from .files import read_json
from .findings import at_or_above
from .plan import Plan, make_plan, read_plan
from .settings import Mistake, Settings

_HELD = []  # the lock file of this process, kept open as long as it lives


def plan_run(settings: Settings, catalog: dict[str, Dataset], main: bool) -> Plan:
    """Return the plan of a run. The main process looks at the raw tree; jobs and other processes read what it wrote.

    Raises `Mistake` where there is nothing to plan from.
    """
    if main:
        _refuse_missing(settings)
        if hold_lock(settings.interim):
            return _plan_anew(settings, catalog)
    plan = read_plan(settings.interim)
    if plan is None:
        raise Mistake(
            f"another run is at work on {settings.results_dir} and has not planned yet: try again in a moment"
        )
    return plan


def hold_lock(interim: Path) -> bool:
    """Take the lock of a results folder for the life of this process; False where another run has it.

    The system frees it when the process ends, however it ends.
    """
    try:
        interim.mkdir(parents=True, exist_ok=True)
        lock = open(interim / ".lock", "w")  # noqa: SIM115 (open as long as the process lives)
    except OSError as error:
        raise Mistake(f"cannot write to {interim}: {error.strerror}; choose another results_dir") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return False
    _HELD.append(lock)
    return True


def closing_line(settings: Settings, ending: str) -> str:
    """Say in one line what was built, what was rejected and where the report is."""
    reports = settings.results_dir / "reports"
    try:
        content = read_json(reports / "verification.json")
    except (OSError, ValueError):
        return f"ercot: {ending}; no report yet in {reports}"
    ledger, files = content["ledger"], content["files"]
    total = {key: sum(entry[key] for entry in ledger) for key in ("rows_written", "rows_rejected", "files_read")}
    severe = at_or_above(content["findings"], settings.fail_on)
    verdict = f"{len(severe)} findings at or above '{settings.fail_on}'" if severe else "no finding that fails the run"
    return (
        f"ercot: {ending}: {sum(e['dataset'] is not None for e in ledger)} rollups, {total['rows_written']:,} rows "
        f"from {total['files_read']:,} files; rejected {total['rows_rejected']:,} rows and "
        f"{len(files['rejected']):,} files; {verdict}. Report: {reports / 'index.html'}"
    )


def _refuse_missing(settings: Settings) -> None:
    if not settings.raw_dir.is_dir():
        raise Mistake(f"raw_dir: there is no folder {settings.raw_dir}; write --config raw_dir=/path/to/ercot/files")
    if not os.access(settings.raw_dir, os.R_OK | os.X_OK):
        raise Mistake(f"raw_dir: the folder {settings.raw_dir} cannot be read")


def _plan_anew(settings: Settings, catalog: dict[str, Dataset]) -> Plan:
    try:
        plan = make_plan(
            settings.raw_dir, settings.interim, catalog, settings.datasets, settings.years, settings.batch_mb
        )
    except OSError as error:
        raise Mistake(f"cannot plan: {error.strerror}: {error.filename}") from None
    if not plan.batches:
        years = "" if settings.years is None else f" of the years {', '.join(map(str, sorted(settings.years)))}"
        raise Mistake(
            f"raw_dir: no report of the selected datasets{years} below {settings.raw_dir}; see README.md for file names"
        )
    return plan

"""The state before a run: what the report of the run compares the new state with.

Snakemake deletes the outputs of a job before it runs, so planning keeps, below ``interim/before``, the rollups that are
to be rebuilt (as hard links), what the checks found in them, the last report's findings and its account of changes.
What is kept stays until the report is current, at the end of the run or when the next one plans: so a run that was
killed, and run again, compares with the state before the first of them.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from ercot.core.files import read_json, write_json
from ercot.core.paths import ResultPaths
from ercot.planning.derived_origins import Job
from ercot.planning.plan import Plan


def keep_state(paths: ResultPaths, plan: Plan, to_do: set[Job], told: dict) -> None:
    """Keep what the jobs to be done will replace, and note for the report which rollups they are.

    ``told`` is what else the report should say of the run: settings, and where the raw files lie.
    """
    rollups = sorted(job[1:] for job in to_do if job[0] == "rollup")
    waiting = ("report",) in to_do and not _is_reported(paths)
    before = _noted(paths) if waiting else []
    if not waiting:
        forget_state(paths, plan)
    for name in ("verification.json", "changes.json"):
        _keep(paths.report(name), paths.before(name))
    for dataset, year in rollups:
        if not paths.before(dataset, f"{year}.facts.json").exists():
            paths.before(dataset, f"{year}.parquet").unlink(missing_ok=True)
            _keep(paths.annual(dataset, year), paths.before(dataset, f"{year}.parquet"))
            _keep(paths.facts(dataset, year), paths.before(dataset, f"{year}.facts.json"))
    rebuilt = sorted({*before, *rollups})
    count = sum(len(years) for years in plan.batches.values())
    write_json(paths.run_notes, told | {"raw": plan.raw, "rollups": count, "rebuilt": rebuilt})


def _noted(paths: ResultPaths) -> list[tuple[str, str]]:
    """Return the rollups that earlier runs were to make whose report was never written."""
    try:
        return [(dataset, year) for dataset, year in read_json(paths.run_notes)["rebuilt"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _is_reported(paths: ResultPaths) -> bool:
    """Return whether the report of the last run that built was written: it repeats what planning noted of that run."""
    try:
        return read_json(paths.run_notes).items() <= read_json(paths.report("run.json")).items()
    except (OSError, ValueError, AttributeError):
        return False


def forget_state(paths: ResultPaths, plan: Plan) -> None:
    """Drop what the standing report has been compared with; rollups outside the plan wait for theirs."""
    for name in ("verification.json", "changes.json"):
        if _is_json(paths.report(name)):
            paths.before(name).unlink(missing_ok=True)
    for dataset in plan.batches:
        for year in plan.years(dataset):
            for ending in ("parquet", "facts.json", "differences.json"):
                paths.before(dataset, f"{year}.{ending}").unlink(missing_ok=True)


def _is_json(path: Path) -> bool:
    try:
        read_json(path)
    except (OSError, ValueError):
        return False
    return True


def _keep(path: Path, kept: Path) -> None:
    """Keep a file unless one is kept already; where the file system has no links, as a copy."""
    if kept.exists() or not path.is_file() or (path.suffix == ".json" and not _is_json(path)):
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, kept)
    except OSError:
        with suppress(OSError):
            shutil.copyfile(path, kept)

"""Bars on a terminal, one a stage: fed by Snakemake's events, and by what long jobs note beside their logs.

While bars are shown, jobs print nothing themselves: they learn of it from the environment, which reaches them on the
nodes of a cluster, too, and note how far they are in a file that the main process looks at whenever it draws.
"""

import atexit
import logging
import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "ERCOT_BARS"  # set in the environment of the jobs while bars are shown
STAGES = {"normalize": "normalize", "rollup": "roll up"}
OTHERS = "report"  # headers, reconciliation, report, verdict: all small


@dataclass(frozen=True)
class Share:
    """What one job adds to the bar of its stage."""

    stage: str
    weight: float  # raw megabytes behind the job: time goes with these
    files: int  # raw files behind the job
    log: str


@dataclass
class Stage:
    """How far the jobs of one stage are."""

    name: str
    jobs: int = 0
    weight: float = 0.0
    files: int = 0
    ended: int = 0
    done_weight: float = 0.0
    done_files: float = 0.0
    begun: float | None = None
    over: float | None = None
    running: set[int] = field(default_factory=set)


def is_wanted(stream, quiet: Iterable, verbose: bool) -> bool:
    """Say whether bars have a place: on a terminal that moves its cursor, without --quiet all and --verbose."""
    able = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return able and not verbose and "all" not in map(str, quiet)


class Progress(logging.Handler):
    """The bars of a run, as a handler of Snakemake's messages."""

    def __init__(self, shares: dict[int, Share], logger: logging.Logger):
        super().__init__()
        self._shares, self._logger = shares, logger
        names = [*STAGES.values(), OTHERS]
        self._stages = {name: Stage(name) for name in names if any(s.stage == name for s in shares.values())}
        for share in shares.values():
            stage = self._stages[share.stage]
            stage.jobs += 1
            stage.weight += share.weight
            stage.files += share.files
        self._tasks: dict[str, int] = {}
        self._looked = 0.0
        self._bars = _make_bars(self)
        for name, stage in self._stages.items():
            self._tasks[name] = self._bars.add_task(name, total=stage.weight, told=_tell(stage, 0), start=False)
        self._plain: list[tuple[logging.StreamHandler, object]] = []

    def start(self) -> None:
        """Show the bars; from now on Snakemake prints only warnings and errors, above them."""
        os.environ[VARIABLE] = "1"
        atexit.register(self.stop)  # first: Ctrl-C may come at once
        self._bars.start()
        for handler in self._logger.handlers:
            if type(handler).__name__ == "ColorizingTextHandler":
                self._plain.append((handler, handler.stream))
                handler.setStream(sys.stderr)
                handler.addFilter(_is_worth_a_line)
        self._logger.addHandler(self)

    def stop(self) -> None:
        """Draw the last state, and give the terminal back."""
        self._logger.removeHandler(self)
        self._bars.stop()
        for handler, stream in self._plain:
            handler.setStream(stream)
            handler.removeFilter(_is_worth_a_line)
        self._plain.clear()
        os.environ.pop(VARIABLE, None)

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of jobs that begin and end."""
        with suppress(AttributeError):  # a bar that stands still is no reason to end a run
            match str(getattr(record, "event", "")):
                case "job_started":
                    for job in record.jobs:
                        self._begin(job)
                case "job_finished":
                    self._end(record.job_id, succeeded=True)
                case "job_error":
                    self._end(record.jobid, succeeded=False)

    def look(self) -> None:
        """Bring the bars up to date with what the running jobs have noted, but look at the disk once a second only."""
        if time.monotonic() - self._looked < 1.0 and any(stage.running for stage in self._stages.values()):
            return
        self._looked = time.monotonic()
        for name, task in self._tasks.items():
            stage = self._stages[name]
            parts = [(self._shares[job], fraction_done(self._shares[job].log)) for job in list(stage.running)]
            weight = stage.done_weight + sum(share.weight * part for share, part in parts)
            weight = weight if stage.ended < stage.jobs else stage.weight  # whatever the sum was rounded to
            files = stage.done_files + sum(share.files * part for share, part in parts)
            self._bars.update(task, completed=weight, told=_tell(stage, files))

    def _begin(self, job: int) -> None:
        share = self._shares.get(job)
        if share:
            stage = self._stages[share.stage]
            stage.running.add(job)
            if stage.begun is None:
                stage.begun = time.monotonic()
                self._bars.start_task(self._tasks[share.stage])

    def _end(self, job: int, succeeded: bool) -> None:
        share = self._shares.get(job)
        if share is None or job not in self._stages[share.stage].running:
            return
        stage = self._stages[share.stage]
        stage.running.discard(job)
        if succeeded:
            stage.ended += 1
            stage.done_weight += share.weight
            stage.done_files += share.files
            stage.over = time.monotonic() if stage.ended == stage.jobs else None


def note_progress(log: str, done: int, total: int) -> None:
    """Note, beside a job's log, how far the job is."""
    with suppress(OSError):
        Path(f"{log}.progress.part").write_text(f"{done} {total}")
        os.replace(f"{log}.progress.part", f"{log}.progress")


def forget_progress(log: str) -> None:
    """Remove the note of a job that has ended."""
    with suppress(OSError):
        Path(f"{log}.progress").unlink(missing_ok=True)


def fraction_done(log: str) -> float:
    """Return how far a job is, 0 where it has not said."""
    try:
        done, total = map(int, Path(f"{log}.progress").read_text().split())
    except (OSError, ValueError):  # not yet there, or half written
        return 0.0
    return min(done / total, 1.0) if total else 0.0


def _make_bars(progress: Progress):
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    class Looking(Bars):
        def get_renderables(self):
            progress.look()
            yield from super().get_renderables()

    columns = [SpinnerColumn(), TextColumn("{task.description:<9}"), BarColumn(bar_width=20)]
    columns += [TextColumn("{task.fields[told]}"), TimeRemainingColumn(compact=True, elapsed_when_finished=True)]
    return Looking(*columns, console=Console(stderr=True), refresh_per_second=4, speed_estimate_period=120)


def _tell(stage: Stage, files: float) -> str:
    jobs = f"{stage.ended:,}/{stage.jobs:,} jobs"
    if stage.begun is None or not stage.files:
        return jobs
    seconds = (stage.over or time.monotonic()) - stage.begun
    return f"{jobs}, {files:,.0f} files, {files / max(seconds, 0.5):,.0f}/s"


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno > logging.INFO

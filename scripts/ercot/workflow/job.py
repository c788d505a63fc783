"""What every job of the workflow does around its work: a log, outputs in their places, and errors in one line."""

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ercot.core.garbage import collect_garbage
from ercot.core.outputs import Superseded, placed
from ercot.workflow.progress import VARIABLE, forget_progress, note_progress

BLINK = 0.2  # seconds between two notes of a job that moves a bar


@dataclass(frozen=True)
class Job:
    """The job that a script does: where to write its outputs, and how to log."""

    log: Callable[[str], None]
    log_file: str
    outputs: dict[str, str]  # by name, each a path that is moved to its place at the end

    def progress_logger(self, noun: str, seconds: float = 5.0) -> Callable[[int, int], None]:
        """Return a function that takes how much is done of how much, and moves the bar or logs it now and then."""
        return progress_logger(self.log, noun, self.log_file, seconds)


@contextmanager
def job(snakemake, **more: str) -> Iterator[Job]:
    """Run the script of a rule: ``snakemake`` is what Snakemake hands to it.

    The rule has an input ``origin`` and an output ``made``; ``more`` are outputs that it cannot declare, by name.
    """
    outputs = {name: str(path) for name, path in snakemake.output.items() if name != "made"} | more
    name = " ".join([snakemake.rule, *map(str, snakemake.wildcards)])
    with (
        logged(name, snakemake.log[0]) as log,
        placed(outputs, Path(snakemake.input.origin), snakemake.output.made) as aside,
    ):
        yield Job(log, snakemake.log[0], aside)


@contextmanager
def logged(job: str, path: str) -> Iterator[Callable[[str], None]]:
    """Hand out a function that writes a line to the job's log and, with the job's name and time, to the terminal.

    An error goes to the log whole, and to the terminal in one line. Where bars are shown there, all goes to the log
    alone, of which Snakemake shows what a failed job has written.
    """
    bars = VARIABLE in os.environ
    begun = time.monotonic()
    collect_garbage()
    with suppress(OSError):
        Path(path).unlink()
    forget_progress(path)  # of a try that was killed

    def note(text: str) -> None:
        """Write to the log; where the disk is full the terminal has to do."""
        with suppress(OSError), open(path, "a", encoding="utf-8", errors="backslashreplace") as log:
            print(text, file=log)

    def say(line: str) -> None:
        note(line)
        if not bars:
            print(f"  {job}: {line} ({time.monotonic() - begun:.1f} s)", file=sys.stderr, flush=True)

    try:
        yield say
    except KeyboardInterrupt:
        raise
    except SystemExit as ended:
        note(str(ended))
        sys.exit(1 if bars else f"ercot: {job}: {ended} (log: {path})")
    except BaseException as error:  # a panic of polars is no Exception
        reason = _reason(error)
        note(reason if _is_of_the_system(error) else traceback.format_exc())
        sys.exit(1 if bars else f"ercot: {job}: {reason} (log: {path})")
    finally:
        forget_progress(path)


def _reason(error: BaseException) -> str:
    if isinstance(error, Superseded):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def _is_of_the_system(error: BaseException) -> bool:
    """Say whether a full disk or the like is at fault, to which the place in the code is no clue."""
    return isinstance(error, OSError) or "(os error " in str(error)


def progress_logger(
    say: Callable[[str], None], noun: str, log: str, seconds: float = 5.0
) -> Callable[[int, int], None]:
    """Return a function that takes how much is done and of how much.

    It moves the bar, or says so now and then, with the time left.
    """
    bars = VARIABLE in os.environ
    begun = last = time.monotonic()

    def tick(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if bars and now - last >= BLINK:
            last = now
            note_progress(log, done, total)
        elif now - last >= seconds and 0 < done < total:
            last = now
            say(f"{done:,} of {total:,} {noun}, about {(now - begun) * (total - done) / done:.0f} s left")

    return tick


def stems(paths: list[str], ending: str) -> dict[str, str]:
    """Map each batch to the stem of its interim files, from the paths of one kind of them."""
    return {Path(stem).name: stem for stem in (str(path).removesuffix(ending) for path in paths)}

"""What a fetch shows while it works: one bar on a terminal, lines elsewhere.

In: notes that the jobs leave beside their logs (documents had, documents listed, bytes). Out: documents, bytes
and time left.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from ercot.workflow.job import BLINK
from ercot.workflow.progress import VARIABLE, Progress

LINE_SECONDS = 10.0  # between two lines of a job where no bar is shown
ENDING = ".documents"


def telling(say: Callable[[str], None], log: str) -> Callable[[int, int, int], None]:
    """Return a function that takes documents had, documents listed and bytes received."""
    bars, note = VARIABLE in os.environ, Path(f"{log}{ENDING}")
    last = time.monotonic()

    def tell(had: int, listed: int, size: int) -> None:
        nonlocal last
        now = time.monotonic()
        if bars and (now - last >= BLINK or had == listed):
            last = now
            with suppress(OSError):
                note.with_suffix(".part").write_text(json.dumps([had, listed, size]))
                os.replace(note.with_suffix(".part"), note)
        elif not bars and now - last >= LINE_SECONDS:
            last = now
            say(f"{had:,} of {listed:,} documents, {size / 1e6:,.1f} MB")

    return tell


class FetchBar(Progress):
    """The bar of a fetch: the months' documents, expected ones until their lists are read."""

    def __init__(self, expected: Mapping[str, float], logger: logging.Logger):
        logging.Handler.__init__(self)
        self._logger, self._plain = logger, []
        self._expected = dict(expected)  # documents by log file of a month
        self._ended: set[str] = set()
        self._looked = 0.0
        for log in expected:
            Path(f"{log}{ENDING}").unlink(missing_ok=True)
        self._task = None  # drawing begins while the bar is made
        self._bars = _make_bar(self)
        self._task = self._bars.add_task("fetch", total=sum(expected.values()) or 1, told="")

    def stop(self) -> None:
        """Draw the last state, and give the terminal back."""
        self._looked = 0.0
        self.look()
        super().stop()

    def emit(self, record: logging.LogRecord) -> None:
        """Take no note of jobs: their own notes say more."""

    def look(self) -> None:
        """Bring the bar up to date with what the jobs have noted, once a second."""
        if self._task is None or time.monotonic() - self._looked < 1.0:
            return
        self._looked = time.monotonic()
        notes = {log: note for log in self._expected if (note := _read_note(log))}
        had, size = (sum(note[i] for note in notes.values()) for i in (0, 2))
        total = sum(notes[log][1] if log in notes else expected for log, expected in self._expected.items())
        told = f"{had:,.0f} of about {total:,.0f} documents, {size / 1e6:,.1f} MB"
        self._bars.update(self._task, completed=had, total=max(total, 1), told=told)


def _read_note(log: str) -> list[int] | None:
    try:
        return json.loads(Path(f"{log}{ENDING}").read_text())
    except (OSError, ValueError):
        return None


def _make_bar(progress: FetchBar):
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    class Looking(Bars):
        def get_renderables(self):
            progress.look()
            yield from super().get_renderables()

    columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20)]
    columns += [TextColumn("{task.fields[told]}"), TimeRemainingColumn(compact=True, elapsed_when_finished=True)]
    return Looking(*columns, console=Console(stderr=True), refresh_per_second=4, speed_estimate_period=300)

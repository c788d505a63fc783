"""The time labels of an operating day, computed from the clock of Chicago alone.

This is the truth that the reader is tested against, so it shares nothing with the reader.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Dataset
from ercot.simulate.values.noise import noise

CENTRAL = ZoneInfo("America/Chicago")
HOUR, QUARTER, DAY = timedelta(hours=1), timedelta(minutes=15), timedelta(days=1)
RUN = timedelta(minutes=5)
EXTRA_RUN_SHARE = 0.015  # now and then the operators start a run between two


@dataclass(frozen=True)
class Slot:
    """One interval or SCED run: when it starts, and how ERCOT labels it."""

    start: datetime  # UTC
    end: datetime  # UTC; of a run, its start
    hour: int = 0  # hour ending as printed
    quarter: int = 0  # 1..4
    number: int = 0  # of the quarter hour within the day
    second_pass: bool = False  # of the repeated hour

    @property
    def local(self) -> datetime:
        """The start on the wall clock, without zone."""
        return self.start.astimezone(CENTRAL).replace(tzinfo=None)

    @property
    def local_end(self) -> datetime:
        """The end on the wall clock, as far after the start as the slot is long; 3:00 where 2:00 was skipped."""
        end = self.local + (self.end - self.start)
        there = end.replace(tzinfo=CENTRAL).astimezone(UTC)
        return there.astimezone(CENTRAL).replace(tzinfo=None)


def slots_of(
    dataset: Dataset, day: date, *, spring_labels: str = "clock", fall_labels: str = "flag", seed: int = 0
) -> list[Slot]:
    """Return the slots of an operating day in order of time; one that spans the day for reports without a clock."""
    if dataset.clock is Clock.RUN:
        return runs_of(day, _run_minutes(dataset, day), seed)
    start, end = midnight(day), midnight(day + DAY)
    step = {Clock.HOUR: HOUR, Clock.QUARTER_HOUR: QUARTER, Clock.NUMBER: QUARTER}.get(dataset.clock)
    if step is None:
        return [Slot(start, end)]
    count = (end - start) // step
    return [_interval(start, start + n * step, step, n, spring_labels, fall_labels) for n in range(count)]


def midnight(day: date) -> datetime:
    """Return the start of an operating day in UTC."""
    return datetime.combine(day, time(), CENTRAL).astimezone(UTC)


def runs_of(day: date, minutes: int, seed: int) -> list[Slot]:
    """Return the SCED runs of a day, at odd seconds; every first one of a quarter hour where ``minutes`` is 15."""
    first, last = midnight(day), midnight(day + DAY)
    marks = [first + n * RUN for n in range((last - first) // RUN)]
    draws = noise(seed, "run", day.toordinal(), list(range(len(marks))))
    late = 8 + 9 * float(noise(seed, "runs", day.toordinal()))  # seconds after the mark, alike within a day
    runs = []
    for mark, draw in zip(marks, draws.tolist(), strict=True):
        runs.append(_run(mark + timedelta(seconds=int(late + 6 * draw))))
        if minutes == 5 and draw < EXTRA_RUN_SHARE:
            runs.append(_run(mark + timedelta(seconds=150 + int(late))))
    return [run for run in runs if minutes == 5 or run.local.minute % minutes < 5]


def is_second_pass(moment: datetime) -> bool:
    """Say whether a moment lies in the second pass of the repeated hour."""
    return moment.astimezone(CENTRAL).fold == 1


def _run(moment: datetime) -> Slot:
    return Slot(moment, moment, second_pass=is_second_pass(moment))


def _run_minutes(dataset: Dataset, day: date) -> int:
    return next((minutes for since, minutes in reversed(dataset.run_minutes) if since <= day), 5)


def _interval(midnight: datetime, start: datetime, step: timedelta, n: int, spring: str, fall: str) -> Slot:
    local = start.astimezone(CENTRAL)
    end_of_hour = (start + HOUR - timedelta(minutes=local.minute)).astimezone(CENTRAL)
    hours = (start - midnight) // HOUR + 1
    shift = end_of_hour.utcoffset() - local.utcoffset()
    hour = local.hour + 1
    if _is_short(midnight):
        hour = {"clock": hour, "numbered": hours, "end": hour + (shift > timedelta(0))}[spring]
    elif fall == "numbered":
        hour = hours
    return Slot(start, start + step, hour, local.minute // 15 + 1, n + 1, local.fold == 1)


def _is_short(midnight: datetime) -> bool:
    return (midnight + 23 * HOUR).astimezone(CENTRAL).hour == 0

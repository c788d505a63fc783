"""When ERCOT has surely published a report of an operating day: one declaration for each way of publishing.

The times are Central Prevailing Time. Each leaves a margin after the usual time, so that a late posting is no gap.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from ercot.catalog.model import Coverage, Dataset, NameDay


class Of(Enum):
    """What a lag counts from."""

    INTERVAL = "interval"  # the end of each interval; of a SCED run, that of the time until the next one
    DAY = "day"  # the start of the operating day
    YEAR = "year"  # the end of the year of the operating day


@dataclass(frozen=True)
class Lag:
    """How long after ``of`` a report is there at the latest, on the clock on the wall."""

    of: Of
    by: timedelta


REAL_TIME = Lag(Of.INTERVAL, timedelta(minutes=5))  # posted about a minute after the interval or run
DAY_AHEAD = Lag(Of.DAY, timedelta(hours=-9, minutes=-30))  # posted from 12:30 to 13:30 of the day before; until 14:30
SAME_DAY = Lag(Of.DAY, timedelta(days=2))  # posted at 16:00 of the day; a retry may come a day late
DAY_AFTER = Lag(Of.DAY, timedelta(days=2))  # posted at 16:00 of the next day; until that day is over
SIXTY_DAYS = Lag(Of.DAY, timedelta(days=60, hours=12))  # posted about 05:00 of day + 60; until noon
YEARLY = Lag(Of.YEAR, timedelta(days=31))  # posted again and again while the year grows, whole in January

LAGS = {
    NameDay.INTERVAL_END: REAL_TIME,
    NameDay.RUN: REAL_TIME,
    NameDay.DAY_AHEAD: DAY_AHEAD,
    NameDay.PUBLISHED: SAME_DAY,
    NameDay.DAY_AFTER: DAY_AFTER,
    NameDay.DISCLOSED: SIXTY_DAYS,
    NameDay.OPERATING: SIXTY_DAYS,
    NameDay.YEAR: YEARLY,
}  # corrections (`NameDay.NOTHING`) come when there is something to correct


def lag_of(dataset: Dataset) -> Lag | None:
    """Return how late a report is published, None where nothing is ever due: it lists events only."""
    return None if dataset.coverage is Coverage.EVENTS else LAGS[dataset.sources[0].name_day]


def last_due(lag: Lag, clock: datetime, step: timedelta) -> date:
    """Return the last operating day of which something is due when it is ``clock`` (Central, naive).

    ``step`` is the length of the first interval of a day, of which a report with intervals is due first.
    """
    if lag.of is Of.INTERVAL:
        return (clock - lag.by - step).date()
    begun = (clock - lag.by).date()
    return begun if lag.of is Of.DAY else date(begun.year - 1, 12, 31)

"""How the rows of a report say when they apply: one record a clock.

How the labels of a clock are read is in `normalize.local_time`.
"""

from dataclasses import dataclass
from enum import Enum

DATE, UTC, NAIVE, SMALL, FLAG = "date", "utc", "naive", "small integer", "flag"
OPERATING_DAY = (("delivery_date", DATE),)
INTERVAL = (*OPERATING_DAY, ("interval_start", UTC), ("interval_end", UTC))
HOUR_ENDING = (("hour_ending", SMALL),)
DST_FLAG = (("dst_flag", FLAG),)
IN_UTC = "`interval_start` and `interval_end` are UTC"


@dataclass(frozen=True)
class ClockFacts:
    """The static facts of a clock."""

    name: str
    meaning: str  # in the data dictionary
    printed: tuple[str, ...]  # the columns with the time of a row, as ERCOT prints it
    columns: tuple[tuple[str, str], ...]  # what they become, with their types
    key: str  # the column that rows are sorted by first
    day: str | None = None  # the printed column with the operating day
    minutes: int | None = None  # of an interval


class Clock(Enum):
    """The clocks of ERCOT's reports."""

    HOUR = ClockFacts(
        name="hour",
        meaning=f"operating day and hour ending; {IN_UTC}",
        printed=("delivery_date", "hour_ending", "dst_flag"),
        columns=INTERVAL + HOUR_ENDING + DST_FLAG,
        key="interval_start",
        day="delivery_date",
        minutes=60,
    )
    QUARTER_HOUR = ClockFacts(
        name="quarter hour",
        meaning=f"operating day, hour ending and quarter; {IN_UTC}",
        printed=("delivery_date", "hour_ending", "delivery_interval", "dst_flag"),
        columns=INTERVAL + HOUR_ENDING + (("delivery_interval", SMALL),) + DST_FLAG,
        key="interval_start",
        day="delivery_date",
        minutes=15,
    )
    RUN = ClockFacts(
        name="run",
        meaning="SCED runs, at odd seconds; `sced_timestamp` is UTC",
        printed=("sced_timestamp", "repeated_hour_flag"),
        columns=(*OPERATING_DAY, ("sced_timestamp", UTC), ("repeated_hour_flag", FLAG)),
        key="sced_timestamp",
        day="sced_timestamp",
    )
    NUMBER = ClockFacts(
        name="number",
        meaning=f"number of the quarter hour within the operating day; {IN_UTC}",
        printed=("interval_time_cpt", "interval_number"),
        columns=(*INTERVAL, ("interval_time_cpt", NAIVE), ("interval_number", SMALL)),
        key="interval_start",
        day="interval_time_cpt",
        minutes=15,
    )
    DAY = ClockFacts(
        name="day",
        meaning="one operating day a row",
        printed=("as_of",),
        columns=(*OPERATING_DAY, ("as_of", DATE)),
        key="as_of",
        day="as_of",
    )
    POSTING = ClockFacts(
        name="posting",
        meaning="valid from the day of posting until the next one",
        printed=(),
        columns=OPERATING_DAY,
        key="delivery_date",
    )

    @property
    def facts(self) -> ClockFacts:
        """Its record."""
        return self.value

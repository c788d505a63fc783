"""The vocabulary in which a report of ERCOT is declared: columns, sources, clocks, datasets.

Nothing here reads a file or imports a data library, so that planning a run stays cheap.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import Evidence


class Kind(Enum):
    """What a column holds, in the words of the data dictionary."""

    DATE = "date"
    INTEGER = "integer"
    FLOAT = "float"
    TEXT = "text"
    FLAG = "flag"  # Y/N in the file, Boolean here
    UTC_STAMP = "utc stamp"  # local time with a flag for the repeated hour, UTC here
    NAIVE_STAMP = "naive stamp"  # local time without such a flag, so it stays Central Prevailing Time


class Coverage(Enum):
    """What must be there for an operating day to be complete."""

    GRID = "grid"  # every interval (or run) of the day
    DAYS = "days"  # at least one row a day
    EVENTS = "events"  # only what happened: an absent day says nothing


class DayFrom(Enum):
    """Where planning learns the operating day of a file."""

    NAME = "name"  # the file name fixes it; the file is not opened
    FIRST_ROW = "first row"  # one operating day a file, read from its first usable row
    ROWS = "rows"  # several operating days a file: every row is looked at


class NameDay(Enum):
    """What the date in a file name says about the operating day (a fallback where rows decide)."""

    INTERVAL_END = "interval end"  # the inner stamp is the end of the only interval
    RUN = "run"  # the inner stamp is the SCED run
    PUBLISHED = "published"  # the day of publication
    DAY_AHEAD = "day ahead"  # the day after publication
    DAY_AFTER = "day after"  # the day before publication
    DISCLOSED = "disclosed"  # sixty days before the date in the name, which is that of publication
    OPERATING = "operating"  # the date in the name; of the publication the name says nothing
    NOTHING = "nothing"  # nothing; the day of publication stands in where no row says a day
    YEAR = "year"  # the name ends with the year of all its days


@dataclass(frozen=True)
class Spelling:
    """One header text of a column, and the operating days (both inclusive) on which ERCOT printed it so."""

    header: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether files of this operating day carry the spelling."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Column:
    """One column: its name here, what it holds, its unit, its meaning, and how ERCOT's files head it."""

    name: str
    kind: Kind
    meaning: str
    spellings: tuple[Spelling, ...]
    aliases: tuple[str, ...] = ()  # further spellings seen in single files, of no certain era
    unit: str = ""
    required: bool = False  # a row without it is rejected
    low: float | None = None  # plausible bounds: outside is a finding, never a rejection
    high: float | None = None

    def header_on(self, day: date) -> str | None:
        """Return the header text in files of this operating day, None where the era lacks the column."""
        return next((s.header for s in self.spellings if s.holds_on(day)), None)


@dataclass(frozen=True)
class Cdr:
    """A report published as ``cdr.0000RRRR.….NAME``: RRRR is the report type id."""

    report_type: int
    name_day: NameDay
    friendly: str  # the NAME that ERCOT gives, up to the inner stamp
    part: str | None = None  # text that the NAME must hold, where one report type has several parts
    marker: str | None = None  # column that the header must hold, where one report type has several shapes


@dataclass(frozen=True)
class Stem:
    """A member of the 60-day disclosures, ``STEM-DD-MMM-YY.csv`` (or ``STEM_MMDDYYYY.csv``)."""

    stem: str
    name_day: NameDay = NameDay.DISCLOSED


@dataclass(frozen=True)
class Corrections:
    """Which dataset of price corrections overrides which columns."""

    dataset: str
    prices: tuple[tuple[str, str], ...]  # a column here, and the one of its corrected price there

    def overrides(self, column: str) -> bool:
        """Say whether a column may be corrected."""
        return any(name == column for name, _ in self.prices)


@dataclass(frozen=True)
class Dataset:
    """All that is known of one report. Adding a report means writing one of these, nothing else."""

    id: str
    title: str
    emil: str
    sources: tuple[Cdr | Stem, ...]
    clock: Clock
    columns: tuple[Column, ...]  # in ERCOT's order
    key: tuple[str, ...]  # () where rows have no natural key: then whole members replace each other
    first_day: date
    mb_per_day: tuple[tuple[date, float], ...]  # raw CSV megabytes of one operating day, from that day on
    last_day: date | None = None
    evidence: tuple[tuple[date, Evidence], ...] = ()  # what the columns rest on, from that operating day on
    day_from: DayFrom = DayFrom.NAME
    coverage: Coverage = Coverage.GRID
    run_minutes: tuple[tuple[date, int], ...] = ()  # nominal minutes between SCED runs, from that day on
    corrections: Corrections | None = None
    order: tuple[str, ...] = ()  # sorting of a dataset without a key
    one_of: tuple[str, ...] = ()  # columns of several eras: a row without any of them is rejected
    quirks: tuple[str, ...] = field(default=())

    def __hash__(self) -> int:
        """Return the hash of the id: caches look a dataset up for every file, and its columns are many."""
        return hash(self.id)

    @property
    def printed(self) -> tuple[str, ...]:
        """The columns that tell the time of a row, as ERCOT prints it."""
        return self.clock.facts.printed

    def column(self, name: str) -> Column:
        """Return the declared column of that name; KeyError where there is none."""
        found = next((c for c in self.columns if c.name == name), None)
        if found is None:
            raise KeyError(f"{self.id} declares no column {name}")
        return found

    def has(self, name: str) -> bool:
        """Say whether ERCOT's files of any era carry the column."""
        return any(c.name == name for c in self.columns)

    def header_on(self, day: date) -> list[str]:
        """Return the header of this report's files for an operating day, in ERCOT's order."""
        return [h for c in self.columns if (h := c.header_on(day)) is not None]

    def eras(self) -> list[date]:
        """Return the first operating day of each header era, oldest first."""
        turns = {self.first_day}
        for spelling in (s for c in self.columns for s in c.spellings):
            if spelling.since:
                turns.add(spelling.since)
            if spelling.until:
                turns.add(date.fromordinal(spelling.until.toordinal() + 1))
        last = self.last_day or date.max
        days = sorted(d for d in turns if self.first_day <= d <= last)
        return [d for i, d in enumerate(days) if i == 0 or self.header_on(d) != self.header_on(days[i - 1])]

    def evidence_on(self, day: date) -> Evidence:
        """Return what the columns of an operating day rest on."""
        return next(found for since, found in reversed(self.evidence) if since <= day)

    def mb_on(self, day: date) -> float:
        """Return the raw megabytes that one operating day has in the era of that day."""
        return next((mb for since, mb in reversed(self.mb_per_day) if since <= day), self.mb_per_day[0][1])


def snake(header: str) -> str:
    """Turn a header of the 60-day kind into a column name: lower case, every other run of characters one ``_``."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")


def day(text: str | None) -> date | None:
    """Read an ISO date of a declaration."""
    return None if text is None else date.fromisoformat(text)


def spelled(header: str, since: str | None = None, until: str | None = None) -> Spelling:
    """Declare one more spelling of a column, with the operating days it was in use."""
    return Spelling(header, day(since), day(until))


def _column(kind, header, meaning, *, name=None, since=None, until=None, then=(), **facts) -> Column:
    """Build a column; ``then`` lists the spellings of later eras, ``aliases`` those of no certain era.

    A header of None stands for a column of no certain era: then it has a name and aliases only.
    """
    first = () if header is None else (spelled(header, since, until),)
    return Column(name or snake(header), kind, meaning, (*first, *then), **facts)


def text(header: str | None, meaning: str, **facts) -> Column:
    """Declare a text column. Ids made of digits are text too."""
    return _column(Kind.TEXT, header, meaning, **facts)


def number(header: str, unit: str, meaning: str, **facts) -> Column:
    """Declare a Float64 column with its unit."""
    return _column(Kind.FLOAT, header, meaning, unit=unit, **facts)


def integer(header: str, meaning: str, **facts) -> Column:
    """Declare a whole number: a label or a count."""
    return _column(Kind.INTEGER, header, meaning, **facts)


def naive_stamp(header: str, meaning: str, **facts) -> Column:
    """Declare a local time stamp that cannot be told apart in the repeated hour."""
    facts.setdefault("name", snake(header) + "_cpt")
    return _column(Kind.NAIVE_STAMP, header, meaning, unit="Central Prevailing Time", **facts)


def calendar_date(header: str, meaning: str, *, name: str, **facts) -> Column:
    """Declare a date."""
    return _column(Kind.DATE, header, meaning, name=name, required=True, **facts)


def flag(header: str, meaning: str, *, name: str, **facts) -> Column:
    """Declare a Y/N column that separates the two passes of the repeated hour."""
    return _column(Kind.FLAG, header, meaning, name=name, **facts)


def run_stamp(header: str, **facts) -> Column:
    """Declare the stamp of a SCED run."""
    meaning = "Start of the SCED run, seconds kept"
    return _column(Kind.UTC_STAMP, header, meaning, unit="UTC", name="sced_timestamp", required=True, **facts)


def delivery_date(header: str = "DeliveryDate", **facts) -> Column:
    """Declare the operating day."""
    return calendar_date(header, "Operating day in Central Prevailing Time", name="delivery_date", **facts)


def hour_ending(header: str = "HourEnding", **facts) -> Column:
    """Declare the hour label as published: hour h covers [h-1, h), 24 is the last hour of the same day."""
    meaning = "Hour label as published; hour h covers [h-1, h) of the operating day"
    return integer(header, meaning, name="hour_ending", required=True, **facts)


def dst_flag(header: str = "DSTFlag", **facts) -> Column:
    """Declare the flag of hourly and quarter-hourly reports."""
    return flag(
        header, "True in the second (standard time) pass of the repeated November hour", name="dst_flag", **facts
    )


def repeated_hour_flag(header: str = "RepeatedHourFlag", **facts) -> Column:
    """Declare the flag of SCED runs."""
    meaning = "True in the second (standard time) pass of the repeated November hour"
    return flag(header, meaning, name="repeated_hour_flag", **facts)

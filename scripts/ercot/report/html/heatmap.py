"""The coverage calendar of a year: days from left to right, hours from top to bottom, as a few SVG paths.

Neighbours in the same state are drawn as one box, so that a complete year takes a hundred bytes.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from ercot.catalog.model import Coverage, Dataset
from ercot.coverage.hours import FULL, NOTHING, PARTLY
from ercot.coverage.times import day_bounds
from ercot.report.content import Year

WEEK = 7
BARS = 12  # height of the strip of rows a day, in its own units
STATES = {FULL: "full", PARTLY: "part", NOTHING: "gap"}


@dataclass(frozen=True)
class Calendar:
    """The paths of one year, in units of a day and an hour."""

    days: int  # in the year
    full: str
    part: str
    gap: str
    bars: str  # rows a day
    most: int  # rows of the fullest day
    by_hour: bool  # False where only days are known
    turns: list[int]  # the days of 23 and of 25 hours, as days of the year from 0
    rows: list[int]  # of each day
    by_week: bool = False  # whether the rows are drawn as the mean of seven days

    @property
    def size(self) -> int:
        """Characters of the boxes."""
        return len(self.full) + len(self.part) + len(self.gap)


def calendars(years: list[tuple[Dataset, Year]], room: int) -> dict[tuple[str, int], Calendar]:
    """Draw many years. Where all hours take more characters than there is room, the raggedest years lose theirs."""
    drawn = {(year.dataset, year.year): calendar(dataset, year) for dataset, year in years}
    taken = sum(found.size for found in drawn.values())
    for dataset, year in sorted(years, key=lambda place: -drawn[place[1].dataset, place[1].year].size):
        if taken <= room:
            break
        place = (year.dataset, year.year)
        taken -= drawn[place].size
        drawn[place] = calendar(dataset, year, by_hour=False)
        taken += drawn[place].size
    if sum(len(found.bars) for found in drawn.values()) > room:
        return {place: replace(found, bars=_bars(found.rows, WEEK), by_week=True) for place, found in drawn.items()}
    return drawn


def calendar(dataset: Dataset, year: Year, by_hour: bool = True) -> Calendar:
    """Draw a year, hour by hour or only day by day. Of events only days are drawn: no hour of theirs is a gap."""
    promise = dataset.coverage
    by_hour = by_hour and promise is not Coverage.EVENTS
    columns = _columns(year, promise is not Coverage.EVENTS, promise is Coverage.GRID)
    if not by_hour:
        columns = [_whole(column) for column in columns]
    paths = {state: _boxes(columns, state) for state in STATES}
    rows = year.verified.get("rows", {})
    counts = [rows.get(day.isoformat(), 0) for day in _days(year.year)]
    return Calendar(
        days=len(columns),
        full=paths[FULL],
        part=paths[PARTLY],
        gap=paths[NOTHING],
        bars=_bars(counts),
        most=max(rows.values(), default=0),
        by_hour=by_hour and bool(year.verified.get("hours")),
        turns=_turns(year.year),
        rows=counts,
    )


def _columns(year: Year, promises_days: bool, promises_hours: bool) -> list[str]:
    """Return the states of the hours of each day, "" where nothing is to be shown."""
    there, lacking = year.verified["days"], year.verified["missing"]
    hours = year.verified.get("hours", {})
    missing = set(year.missing_days) if promises_days else set()
    columns = []
    for day in _days(year.year):
        name = day.isoformat()
        if name in there:
            column = hours.get(name) or (PARTLY if name in lacking else FULL) * 24
            columns.append(column if promises_hours else column.replace(NOTHING, " "))
        else:
            columns.append(NOTHING * 24 if day in missing else "")
    return columns


def _boxes(columns: list[str], state: str) -> str:
    """Return one path of boxes around the hours in a state."""
    path, start = [], 0
    while start < len(columns):
        end = start + 1
        while end < len(columns) and columns[end] == columns[start]:
            end += 1
        for first, last in _runs(columns[start], state):
            path.append(f"M{start} {first}h{end - start}v{last - first}h{start - end}z")
        start = end
    return "".join(path)


def _runs(column: str, state: str) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for hour, found in enumerate(column):
        if found == state:
            if runs and runs[-1][1] == hour:
                runs[-1] = (runs[-1][0], hour + 1)
            else:
                runs.append((hour, hour + 1))
    return runs


def _whole(column: str) -> str:
    """Return a day in one state: the worst of its hours."""
    state = next((s for s in (PARTLY, NOTHING, FULL) if s in column), "")
    return PARTLY * 24 if state == NOTHING and FULL in column else state * 24


def _bars(days: list[int], step: int = 1) -> str:
    """Return the outline of rows a day, as the mean of ``step`` days; a day with rows is never flat."""
    most = max(days, default=0)
    parts = [days[i : i + step] for i in range(0, len(days), step)]
    counts = [sum(part) / len(part) for part in parts for _ in part]
    if not most:
        return ""
    path, height, width = [f"M0 {BARS}"], 0, 0
    for count in [*counts, 0]:
        level = max(round(BARS * count / most), 1) if count else 0
        if level != height:
            path.append((f"h{width}" if width else "") + f"v{height - level}")
            height, width = level, 0
        width += 1
    return "".join(path) + "z"


@lru_cache(maxsize=64)
def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days)]


@lru_cache(maxsize=64)
def _turns(year: int) -> list[int]:
    bounds = [day_bounds(day) for day in _days(year)]
    return [number for number, (start, end) in enumerate(bounds) if end - start != timedelta(days=1)]


def months(year: int) -> list[tuple[int, str]]:
    """Return the day of the year on which each month begins, with the month's name."""
    return [(number, f"{day:%b}") for number, day in enumerate(_days(year)) if day.day == 1]

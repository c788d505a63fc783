"""What was due of each dataset when the newest file of the tree was published, and what of it is not there."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ercot.catalog.lags import Of, lag_of, last_due
from ercot.catalog.model import Dataset
from ercot.coverage.hours import FULL, NOTHING, PARTLY
from ercot.coverage.times import HOUR, day_bounds, expected_minutes, times_lacking
from ercot.planning.plan import Plan
from ercot.tables.time_columns import CENTRAL

ONE_DAY = timedelta(days=1)
Times = dict[date, list[datetime]]
NOT_DUE = " "  # the mark of an hour of which nothing was due


@dataclass(frozen=True)
class Limits:
    """The operating days (both inclusive) that a user expects; None leaves it to the tree."""

    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, since: str | None, until: str | None) -> "Limits":
        """Return the limits from ISO dates."""
        return cls(since and date.fromisoformat(since), until and date.fromisoformat(until))


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Window:
    """The operating days of one year in which a dataset was looked for, and what was due of it and is not there."""

    dataset: str
    year: int
    first: date
    last: date  # before `first` where nothing was due in the year
    missing: list[date]  # days without a row
    times: Times = field(default_factory=dict)  # intervals or SCED runs, in UTC, of the other days


def clock_of(plan: Plan) -> datetime | None:
    """Return the newest publication of the tree, on the clock on the wall; None where no file bears a stamp."""
    stamp = plan.newest_publication
    return datetime.strptime(stamp[:14], "%Y%m%d%H%M%S") if stamp else None


def windows(
    plan: Plan,
    catalog: Mapping[str, Dataset],
    verified: Iterable[dict],
    years: Collection[int] | None,
    limits: Limits = NO_LIMITS,
    runs: Iterable[dict] = (),
) -> list[Window]:
    """Return what was due of each dataset that has files, by year.

    ``years`` are the selected ones, None for all. ``runs`` are the SCED runs that other datasets have, see
    `runs.missing_runs`.
    """
    clock = clock_of(plan)
    if clock is None:
        return []
    facts: dict[str, dict[int, dict]] = {}
    for year in verified:
        facts.setdefault(year["dataset"], {})[year["year"]] = year
    named = {(found["dataset"], date.fromisoformat(found["day"])): _read(found["missing"]) for found in runs}
    found = []
    for name, by_year in facts.items():
        dataset, first = catalog[name], _first_day(plan, catalog[name], by_year, limits)
        last = _last_day(dataset, clock, limits)
        ends = (first.year, last.year, *by_year) if lag_of(dataset) else (*by_year,)
        for year in (y for y in range(min(ends), max(ends) + 1) if years is None or y in years):
            found.append(_window(dataset, year, by_year.get(year), (first, last), clock, limits, named))
    return found


def _first_day(plan: Plan, dataset: Dataset, by_year: dict[int, dict], limits: Limits) -> date:
    in_tree = date.fromisoformat(plan.first_days.get(dataset.id) or f"{min(by_year)}-01-01")
    return max(limits.since or in_tree, dataset.first_day)


def _last_day(dataset: Dataset, clock: datetime, limits: Limits) -> date:
    lag = lag_of(dataset)
    due = last_due(lag, clock, _step(dataset, clock.date())) if lag else clock.date()
    return min(due, limits.until or date.max, dataset.last_day or date.max)


def _window(dataset: Dataset, year: int, facts: dict | None, bounds, clock, limits: Limits, named) -> Window:
    """Hold one year of a dataset against what was due of it. A day that has rows was published, so it counts too."""
    there = {date.fromisoformat(day) for day in facts["days"]} if facts else set()
    newest = min(max(there, default=date.min), limits.until or date.max)
    first, last = max(date(year, 1, 1), bounds[0]), min(date(year, 12, 31), max(bounds[1], newest))
    days = [first + i * ONE_DAY for i in range((last - first).days + 1)]
    if lag_of(dataset) is None:
        return Window(dataset.id, year, first, last, [])
    absent = [day for day in days if day not in there and day <= bounds[1]]
    missing = [day for day in absent if _is_whole(dataset, day, clock)]
    lacking = {date.fromisoformat(day): _read(times) for day, times in (facts["missing"] if facts else {}).items()}
    lacking |= {day: times_lacking(dataset, day, []) for day in absent if day not in missing}
    times = {}
    for day in (day for day in days if day in lacking or (dataset.id, day) in named):
        every = _joined(lacking.get(day, []), named.get((dataset.id, day), []), _step(dataset, day))
        if due := [time for time in every if _is_due(dataset, day, time, clock)]:
            times[day] = due
    return Window(dataset.id, year, first, last, missing, times)


def _is_whole(dataset: Dataset, day: date, clock: datetime) -> bool:
    """Say whether all of an operating day was due; of what is published by interval, the current day is not."""
    lag = lag_of(dataset)
    return lag.of is not Of.INTERVAL or day_bounds(day)[1] + lag.by <= _utc(clock)


def _is_due(dataset: Dataset, day: date, time: datetime, clock: datetime) -> bool:
    """Say whether an interval or run was due; what is published in one piece was, as soon as a part of it is there."""
    lag = lag_of(dataset)
    return lag.of is not Of.INTERVAL or time + _step(dataset, day) + lag.by <= _utc(clock)


def _step(dataset: Dataset, day: date) -> timedelta:
    return timedelta(minutes=expected_minutes(dataset, day) or 0)


def _utc(clock: datetime) -> datetime:
    """Return a stamp in UTC; within the repeated hour, for which it has no flag, as the first pass."""
    return clock.replace(tzinfo=ZoneInfo(CENTRAL)).astimezone(ZoneInfo("UTC"))


def _joined(counted: list[datetime], named: list[datetime], step: timedelta) -> list[datetime]:
    """Join the nominal times of missing runs with the runs that another dataset names: each takes one's place."""
    rest = list(counted)
    for run in named:
        nearest = min(rest, key=lambda time: abs(time - run), default=None)
        if nearest is not None and abs(nearest - run) <= step:
            rest.remove(nearest)
    return sorted([*rest, *named])


def _read(times: Iterable[str]) -> list[datetime]:
    return [datetime.fromisoformat(time) for time in times]


def only_due(verified: Iterable[dict], due: Iterable[Window]) -> list[dict]:
    """Return what `verify` found of years, without the times that were not due, and with the runs that others name."""
    times = {(w.dataset, w.year): {day.isoformat(): found for day, found in w.times.items()} for w in due}
    return [_only_due(facts, times.get((facts["dataset"], facts["year"]), {})) for facts in verified]


def _only_due(facts: dict, times: dict[str, list[datetime]]) -> dict:
    hours = {day: _hours_due(day, marks, times.get(day, [])) for day, marks in facts["hours"].items()}
    missing = {day: [time.isoformat() for time in found] for day, found in times.items()}
    return facts | {"missing": missing, "hours": hours}


def _hours_due(day: str, marks: str, lacking: list[datetime]) -> str:
    """Mark the hours of a day anew: where nothing is and nothing is missing, nothing was due."""
    start = day_bounds(date.fromisoformat(day))[0]
    short = {(time - start) // HOUR for time in lacking}
    whole = {NOTHING: NOT_DUE, PARTLY: FULL, FULL: FULL, NOT_DUE: NOT_DUE}
    worse = {NOTHING: NOTHING, PARTLY: PARTLY, FULL: PARTLY, NOT_DUE: NOTHING}
    return "".join((worse if hour in short else whole)[mark] for hour, mark in enumerate(marks))

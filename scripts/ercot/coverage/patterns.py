"""How ERCOT calls the file of an operating day, an interval or a SCED run, with `*` for what cannot be known."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ercot.catalog.model import Cdr, Dataset, NameDay, Stem
from ercot.coverage.times import expected_minutes
from ercot.raw.file_names import DISCLOSURE_LAG, MONTHS
from ercot.tables.time_columns import CENTRAL

ONE_DAY = timedelta(days=1)


def file_name(dataset: Dataset, day: date, time: datetime | None = None) -> str:
    """Return how the file of an operating day is called, or that of an interval or SCED run of it (UTC)."""
    source = dataset.sources[0]
    if isinstance(source, Stem):
        return f"{source.stem}{STEM_DATE.get(source.name_day, _disclosed)(day)}*.csv"
    published, ending = _stamps(dataset, source, day, time)
    return f"cdr.{source.report_type:08d}.*.{published}{source.friendly}{ending}"


def _stamps(dataset: Dataset, source: Cdr, day: date, time: datetime | None) -> tuple[str, str]:
    """Return the publication in a name, and what comes after the report's own name."""
    if source.name_day is NameDay.YEAR:
        return "", f"_{day.year}*"
    published = PUBLISHED.get(source.name_day)
    if published is not None:
        return f"{day + published:%Y%m%d}.*.", "*"
    if time is None:
        return "", f"_{day:%Y%m%d}_*"
    step = timedelta(minutes=expected_minutes(dataset, day))
    of_end = source.name_day is NameDay.INTERVAL_END
    local = (time + step * of_end).astimezone(ZoneInfo(CENTRAL))
    return "", f"_{local:%Y%m%d_%H%M}*" if of_end else f"_{local:%Y%m%d_%H}*"  # a run has no fixed minute


PUBLISHED = {
    NameDay.DAY_AHEAD: -ONE_DAY,
    NameDay.PUBLISHED: timedelta(0),
    NameDay.DAY_AFTER: ONE_DAY,
}


def _disclosed(day: date) -> str:
    named = day + DISCLOSURE_LAG
    return f"-{named:%d}-{MONTHS[named.month - 1]}-{named:%y}"


STEM_DATE: dict[NameDay, Callable[[date], str]] = {
    NameDay.OPERATING: "_{:%m%d%Y}".format,
    NameDay.PUBLISHED: "_{:%m%d%Y}".format,
}

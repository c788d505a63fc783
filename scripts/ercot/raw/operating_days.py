"""A look into a file, for planning: which dataset it is where names do not tell, and its operating days."""

import re
from datetime import date

from ercot.catalog.model import Cdr, Clock, Dataset, DayFrom, Stem
from ercot.raw.file_names import calendar_day
from ercot.raw.header import Layout, Unusable, read_layout, split_line

HEAD_BYTES = 1 << 16
DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
DAY_COLUMN = {
    Clock.HOUR: "delivery_date",
    Clock.QUARTER_HOUR: "delivery_date",
    Clock.RUN: "sced_timestamp",
    Clock.NUMBER: "interval_time_cpt",
    Clock.DAY: "as_of",
}


def tell_apart(candidates: tuple[tuple[Dataset, Cdr | Stem], ...], head: bytes) -> Dataset:
    """Return the dataset of a file, by its header where one report type has several shapes."""
    first = _lines(head)[:1]
    for dataset, source in candidates:
        if first and isinstance(source, Cdr) and source.marker and source.marker in first[0]:
            return dataset
    return candidates[0][0]


def days_in(dataset: Dataset, data: bytes) -> list[date]:
    """Return the operating days of the rows, in order; of `FIRST_ROW` datasets only that of the first usable row.

    An unusable file has none: reading it for good will say why.
    """
    lines = _lines(data)
    column = DAY_COLUMN.get(dataset.clock)
    if not lines or column is None:
        return []
    try:
        layout = read_layout(dataset, lines[0])
    except Unusable:
        return []
    days = _days(layout, lines[layout.headed :], layout.names.index(column))
    if dataset.day_from is DayFrom.ROWS:
        return sorted(set(days))
    return [first] if (first := next(days, None)) else []


def read_day(text: str) -> date | None:
    """Read the date of a label such as ``07/30/2025`` or ``07/30/2025 00:05:12``; None where it is no date."""
    found = DATE.match(text)
    return calendar_day(int(found[3]), int(found[1]), int(found[2])) if found else None


def _days(layout: Layout, lines: list[str], position: int):
    for line in lines:
        try:
            fields = split_line(line)
        except ValueError:
            continue
        day = read_day(fields[position]) if len(fields) == len(layout.names) else None
        if day:
            yield day


def _lines(data: bytes) -> list[str]:
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace").replace("\r\n", "\n")
    return [line for line in text.split("\n") if line.strip()]

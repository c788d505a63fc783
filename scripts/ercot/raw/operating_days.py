"""A look into a file, for planning: which dataset it is where names do not tell, and its operating days."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from ercot.catalog.model import Cdr, Dataset, DayFrom, Stem
from ercot.raw.file_names import calendar_day
from ercot.raw.header import BLANKS, Layout, UnreadableFile, read_layout, split_line
from ercot.raw.stamps import read_date

HEAD_BYTES = 1 << 16
MAX_LINE = 1 << 20  # bytes; what is longer is no row that planning would learn a day from


def resolve_dataset(candidates: tuple[tuple[Dataset, Cdr | Stem], ...], head: bytes) -> Dataset:
    """Return the dataset of a file, by its header where one report type has several shapes."""
    first = next(lines_of([head]), "")
    for dataset, source in candidates:
        if isinstance(source, Cdr) and source.marker and source.marker in first:
            return dataset
    return candidates[0][0]


def days_in(dataset: Dataset, pieces: Iterable[bytes]) -> list[date]:
    """Return the operating days of the rows, in order; of `FIRST_ROW` datasets only that of the first usable row.

    ``pieces`` are the bytes of the file one after the other, so that however long it is, little of it is held. An
    unusable file has no day: reading it for good will say why.
    """
    lines = lines_of(pieces)
    column = dataset.clock.facts.day
    first = next(lines, None)
    if first is None or column is None:
        return []
    try:
        layout = read_layout(dataset, first)
    except UnreadableFile:
        return []
    days = _days(layout, lines if layout.headed else _after(first, lines), layout.names.index(column))
    if dataset.day_from is DayFrom.ROWS:
        return sorted(set(days))
    return [found] if (found := next(days, None)) else []


@lru_cache(1 << 12)
def read_day(text: str) -> date | None:
    """Read the date of a label such as ``07/30/2025`` or ``07/30/2025 00:05:12``; None where it is no date or stamp."""
    day = read_date(text.strip(BLANKS))
    return calendar_day(day.year, day.month, day.day) if day else None


def lines_of(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines that are not blank, whatever their ends; one of more than `MAX_LINE` bytes is passed over."""
    rest, too_long = b"", False
    for number, piece in enumerate(pieces):
        text = rest + (piece.removeprefix(b"\xef\xbb\xbf") if number == 0 else piece)
        text = text.replace(b"\r", b"\n")
        while b"\n\n" in text:  # a file of blank lines is no more work than another
            text = text.replace(b"\n\n", b"\n")
        *whole, rest = text.split(b"\n")
        for line in whole:
            if not too_long and line.strip():
                yield line.decode("utf-8", errors="replace")
            too_long = False
        if len(rest) > MAX_LINE:
            rest, too_long = b"", True
    if rest.strip() and not too_long:
        yield rest.decode("utf-8", errors="replace")


def _after(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _days(layout: Layout, lines: Iterable[str], position: int) -> Iterator[date]:
    begun = ""  # a record with a line end within quotes
    for line in lines:
        fields = _split(f"{begun}\n{line}") if begun else None
        if fields is None:
            fields = _split(line)
        begun = line if fields is None else ""
        day = read_day(fields[position]) if fields and len(fields) == len(layout.names) else None
        if day:
            yield day


def _split(line: str) -> list[str] | None:
    """Return the fields of a line, None where its quotes do not match."""
    if '"' not in line:
        return line.split(",")
    try:
        return split_line(line)
    except ValueError:
        return None

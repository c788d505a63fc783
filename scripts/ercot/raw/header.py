"""The first line of a file: which declared column stands where."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ercot.catalog.model import Dataset, Kind
from ercot.raw.file_names import calendar_day

DATE_LIKE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?")

LONGEST_FIELD = 1 << 30  # characters: a long text is odd, not wrong, and polars reads it too
BLANKS = " \t\n\r\v\f\xa0"  # what fields are padded with; the ASCII ones are those that polars strips


class UnreadableFile(Exception):
    """A whole file that cannot be used; the message is its reason."""


@dataclass(frozen=True)
class Layout:
    """The columns of one file by position."""

    header: tuple[str, ...]  # as printed, stripped; of a file without header row, as its era prints it
    names: tuple[str | None, ...]  # canonical name, None for a column that the catalog does not know
    headed: bool = True

    @property
    def known(self) -> list[str]:
        """The canonical names that the file carries, in its order."""
        return [name for name in self.names if name is not None]

    @property
    def unknown(self) -> list[str]:
        """The headers that the catalog does not know."""
        return [text for text, name in zip(self.header, self.names, strict=True) if name is None]


def split_line(line: str) -> list[str]:
    """Split one CSV record into stripped fields; `ValueError` where its quotes do not match.

    Blanks may stand before a quote, as some exports pad their fields.
    """
    if len(line) > csv.field_size_limit():
        csv.field_size_limit(LONGEST_FIELD)
    try:
        rows = list(csv.reader([line], strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    return [field.strip(BLANKS) for field in rows[0]] if rows else []


def read_layout(dataset: Dataset, first_line: str) -> Layout:
    """Match the first line of a file with the dataset's columns, by name and never by position.

    Raises `UnreadableFile` with the reason when the line is no header of this dataset, unless the line is data
    and has as many fields as the header of its day.
    """
    try:
        fields = split_line(first_line)
    except ValueError:
        raise UnreadableFile("unknown_header: the quotes of the first line do not match") from None
    if fields and (found := DATE_LIKE.fullmatch(fields[0])):
        return _headless(dataset, calendar_day(int(found[3]), int(found[1]), int(found[2])), len(fields))
    if fields and all(re.fullmatch(r"\d+", text) for text in fields):
        raise UnreadableFile("numeric_header: the columns are numbered instead of named")
    names = tuple(_names(dataset).get(_fold(text)) for text in fields)
    _refuse_gaps(dataset, fields, names)
    return Layout(tuple(fields), names)


def spellings(dataset: Dataset) -> set[str]:
    """Return every header text that the catalog declares for a dataset, stripped."""
    return {t.strip() for c in dataset.columns for t in (*(s.header for s in c.spellings), *c.aliases)}


def _refuse_gaps(dataset: Dataset, fields: list[str], names: tuple[str | None, ...]) -> None:
    known = [name for name in names if name is not None]
    if not known:
        shown = ",".join(fields)[:60]
        raise UnreadableFile(f"unknown_header: no column of {dataset.id} in '{shown}'")
    twice = sorted({name for name in known if known.count(name) > 1}) if len(set(known)) < len(known) else []
    if twice:
        raise UnreadableFile(f"duplicate_column: {twice[0]} stands twice in the header")
    missing = [c.name for c in dataset.columns if c.required and c.name not in known]
    if missing:
        raise UnreadableFile(f"missing_column: the header lacks {', '.join(missing)}")


def _headless(dataset: Dataset, day: date | None, width: int) -> Layout:
    """Return the header of the row's own day: only there does a number of fields make the columns certain."""
    shape = dataset.header_on(day) if day else []
    if len(shape) != width or not _starts_with_time(dataset, shape[0]):
        raise UnreadableFile(f"no_header: the first line is data, and {width} fields do not make the columns certain")
    header = tuple(text.strip() for text in shape)
    return Layout(header, tuple(_names(dataset)[_fold(text)] for text in header), headed=False)


def _starts_with_time(dataset: Dataset, first: str) -> bool:
    kind = dataset.column(_names(dataset)[_fold(first)]).kind
    return kind in (Kind.DATE, Kind.UTC_STAMP, Kind.NAIVE_STAMP)


def _fold(text: str) -> str:
    """Fold a header for matching: ERCOT spells one column with and without spaces, underscores and capitals."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@lru_cache(maxsize=256)
def _names(dataset: Dataset) -> dict[str, str]:
    texts = ((c.name, t) for c in dataset.columns for t in (*(s.header for s in c.spellings), *c.aliases))
    return {_fold(text): name for name, text in texts}

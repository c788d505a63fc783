"""The row groups of a Parquet file as they lie on the disk: how many rows, which bytes, what they hold."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ercot.tables.footer import ROW_GROUPS, DamagedFile, Struct, items, read_footer

COLUMNS, ROWS_OF_GROUP = 1, 3  # fields of a row group
OF_COLUMN = 3  # the metadata of a column, a field of a column chunk
PATH, BYTES, DATA, DICTIONARY, STATISTICS = 3, 7, 9, 11, 12  # fields of a column's metadata
GREATEST, LEAST = 5, 6  # of statistics
AT_ONCE = 4 << 20  # bytes read at once
MOST = 1 << 60  # rows, bytes, days or microseconds


class RowGroup(NamedTuple):
    """A row group: its rows, where its bytes begin and how many they are, and what the footer says of it."""

    rows: int
    begin: int
    length: int
    described: Struct


class Digest(NamedTuple):
    """How many rows a row group has, and the SHA-256 of its bytes."""

    rows: int
    sha256: str
    span: tuple[int, int] | None = None  # of a column, see `value_range`


def row_groups(path: Path | str) -> list[RowGroup]:
    """Return the row groups of a file. Raises `DamagedFile` as `read_footer` does."""
    return items(read_footer(path, row_group), ROW_GROUPS)


def value_range(group: RowGroup, column: str) -> tuple[int, int]:
    """Return the least and the greatest value of a column of stamps or dates, in its physical integers."""
    described = (chunk[OF_COLUMN].value for chunk in items(group.described, COLUMNS))
    columns = {tuple(items(each, PATH)): each for each in described}
    statistics = columns[column.encode(),][STATISTICS].value
    low, high = (int.from_bytes(statistics[field].value, "little", signed=True) for field in (LEAST, GREATEST))
    if not -MOST < low <= high < MOST:
        raise ValueError(f"no values of {column} lie so")
    return low, high


def digests(path: Path | str, column: str | None = None) -> list[Digest]:
    """Return what identifies each row group of a file, read from the disk, and which values of a column it has.

    Raises `DamagedFile` where the file is no whole Parquet file, or does not tell of the column.
    """

    def of_group(group: Struct) -> tuple[RowGroup, tuple[int, int] | None]:
        found = row_group(group)
        return found._replace(described={}), value_range(found, column) if column else None

    found = []
    with open(path, "rb") as file:
        for group, span in items(read_footer(path, of_group), ROW_GROUPS):
            total = hashlib.sha256()
            for block in blocks(file, group):
                total.update(block)
            found.append(Digest(group.rows, total.hexdigest(), span))
    return found


def blocks(file: BinaryIO, group: RowGroup) -> Iterator[bytes]:
    """Yield the bytes of a row group. Raises `DamagedFile` where the file does not hold it."""
    file.seek(group.begin)
    left = group.length
    while left:
        block = file.read(min(AT_ONCE, left))
        if not block:
            raise DamagedFile(f"{file.name}: ends too early")
        left -= len(block)
        yield block


def row_group(group: Struct) -> RowGroup:
    """Return where a row group lies, and what the footer says of it. For `read_footer`, which names what it raises."""
    columns = [chunk[OF_COLUMN].value for chunk in items(group, COLUMNS)]
    begins = [(c[DICTIONARY] if DICTIONARY in c else c[DATA]).value for c in columns]
    ends = [begin + c[BYTES].value for begin, c in zip(begins, columns, strict=True)]
    rows = group[ROWS_OF_GROUP].value
    if not all(0 <= begin <= end < MOST for begin, end in zip([0, *begins], [rows, *ends], strict=True)):
        raise ValueError("a row group lies nowhere")
    return RowGroup(rows, min(begins), max(ends) - min(begins), group)

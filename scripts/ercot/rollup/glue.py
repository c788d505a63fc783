"""Row groups of several Parquet files put into one, as the bytes they are: nothing is decoded.

Their footers say where each column lies, counted from the begin of the file; these places are moved. Page indexes count
so too, and are left out: readers that follow them (DataFusion) would look at the wrong bytes.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ercot.tables.footer import (
    LIST,
    MAGIC,
    METADATA,
    ROW_GROUPS,
    ROWS,
    SCHEMA,
    STRUCT,
    DamagedFile,
    Field,
    Struct,
    footer_bytes,
    items,
    read_footer,
    with_metadata,
)

AT_ONCE = 4 << 20  # bytes read at once
COLUMNS, GROUP_ROWS, GROUP_OFFSET, ORDINAL = 1, 3, 5, 7  # fields of a row group
CHUNK_OFFSET, OF_COLUMN = 2, 3  # fields of a column chunk
PAGE_INDEXES = (4, 5, 6, 7)
OFFSETS = (9, 10, 11)  # of data, index and dictionary pages, fields of a column's metadata
DATA, DICTIONARY, COLUMN_BYTES = 9, 11, 7
COLUMN_PATH, STATISTICS, BLOOM_FILTER = 3, 12, (14, 15)
LEAST, GREATEST = 6, 5  # of statistics
I16, I64 = 4, 6


class Part(NamedTuple):
    """Some row groups of a file, in their order; all of them where none is named."""

    path: Path | str
    groups: tuple[int, ...] | None = None


class Glued(NamedTuple):
    """What one row group of the target holds."""

    rows: int
    sha256: str  # of its bytes


def glue(parts: Iterable[Part], target: Path | str, metadata: dict[str, str]) -> list[Glued]:
    """Write the row groups of ``parts``, which have the same schema, into ``target``; returns what each of them holds.

    ``metadata`` is the target's key-value metadata; that of the parts does not count. Raises `DamagedFile` where a part
    is no whole Parquet file or has another schema.
    """
    glued, moved, first = [], [], None
    with open(target, "wb") as out:
        out.write(MAGIC)
        for part in parts:
            footer = read_footer(part.path)
            first = first or footer
            if footer[SCHEMA] != first[SCHEMA]:
                raise DamagedFile(f"{part.path}: its columns differ from those of other parts")
            groups = items(footer, ROW_GROUPS)
            with open(part.path, "rb") as source:
                for number in range(len(groups)) if part.groups is None else part.groups:
                    group = groups[number]
                    begin, length = _place(part, group)
                    moved.append(_moved(group, out.tell() - begin, len(moved)))
                    glued.append(Glued(group[GROUP_ROWS].value, _copy(source, begin, length, out)))
        footer = first | {
            ROWS: Field(I64, sum(group.rows for group in glued)),
            ROW_GROUPS: Field(LIST, (STRUCT, moved)),
            METADATA: with_metadata(metadata),
        }
        out.write(footer_bytes(footer))
    return glued


class RowGroup(NamedTuple):
    """What the footer says of a row group: its rows, and the least and the greatest value of a column of integers."""

    rows: int
    low: int
    high: int


def row_groups(path: Path | str, column: str) -> list[RowGroup]:
    """Return the row groups of a file, with the range of a column of stamps or dates, in its physical integers."""
    footer, found = read_footer(path), []
    for group in items(footer, ROW_GROUPS):
        columns = (chunk[OF_COLUMN].value for chunk in items(group, COLUMNS))
        statistics = next(c[STATISTICS].value for c in columns if items(c, COLUMN_PATH) == [column.encode()])
        low, high = (int.from_bytes(statistics[field].value, "little", signed=True) for field in (LEAST, GREATEST))
        found.append(RowGroup(group[GROUP_ROWS].value, low, high))
    return found


def _place(part: Part, group: Struct) -> tuple[int, int]:
    """Return where the bytes of a row group begin, and how many they are; its columns follow each other."""
    columns = [chunk[OF_COLUMN].value for chunk in items(group, COLUMNS)]
    begins = [(c[DICTIONARY] if DICTIONARY in c else c[DATA]).value for c in columns]
    lengths = [c[COLUMN_BYTES].value for c in columns]
    ends = [begin + length for begin, length in zip(begins, lengths, strict=True)]
    if begins[1:] != ends[:-1]:
        raise DamagedFile(f"{part.path}: the columns of a row group do not follow each other")
    return begins[0], sum(lengths)


def _moved(group: Struct, by: int, ordinal: int) -> Struct:
    """Return a row group's description for a place so many bytes further on."""
    chunks = [_moved_chunk(chunk, by) for chunk in items(group, COLUMNS)]
    changed = {COLUMNS: Field(LIST, (STRUCT, chunks)), ORDINAL: Field(I16, ordinal)}
    if GROUP_OFFSET in group:
        changed[GROUP_OFFSET] = Field(I64, group[GROUP_OFFSET].value + by)
    return group | changed


def _moved_chunk(chunk: Struct, by: int) -> Struct:
    column = {number: field for number, field in chunk[OF_COLUMN].value.items() if number not in BLOOM_FILTER}
    column |= {number: Field(I64, column[number].value + by) for number in OFFSETS if number in column}
    kept = {number: field for number, field in chunk.items() if number not in PAGE_INDEXES}
    offset = chunk[CHUNK_OFFSET].value
    return kept | {CHUNK_OFFSET: Field(I64, offset and offset + by), OF_COLUMN: Field(STRUCT, column)}


def _copy(source: BinaryIO, begin: int, length: int, out: BinaryIO) -> str:
    """Copy some bytes, and return their SHA-256."""
    source.seek(begin)
    total = hashlib.sha256()
    while length:
        block = source.read(min(AT_ONCE, length))
        if not block:
            raise DamagedFile(f"{source.name}: ends too early")
        out.write(block)
        total.update(block)
        length -= len(block)
    return total.hexdigest()

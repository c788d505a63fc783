"""Row groups of several Parquet files put into one, as the bytes they are: nothing is decoded.

Their footers say where each column lies, counted from the begin of the file; these places are moved. Page indexes count
so too, and are left out: readers that follow them (DataFusion) would look at the wrong bytes.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from ercot.tables.footer import (
    LIST,
    MAGIC,
    MALFORMED,
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
    struct_bytes,
    with_metadata,
)
from ercot.tables.row_groups import COLUMNS, OF_COLUMN, RowGroup, blocks, row_group

GROUP_OFFSET, ORDINAL = 5, 7  # fields of a row group
CHUNK_OFFSET, PAGE_INDEXES = 2, (4, 5, 6, 7)  # fields of a column chunk
OFFSETS, BLOOM_FILTER = (9, 10, 11), (14, 15)  # fields of a column's metadata; the first of data, index, dictionary
I16, I64 = 4, 6


class Part(NamedTuple):
    """Some row groups of a file, in their order; all of them where none is named."""

    path: str
    groups: tuple[int, ...] | None = None


def glue(parts: Iterable[Part], target: Path | str, metadata: dict[str, str]) -> list[Part]:
    """Write the row groups of ``parts``, which have the same schema, into ``target``; returns each of them as a part.

    ``metadata`` is the target's key-value metadata; that of the parts does not count. Raises `DamagedFile` where a part
    is no whole Parquet file or has another schema.
    """
    glued, moved, rows, first = [], [], 0, None
    with open(target, "wb") as out:
        out.write(MAGIC)
        for path, of_path in groupby(parts, attrgetter("path")):
            footer = read_footer(path, row_group)
            first = footer if first is None else first
            if SCHEMA not in footer or footer[SCHEMA] != first[SCHEMA]:
                raise DamagedFile(f"{path}: its columns differ from those of other parts, or it has none")
            groups = items(footer, ROW_GROUPS)
            with open(path, "rb") as source:
                for number in _numbers(of_path, len(groups)):
                    moved.append(_moved_bytes(path, groups[number], out.tell(), len(moved)))
                    out.writelines(blocks(source, groups[number]))
                    rows += groups[number].rows
                    glued.append(Part(path, (number,)))
        out.write(_footer(first, moved, rows, metadata))
    return glued


def _numbers(parts: Iterable[Part], count: int) -> Iterator[int]:
    """Yield the numbers of the row groups of some parts of one file, which has ``count``."""
    for part in parts:
        yield from range(count) if part.groups is None else part.groups


def _moved_bytes(path: str, group: RowGroup, begin: int, ordinal: int) -> bytes:
    try:
        return struct_bytes(_moved(group, begin, ordinal))
    except MALFORMED as error:
        raise DamagedFile(f"{path}: the footer is damaged") from error


def _footer(first: Struct, groups: list[bytes], rows: int, metadata: dict[str, str]) -> bytes:
    changed = {ROWS: Field(I64, rows), ROW_GROUPS: Field(LIST, (STRUCT, groups)), METADATA: with_metadata(metadata)}
    return footer_bytes(first | changed)


def _moved(group: RowGroup, begin: int, ordinal: int) -> Struct:
    """Return what a footer says of a row group that begins at another place."""
    by, described = begin - group.begin, group.described
    chunks = [_moved_chunk(chunk, by) for chunk in items(described, COLUMNS)]
    changed = {COLUMNS: Field(LIST, (STRUCT, chunks)), ORDINAL: Field(I16, ordinal)}
    if GROUP_OFFSET in described:
        changed[GROUP_OFFSET] = Field(I64, described[GROUP_OFFSET].value + by)
    return described | changed


def _moved_chunk(chunk: Struct, by: int) -> Struct:
    column = {number: field for number, field in chunk[OF_COLUMN].value.items() if number not in BLOOM_FILTER}
    column |= {number: Field(I64, column[number].value + by) for number in OFFSETS if number in column}
    kept = {number: field for number, field in chunk.items() if number not in PAGE_INDEXES}
    offset = chunk[CHUNK_OFFSET].value
    return kept | {CHUNK_OFFSET: Field(I64, offset and offset + by), OF_COLUMN: Field(STRUCT, column)}

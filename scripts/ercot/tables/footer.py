"""The footer of a Parquet file, read into plain values and written again, so that row groups can move between files.

A footer is a struct in Thrift's compact protocol. Fields are kept by number, whatever they mean, so nothing that a
writer puts there is lost. Sources: parquet.thrift of the Parquet format, and Thrift's description of the protocol.
"""

import os
import struct
from pathlib import Path
from typing import Any, NamedTuple

MAGIC = b"PAR1"
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12  # kinds; 4 to 6 are integers
SCHEMA, ROWS, ROW_GROUPS, METADATA = 2, 3, 4, 5  # fields of a footer


class Field(NamedTuple):
    """A value and its kind. A list is the kind of its items and their values, a struct fields by number."""

    kind: int
    value: Any


Struct = dict[int, Field]


class DamagedFile(Exception):
    """A file that is no Parquet file, or whose footer cannot be read."""


def read_footer(path: Path | str) -> Struct:
    """Return the footer of a Parquet file. Raises `DamagedFile` where there is none, `OSError` as reading does."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - 8))
        tail = file.read()
        if tail[4:] != MAGIC or (length := int.from_bytes(tail[:4], "little")) > size - 12:
            raise DamagedFile(f"{path}: not a whole Parquet file")
        file.seek(size - 8 - length)
        content = file.read(length)
    try:
        return _Reader(content).struct()
    except (IndexError, struct.error, RecursionError) as error:
        raise DamagedFile(f"{path}: the footer is damaged") from error


def footer_bytes(footer: Struct) -> bytes:
    """Return what ends a Parquet file: the footer, its length, and the closing mark."""
    out = bytearray()
    _write_struct(out, footer)
    return bytes(out) + len(out).to_bytes(4, "little") + MAGIC


def items(fields: Struct, number: int) -> list:
    """Return the items of a list, none where the field is absent."""
    return fields[number].value[1] if number in fields else []


def metadata_of(footer: Struct) -> dict[str, str]:
    """Return the key-value metadata of a file."""
    return {pair[1].value.decode(): pair[2].value.decode() if 2 in pair else "" for pair in items(footer, METADATA)}


def with_metadata(metadata: dict[str, str]) -> Field:
    """Return key-value metadata as a field of a footer."""
    pairs = [{1: Field(BINARY, k.encode()), 2: Field(BINARY, v.encode())} for k, v in metadata.items()]
    return Field(LIST, (STRUCT, pairs))


class _Reader:
    """Reads values one after the other; keeps the place."""

    def __init__(self, content: bytes):
        self._content, self._at = content, 0

    def struct(self) -> Struct:
        fields, number = {}, 0
        while head := self._byte():
            kind = head & 15
            number = number + (head >> 4) if head >> 4 else self._integer()
            fields[number] = Field(kind, kind == TRUE if kind in (TRUE, FALSE) else self._value(kind))
        return fields

    def _value(self, kind: int) -> Any:
        if kind == STRUCT:
            return self.struct()
        if kind in (LIST, SET):
            return self._list()
        if kind == BINARY:
            return self._take(self._varint())
        if kind in (BYTE, TRUE, FALSE):  # a flag in a list is a byte
            return self._byte()
        if kind == DOUBLE:
            return self._take(8)
        if kind == MAP:
            raise IndexError("a Parquet footer has no maps")
        return self._integer()

    def _list(self) -> tuple[int, list]:
        head = self._byte()
        kind, size = head & 15, head >> 4
        size = self._varint() if size == 15 else size
        return kind, [self._value(kind) for _ in range(size)]

    def _byte(self) -> int:
        self._at += 1
        return self._content[self._at - 1]

    def _take(self, length: int) -> bytes:
        self._at += length
        if self._at > len(self._content):
            raise IndexError("the footer ends too early")
        return self._content[self._at - length : self._at]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def _write_struct(out: bytearray, fields: Struct) -> None:
    before = 0
    for number, (kind, value) in sorted(fields.items()):
        if kind in (TRUE, FALSE):
            kind = TRUE if value else FALSE
        step = number - before
        if 0 < step < 16:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            _write_integer(out, number)
        before = number
        if kind not in (TRUE, FALSE):
            _write_value(out, kind, value)
    out.append(0)


def _write_value(out: bytearray, kind: int, value: Any) -> None:
    if kind == STRUCT:
        _write_struct(out, value)
    elif kind in (LIST, SET):
        item, values = value
        out.append(min(len(values), 15) << 4 | item)
        if len(values) >= 15:
            _write_varint(out, len(values))
        for each in values:
            _write_value(out, item, each)
    elif kind == BINARY:
        _write_varint(out, len(value))
        out += value
    elif kind in (BYTE, TRUE, FALSE):
        out.append(value)
    elif kind == DOUBLE:
        out += value
    else:
        _write_integer(out, value)


def _write_integer(out: bytearray, value: int) -> None:
    _write_varint(out, value << 1 if value >= 0 else (-value << 1) - 1)


def _write_varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)

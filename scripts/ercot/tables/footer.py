"""The footer of a Parquet file, read into plain values and written again, so that row groups can move between files.

A footer is a struct in Thrift's compact protocol. Fields are kept by number, whatever they mean, so nothing that a
writer puts there is lost. Sources: parquet.thrift of the Parquet format, and Thrift's description of the protocol.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

MAGIC = b"PAR1"
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 7, 8, 9, 10, 12  # kinds; a footer has no maps
INTEGERS = 4, 5, 6
SCHEMA, ROWS, ROW_GROUPS, METADATA = 2, 3, 4, 5  # fields of a footer


class Field(NamedTuple):
    """A value and its kind. A list is the kind of its items and their values, a struct fields by number."""

    kind: int
    value: Any


Struct = dict[int, Field]
MALFORMED = (LookupError, TypeError, AttributeError, ValueError, RecursionError)  # anything may stand anywhere


class DamagedFile(Exception):
    """A file that is no Parquet file, or whose footer cannot be read."""


def read_footer(path: Path | str, of_group: Callable[[Struct], Any] | None = None) -> Struct:
    """Return the footer of a Parquet file. Raises `DamagedFile` where there is none, `OSError` as reading does.

    ``of_group`` turns each row group, as soon as it is read, into what is kept of it: those of a year of a wide report
    are hundreds of megabytes as a whole.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - 8))
        tail = file.read()
        if tail[4:] != MAGIC or (length := int.from_bytes(tail[:4], "little")) > size - 12:
            raise DamagedFile(f"{path}: not a whole Parquet file")
        file.seek(size - 8 - length)
        content = file.read(length)
    try:
        return _read_struct(content, 0, of_group)[0]
    except MALFORMED as error:
        raise DamagedFile(f"{path}: the footer is damaged") from error


def footer_bytes(footer: Struct) -> bytes:
    """Return what ends a Parquet file: the footer, its length, and the closing mark."""
    out = struct_bytes(footer)
    return out + len(out).to_bytes(4, "little") + MAGIC


def struct_bytes(fields: Struct) -> bytes:
    """Return a struct as it is written; so it may stand in a struct that is to be written."""
    out = bytearray()
    _write_struct(out, fields)
    return bytes(out)


def items(fields: Struct, number: int) -> list:
    """Return the items of a list, none where the field is absent."""
    return fields[number].value[1] if number in fields else []


def with_metadata(metadata: dict[str, str]) -> Field:
    """Return key-value metadata as a field of a footer."""
    pairs = [{1: Field(BINARY, k.encode()), 2: Field(BINARY, v.encode())} for k, v in metadata.items()]
    return Field(LIST, (STRUCT, pairs))


def _read_struct(content: bytes, at: int, of_group: Callable | None = None) -> tuple[Struct, int]:
    """Return the struct that begins at a place, and the place behind it; so do all that read a value."""
    fields, number = {}, 0
    while head := content[at]:
        at += 1
        kind, step = head & 15, head >> 4
        if step:
            number += step
        else:
            number, at = _read_integer(content, at)
        if of_group and number == ROW_GROUPS:
            value, at = _read_list(content, at, of_group)
        elif kind in (TRUE, FALSE):
            value = kind == TRUE
        else:
            value, at = READ[kind](content, at)
        fields[number] = Field(kind, value)
    return fields, at + 1


def _read_list(content: bytes, at: int, kept_of: Callable | None = None) -> tuple[tuple[int, list], int]:
    head = content[at]
    kind, size, at = head & 15, head >> 4, at + 1
    if size == 15:
        size, at = _read_varint(content, at)
    read, values = READ[kind], []
    for _ in range(size):
        value, at = read(content, at)
        values.append(kept_of(value) if kept_of else value)
    return (kind, values), at


def _read_binary(content: bytes, at: int) -> tuple[bytes, int]:
    length, at = _read_varint(content, at)
    return _read_bytes(content, at, length)


def _read_bytes(content: bytes, at: int, length: int = 8) -> tuple[bytes, int]:
    end = at + length
    if end > len(content):
        raise IndexError("the footer ends too early")
    return content[at:end], end


def _read_byte(content: bytes, at: int) -> tuple[int, int]:
    return content[at], at + 1


def _read_varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while (byte := content[at]) > 127:
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
        value |= (byte & 127) << shift
        shift += 7
        at += 1
    return value | byte << shift, at + 1


def _read_integer(content: bytes, at: int) -> tuple[int, int]:
    value, at = _read_varint(content, at)
    return (value >> 1) ^ -(value & 1), at


READ = {
    TRUE: _read_byte,  # a flag in a list is a byte
    FALSE: _read_byte,
    BYTE: _read_byte,
    **dict.fromkeys(INTEGERS, _read_integer),
    DOUBLE: _read_bytes,
    BINARY: _read_binary,
    LIST: _read_list,
    SET: _read_list,
    STRUCT: _read_struct,
}


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
    if kind == STRUCT and isinstance(value, bytes):
        out += value
    elif kind == STRUCT:
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

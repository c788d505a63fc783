"""What has been seen to go wrong with raw files, each fault as a function from the bytes of a good file to a bad one.

A fault of one row hits the row in the middle. Columns are found by their header, so a fault fits any report that has
such a column; `ValueError` says where one does not. Some are no faults to a careful reader: padded values, CRLF.
"""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable
from typing import NamedTuple

DAY = r"deliverydate|sced.*timestamp|intervaltime|asofdate"
HOUR = r"(delivery)?hour(ending)?"
QUARTER = r"deliveryinterval|intervalnumber"
FLAG = r"dstflag|repeatedhourflag"
NAME = (
    r"settlementpoint(name|source)?|(load|generation)?resource(name|code)|ancillarytype|astype|(electrical)?bus(name)?"
)
NUMBER = r".*price|lmp|.*mcpc|.*systemlambda|peakernetmargin|intervalvalue|hsl|highsustainedlimit|.*mw1?|max.*"


class Fault(NamedTuple):
    """What the fault is, and how it is done to a file."""

    description: str
    apply: Callable[[bytes], bytes]


FAULTS: dict[str, Fault] = {}


def fault(name: str, description: str):
    """Register a function as a fault."""

    def register(function: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        FAULTS[name] = Fault(description, function)
        return function

    return register


def _split(line: bytes) -> list[bytes]:
    return [field.encode("latin-1") for field in next(csv.reader([line.decode("latin-1")]), [])]


def _join(fields: list[bytes], like: bytes) -> bytes:
    return b",".join(b'"' + f + b'"' for f in fields) if like.startswith(b'"') else b",".join(fields)


def _quoted(row: bytes) -> bytes:
    return _join(_split(row), b'"')


def _lines(data: bytes) -> list[bytes]:
    lines = data.rstrip(b"\n").split(b"\n")
    if len(lines) < 2:
        raise ValueError("the file has no row to spoil")
    return lines


def _text(lines: list[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n"


def _middle(lines: list[bytes]) -> int:
    return 1 + (len(lines) - 1) // 2


def _place(header: bytes, column: str) -> int:
    for place, field in enumerate(_split(header)):
        if re.fullmatch(column, re.sub(r"[^a-z0-9]", "", field.decode("latin-1").lower())):
            return place
    raise ValueError(f"the file has no column like {column}")


def on_column(column: str, change: Callable[[bytes], bytes], *, every: bool = False) -> Callable[[bytes], bytes]:
    """Return a fault that changes one column, in the middle row or in every one."""

    def apply(data: bytes) -> bytes:
        lines = _lines(data)
        place = _place(lines[0], column)
        for number in range(1, len(lines)) if every else [_middle(lines)]:
            fields = _split(lines[number])
            fields[place] = change(fields[place])
            lines[number] = _join(fields, lines[number])
        return _text(lines)

    return apply


def on_row(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Return a fault that changes the text of the middle row."""

    def apply(data: bytes) -> bytes:
        lines = _lines(data)
        lines[_middle(lines)] = change(lines[_middle(lines)])
        return _text(lines)

    return apply


def on_header(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    """Return a fault that changes the header fields alone."""

    def apply(data: bytes) -> bytes:
        head, _, rest = data.partition(b"\n")
        return _join(change(_split(head)), head) + b"\n" + rest

    return apply


def on_all(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    """Return a fault that changes the fields of every line, header included."""
    return lambda data: _text([_join(change(_split(line)), line) for line in _lines(data)])


def _constant(value: bytes) -> Callable[[bytes], bytes]:
    return lambda old: value


def _declare(table: dict[str, tuple[str, Callable[[bytes], bytes]]]) -> None:
    for name, (description, function) in table.items():
        fault(name, description)(function)


_declare({  # the file as a whole
    "empty_file": ("nothing in it", lambda data: b""),
    "only_blank_lines": ("line ends and nothing else", lambda data: b"\n\n\n"),
    "html_page": ("an error page in place of the report",
                  lambda data: b"<!DOCTYPE html>\n<html><body><h1>503 Service Unavailable</h1></body></html>\n"),
    "xml_document": ("the XML sibling under the name of the CSV", lambda data: b'<?xml version="1.0"?>\n<rows/>\n'),
    "json_error": ("an answer of the interface in place of the report", lambda data: b'{"statusCode": 429}\n'),
    "header_only": ("a header and no row", lambda data: _text(_lines(data)[:1])),
    "byte_order_mark": ("a byte-order mark before the header", lambda data: b"\xef\xbb\xbf" + data),
    "crlf": ("CRLF line ends", lambda data: data.replace(b"\n", b"\r\n")),
    "cr_only": ("CR line ends", lambda data: data.replace(b"\n", b"\r")),
    "mixed_line_ends": ("CRLF in the first half, LF in the second",
                        lambda data: data.replace(b"\n", b"\r\n", data.count(b"\n") // 2)),
    "no_final_newline": ("the last line does not end", lambda data: data.rstrip(b"\n")),
    "blank_lines": ("a blank line between rows and at the end", lambda data: on_row(lambda r: r + b"\n")(data) + b"\n"),
    "leading_blank_line": ("a blank line before the header", lambda data: b"\n" + data),
    "utf_16": ("UTF-16 text", lambda data: data.decode("latin-1").encode("utf-16")),
    "semicolons": ("semicolons for commas", lambda data: data.replace(b",", b";")),
    "cut_in_row": ("a download that broke off within a row",
                   lambda data: data[: len(data) - len(_lines(data)[-1]) // 2]),
    "gzip_bytes": ("gzip under the name of a CSV", lambda data: gzip.compress(data, mtime=0)),
    "footer": ("a closing line that is no row", lambda data: data + b"Total rows: 3\n"),
})  # fmt: skip

_declare({  # the header
    "missing_header": ("no header row", lambda data: data.partition(b"\n")[2]),
    "numeric_header": ("columns numbered from 0 in place of names",
                       on_header(lambda names: [str(i).encode() for i in range(len(names))])),
    "repeated_header": ("the header once more in the middle",
                        lambda data: on_row(lambda row: data.partition(b"\n")[0] + b"\n" + row)(data)),
    "padded_header": ("blanks behind every name", on_header(lambda names: [name + b"    " for name in names])),
    "lower_case_header": ("names in small letters", on_header(lambda names: [name.lower() for name in names])),
    "renamed_column": ("a name that no era knows", on_header(lambda names: [*names[:-1], b"Renamed" + names[-1]])),
    "moved_columns": ("the columns in reverse order", on_all(lambda fields: fields[::-1])),
    "unknown_column": ("a new column at the end, header and rows",
                       lambda data: _text([_join([*_split(line), b"x" if i else b"NewColumn"], line)
                                           for i, line in enumerate(_lines(data))])),
    "missing_column": ("the first column is gone, header and rows", on_all(lambda fields: fields[1:])),
    "duplicate_column": ("the last column twice, header and rows", on_all(lambda fields: [*fields, fields[-1]])),
    "short_header": ("a header with one name less than the rows have fields", on_header(lambda names: names[:-1])),
})  # fmt: skip

_declare({  # a row
    "long_line": ("a field too many", on_row(lambda row: row + b",extra")),
    "short_line": ("fields missing at the end", on_row(lambda row: _join(_split(row)[:-2], row))),
    "trailing_comma": ("a comma after the last field", on_row(lambda row: row + b",")),
    "open_quote": ("a quote that never closes", on_row(lambda row: b'"' + row.replace(b'"', b""))),
    "line_break_in_quotes": ("a line end within a quoted name",
                             lambda data: on_column(NAME, lambda name: name[:2] + b"\n" + name[2:])(
                                 on_row(_quoted)(data))),
    "quoted_row": ("one row quoted where the others are not",
                   on_row(_quoted)),
    "nul_byte": ("a NUL byte in a row", on_row(lambda row: row[:4] + b"\0" + row[4:])),
    "nul_row": ("a row of NUL bytes", on_row(lambda row: b"\0" * len(row))),
    "invalid_utf8": ("a byte that is no UTF-8", on_row(lambda row: row + b"\xff")),
    "duplicate_row": ("a row twice", on_row(lambda row: row + b"\n" + row)),
    "commas_only": ("a row of empty fields", on_row(lambda row: b"," * (len(_split(row)) - 1))),
})  # fmt: skip

_declare({  # a value
    "word_for_number": ("a word for a number", on_column(NUMBER, _constant(b"n/a"))),
    "thousands_mark": ("a number with a comma in it, unquoted", on_column(NUMBER, _constant(b"1,234.5"))),
    "currency_sign": ("a number with a sign of currency", on_column(NUMBER, lambda number: b"$" + number.strip())),
    "nan": ("NaN for a number", on_column(NUMBER, _constant(b"NaN"))),
    "infinite": ("an infinite number", on_column(NUMBER, _constant(b"inf"))),
    "too_large": ("a number beyond any double", on_column(NUMBER, _constant(b"1e999"))),
    "implausible": ("a number beyond any price", on_column(NUMBER, _constant(b"99999999"))),
    "blank_number": ("a blank for a number", on_column(NUMBER, _constant(b""))),
    "blank_name": ("a blank for the name in the key", on_column(NAME, _constant(b""))),
    "padded_values": ("blanks around every name", on_column(NAME, lambda name: b"  " + name + b" ", every=True)),
    "hour_26": ("hour 26", on_column(HOUR, _constant(b"26"))),
    "hour_0": ("hour 0", on_column(HOUR, _constant(b"0"))),
    "hour_half": ("half past an hour", on_column(HOUR, _constant(b"01:30"))),
    "blank_hour": ("a blank for the hour", on_column(HOUR, _constant(b""))),
    "interval_7": ("interval 7", on_column(QUARTER, _constant(b"7"))),
    "interval_0": ("interval 0", on_column(QUARTER, _constant(b"0"))),
    "date_13_45": ("the 45th day of the 13th month", on_column(DAY, lambda text: b"13/45" + text[5:])),
    "february_30": ("30 February", on_column(DAY, lambda text: b"02/30" + text[5:])),
    "iso_date": ("a date as the interface writes it",
                 on_column(DAY, lambda t: t[6:10] + b"-" + t[:2] + b"-" + t[3:5] + t[10:])),
    "blank_date": ("a blank for the date", on_column(DAY, _constant(b""))),
    "year_3992": ("a year far off", on_column(DAY, lambda text: text[:6] + b"3992" + text[10:])),
    "bad_flag": ("a flag that is neither Y nor N", on_column(FLAG, _constant(b"X"))),
    "blank_flag": ("a blank for the flag", on_column(FLAG, _constant(b""))),
})  # fmt: skip


@fault("shuffled_rows", "the rows in reverse order")
def _shuffle(data: bytes) -> bytes:
    lines = _lines(data)
    return _text([lines[0], *lines[:0:-1]])


@fault("contradicting_rows", "a row twice with two numbers")
def _contradict(data: bytes) -> bytes:
    other = on_column(NUMBER, _constant(b"1.23"))(data)
    row = _lines(other)[_middle(_lines(data))]
    return on_row(lambda first: first + b"\n" + row)(data)


def as_zip(data: bytes, name: str = "report.csv") -> bytes:
    """Return the bytes as the one member of a zip; what is a zip already stays."""
    if data.startswith(b"PK"):
        return data
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


@fault("truncated_zip", "a zip that broke off")
def _truncate_zip(data: bytes) -> bytes:
    packed = as_zip(data)
    return packed[: len(packed) * 2 // 3]


@fault("corrupt_zip", "a zip whose member fails its checksum")
def _corrupt_zip(data: bytes) -> bytes:
    packed = as_zip(data)
    middle = 30 + int.from_bytes(packed[26:28], "little") + int.from_bytes(packed[18:22], "little") // 2
    return packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :]


@fault("empty_zip", "a zip without a member")
def _empty_zip(data: bytes) -> bytes:
    return b"PK\x05\x06" + b"\0" * 18


@fault("text_as_zip", "text under the name of a zip")
def _text_as_zip(data: bytes) -> bytes:
    return b"this is no zip\n"


ZIP_FAULTS = ("truncated_zip", "corrupt_zip", "empty_zip", "text_as_zip")  # for files named .zip

"""Bytes to typed rows: a fast way for many files at once, and a careful way that finds the culprits.

Both ways give the same rows and the same rejections: the fast way is only taken where it cannot be mistaken, and any
doubt (a parse error, a count that does not add up, a quote in a value) sends the files in question the careful way.
"""

import re
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import polars as pl

from ercot.catalog.model import Dataset, Kind
from ercot.raw.header import Layout, Unusable, read_layout, split_line
from ercot.tables.categories import distinct

CHUNK_BYTES = 16 << 20  # parsed at once: small enough for the cache, large enough to keep polars busy
MAX_COLUMNS = 2000
BOM = b"\xef\xbb\xbf"
MAX_HEADER = 1 << 20
LINE_ENDS = b"\n" * 4096
BLANK_LINES = re.compile(rb"(?:[ \t\n]*\n)?")
SOMETHING = re.compile(rb"\S")
ROW = ("_file", "_line")  # where a row comes from: number of the file, line in it

NUMBERS = {Kind.FLOAT: pl.Float64, Kind.INTEGER: pl.Int32}
NO_FLAG = "(no such column)"  # stands for the flag of a file without one: another thing than a blank flag


@dataclass(frozen=True)
class Body:
    """The data lines of one file: no byte-order mark, LF line ends, no blank line at either end."""

    file: int
    data: bytes
    first_line: int
    lines: int


@dataclass
class Parsed:
    """Typed rows (texts as Categorical, the labels that the clock reads as String) and the rows that are no such."""

    frame: pl.DataFrame
    rejects: pl.DataFrame  # _file, _line, reason
    rows: int  # data lines of the files, blank ones not counted


@dataclass
class Sheets:
    """Files of one layout, to be read together."""

    layout: Layout
    bodies: list[Body] = field(default_factory=list)


def open_sheet(dataset: Dataset, file: int, data: bytes) -> tuple[bytes, Layout, Body]:
    """Tell header and data of one file apart. Returns the header line as it stands, its layout and the data.

    Raises `Unusable` with the reason where the file is not a report of this dataset.
    """
    text = normalize_newlines(data)
    blank = BLANK_LINES.match(text).end()
    start = SOMETHING.search(text, blank)
    if not start:
        raise Unusable("empty_file: there is nothing in it")
    if start[0] == b"<":
        raise Unusable("not_csv: it is an HTML or XML page")
    end = text.find(b"\n", blank)
    end = end if end >= 0 else len(text)
    if end - blank > MAX_HEADER:
        raise Unusable(f"unknown_header: the first line is longer than {MAX_HEADER >> 20} MiB")
    head = text[blank:end]
    if b"\0" in head:
        raise Unusable("not_csv: there are NUL bytes in its first line")
    if head.count(b",") > MAX_COLUMNS:
        raise Unusable(f"unknown_header: more than {MAX_COLUMNS} columns")
    layout = _layout(dataset, head)
    first = blank + (len(head) + 1) * layout.headed
    body = _until_last_line(text, first)
    return head, layout, Body(file, body, text.count(b"\n", 0, first) + 1, body.count(b"\n"))


def parse(dataset: Dataset, sheets: list[Sheets]) -> Parsed:
    """Read files of one dataset into typed rows with `_file` and `_line`; rows that cannot be read are rejects."""
    frames, rejects, rows = [], [no_rejects()], 0
    for sheet in sheets:
        for chunk in _chunks(sheet.bodies):
            for frame, faults, count in _read(dataset, sheet.layout, chunk):
                frames.append(frame)
                rejects.append(faults)
                rows += count
    whole = pl.DataFrame(schema=_row_schema() | _schema(dataset))
    return Parsed(pl.concat([whole, *frames], how="diagonal"), pl.concat(rejects), rows)


def _until_last_line(text: bytes, first: int) -> bytes:
    """Return the text from ``first`` on with one line end after the last line; a large file is copied but once."""
    last = len(text)
    while text.endswith(LINE_ENDS, first, last):
        last -= len(LINE_ENDS)
    while last > first and text[last - 1] == ord("\n"):
        last -= 1
    body = text[first : last + 1] if last > first else b""
    return body + b"\n" if body and last == len(text) else body


def normalize_newlines(data: bytes) -> bytes:
    """Drop a byte-order mark and turn CRLF into LF."""
    data = data.removeprefix(BOM)
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


def no_rejects() -> pl.DataFrame:
    """Return an empty table of rejected rows."""
    return pl.DataFrame(schema=_row_schema() | {"reason": pl.String})


def reject(rows: pl.DataFrame, reason: str) -> pl.DataFrame:
    """Return rows as rejects, all for one reason."""
    return rows.select(*ROW, reason=pl.lit(reason))


_LAYOUTS: dict[tuple[str, bytes], Layout] = {}


def _layout(dataset: Dataset, head: bytes) -> Layout:
    known = _LAYOUTS.get((dataset.id, head))
    if known is None:
        known = read_layout(dataset, head.decode("utf-8", errors="replace"))
        if known.headed:
            _LAYOUTS[dataset.id, head] = known
    return known


def _row_schema() -> dict:
    return {"_file": pl.UInt32, "_line": pl.UInt32}


def _schema(dataset: Dataset) -> dict:
    return {c.name: _dtype(dataset, c.name) for c in dataset.columns}


def _dtype(dataset: Dataset, name: str | None):
    if name in dataset.printed:
        return pl.String  # read by the clock; they hardly change from row to row, so coding them would not pay
    return pl.Categorical if name is None else NUMBERS.get(dataset.column(name).kind, pl.Categorical)


def _pieces(body: Body):
    """Cut a large file at line ends, so that neither a chunk nor the careful way is larger than it must be."""
    start, line = 0, body.first_line
    while len(body.data) - start > CHUNK_BYTES:
        end = body.data.find(b"\n", start + CHUNK_BYTES) + 1
        data = body.data[start:end]
        lines = data.count(b"\n")
        yield Body(body.file, data, line, lines)
        start, line = end, line + lines
    if start == 0:
        yield body
    elif start < len(body.data):
        yield Body(body.file, body.data[start:], line, body.lines - (line - body.first_line))


def _chunks(bodies: list[Body]):
    chunk, size = [], 0
    for body in chain.from_iterable(map(_pieces, bodies)):
        chunk.append(body)
        size += len(body.data)
        if size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _read(dataset: Dataset, layout: Layout, bodies: list[Body]):
    """Read files the fast way; where that is in doubt, halve them until the careful way is left with the culprits."""
    frame = _read_fast(dataset, layout, bodies)
    if frame is not None:
        yield _mark_flagless(dataset, frame), no_rejects(), sum(body.lines for body in bodies)
    elif len(bodies) == 1:
        frame, rejects = _read_carefully(dataset, layout, bodies[0])
        rows = sum(1 for line in bodies[0].data.split(b"\n") if line.strip())
        yield _mark_flagless(dataset, frame), rejects, rows
    else:
        half = len(bodies) // 2
        yield from _read(dataset, layout, bodies[:half])
        yield from _read(dataset, layout, bodies[half:])


def _mark_flagless(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    absent = [c.name for c in dataset.columns if c.kind is Kind.FLAG and c.name not in frame.columns]
    return frame.with_columns(pl.lit(NO_FLAG).cast(_dtype(dataset, n)).alias(n) for n in absent)


def _read_fast(dataset: Dataset, layout: Layout, bodies: list[Body]) -> pl.DataFrame | None:
    data = b"".join([body.data for body in bodies])
    if not data.isascii() or b"\0" in data or b"\r" in data:
        return None
    columns = {name or f"_unknown{i}": _dtype(dataset, name) for i, name in enumerate(layout.names)}
    try:
        frame = pl.read_csv(data, has_header=False, schema=columns, null_values=[""])
    except (pl.exceptions.PolarsError, OverflowError):
        return None
    if frame.height != sum(body.lines for body in bodies) or not _is_sound(frame, data):
        return None
    frame = frame.drop([c for c in frame.columns if c.startswith("_unknown")])
    return _tidy(frame.with_columns(_row_numbers(bodies)))


def _is_sound(frame: pl.DataFrame, data: bytes) -> bool:
    """Say whether the fast way can be trusted: finite numbers, no short line, no stray quote or comma in a text."""
    numbers = frame.select(pl.selectors.float().is_finite().all())
    if numbers.width and not all(numbers.row(0)):
        return False
    blank_ends = frame.to_series(-1).null_count() > 0
    if blank_ends and data.count(b",") != (frame.width - 1) * frame.height:
        return False
    # where a last field is blank, a comma within quotes could make up for one that a short line lacks
    return b'"' not in data or not (_holds_stray_quote(data) or _holds(frame, '["\n,]' if blank_ends else '["\n]'))


def _holds_stray_quote(data: bytes) -> bool:
    """Say whether a quote stands neither at the start nor at the end of a field: polars drops what follows it."""
    raw = np.frombuffer(data, dtype=np.uint8)
    edge = (raw == ord(",")) | (raw == ord("\n"))
    return bool(((raw[1:-1] == ord('"')) & ~(edge[:-2] | edge[2:])).any())


def _holds(frame: pl.DataFrame, pattern: str) -> bool:
    return any(distinct(column).str.contains(pattern).any() for column in frame if not column.dtype.is_numeric())


def _row_numbers(bodies: list[Body]) -> list[pl.Series]:
    rows = np.array([body.lines for body in bodies])
    ends = rows.cumsum()
    first = np.array([body.first_line for body in bodies])
    lines = np.arange(ends[-1]) + np.repeat(first - (ends - rows), rows)
    files = np.repeat(np.array([body.file for body in bodies], dtype=np.uint32), rows)
    return [pl.Series("_file", files), pl.Series("_line", lines.astype(np.uint32))]


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Strip padded texts; a text of blanks is null. Only the distinct values are looked at; labels the clock strips."""
    for name, dtype in frame.schema.items():
        if dtype != pl.Categorical:
            continue
        texts = distinct(frame[name])
        if (texts.str.strip_chars() != texts).any() or (texts == "").any():
            stripped = pl.col(name).cast(pl.String).str.strip_chars().replace("", None)
            frame = frame.with_columns(stripped.cast(pl.Categorical))
    return frame


def _read_carefully(dataset: Dataset, layout: Layout, body: Body) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read one file line by line, each line on its own."""
    lines, rows, faults = [], [], []
    for number, raw in enumerate(body.data.split(b"\n"), start=body.first_line):
        if not raw.strip():
            continue
        fields = _split(layout, raw)
        if isinstance(fields, str):
            faults.append((body.file, number, fields))
        else:
            lines.append(number)
            rows.append(fields)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(layout.names)
    texts = {n: pl.Series(c, dtype=pl.String) for n, c in zip(layout.names, columns, strict=True) if n is not None}
    frame = pl.DataFrame({"_file": pl.Series([body.file] * len(lines), dtype=pl.UInt32), "_line": lines, **texts})
    frame = frame.with_columns(pl.col("_line").cast(pl.UInt32), pl.col(*texts).replace("", None))
    frame, bad_numbers = _cast(dataset, frame)
    return frame, pl.concat([pl.DataFrame(faults, schema=no_rejects().schema, orient="row"), bad_numbers])


def _split(layout: Layout, raw: bytes) -> list[str] | str:
    """Split one line into its fields, or return the reason why it cannot be used."""
    if b"\0" in raw:
        return "nul_byte"
    try:
        fields = split_line(raw.decode())
    except UnicodeDecodeError:
        return "not_utf8"
    except ValueError:
        return "bad_quotes"
    if tuple(fields) == layout.header:
        return "repeated_header"
    if len(fields) != len(layout.names):
        return f"ragged_line: {len(fields)} fields instead of {len(layout.names)}"
    return fields


def _cast(dataset: Dataset, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give texts their declared types; a row with a number that is none is rejected."""
    numbers = {n: t for n in frame.columns[2:] if (t := _dtype(dataset, n)).is_numeric()}
    typed = frame.with_columns(pl.col(n).cast(t, strict=False) for n, t in numbers.items())
    texts = [n for n in frame.columns[2:] if _dtype(dataset, n) == pl.Categorical]
    typed = typed.with_columns(pl.col(texts).cast(pl.Categorical))
    reason = pl.lit(None, dtype=pl.String)
    for name, dtype in reversed(numbers.items()):
        read = typed[name]
        bad = frame[name].is_not_null() & (
            read.is_null() | ~read.is_finite() if dtype == pl.Float64 else read.is_null()
        )
        reason = pl.when(bad).then(pl.lit(f"bad_number: {name}")).otherwise(reason)
    judged = typed.with_columns(reason=reason)
    good = judged["reason"].is_null()
    return typed.filter(good), judged.filter(~good).select(*ROW, "reason")

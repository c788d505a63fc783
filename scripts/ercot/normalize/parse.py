"""Bytes to typed rows: a fast way for many files at once, and a careful way that finds the culprits.

Both ways give the same rows and the same rejections: the fast way is only taken where it cannot be mistaken, and any
doubt (a parse error, a count that does not add up, a quote in a value) sends the files in question the careful way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from math import isfinite

import numpy as np
import polars as pl

from ercot.catalog.model import Dataset, Kind
from ercot.raw.csv_file import Body, blocks, count, count_lines, end_of_line
from ercot.raw.header import BLANKS, Layout, split_line
from ercot.raw.records import MAX_LINES, is_row, records
from ercot.tables.categories import distinct

CHUNK_BYTES = 16 << 20  # parsed at once: small enough for the cache, large enough to keep polars busy
ROW = ("_file", "_line")  # where a row comes from: number of the file, line in it

NULLS = [""]  # an empty text within quotes; one without quotes is null anyway, and being asked for it costs a tenth
NUMBERS = {Kind.FLOAT: pl.Float64, Kind.INTEGER: pl.Int32}
NO_FLAG = "(no such column)"  # stands for the flag of a file without one: another thing than a blank flag


@dataclass
class Parsed:
    """Typed rows (texts as Categorical, the labels that the clock reads as String) and the rows that are no such."""

    frame: pl.DataFrame
    rejects: pl.DataFrame  # _file, _line, reason
    rows: int  # records of the files, blank lines not counted
    rejected_labels: pl.DataFrame  # _file and the labels of the rejected rows, as far as they can be read


@dataclass
class Sheets:
    """Files of one layout, to be read together."""

    layout: Layout
    bodies: list[Body] = field(default_factory=list)


def parse(dataset: Dataset, sheets: list[Sheets]) -> Parsed:
    """Read files of one dataset into typed rows with `_file` and `_line`; rows that cannot be read are rejects."""
    read = [parsed for sheet in sheets for chunk in _chunks(sheet) for parsed in _read(dataset, sheet.layout, chunk)]
    whole = pl.DataFrame(schema=_row_schema() | _schema(dataset))
    return Parsed(
        pl.concat([whole, *(parsed.frame for parsed in read)], how="diagonal"),
        pl.concat([no_rejects(), *(parsed.rejects for parsed in read)]),
        sum(parsed.rows for parsed in read),
        pl.concat([_no_labels(dataset), *(parsed.rejected_labels for parsed in read)]),
    )


def no_rejects() -> pl.DataFrame:
    """Return an empty table of rejected rows."""
    return pl.DataFrame(schema=_row_schema() | {"reason": pl.String})


def labels_of(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the file and the printed labels of rows."""
    return _mark_flagless(dataset, rows).select(_no_labels(dataset).columns)


def _no_labels(dataset: Dataset) -> pl.DataFrame:
    return pl.DataFrame(schema={"_file": pl.UInt32} | dict.fromkeys(_declared_labels(dataset), pl.String))


def _declared_labels(dataset: Dataset) -> list[str]:
    return [name for name in dataset.printed if dataset.has(name)]


def _row_schema() -> dict:
    return {"_file": pl.UInt32, "_line": pl.UInt32}


def _schema(dataset: Dataset) -> dict:
    return {c.name: _dtype(dataset, c.name) for c in dataset.columns}


def _dtype(dataset: Dataset, name: str | None):
    if name in dataset.printed:
        return pl.String  # read by the clock; they hardly change from row to row, so coding them would not pay
    return pl.Categorical if name is None else NUMBERS.get(dataset.column(name).kind, pl.Categorical)


def _pieces(body: Body, width: int):
    """Cut a large file between records, so that neither a chunk nor the careful way is larger than it must be."""
    while body.size > CHUNK_BYTES:
        end = _cut(body.text, body.start + CHUNK_BYTES, body.stop, width)
        lines = count_lines(body.text, body.start, end)
        yield replace(body, stop=end, lines=lines)
        body = replace(body, start=end, first_line=body.first_line + lines, lines=body.lines - lines)
    if body.size:
        yield body


def _cut(text: bytes, start: int, stop: int, width: int) -> int:
    """Return the end of the first whole row after ``start``: a record of several lines has none among its lines."""
    first = end = end_of_line(text, start, stop)
    for _ in range(MAX_LINES):
        if end == stop:
            break
        following = end_of_line(text, end, stop)
        if is_row(text[end:following], width):
            return following
        end = following
    return first


def _chunks(sheet: Sheets):
    chunk, size = [], 0
    width = len(sheet.layout.names)
    for body in chain.from_iterable(_pieces(body, width) for body in sheet.bodies):
        chunk.append(body)
        size += body.size
        if size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _read(dataset: Dataset, layout: Layout, bodies: list[Body]) -> Iterator[Parsed]:
    """Read files the fast way; where that is in doubt, halve them until the careful way is left with the culprits."""
    frame = _read_fast(dataset, layout, bodies)
    if frame is not None:
        rows = sum(body.lines for body in bodies)
        yield Parsed(_mark_flagless(dataset, frame), no_rejects(), rows, _no_labels(dataset))
    elif len(bodies) == 1:
        yield _read_carefully(dataset, layout, bodies[0])
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
        frame = pl.read_csv(data, has_header=False, schema=columns, null_values=NULLS if b'"' in data else None)
    except (pl.exceptions.PolarsError, OverflowError):
        return None
    if frame.height != sum(body.lines for body in bodies) or not _is_sound(frame, data):
        return None
    frame = frame.drop([c for c in frame.columns if c.startswith("_unknown")])
    return _tidy(frame.with_columns(_row_numbers(bodies)))


def _is_sound(frame: pl.DataFrame, data: bytes) -> bool:
    """Say whether the fast way can be trusted: finite numbers, no short line, no stray quote or comma in a text."""
    sums = frame.select(pl.selectors.float().sum())  # half the time of a look at each: a sum is finite where all are
    if sums.width and not all(map(isfinite, sums.row(0))):
        return False
    blank_ends = frame.to_series(-1).null_count() > 0
    if blank_ends and count(data, b",") != (frame.width - 1) * frame.height:
        return False
    # where a last field is blank, a comma within quotes could make up for one that a short line lacks
    return b'"' not in data or not (_holds_stray_quote(data) or _holds(frame, '["\n,]' if blank_ends else '["\n]'))


def _holds_stray_quote(data: bytes) -> bool:
    """Say whether a quote stands neither at the start nor at the end of a field: polars drops what follows it."""
    for raw in blocks(data, overlap=2):
        quotes = raw[1:-1] == ord('"')
        if quotes.any():
            edge = (raw == ord(",")) | (raw == ord("\n"))
            if (quotes & ~(edge[:-2] | edge[2:])).any():
                return True
    return False


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


def _read_carefully(dataset: Dataset, layout: Layout, body: Body) -> Parsed:
    """Read one file record by record, each on its own."""
    places, rows, faults, lost, count = [], [], [], [], 0
    for place, raw in records(body.data.split(b"\n"), len(layout.names)):
        fields = _split(layout, raw)
        count += 1
        if isinstance(fields, str):
            faults.append((body.file, body.first_line + place, fields))
            lost.append(_stray_labels(dataset, layout, raw))
        else:
            places.append(body.first_line + place)
            rows.append(fields)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(layout.names)
    texts = {n: pl.Series(c, dtype=pl.String) for n, c in zip(layout.names, columns, strict=True) if n is not None}
    frame = pl.DataFrame({"_file": pl.Series([body.file] * len(places), dtype=pl.UInt32), "_line": places, **texts})
    frame = frame.with_columns(pl.col("_line").cast(pl.UInt32), pl.col(*texts).replace("", None))
    frame, bad = _cast(dataset, frame)
    stray = pl.DataFrame(lost, schema=dict.fromkeys(_declared_labels(dataset), pl.String), orient="row")
    stray = stray.with_columns(_file=pl.lit(body.file, dtype=pl.UInt32))
    rejects = pl.concat([pl.DataFrame(faults, schema=no_rejects().schema, orient="row"), bad.select(*ROW, "reason")])
    labels = pl.concat([labels_of(dataset, stray), labels_of(dataset, bad)])
    return Parsed(_mark_flagless(dataset, frame), rejects, count, labels)


def _stray_labels(dataset: Dataset, layout: Layout, raw: bytes) -> list[str | None]:
    """Return what stands where the labels should be in a record that cannot be read; it may be anything."""
    fields = [field.strip(BLANKS + '"') for field in raw.decode(errors="replace").split(",")]
    found = dict(zip(layout.names, fields, strict=False))
    absent = {c.name: NO_FLAG for c in dataset.columns if c.kind is Kind.FLAG and c.name not in layout.names}
    return [(found | absent).get(name) for name in _declared_labels(dataset)]


def _split(layout: Layout, raw: bytes) -> list[str] | str:
    """Split one record into its fields, or return the reason why it cannot be used."""
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
    """Give texts their declared types; rows with a number that is none come second, as texts with their reason."""
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
    checked = frame.with_columns(typed.with_columns(reason=reason)["reason"])
    good = checked["reason"].is_null()
    return typed.filter(good), checked.filter(~good)

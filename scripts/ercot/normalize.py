"""From the raw files of one batch to one interim Parquet file, with the fate of every row.

The files are read once, a few operating days at a time, so that memory follows the days and not the batch. All
versions of a row lie in the same operating day, so each group of days is settled on its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from . import registry
from .batches import Manifest
from .catalog import DATASETS
from .catalog.model import Dataset, DayFrom, Kind
from .clock import PRINTED, SHORT_STAMP_FORMAT, STAMP_FORMAT, Days, place, read_stamp
from .fates import Publication, decide, rank_files
from .files import replacing, write_json
from .header import Layout, Unusable
from .interim import InterimWriter
from .inventory import Entry
from .ledger import EXAMPLES, Ledger, add
from .names import NameReader, precedence, publication
from .parse import Body, Sheets, normalize_newlines, open_sheet, parse, reject
from .schema import interim_types
from .source import MemberReader, base_name, is_csv, is_zip, label

GROUP_BYTES = 24 << 20  # raw bytes settled at once; a single day may have more
INFLATION = 10  # a zip holds about this many times its size
MAX_RAW_TEXT = 10_000  # characters of a rejected line that are kept


@dataclass(frozen=True)
class RawFile:
    """One readable CSV of a batch."""

    label: str
    entry: Entry
    publication: Publication
    layout: Layout
    body: Body


@dataclass
class Outcome:
    """What became of the rows of some operating days."""

    kept: pl.DataFrame
    rejected: pl.DataFrame  # file, line, raw_text, reason
    superseded: pl.DataFrame


@dataclass(frozen=True)
class Outputs:
    """The files that a batch is turned into."""

    interim: str
    ledger: str
    rejected: str
    revisions: str


def normalize(raw_dir: Path, manifest: Manifest, dataset: Dataset, outputs: Outputs) -> Ledger:
    """Read the files of a manifest and write the interim file, its rejected rows, its revisions and its ledger."""
    ledger = Ledger(dataset.id, manifest.batch, manifest.digest)
    headers: dict[tuple, dict] = {}
    rejected, superseded = [], []
    with replacing(outputs.interim) as path, InterimWriter(path, interim_types(dataset), manifest.digest) as writer:
        for entries in day_groups(dataset, manifest.entries):
            outcome = settle(raw_dir, manifest, dataset, entries, ledger, headers)
            writer.write(outcome.kept)
            rejected.append(outcome.rejected)
            superseded.append(outcome.superseded)
    ledger.headers = registry.merge(list(headers.values()))
    write_parquet(outputs.rejected, pl.concat([_no_rejected_rows(), *rejected]))
    write_parquet(outputs.revisions, pl.concat([_no_revisions(dataset), *superseded]))
    write_json(outputs.ledger, ledger.to_json())
    return ledger


def day_groups(dataset: Dataset, entries: tuple[Entry, ...]) -> Iterator[list[Entry]]:
    """Cut a batch into groups of whole operating days, each of a size that memory takes easily."""
    group, size = [], 0
    for entry in entries:
        whole_days = dataset.day_from is not DayFrom.ROWS
        if group and whole_days and size >= GROUP_BYTES and entry.days != group[-1].days:
            yield group
            group, size = [], 0
        group.append(entry)
        size += entry.size * (INFLATION if is_zip(entry.path) else 1)
    if group:
        yield group


def settle(raw_dir, manifest: Manifest, dataset: Dataset, entries, ledger: Ledger, headers: dict) -> Outcome:
    """Read some operating days and decide the fate of each row."""
    files = list(_open_files(raw_dir, manifest, dataset, entries, ledger, headers))
    parsed = parse(dataset, _by_layout(files))
    home = [_is_home(file.entry, manifest) for file in files]
    frame, judged = _judge(dataset, parsed.frame)
    placed = place(dataset, frame, _days(files, manifest, home))
    away = pl.Series([i for i, own in enumerate(home) if not own], dtype=pl.UInt32)
    unread = pl.concat([parsed.rejects, judged]).filter(~pl.col("_file").is_in(away.implode()))
    fates = decide(dataset, placed.rows, rank_files([file.publication for file in files]))
    rejects = pl.concat([unread, placed.rejects]).sort("_file", "_line")
    counted_at_home = parsed.rejects.height + judged.height - unread.height
    ledger.rows_read += parsed.rows - placed.elsewhere - counted_at_home
    return _account(dataset, files, fates, rejects, ledger)


def _account(dataset: Dataset, files: list[RawFile], fates, rejects: pl.DataFrame, ledger: Ledger) -> Outcome:
    ledger.rows_written += fates.kept.height
    ledger.rows_duplicate += fates.duplicates
    ledger.rows_superseded += fates.superseded.height
    ledger.rows_rejected += rejects.height
    labels = [file.label for file in files]
    for (reason,), rows in rejects.group_by("reason", maintain_order=True):
        add(
            ledger.reasons,
            reason,
            rows.height,
            [f"{labels[f]} line {n}" for f, n in rows.head(EXAMPLES).select("_file", "_line").iter_rows()],
        )
    _note_ranges(dataset, fates.kept, ledger)
    types = interim_types(dataset)
    kept = fates.kept.select(
        _finished(fates.kept, name, pl.Categorical if t == pl.String else t) for name, t in types.items()
    )
    old = fates.superseded.drop("_file", "_line")
    stamps = [pl.col("publication_old"), pl.col("publication_new")]
    replaced = old.select(*(_finished(old, name, dtype) for name, dtype in types.items()), *stamps)
    return Outcome(kept, _with_raw_text(files, rejects), replaced)


def _finished(frame: pl.DataFrame, name: str, dtype) -> pl.Expr:
    """Return a column in its declared type; one that the era lacks is null."""
    return (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)


def _open_files(
    raw_dir, manifest: Manifest, dataset: Dataset, entries, ledger: Ledger, headers: dict
) -> Iterator[RawFile]:
    """Open the files of some entries; what cannot be used goes to the ledger with its reason."""
    reader, number = MemberReader(raw_dir), 0
    for entry in entries:
        home = _is_home(entry, manifest)
        counted = ledger if home else Ledger(dataset.id, manifest.batch, manifest.digest)
        found = counted.files_found
        for way, data in reader.members(entry.path, entry.way):
            file = _open_file(dataset, number, entry, way, data, counted)
            if file:
                number += 1
                _note_header(headers, file)
                yield file
        if counted.files_found == found:
            _refuse(counted, dataset, label(entry.path, entry.way), "unreadable: no CSV inside")


def _open_file(dataset: Dataset, number: int, entry: Entry, way, data, ledger: Ledger) -> RawFile | None:
    bases = [base_name(name) for name in (entry.path, *way)]
    shown = label(entry.path, way)
    if not isinstance(data, Unusable) and not is_csv(bases[-1]):
        ledger.ignored.append(shown)
        return None
    try:
        if isinstance(data, Unusable):
            raise data
        if way and not entry.way:  # planning did not open this container
            _refuse_stranger(dataset, bases[-1])
        _, layout, body = open_sheet(dataset, number, data)
    except Unusable as unusable:
        _refuse(ledger, dataset, shown, str(unusable))
        return None
    ledger.files_found += 1
    ledger.files_read += 1
    published = max(publication(bases), entry.published)
    return RawFile(shown, entry, Publication(precedence(bases), published, bases[-1], data), layout, body)


def _refuse(ledger: Ledger, dataset: Dataset, shown: str, reason: str) -> None:
    ledger.files_found += 1
    ledger.files_rejected += 1
    ledger.rejected_files.append({"file": shown, "dataset": dataset.id, "reason": reason})


def _refuse_stranger(dataset: Dataset, base: str) -> None:
    """Refuse a member that another report's name is on, in a container that bears this one's."""
    candidates = _name_reader().read(base).candidates
    if candidates and dataset.id not in {known.id for known, _ in candidates}:
        raise Unusable(f"foreign_report: its name is that of {candidates[0][0].id}")


@cache
def _name_reader() -> NameReader:
    return NameReader(DATASETS)


def _note_header(headers: dict, file: RawFile) -> None:
    first = file.body.data[: file.body.data.find(b"\n")].decode("utf-8", errors="replace")
    registry.note_header(headers, file.layout, file.label, file.entry.days[0].isoformat(), first)


def _by_layout(files: list[RawFile]) -> list[Sheets]:
    sheets: dict[tuple, Sheets] = {}
    for file in files:
        key = (file.layout.header, file.layout.headed)
        sheets.setdefault(key, Sheets(file.layout)).bodies.append(file.body)
    return list(sheets.values())


def _is_home(entry: Entry, manifest: Manifest) -> bool:
    """Say whether a file that several batches list is counted in this one."""
    return manifest.first_day <= entry.days[0] <= manifest.last_day


def _days(files: list[RawFile], manifest: Manifest, home: list[bool]) -> Days:
    pairs = [(i, day) for i, file in enumerate(files) for day in file.entry.days]
    planned = pl.DataFrame(pairs, schema={"_file": pl.UInt32, "delivery_date": pl.Date}, orient="row")
    return Days(planned, manifest.first_day, manifest.last_day, home)


def _judge(dataset: Dataset, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the naive stamps and reject rows that lack a key or a value that must be there."""
    reason = pl.lit(None, dtype=pl.String)
    stamps = [c.name for c in dataset.columns if c.kind is Kind.NAIVE_STAMP and c.name not in PRINTED[dataset.clock]]
    read = frame.with_columns(_read_naive(frame[name]) for name in stamps)
    clean = True
    for name in (c.name for c in reversed(dataset.columns) if c.name not in PRINTED[dataset.clock]):
        must = name in dataset.key or dataset.column(name).required
        word = "blank_key" if name in dataset.key else "missing_value"
        if must and frame[name].null_count():
            clean, reason = False, pl.when(frame[name].is_null()).then(pl.lit(f"{word}: {name}")).otherwise(reason)
        if name in stamps and read[name].null_count() > frame[name].null_count():
            bad = read[name].is_null() & frame[name].is_not_null()
            clean, reason = False, pl.when(bad).then(pl.lit(f"bad_stamp: {name}")).otherwise(reason)
    if clean:
        return read, reject(read.clear(), "")
    judged = read.with_columns(reason=reason)
    good = judged["reason"].is_null()
    return judged.filter(good).drop("reason"), judged.filter(~good).select("_file", "_line", "reason")


def _read_naive(column: pl.Series) -> pl.Series:
    """Read local stamps, distinct texts once each."""
    texts = pl.DataFrame({"code": column.unique()}).with_columns(text=pl.col("code").cast(pl.String))
    texts = texts.with_columns(stamp=read_stamp("text", (STAMP_FORMAT, SHORT_STAMP_FORMAT)))
    rows = pl.DataFrame({"code": column}).join(texts, on="code", how="left", nulls_equal=True, maintain_order="left")
    return rows["stamp"].alias(column.name)


def _note_ranges(dataset: Dataset, frame: pl.DataFrame, ledger: Ledger) -> None:
    """Count values outside their plausible bounds; they stay as published."""
    for column in dataset.columns:
        if (column.low is None and column.high is None) or column.name not in frame.columns:
            continue
        values = frame[column.name]
        low, high = values.min(), values.max()
        if low is None or (low >= (column.low or low) and high <= (column.high or high)):
            continue
        odd = frame.filter(~pl.col(column.name).is_between(column.low or low, column.high or high))
        shown = [f"{day} {value}" for day, value in odd.head(EXAMPLES).select("delivery_date", column.name).iter_rows()]
        add(ledger.ranges, column.name, odd.height, shown)


def _with_raw_text(files: list[RawFile], rejects: pl.DataFrame) -> pl.DataFrame:
    """Add to each rejected row its file's name and the raw line."""
    rows = []
    for (number,), part in rejects.group_by("_file", maintain_order=True):
        lines = normalize_newlines(files[number].publication.data).split(b"\n")
        for _, line, reason in part.iter_rows():
            text = lines[line - 1][: 4 * MAX_RAW_TEXT].decode("utf-8", errors="replace")[:MAX_RAW_TEXT]
            rows.append((files[number].label, line, text, reason))
    return pl.DataFrame(rows, schema=_no_rejected_rows().schema, orient="row")


def _no_rejected_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={"file": pl.String, "line": pl.UInt32, "raw_text": pl.String, "reason": pl.String})


def _no_revisions(dataset: Dataset) -> pl.DataFrame:
    stamps = {"publication_old": pl.Datetime("ms"), "publication_new": pl.Datetime("ms")}
    return pl.DataFrame(schema=interim_types(dataset) | stamps)


def write_parquet(path: str, frame: pl.DataFrame) -> None:
    """Write a small table, whole or not at all."""
    with replacing(path) as temporary:
        frame.write_parquet(temporary, compression="zstd")

"""Some operating days of a dataset, from their raw files to rows with a fate: read, judge, place in time, decide.

All versions of a row lie in the same operating day, so days can be settled on their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ercot.catalog.model import Dataset, Kind
from ercot.normalize.deduplicate import Deduplicated, deduplicate, rank_files
from ercot.normalize.labels import stamps
from ercot.normalize.ledger import Ledger
from ercot.normalize.parse import ROW, Sheets, labels_of, parse
from ercot.normalize.raw_files import RawFile, is_home, open_files
from ercot.normalize.timestamps import Days, add_timestamps
from ercot.planning.batches import Manifest
from ercot.raw.inventory import Entry


@dataclass
class ProcessedDays:
    """The rows of some operating days, each with its fate."""

    ledger: Ledger  # what became of the files; of the rows, the number read
    files: list[RawFile]
    deduplicated: Deduplicated
    rejects: pl.DataFrame  # _file, _line, reason


def process_days(raw_dir: Path, manifest: Manifest, dataset: Dataset, entries: list[Entry]) -> ProcessedDays:
    """Read all files of some operating days and decide the fate of each row."""
    ledger = Ledger(dataset.id, manifest.batch, manifest.digest)
    files = list(open_files(raw_dir, manifest, dataset, entries, ledger))
    parsed = parse(dataset, _by_layout(files))
    home = [is_home(file.entry, manifest) for file in files]
    frame, checked = _validate_rows(dataset, parsed.frame)
    lost_labels = pl.concat([parsed.rejected_labels, labels_of(dataset, checked)])
    timestamped = add_timestamps(dataset, frame, _days(files, manifest, home), lost_labels)
    away = pl.Series([i for i, own in enumerate(home) if not own], dtype=pl.UInt32)
    unread = pl.concat([parsed.rejects, checked.select(*ROW, "reason")]).filter(~pl.col("_file").is_in(away.implode()))
    deduplicated = deduplicate(dataset, timestamped.rows, rank_files([file.publication for file in files]))
    rejects = pl.concat([unread, timestamped.rejects]).sort("_file", "_line")
    counted_elsewhere = parsed.rejects.height + checked.height - unread.height
    ledger.rows_read = parsed.rows - timestamped.elsewhere - counted_elsewhere
    return ProcessedDays(ledger, files, deduplicated, rejects)


def _by_layout(files: list[RawFile]) -> list[Sheets]:
    sheets: dict[tuple, Sheets] = {}
    for file in files:
        key = (file.layout.header, file.layout.headed)
        sheets.setdefault(key, Sheets(file.layout)).bodies.append(file.body)
    return list(sheets.values())


def _days(files: list[RawFile], manifest: Manifest, home: list[bool]) -> Days:
    pairs = [(i, day) for i, file in enumerate(files) for day in file.entry.days]
    planned = pl.DataFrame(pairs, schema={"_file": pl.UInt32, "delivery_date": pl.Date}, orient="row")
    return Days(planned, manifest.first_day, manifest.last_day, home)


def _validate_rows(dataset: Dataset, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the naive stamps; rows that lack a key or a value that must be there come second, with their reason."""
    names = [c.name for c in dataset.columns if c.kind is Kind.NAIVE_STAMP and c.name not in dataset.printed]
    read = frame.with_columns(_read_naive(frame[name]) for name in names)
    reason, clean = pl.lit(None, dtype=pl.String), True
    for name, bad in reversed(list(_faults(dataset, frame, read))):
        if bad.any():
            clean, reason = False, pl.when(bad).then(pl.lit(name)).otherwise(reason)
    if clean:
        return read, read.clear().with_columns(reason=reason)
    checked = read.with_columns(reason=reason)
    good = checked["reason"].is_null()
    return checked.filter(good).drop("reason"), checked.filter(~good)


def _faults(dataset: Dataset, frame: pl.DataFrame, read: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    """Yield the reasons to reject rows, the first to count first, with the rows that they hold for."""
    for name in (c.name for c in dataset.columns if c.name not in dataset.printed):
        if read[name].null_count() > frame[name].null_count():
            yield f"bad_stamp: {name}", read[name].is_null() & frame[name].is_not_null()
        if (name in dataset.key or dataset.column(name).required) and frame[name].null_count():
            word = "blank_key" if name in dataset.key else "missing_value"
            yield f"{word}: {name}", frame[name].is_null()
    if dataset.one_of:
        bare = frame.select(pl.all_horizontal(pl.col(list(dataset.one_of)).is_null())).to_series()
        yield f"missing_value: one of {', '.join(dataset.one_of)}", bare


def _read_naive(column: pl.Series) -> pl.Series:
    """Read local stamps, distinct texts once each."""
    texts = pl.DataFrame({"code": column.unique()})
    texts = texts.with_columns(stamp=stamps(texts["code"].cast(pl.String)))
    rows = pl.DataFrame({"code": column}).join(texts, on="code", how="left", nulls_equal=True, maintain_order="left")
    return rows["stamp"].alias(column.name)

"""Some operating days of a dataset, from their raw files to rows with a fate: read, judge, place in time, decide.

All versions of a row lie in the same operating day, so days can be settled on their own.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ercot.catalog.model import Dataset, Kind
from ercot.normalize.deduplicate import Fates, decide, rank_files
from ercot.normalize.ledger import Ledger
from ercot.normalize.parse import Sheets, parse, reject
from ercot.normalize.raw_files import RawFile, is_home, open_files
from ercot.normalize.timestamps import SHORT_STAMP_FORMAT, STAMP_FORMAT, Days, place, read_stamp
from ercot.planning.batches import Manifest
from ercot.raw.inventory import Entry


@dataclass
class Settled:
    """The rows of some operating days, each with its fate."""

    ledger: Ledger  # what became of the files; of the rows, the number read
    files: list[RawFile]
    fates: Fates
    rejects: pl.DataFrame  # _file, _line, reason


def settle(raw_dir: Path, manifest: Manifest, dataset: Dataset, entries: list[Entry]) -> Settled:
    """Read all files of some operating days and decide the fate of each row."""
    ledger = Ledger(dataset.id, manifest.batch, manifest.digest)
    files = list(open_files(raw_dir, manifest, dataset, entries, ledger))
    parsed = parse(dataset, _by_layout(files))
    home = [is_home(file.entry, manifest) for file in files]
    frame, judged = _judge(dataset, parsed.frame)
    placed = place(dataset, frame, _days(files, manifest, home))
    away = pl.Series([i for i, own in enumerate(home) if not own], dtype=pl.UInt32)
    unread = pl.concat([parsed.rejects, judged]).filter(~pl.col("_file").is_in(away.implode()))
    fates = decide(dataset, placed.rows, rank_files([file.publication for file in files]))
    rejects = pl.concat([unread, placed.rejects]).sort("_file", "_line")
    counted_elsewhere = parsed.rejects.height + judged.height - unread.height
    ledger.rows_read = parsed.rows - placed.elsewhere - counted_elsewhere
    return Settled(ledger, files, fates, rejects)


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


def _judge(dataset: Dataset, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the naive stamps and reject rows that lack a key or a value that must be there."""
    reason = pl.lit(None, dtype=pl.String)
    stamps = [c.name for c in dataset.columns if c.kind is Kind.NAIVE_STAMP and c.name not in dataset.printed]
    read = frame.with_columns(_read_naive(frame[name]) for name in stamps)
    clean = True
    for name in (c.name for c in reversed(dataset.columns) if c.name not in dataset.printed):
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

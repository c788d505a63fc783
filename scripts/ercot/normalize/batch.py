"""From the raw files of one batch to one interim Parquet file, with the fate of every row.

The files are read once, a few operating days at a time, so that memory follows the days and not the batch.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from ercot.catalog.model import Dataset, DayFrom
from ercot.core.files import replacing
from ercot.core.findings import EXAMPLES
from ercot.core.parallel import OnProgress, map_ordered, no_progress
from ercot.core.step_records import write_record
from ercot.normalize.day_group import ProcessedDays, process_days
from ercot.normalize.interim import InterimWriter
from ercot.normalize.ledger import Ledger, add
from ercot.normalize.raw_files import RawFile
from ercot.planning.batches import Manifest
from ercot.raw import header_registry
from ercot.raw.containers.names import is_container
from ercot.raw.inventory import Entry
from ercot.tables.schema import annual_types, raw_types

GROUP_BYTES = 24 << 20  # raw bytes settled at once; a single day may have more
INFLATION = 10  # a zip holds about this many times its size
MAX_RAW_TEXT = 10_000  # characters of a rejected line that are kept


@dataclass
class Outcome:
    """What became of the rows of some operating days."""

    ledger: Ledger
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
    facts: str  # of the row groups of the interim file

    @classmethod
    def at(cls, stem: str) -> "Outputs":
        """Return the files of a batch whose names begin with ``stem``."""
        endings = ("parquet", "ledger.json", "rejected.parquet", "revisions.parquet", "facts.parquet")
        return cls(*(f"{stem}.{ending}" for ending in endings))


def normalize(
    raw_dir: Path, manifest: Manifest, dataset: Dataset, outputs: Outputs, tick: OnProgress = no_progress
) -> Ledger:
    """Read the files of a manifest and write the interim file, its rejected rows, its revisions and its ledger.

    ``tick`` is called now and then with how many entries of the manifest are done, and how many there are.
    """

    def work(entries: list[Entry]) -> Outcome:
        return _account(dataset, process_days(raw_dir, manifest, dataset, entries))

    ledger = Ledger(dataset.id, manifest.batch, manifest.digest)
    rejected, superseded, done = [], [], 0
    groups = list(day_groups(dataset, manifest.entries))
    with replacing(outputs.interim) as path:
        with InterimWriter(path, dataset, manifest.year, manifest.digest) as writer:
            for entries, outcome in zip(groups, map_ordered(work, groups, pl.thread_pool_size()), strict=True):
                writer.write(outcome.kept)
                ledger.take(outcome.ledger)
                rejected.append(outcome.rejected)
                superseded.append(outcome.superseded)
                done += len(entries)
                tick(done, len(manifest.entries))
        write_parquet(outputs.facts, writer.facts())
    ledger.headers = header_registry.merge(ledger.headers)
    write_parquet(outputs.rejected, pl.concat([_no_rejected_rows(), *rejected]))
    write_parquet(outputs.revisions, pl.concat([_no_revisions(dataset), *superseded]))
    write_record(outputs.ledger, ledger.to_json())
    return ledger


def day_groups(dataset: Dataset, entries: tuple[Entry, ...]) -> Iterator[list[Entry]]:
    """Cut a batch into groups of whole operating days, each of a size that memory takes easily.

    Files of several days are one group, those of one container together, so that it is opened once.
    """
    if dataset.day_from is DayFrom.ROWS:
        yield sorted(entries, key=lambda entry: (entry.path, entry.member_path[:-1]))
        return
    group, size = [], 0.0
    members = Counter(entry.path for entry in entries)
    for entry in entries:
        if group and size >= GROUP_BYTES and entry.days != group[-1].days:
            yield group
            group, size = [], 0.0
        group.append(entry)
        size += entry.size / members[entry.path] * (INFLATION if is_container((entry.path,)) else 1)
    if group:
        yield group


def _account(dataset: Dataset, processed: ProcessedDays) -> Outcome:
    """Enter the rows of some settled days in their ledger and bring them into the declared form."""
    deduplicated, rejects, ledger = processed.deduplicated, processed.rejects, processed.ledger
    ledger.rows_written = deduplicated.kept.height
    ledger.rows_duplicate = deduplicated.duplicates.height
    ledger.rows_superseded = deduplicated.superseded.height
    ledger.rows_rejected = rejects.height
    for (reason,), rows in rejects.group_by("reason", maintain_order=True):
        shown = [f"{processed.files[f].label} line {n}" for f, n, _ in rows.head(EXAMPLES).iter_rows()]
        add(ledger.reasons, reason, rows.height, shown)
    for number, rows in rejects["_file"].value_counts(sort=True).iter_rows():
        day = processed.files[number].entry.days[0].isoformat()
        ledger.rejected_days[day] = ledger.rejected_days.get(day, 0) + rows
    _note_ranges(dataset, deduplicated.kept, ledger)
    kept = deduplicated.kept.select(
        _finished(deduplicated.kept, name, pl.Categorical if dtype == pl.String else dtype)
        for name, dtype in annual_types(dataset).items()
    )
    old = deduplicated.superseded.drop("_file", "_line")
    stamps = [pl.col("publication_old"), pl.col("publication_new")]
    replaced = old.select(*(_finished(old, name, dtype) for name, dtype in raw_types(dataset).items()), *stamps)
    return Outcome(ledger, kept, _with_raw_text(processed.files, rejects), replaced)


def _finished(frame: pl.DataFrame, name: str, dtype) -> pl.Expr:
    """Return a column in its declared type; one that the era lacks is null."""
    return (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)


def _note_ranges(dataset: Dataset, frame: pl.DataFrame, ledger: Ledger) -> None:
    """Count values outside their plausible bounds; they stay as published."""
    for column in dataset.columns:
        if column.low is None or column.high is None or column.name not in frame.columns:
            continue
        low, high = frame[column.name].min(), frame[column.name].max()
        if low is None or (low >= column.low and high <= column.high):
            continue
        odd = frame.filter(~pl.col(column.name).is_between(column.low, column.high))
        shown = [f"{day} {value}" for day, value in odd.head(EXAMPLES).select("delivery_date", column.name).iter_rows()]
        add(ledger.ranges, column.name, odd.height, shown)


def _with_raw_text(files: list[RawFile], rejects: pl.DataFrame) -> pl.DataFrame:
    """Add to each rejected row its file's name and its raw text."""
    rows = []
    for (number,), part in rejects.group_by("_file", maintain_order=True):
        texts = files[number].texts(part["_line"].to_list())
        for (_, line, reason), text in zip(part.iter_rows(), texts, strict=True):
            rows.append((files[number].label, line, text[:MAX_RAW_TEXT], reason))
    return pl.DataFrame(rows, schema=_no_rejected_rows().schema, orient="row")


def _no_rejected_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={"file": pl.String, "line": pl.UInt32, "raw_text": pl.String, "reason": pl.String})


def _no_revisions(dataset: Dataset) -> pl.DataFrame:
    stamps = {"publication_old": pl.Datetime("ms"), "publication_new": pl.Datetime("ms")}
    return pl.DataFrame(schema=raw_types(dataset) | stamps)


def write_parquet(path: str, frame: pl.DataFrame) -> None:
    """Write a small table, whole or not at all; polars itself does not say so where the disk is full."""
    encoded = BytesIO()
    frame.write_parquet(encoded, compression="zstd")
    with replacing(path) as temporary:
        temporary.write_bytes(encoded.getvalue())

"""Interim files: one Parquet file a batch, in the encoding of the rollup, with the digest of its manifest inside.

Row groups are cut by the calendar, so the row groups of a year are the same however it was cut into batches.
"""

from datetime import date
from pathlib import Path

import polars as pl

from ercot.catalog.model import Dataset
from ercot.facts.row_group import facts_of, no_facts
from ercot.planning.batches import MANIFEST, batch_name, row_group_period
from ercot.tables.encoding import RowGroupWriter
from ercot.tables.row_groups import digests
from ercot.tables.schema import annual_types

MOST_ROWS = 1 << 18  # of a row group where a day has more
MOST_ROWS_OF_DAYS = 1 << 20  # where a longer period has more than the catalog says


class InterimWriter:
    """Writes one interim file; rows come a few days at a time, in their order, and wait until a row group is full."""

    def __init__(self, path: Path | str, dataset: Dataset, year: int, manifest_digest: str):
        self._writer = RowGroupWriter(path, annual_types(dataset), {MANIFEST: manifest_digest})
        self._path, self._dataset, self._year, self._facts = path, dataset, year, [no_facts(dataset)]
        self._length = row_group_period(dataset, year)
        self._most = MOST_ROWS if self._length == "day" else MOST_ROWS_OF_DAYS
        self._period, self._waiting = "", []

    def __enter__(self):
        self._writer.__enter__()
        return self

    def __exit__(self, *raised):
        if raised == (None, None, None):
            self._end_period()
        self._writer.__exit__(*raised)

    def write(self, rows: pl.DataFrame) -> None:
        """Append rows with the columns of the rollup."""
        for period, part in self._by_period(rows):
            if period != self._period:
                self._end_period()
                self._period = period
            self._waiting.append(part)
            self._write_full()

    def _by_period(self, rows: pl.DataFrame):
        """Yield the rows of each period of row groups with its name; the rows of a period follow each other."""
        runs = rows["delivery_date"].rle().struct.unnest()
        begin = end = 0
        name = self._name(runs["value"][0]) if rows.height else ""
        for day, length in zip(runs["value"], runs["len"], strict=True):
            if self._name(day) != name:
                yield name, rows.slice(begin, end - begin)
                begin, name = end, self._name(day)
            end += length
        if end > begin:
            yield name, rows.slice(begin, end - begin)

    def _name(self, day: date) -> str:
        return batch_name(day, self._length)

    def _write_full(self) -> None:
        """Write the row groups that are full."""
        if sum(part.height for part in self._waiting) < self._most:
            return
        rows = pl.concat(self._waiting)
        full = rows.height // self._most * self._most
        for offset in range(0, full, self._most):
            self._write_group(rows.slice(offset, self._most))
        self._waiting = [rows.slice(full)]

    def _end_period(self) -> None:
        if self._waiting:
            self._write_group(pl.concat(self._waiting))
        self._waiting = []

    def _write_group(self, rows: pl.DataFrame) -> None:
        if rows.height:
            self._writer.write(rows)
            self._facts.append(facts_of(self._dataset, self._year, rows))

    def facts(self) -> pl.DataFrame:
        """Return the facts of the row groups, with the `sha256` of the bytes of each; for when the file is closed."""
        written = pl.Series([digest.sha256 for digest in digests(self._path)], dtype=pl.String)
        return pl.concat(self._facts).with_columns(sha256=written)

"""The rows in which two versions of a rollup differ: as a Parquet file, and a few of them as text."""

from pathlib import Path

import polars as pl

from ercot.checks.differences import Differing
from ercot.tables.encoding import RowGroupWriter
from ercot.tables.table import Table

EXAMPLES = 3  # shown of a rollup
KIND = "difference"  # only_old, only_new or changed


class DifferenceWriter:
    """Writes differing rows to `FOLDER/{rollup}`: `difference`, the key, and each value as `…_old` and `…_new`.

    The file is made with the first row, so equal rollups leave none; where the folder is None nothing is written.
    """

    def __init__(self, folder: Path | None, rollup: str, table: Table, old: Path, columns: list[str]):
        self._path = folder / rollup if folder else None
        self._key = [name for name in table.key if name in columns]
        self._columns, self._types = columns, pl.scan_parquet(old).collect_schema()
        self._writer: RowGroupWriter | None = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._writer:
            self._writer.__exit__(None, None, None)

    def write(self, part: Differing) -> None:
        """Append the rows of some days as one row group."""
        if self._path is None:
            return
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = RowGroupWriter(self._path, self._schema())
        self._writer.write(self._rows(part))

    def _schema(self) -> dict[str, pl.DataType]:
        values = [name for name in self._columns if name not in self._key]
        sides = {f"{name}_{side}": self._types[name] for name in values for side in ("old", "new")}
        return {KIND: pl.String()} | {name: self._types[name] for name in self._key} | sides

    def _rows(self, part: Differing) -> pl.DataFrame:
        kinds = {
            "only_old": part.lost.rename(self._on_side("old")),
            "only_new": part.gained.rename(self._on_side("new")),
            "changed": self._both_sides(part.changed),
        }
        none = pl.DataFrame(schema=self._schema())
        rows = [frame.with_columns(pl.lit(kind).alias(KIND)) for kind, frame in kinds.items()]
        together = pl.concat([none, *rows], how="diagonal_relaxed").select(none.columns)
        return together.sort(self._key) if self._key else together

    def _on_side(self, side: str) -> dict[str, str]:
        return {name: f"{name}_{side}" for name in self._columns if name not in self._key}

    def _both_sides(self, changed: pl.DataFrame) -> pl.DataFrame:
        if not self._key:
            return pl.DataFrame()
        later = {f"{name}_right": side for name, side in self._on_side("new").items()}
        return changed.rename(self._on_side("old") | later)


def examples(table: Table, part: Differing) -> list[str]:
    """Return a few of the rows that differ, each as its key and what changed."""
    kinds = (("-", part.lost), ("+", part.gained), ("~", part.changed))
    return [f"{sign} {_spell(table, row)}" for sign, rows in kinds for row in rows.head(EXAMPLES).iter_rows(named=True)]


def _spell(table: Table, row: dict) -> str:
    named = table.key or table.sorting
    where = ", ".join(f"{name} {row[name]}" for name in named if name in row)
    pairs = [(name, row[name], row[f"{name}_right"]) for name in row if f"{name}_right" in row]
    changed = [f"{name} {old} -> {new}" for name, old, new in pairs if old != new]
    return f"{where}: {', '.join(changed)}" if changed else where

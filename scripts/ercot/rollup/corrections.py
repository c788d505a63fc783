"""Price corrections: the row groups that have a corrected price are written anew, all others stay as they are."""

import numpy as np
import polars as pl

from ercot.catalog.model import Dataset
from ercot.core.findings import EXAMPLES
from ercot.rollup.glue import Part
from ercot.tables.encoding import RowGroupWriter
from ercot.tables.row_groups import row_groups, value_range
from ercot.tables.schema import ORIGINAL, annual_types
from ercot.tables.time_columns import time_key


def correct_groups(
    dataset: Dataset, interim: list[str], corrections: str, target: str
) -> tuple[list[Part], dict[str, object]]:
    """Write the row groups with corrected prices into ``target``.

    ``interim`` are the interim files of a year, ``corrections`` is the rollup of its corrections. Returns the parts
    that make up the corrected rollup, and how many corrections found no price, with examples.
    """
    latest, parts, idle = _latest(dataset, corrections), [], _latest(dataset, corrections)
    times, written = latest[time_key(dataset)].to_physical().unique().sort().to_numpy(), 0
    with RowGroupWriter(target, annual_types(dataset)) as writer:
        for path in interim:
            first = 0
            for number, group in enumerate(row_groups(path)):
                if _has(times, *value_range(group, time_key(dataset))):
                    rows = correct(dataset, pl.scan_parquet(path).slice(first, group.rows).collect(), latest)
                    idle = idle.join(_changed(dataset, rows), on=dataset.key, how="anti", maintain_order="left")
                    writer.write(rows)
                    parts.append(Part(target, (written,)))
                    written += 1
                else:
                    parts.append(Part(path, (number,)))
                first += group.rows
            parts.append(Part(path, ()))  # the columns, where there are no rows
    shown = idle.select(dataset.key).sort(dataset.key).head(EXAMPLES)
    return parts, {"count": idle.height, "examples": [" ".join(map(str, row)) for row in shown.iter_rows()]}


def correct(dataset: Dataset, rows: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    """Put corrected prices in place, keeping the first published ones in ``…_original``.

    A price that the raw files lack stays null: an era prints it under another name, or not at all.
    """
    prices = dict(dataset.corrections.prices)
    renamed = {f"_{price}": pl.col(corrected) for price, corrected in prices.items()}
    joined = rows.join(latest.select(*dataset.key, **renamed), on=dataset.key, how="left", maintain_order="left")
    return joined.with_columns(column for price in prices for column in _corrected(price)).select(rows.columns)


def _has(times: np.ndarray, low: int, high: int) -> bool:
    """Say whether one of some sorted times lies between two others."""
    return bool(np.searchsorted(times, low) < np.searchsorted(times, high, side="right"))


def _corrected(price: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the final price, and the first published one where it was corrected."""
    final = pl.col(f"_{price}")
    is_corrected = final.is_not_null() & pl.col(price).is_not_null()
    first = pl.when(is_corrected).then(price).alias(price + ORIGINAL)
    return pl.when(is_corrected).then(final).otherwise(price).alias(price), first


def _latest(dataset: Dataset, corrections: str) -> pl.DataFrame:
    """Return the last correction of each price."""
    rows = pl.read_parquet(corrections).sort("price_correction_time_cpt", maintain_order=True)
    return rows.unique(dataset.key, keep="last", maintain_order=True)


def _changed(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of rows whose prices were all corrected."""
    originals = [price + ORIGINAL for price, _ in dataset.corrections.prices]
    return rows.filter(pl.all_horizontal(pl.col(originals).is_not_null())).select(dataset.key)

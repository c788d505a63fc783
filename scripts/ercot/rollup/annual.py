"""From the interim files of one year to its rollup: a stream, since batches are disjoint in time and already sorted."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ercot.catalog.model import Dataset
from ercot.core.files import replacing, write_json
from ercot.normalize.interim import manifest_of
from ercot.normalize.ledger import EXAMPLES
from ercot.tables.schema import ORIGINAL, annual_types

ROW_GROUP = 1 << 18  # rows: a settlement point's month or a day of all points touches few groups


@dataclass(frozen=True)
class Rolled:
    """The files of one year."""

    annual: str
    rejected: str
    revisions: str
    account: str  # which state of which batch went in


def roll_up(dataset: Dataset, batches: dict[str, str], corrections: str | None, outputs: Rolled) -> int:
    """Write a year's rollup, its rejected rows and its revisions; returns the number of rows.

    ``batches`` maps each batch, in the order of time, to the stem of its files; ``corrections`` is the rollup of the
    year's price corrections, if there are any. Nothing of a path, a time or a batch goes into the rollup.
    """
    stems = list(batches.values())
    rows = correct(dataset, pl.scan_parquet([f"{stem}.parquet" for stem in stems]), corrections)
    with replacing(outputs.annual) as path:
        rows.select(list(annual_types(dataset))).sink_parquet(
            path, compression="zstd", row_group_size=ROW_GROUP, statistics=True, maintain_order=True
        )
        count = pl.scan_parquet(path).select(pl.len()).collect().item()
    for kind, target in (("rejected", outputs.rejected), ("revisions", outputs.revisions)):
        with replacing(target) as path:
            pl.scan_parquet([f"{stem}.{kind}.parquet" for stem in stems]).sink_parquet(path, compression="zstd")
    made_from = {batch: manifest_of(f"{stem}.parquet") for batch, stem in batches.items()}
    account = {"rows": count, "bytes": Path(outputs.annual).stat().st_size, "manifests": made_from}
    if corrections:
        account["idle_corrections"] = _idle(dataset, corrections, outputs.annual)
    write_json(outputs.account, account)
    return count


def correct(dataset: Dataset, rows: pl.LazyFrame, corrections: str | None) -> pl.LazyFrame:
    """Put corrected prices in place, keeping the first published ones in ``…_original``; the latest correction wins.

    A price that the raw files lack stays null: an era prints it under another name, or not at all.
    """
    if dataset.corrections is None:
        return rows
    prices = dict(dataset.corrections.prices)
    if corrections is None:
        return rows.with_columns(pl.lit(None, dtype=pl.Float64).alias(price + ORIGINAL) for price in prices)
    renamed = {f"_{price}": pl.col(corrected) for price, corrected in prices.items()}
    latest = _latest(dataset, corrections).select(*dataset.key, **renamed)
    joined = rows.join(latest.lazy(), on=dataset.key, how="left", maintain_order="left")
    return joined.with_columns(column for price in prices for column in _corrected(price))


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


def _idle(dataset: Dataset, corrections: str, annual: str) -> dict:
    """Return how many corrections found no price in the rollup, and the first few."""
    originals = [price + ORIGINAL for price, _ in dataset.corrections.prices]
    changed = pl.scan_parquet(annual).filter(pl.all_horizontal(pl.col(originals).is_not_null()))
    idle = _latest(dataset, corrections).join(changed.select(dataset.key).collect(), on=dataset.key, how="anti")
    shown = idle.select(dataset.key).sort(dataset.key).head(EXAMPLES)
    return {"count": idle.height, "examples": [" ".join(map(str, row)) for row in shown.iter_rows()]}

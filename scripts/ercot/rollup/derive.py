"""Build a derived rollup from the rollups of its year."""

from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from ercot.core.files import replacing
from ercot.rollup.derived_tables import Derived

ROW_GROUP = 1 << 18  # rows


def derive(derived: Derived, year: int, sources: dict[str, str], target: Path | str) -> None:
    """Build one derived rollup from the rollups of its year, by their ids; one month of days is held at a time."""
    with replacing(target) as path:
        _write(derived, year, sources, path)


def _write(derived: Derived, year: int, sources: dict[str, str], path: Path) -> None:
    columns = [column.name for column in derived.columns]
    schema = pl.DataFrame(schema={c.name: c.dtype for c in derived.columns}).to_arrow().schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for month in (date(year, number, 1) for number in range(1, 13)):
            rows = {name: _of_month(source, month) for name, source in sources.items()}
            built = derived.build(month, rows).select(columns).sort(derived.key).collect(engine="streaming")
            if built.height:
                writer.write_table(built.to_arrow().cast(schema), row_group_size=ROW_GROUP)


def _of_month(source: str, month: date) -> pl.LazyFrame:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return pl.scan_parquet(source).filter(pl.col("delivery_date").is_between(month, following, closed="left"))

"""Measure file layouts of a rollup: size, time to write, and the time of three typical reads, with polars and DuckDB.

.venv/bin/python bench/layout.py results/annual/rt_spp/2024.parquet
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import polars as pl

POINT, DAY, HUB = "HB_HOUSTON", "2024-07-15", "HB_NORTH"
BY_TIME = ["interval_start", "settlement_point", "settlement_point_type"]
BY_POINT = ["settlement_point", "settlement_point_type", "interval_start"]
LAYOUTS = {
    f"time, {rows >> 10}k rows, zstd {level}": (BY_TIME, rows, level)
    for rows, level in (
        (1 << 16, 3),
        (1 << 17, 3),
        (1 << 18, 1),
        (1 << 18, 3),
        (1 << 18, 9),
        (1 << 19, 3),
        (1 << 20, 3),
    )
} | {"point, 256k rows, zstd 3": (BY_POINT, 1 << 18, 3)}
ROUNDS = 3


def reads(path: Path) -> dict:
    """Return the three reads, each with both libraries."""
    rows, table = pl.scan_parquet(path), f"'{path}'"
    month = pl.col("delivery_date").dt.month()
    return {
        "point, polars": lambda: rows.filter(pl.col("settlement_point") == POINT).collect(),
        "point, duckdb": lambda: duckdb.sql(f"select * from {table} where settlement_point = '{POINT}'").pl(),
        "day, polars": lambda: rows.filter(pl.col("delivery_date") == pl.lit(DAY).str.to_date()).collect(),
        "day, duckdb": lambda: duckdb.sql(f"select * from {table} where delivery_date = '{DAY}'").pl(),
        "hub means, polars": lambda: (
            rows.filter(pl.col("settlement_point") == HUB).group_by(month).agg(pl.col("settlement_point_price").mean())
        ).collect(),
        "hub means, duckdb": lambda: duckdb.sql(
            f"select month(delivery_date), avg(settlement_point_price) from {table} "
            f"where settlement_point = '{HUB}' group by 1"
        ).fetchall(),
    }


def seconds(action) -> float:
    """Return the median time of an action."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main(source: Path) -> None:
    """Write the rollup in each layout and print the table."""
    print("| sorted by, row group | MB | write s | " + " | ".join(reads(source)) + " |")
    print("|---" * 9 + "|")
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        for name, (order, rows, level) in LAYOUTS.items():
            path = Path(folder) / "layout.parquet"
            lazy = pl.scan_parquet(source)
            lazy = lazy if order == BY_TIME else lazy.sort(order)
            begun = time.perf_counter()
            lazy.sink_parquet(path, compression="zstd", compression_level=level, row_group_size=rows)
            wrote = time.perf_counter() - begun
            times = " | ".join(f"{seconds(action):.3f}" for action in reads(path).values())
            print(f"| {name} | {path.stat().st_size / 1e6:.0f} | {wrote:.1f} | {times} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""How many rows of a year a later publication replaced, and how late it came."""

import polars as pl


def revised_by_month(revisions: list[str]) -> dict[str, dict]:
    """Return, for each month of operating days, how many rows a later publication replaced, and how late it came."""
    if not revisions:
        return {}
    lag = (pl.col("publication_new") - pl.col("publication_old")).dt.total_hours() / 24
    revised = pl.concat(
        [
            pl.scan_parquet(path).select(
                "delivery_date", month=pl.col("delivery_date").dt.strftime("%Y-%m"), lag=lag.cast(pl.Float64)
            )
            for path in revisions
        ]
    )
    months = revised.group_by("month").agg(
        pl.len().alias("rows"),
        pl.col("delivery_date").n_unique().alias("days"),
        pl.col("lag").median().round(1).alias("median_lag_days"),
        pl.col("lag").max().round(1).alias("longest_lag_days"),
    )
    return {row.pop("month"): row for row in months.sort("month").collect().to_dicts()}

"""Prices of quarter hours against the SCED runs in them: which no average of the runs and no adder explains."""

from datetime import timedelta

import polars as pl

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset
from ercot.catalog.relations import Average
from ercot.tables.schema import ORIGINAL

QUARTER = timedelta(minutes=15)
ROUNDING = 1e-6  # of the difference of two floats
DIFFERS = "differs"

Slice = tuple[int, dict[str, pl.DataFrame]]  # rows compared, and how others fail


def average_runs(relation: Average, runs: pl.DataFrame, longest: timedelta) -> pl.DataFrame:
    """Return the lowest, the highest and the time-weighted price of each entity in the quarter hours that runs fill.

    A run holds until the next one, but no longer than ``longest``: then one is missing, and nothing can be said.
    """
    stamp, price = pl.col("sced_timestamp"), pl.col(relation.price)
    quarter = stamp.dt.truncate("15m")
    until = pl.min_horizontal(stamp.shift(-1), stamp + longest)
    spans = runs.select(stamp.unique().sort()).with_columns(_until=until, interval_start=quarter)
    following = pl.col("interval_start") + QUARTER
    parts = pl.concat(
        [
            spans.with_columns(_seconds=(pl.min_horizontal("_until", following) - stamp).dt.total_seconds()),
            spans.filter(pl.col("_until") > following).with_columns(
                interval_start=following, _seconds=(pl.col("_until") - following).dt.total_seconds()
            ),
        ]
    ).drop("_until")
    seconds = pl.col("_seconds").sum()
    grouped = runs.lazy().join(parts.lazy(), on="sced_timestamp").group_by("interval_start", relation.entity)
    averaged = grouped.agg(
        _low=price.min(), _high=price.max(), _mean=(price * pl.col("_seconds")).sum() / seconds, _seconds=seconds
    )
    return averaged.filter(pl.col("_seconds") == QUARTER.total_seconds()).drop("_seconds").collect()


def compare_averages(relation: Average, rows: pl.DataFrame, averaged: pl.DataFrame) -> Slice:
    """Return the prices that no average of their runs and no adder of their era explains.

    Weights being unknown, each price leaves room for adders from itself less the highest run to itself less the lowest.
    The adder is one for all entities, so it lies above half of the lower ends and below half of the upper ends.
    """
    joined = rows.join(averaged, on=["interval_start", relation.entity], how="inner", maintain_order="left")
    slack = relation.tolerance + ROUNDING
    joined = _with_adders(relation, joined)
    price = pl.col(relation.column)
    joined = joined.with_columns(_from=price - pl.col("_high"), _to=price - pl.col("_low"))
    joined = joined.with_columns(
        _lower=pl.max_horizontal(pl.col("_from").median().over("interval_start"), pl.col("_least")),
        _upper=pl.min_horizontal(pl.col("_to").median().over("interval_start"), pl.col("_most")),
    )
    explained = _explained(relation, slack)
    failing = joined.filter(~explained).select(
        *DATASETS[relation.dataset].key,
        relation.column,
        pl.col("_mean").round(2).alias(f"time-weighted {relation.of} {relation.price}"),
        pl.col("_low").alias("lowest run"),
        pl.col("_high").alias("highest run"),
        pl.col("_lower").round(2).alias("adder from"),
        pl.col("_upper").round(2).alias("adder to"),
    )
    return joined.height, {DIFFERS: failing}


def _with_adders(relation: Average, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the least and the greatest adder of each day's era."""
    eras = [(day, a.low, a.high) for day in rows["delivery_date"].unique() for a in (relation.adder_on(day),)]
    schema = {"delivery_date": pl.Date, "_least": pl.Float64, "_most": pl.Float64}
    bounds = pl.DataFrame(eras, schema=schema, orient="row")
    return rows.join(bounds, on="delivery_date", how="left", maintain_order="left")


def _explained(relation: Average, slack: float) -> pl.Expr:
    """Return whether an adder between `_lower` and `_upper` makes a price of its runs."""
    explained = pl.lit(False)
    for name in price_columns_of(DATASETS[relation.dataset], relation.column):
        room_from, room_to = pl.col(name) - pl.col("_high"), pl.col(name) - pl.col("_low")
        not_above = (room_from <= pl.col("_upper") + slack) | (pl.col(name) <= relation.least + slack)
        not_below = room_to >= pl.col("_lower") - slack
        explained = explained | (not_above & not_below).fill_null(False)
    return explained


def price_columns_of(dataset: Dataset, column: str) -> list[str]:
    """Return the columns of a rollup that hold a price: the final one and, where it may be corrected, the first one."""
    corrected = dataset.corrections is not None and dataset.corrections.overrides(column)
    return [column, column + ORIGINAL] if corrected else [column]

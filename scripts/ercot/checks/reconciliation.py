"""Reconciliation: what must agree across reports, read from the rollups of one year a slice at a time.

One function a kind of relation. Each yields, slice by slice, how many rows it compared and the rows that fail.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import polars as pl
import polars.selectors as cs

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset
from ercot.catalog.relations import Average, History, Named, Quote, Relation
from ercot.checks.averages import DIFFERS, QUARTER, ROUNDING, Slice, average_runs, compare_averages, price_columns_of
from ercot.core.findings import EXAMPLES, Finding
from ercot.core.parallel import chunks, map_ordered
from ercot.coverage.times import LATE
from ercot.tables.time_columns import time_key

DAY = timedelta(days=1)
CODED = cs.string().cast(pl.Categorical)  # texts are compared as numbers
UNMATCHED, ALONE = "unmatched", "alone"


@dataclass
class Outcome:
    """What holding a year against one relation brings up."""

    relation: Relation
    compared: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, compared: int, failing: dict[str, pl.DataFrame]) -> None:
        """Count a slice and keep the first few rows that fail."""
        self.compared += compared
        for fault, rows in failing.items():
            if rows.height:
                shown = [_show(row) for row in rows.head(EXAMPLES).to_dicts()]
                self.counts[fault] = self.counts.get(fault, 0) + rows.height
                self.examples[fault] = (self.examples.get(fault, []) + shown)[:EXAMPLES]

    def findings(self, year: int) -> list[Finding]:
        """Return one finding for each way in which rows fail."""
        return [
            Finding(
                self.relation.dataset,
                year,
                "reconciliation",
                count,
                _message(self.relation, fault, count, self.compared),
                self.examples[fault],
            )
            for fault, count in self.counts.items()
        ]


def reconcile(relation: Relation, rollups: dict[str, str]) -> Outcome:
    """Hold the rollups of one year against a relation; ``rollups`` maps each dataset to its file."""
    outcome = Outcome(relation)
    for compared, failing in KINDS[type(relation)](relation, rollups):
        outcome.add(compared, failing)
    return outcome


def quotes(relation: Quote, rollups: dict[str, str]) -> Iterator[Slice]:
    """Compare quoted prices with the published ones: those that differ, and those of which nothing is published."""
    dataset = DATASETS[relation.dataset]
    columns = list(dict.fromkeys((*relation.on, *dataset.key, relation.column)))
    prices = _price_columns(relation)
    known = list(dict.fromkeys((*relation.on, *prices, *((relation.only[0],) if relation.only else ()))))

    def compare(rows: pl.DataFrame) -> Slice:
        quoted = rows.filter(pl.col(relation.column).is_not_null()).with_columns(CODED)
        if quoted.is_empty():
            return 0, {}
        bounds = quoted["interval_start"].min(), quoted["interval_start"].max()
        return compare_quotes(
            relation, quoted, _between(rollups[relation.of], known, "interval_start", *bounds), prices
        )

    rows = pl.scan_parquet(rollups[relation.dataset]).select(columns)
    yield from map_ordered(compare, chunks(rows), pl.thread_pool_size())


def compare_quotes(relation: Quote, rows: pl.DataFrame, published: pl.DataFrame, prices: list[str]) -> Slice:
    """Compare some quoted prices with the published ones of the same hours; ``prices`` are the accepted columns."""
    rows = rows.join(published.select(pl.col("interval_start").unique()), on="interval_start", how="semi")
    if relation.only:
        published = published.filter(pl.col(relation.only[0]) == relation.only[1])
    accepted = {price: f"{relation.of} {price}" for price in prices}
    published = published.select(*relation.on, *(pl.col(price).alias(shown) for price, shown in accepted.items()))
    spelled = [_spelled(relation, name).alias(f"_{name}") for name in relation.on]
    keys = [f"_{name}" for name in relation.on]
    published = published.rename({name: f"_{name}" for name in relation.on})
    joined = rows.with_columns(spelled).join(published, on=keys, how="left", maintain_order="left").drop(keys)
    price = pl.col(f"{relation.of} {relation.price}")
    apart = pl.min_horizontal((pl.col(shown) - pl.col(relation.column)).abs() for shown in accepted.values())
    differing = joined.filter(apart > relation.tolerance + ROUNDING)
    unmatched = joined.filter(price.is_null()).select(rows.columns)
    return joined.height, {DIFFERS: differing, UNMATCHED: unmatched}


def histories(relation: History, rollups: dict[str, str]) -> Iterator[Slice]:
    """Hold a yearly report against the daily one, a month at a time: prices that differ, and those that only one has.

    Only days that both have are compared, and of the daily report the entities that the yearly one prints.
    """
    yearly = pl.scan_parquet(rollups[relation.dataset]).filter(pl.col(relation.column).is_not_null())
    printed = yearly.select(relation.entity).unique().collect() if relation.entity else None
    daily = pl.scan_parquet(rollups[relation.of])
    if relation.only:
        daily = daily.filter(pl.col(relation.only[0]) == relation.only[1])

    def compare(month: int) -> Slice:
        of_month = pl.col("delivery_date").dt.month() == month
        here, there = yearly.filter(of_month), daily.filter(of_month)
        if printed is not None:
            there = there.join(printed.lazy(), on=relation.entity, how="semi")
        return compare_histories(relation, here.collect(), there.collect())

    yield from map_ordered(compare, range(1, 13), pl.thread_pool_size())


def compare_histories(relation: History, yearly: pl.DataFrame, daily: pl.DataFrame) -> Slice:
    """Compare the prices of some days; ``daily`` has only what the yearly report prints. See `histories`."""
    on, prices = ["interval_start", *relation.entity], price_columns_of(DATASETS[relation.of], relation.price)
    days = yearly.select("delivery_date").unique().join(daily.select("delivery_date").unique(), on="delivery_date")
    accepted = {price: f"{relation.of} {price}" for price in prices}
    here = yearly.join(days, on="delivery_date", how="semi").select(*on, relation.column)
    there = daily.join(days, on="delivery_date", how="semi")
    there = there.select(*on, *(pl.col(price).alias(shown) for price, shown in accepted.items()))
    both = here.join(there, on=on, how="inner").sort(on)
    apart = pl.min_horizontal((pl.col(shown) - pl.col(relation.column)).abs() for shown in accepted.values())
    alone = [
        rows.join(others, on=on, how="anti").select(pl.lit(name).alias("only in"), *on)
        for name, rows, others in ((relation.dataset, here, there), (relation.of, there, here))
    ]
    return both.height, {
        DIFFERS: both.filter(apart > relation.tolerance + ROUNDING),
        ALONE: pl.concat(alone).sort(on, maintain_order=True),
    }


def averages(relation: Average, rollups: dict[str, str]) -> Iterator[Slice]:
    """Hold prices of intervals against the runs in them, a day at a time: those that no average and adder explain."""
    bounds = pl.scan_parquet(rollups[relation.dataset]).select(
        first=pl.col("interval_start").min(), last=pl.col("interval_start").max()
    )
    first, last = bounds.collect().row(0)
    days = [] if first is None else [first + i * DAY for i in range((last - first) // DAY + 1)]
    yield from map_ordered(partial(_averages_of_day, relation, rollups), days, pl.thread_pool_size())


def _averages_of_day(relation: Average, rollups: dict[str, str], first: datetime) -> Slice:
    dataset, runs_of = DATASETS[relation.dataset], DATASETS[relation.of]
    end = first + DAY
    columns = ["delivery_date", *dataset.key, *price_columns_of(dataset, relation.column)]
    rows = _between(rollups[relation.dataset], columns, "interval_start", first, end - timedelta.resolution)
    columns = ["sced_timestamp", relation.entity, relation.price]
    runs = _between(rollups[relation.of], columns, "sced_timestamp", first - QUARTER, end + QUARTER)
    longest = timedelta(minutes=LATE * runs_of.run_minutes[-1][1])
    return compare_averages(relation, rows, average_runs(relation, runs, longest))


def names(relation: Named, rollups: dict[str, str]) -> Iterator[Slice]:
    """Return the names of each operating day that no listing report of that day has."""
    there = pl.any_horizontal(pl.col(relation.where).is_not_null()) if relation.where else None
    used = _names_by_day(rollups[relation.dataset], relation.column, there)
    listed = [_names_by_day(rollups[dataset], relation.column) for dataset in relation.of]
    for names_of_one in listed:
        used = used.join(names_of_one.select("delivery_date").unique(), on="delivery_date", how="semi")
    unlisted = used.join(pl.concat(listed), on=["delivery_date", relation.column], how="anti")
    yield used.height, {UNMATCHED: unlisted.sort("delivery_date", relation.column)}


KINDS = {Quote: quotes, History: histories, Average: averages, Named: names}


def _between(path: str, columns: list[str], key: str, first: datetime, last: datetime) -> pl.DataFrame:
    """Read the rows of a rollup from one time to another: only the row groups that hold some."""
    rows = pl.scan_parquet(path).filter(pl.col(key).is_between(first, last))
    return rows.select(list(dict.fromkeys((key, *columns)))).with_columns(CODED).collect()


def _names_by_day(path: str, column: str, wanted: pl.Expr | None = None) -> pl.DataFrame:
    rows = pl.scan_parquet(path)
    rows = rows if wanted is None else rows.filter(wanted)
    return rows.select("delivery_date", column).unique().collect(engine="streaming")


def _price_columns(relation: Quote) -> list[str]:
    return price_columns_of(DATASETS[relation.of], relation.price)


def _spelled(relation: Quote, name: str) -> pl.Expr:
    """Return a shared column as the publishing report spells it."""
    if not relation.spellings or name == time_key(DATASETS[relation.dataset]):
        return pl.col(name)
    return pl.col(name).cast(pl.String).replace(dict(relation.spellings)).cast(pl.Categorical)


def _show(row: dict) -> str:
    return ", ".join(f"{name} {_text(value)}" for name, value in row.items() if value is not None)


def _text(value) -> str:
    return f"{value:%Y-%m-%d %H:%M}Z" if isinstance(value, datetime) else str(value)


def _message(relation: Relation, fault: str, count: int, compared: int) -> str:
    share = f"{count} of {compared}"
    if fault == ALONE:
        which = f"{relation.dataset} and {relation.of}"
        return f"{count} values of {relation.column} are in only one of {which}, on days that both have"
    if isinstance(relation, Quote | History):
        source = f"{relation.of} ({relation.only[1]})" if relation.only else relation.of
        if fault == UNMATCHED:
            return f"{share} values of {relation.column} have no price in {source}, which has their hour"
        return f"{share} values of {relation.column} differ from {source} by more than {relation.tolerance}"
    if isinstance(relation, Average):
        return (
            f"{share} values of {relation.column} are no average of their {relation.of} runs plus an adder of the era"
        )
    return f"{share} names a day in {relation.column} are in no row of {', '.join(relation.of)} of the day"

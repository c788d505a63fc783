"""Rollups made of rollups: what everybody computes by hand, declared once each and built only when asked for.

Every `Derived` of this module is a target of the workflow. A build function gets the rows of its sources for one month
of operating days, in the order of their keys, and returns the rows of that month.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl

from ercot.catalog import DATASETS
from ercot.tables.schema import annual_table, annual_types
from ercot.tables.table import Table, TableColumn
from ercot.tables.time_columns import CENTRAL

QUARTERS = 4  # of an hour
PLAUSIBLE = 1e9  # dollars: 9,000 such prices in millionths fit into 64 bits, more than the hours of a year
TOP_HOURS = 4  # the dearest hours of a day: what a four-hour battery would sell into
PERCENTILES = (5, 25, 50, 75, 95)
PRODUCTS = ("REGUP", "REGDN", "RRS", "NSPIN", "ECRS")

Build = Callable[[date, dict[str, pl.LazyFrame]], pl.LazyFrame]  # first day of the month, rows of each source


@dataclass(frozen=True)
class Remark:
    """Rows that are right but that a reader should know of: a finding, never an error."""

    check: str
    rows: pl.Expr
    message: str


@dataclass(frozen=True)
class Derived:
    """One derived rollup. Adding one means writing one of these, nothing else."""

    id: str
    title: str
    sources: tuple[str, ...]  # rollups of the same year, raw or derived
    key: tuple[str, ...]
    day: str  # the column that gives the year
    columns: tuple[TableColumn, ...]
    build: Build
    counted: pl.Expr  # adds up to the rows of the first source: nothing is lost on the way
    remarks: tuple[Remark, ...] = ()

    @property
    def table(self) -> Table:
        """The form of its files."""
        made_from = (("made_from", self.sources),)
        return Table(self.id, self.title, self.key, self.columns, day=self.day, made_from=made_from)


def _same(dataset_id: str, *names: str) -> tuple[TableColumn, ...]:
    """Declare columns that are those of a dataset of the catalog."""
    columns = {column.name: column for column in annual_table(DATASETS[dataset_id]).columns}
    return tuple(replace(columns[name], headers=()) for name in names)


def _price(name: str, meaning: str, nullable: bool = False, unit: str = "$/MWh") -> TableColumn:
    return TableColumn(name, pl.Float64, unit, meaning, nullable)


def _count(name: str, meaning: str, low: int = 0, high: int | None = None) -> TableColumn:
    return TableColumn(name, pl.Int32, "", meaning, low=low, high=high)


def mean_of(price: pl.Expr) -> pl.Expr:
    """Average prices, the same to the last bit in whatever order they come.

    Sums of floats differ with their order, so prices are added up as whole millionths of a dollar. Those that no market
    has ever seen, of which millionths would not fit into an integer, are added up from the least to the greatest.
    """
    plausible = price.abs() < PLAUSIBLE
    millionths = (price.filter(plausible) * 1e6).round().cast(pl.Int64).sum() / 1e6
    others = price.filter(~plausible).sort().cum_sum().last().fill_null(0.0)  # one after the other, unlike sum()
    return pl.when(price.count() > 0).then((millionths + others) / price.count())


def _hourly(month: date, rows: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Average the quarter hours of each hour."""
    hour = pl.col("interval_start").dt.truncate("1h")  # the clock of Texas is whole hours from UTC
    labels = pl.col("delivery_date", "hour_ending", "dst_flag").min()  # the same for all quarters of the hour
    grouped = rows["rt_spp"].with_columns(_hour=hour).group_by("_hour", "settlement_point", "settlement_point_type")
    price = mean_of(pl.col("settlement_point_price")).alias("settlement_point_price")
    hourly = grouped.agg(labels, price, intervals=pl.len().cast(pl.Int32))
    return hourly.with_columns(interval_start="_hour", interval_end=pl.col("_hour") + timedelta(hours=1))


def _spread(month: date, rows: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Put the day-ahead price of its hour and point beside each hour of real time."""
    day_ahead = rows["dam_spp"].select("interval_start", "settlement_point", dam_price="settlement_point_price")
    hours = rows["rt_spp_hourly"].rename({"settlement_point_price": "rt_price", "intervals": "rt_intervals"})
    whole = pl.when(pl.col("rt_intervals") == QUARTERS)
    joined = hours.join(day_ahead, on=["interval_start", "settlement_point"], how="left")
    return joined.with_columns(spread=whole.then((pl.col("dam_price") - pl.col("rt_price")).round(6)))


def _wide(source: str, month: date, rows: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Give each product a column."""
    prices = [pl.col("mcpc").filter(pl.col("ancillary_type") == p).first().alias(p.lower()) for p in PRODUCTS]
    labels = [pl.col(name).first() for name in _labels(source) if name != "interval_start"]
    return rows[source].group_by("interval_start").agg(*labels, *prices)


def _labels(source: str) -> list[str]:
    """Return the columns of ancillary prices that are the same for all products of an interval."""
    return [n for n in annual_types(DATASETS[source]) if n not in ("ancillary_type", "mcpc", "mcpc_original")]


def _monthly(source: str, entity: tuple[str, ...], month: date, rows: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Sum up the whole hours of each point; an hour with quarters missing is counted apart and has no say."""
    price = pl.col("settlement_point_price")
    if source == RT_SPP_HOURLY.id:
        price = pl.when(pl.col("intervals") == QUARTERS).then(price)
    rank = pl.col("_price").rank("ordinal", descending=True).over(*entity, "delivery_date")
    ranked = rows[source].with_columns(_price=price).with_columns(_rank=rank)
    top = pl.col("_price").filter(pl.col("_rank") <= TOP_HOURS)
    summed = ranked.group_by(entity).agg(
        pl.col("_price").count().cast(pl.Int32).alias("hours"),
        pl.col("_price").null_count().cast(pl.Int32).alias("partial_hours"),
        mean_of(pl.col("_price")).alias("price_mean"),
        pl.col("_price").min().alias("price_min"),
        *(pl.col("_price").quantile(p / 100, "linear").alias(f"price_p{p:02}") for p in PERCENTILES),
        pl.col("_price").max().alias("price_max"),
        (pl.col("_price") < 0).sum().cast(pl.Int32).alias("negative_hours"),
        mean_of(top).alias("top4_price"),
    )
    capture = pl.when(pl.col("price_mean") > 0).then(pl.col("top4_price") / pl.col("price_mean"))
    due = pl.lit(hours_of_month(month), dtype=pl.Int32)
    return summed.with_columns(month=pl.lit(month), due_hours=due, top4_capture=capture)


def hours_of_month(month: date) -> int:
    """Return the hours of a calendar month in Texas: one fewer in March, one more in November."""
    days = monthrange(month.year, month.month)[1]
    first, last = (datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(CENTRAL)) for d in (month, month + timedelta(days)))
    return int((last.astimezone(UTC) - first.astimezone(UTC)) / timedelta(hours=1))


def _of_month(source: str, what: str, partly: bool = False) -> Derived:
    named = ("settlement_point", "settlement_point_type") if partly else ("settlement_point",)
    of = "of the whole hours" if partly else "of the hours"
    lacking = _count("partial_hours", "Hours of which quarters are missing; they count in no other column")
    counted = pl.col("hours") + (pl.col("partial_hours") if partly else 0)
    columns = (
        TableColumn("month", pl.Date, "", "First day of the month of operating days, Central Prevailing Time"),
        *_same("rt_spp" if partly else "dam_spp", *named),
        _count("hours", f"{'Whole hours' if partly else 'Hours'} with a price", high=744),
        *((lacking,) if partly else ()),
        _count("due_hours", "Hours that the month has: 743 in March, 721 in November", 672, 744),
        _price("price_mean", f"Mean {of}", nullable=True),
        _price("price_min", f"Least {of}", nullable=True),
        *(_price(f"price_p{p:02}", f"Percentile {p} {of}, interpolated linearly", True) for p in PERCENTILES),
        _price("price_max", f"Greatest {of}", nullable=True),
        _count("negative_hours", f"How many {of} have a price below zero", high=744),
        _price("top4_price", f"Mean of the {TOP_HOURS} dearest {of} of each day", nullable=True),
        _price("top4_capture", "top4_price over price_mean; null where the mean is not above zero", True, unit="ratio"),
    )
    short = Remark("gap", pl.col("hours") < pl.col("due_hours"), "monthly summaries lack hours of their month")
    key = ("month", *named)
    name = f"{what}_monthly"
    title = f"Monthly summary of {'real-time' if partly else 'day-ahead'} prices by settlement point"
    build = partial(_monthly, source, named)
    return Derived(name, title, (source,), key, "month", columns, build, counted.sum(), (short,))


def _of_products(source: str, title: str) -> Derived:
    products = tuple(
        _price(p.lower(), f"Clearing price of {p}; null where it has none", True, "$/MW per h") for p in PRODUCTS
    )
    counted = pl.sum_horizontal(pl.col(p.lower()).count() for p in PRODUCTS)
    columns, build = (*_same(source, *_labels(source)), *products), partial(_wide, source)
    return Derived(f"{source}_wide", title, (source,), ("interval_start",), "delivery_date", columns, build, counted)


POINT_HOUR = ("interval_start", "settlement_point", "settlement_point_type")
HOUR = _same(
    "rt_spp",
    *("delivery_date", "interval_start", "interval_end", "hour_ending", "dst_flag"),
    *("settlement_point", "settlement_point_type"),
)

RT_SPP_HOURLY = Derived(
    id="rt_spp_hourly",
    title="Real-time settlement point prices, mean of the hour",
    sources=("rt_spp",),
    key=POINT_HOUR,
    day="delivery_date",
    columns=(
        *HOUR,
        _price("settlement_point_price", "Mean of the quarter hours that are there"),
        _count("intervals", "Quarter hours that are there; below 4 the mean is that of a part of the hour", 1, 4),
    ),
    build=_hourly,
    counted=pl.col("intervals").sum(),
    remarks=(Remark("gap", pl.col("intervals") < QUARTERS, "hourly means lack quarter hours"),),
)

DART_SPREAD = Derived(
    id="dart_spread",
    title="Day-ahead minus real-time price by settlement point and hour",
    sources=("rt_spp_hourly", "dam_spp"),
    key=POINT_HOUR,
    day="delivery_date",
    columns=(
        *HOUR,
        _price("dam_price", "Day-ahead price of the hour; null where there is none", nullable=True),
        _price("rt_price", "Mean of the quarter hours of real time that are there"),
        _count("rt_intervals", "Quarter hours of real time that are there", 1, 4),
        _price("spread", "dam_price minus rt_price; null where either lacks or quarter hours are missing", True),
    ),
    build=_spread,
    counted=pl.len(),
    remarks=(
        Remark("gap", pl.col("rt_intervals") < QUARTERS, "hours of real time lack quarters and have no spread"),
        Remark("gap", pl.col("dam_price").is_null(), "hours of real time have no day-ahead price"),
    ),
)

DERIVED = {
    declared.id: declared
    for declared in (
        RT_SPP_HOURLY,
        DART_SPREAD,
        _of_month("rt_spp_hourly", "rt_spp", partly=True),
        _of_month("dam_spp", "dam_spp"),
        _of_products("dam_mcpc", "Day-ahead ancillary-service prices, a column a product"),
        _of_products("rt_mcpc", "Real-time ancillary-service prices, a column a product"),
    )
}

"""What the report shows of rows beside findings: rows a day, the distribution of prices, what was corrected.

Rows are sorted by time, so the rows of a day lie together and numpy works on slices of them.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from ercot.catalog.model import Column, Dataset, Kind
from ercot.catalog.price_caps import bounds
from ercot.tables.schema import ORIGINAL, value_columns
from ercot.tables.time_columns import time_key

EXTREMES = 3  # days with the highest and with the lowest price of a year
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
LOWEST, HIGHEST = -20_000.0, 40_000.0  # $: beyond, distributions count a price as this one; extremes tell the truth
HISTOGRAMS = 16  # of one month that may wait to be merged
OF_MONTH = ("column", "month", "cents", "counts", "above_cap", "below_floor")
EXTREME = ("price", "time", "whose")

Slice = tuple[date, int, int]  # operating day, first row, rows


@dataclass
class Prices:
    """The distribution of one price column: by month to the cent, and the extremes of each day."""

    column: Column
    entity: tuple[str, ...]  # columns that tell whose price it is
    time: str
    months: dict[str, list[tuple[np.ndarray, np.ndarray]]] = field(default_factory=dict)  # cents and their counts
    beyond: dict[str, list[int]] = field(default_factory=dict)  # month -> prices above the cap, below the floor
    high: dict[date, tuple[float, str, str]] = field(default_factory=dict)  # day -> price, time, whose
    low: dict[date, tuple[float, str, str]] = field(default_factory=dict)

    def add(self, rows: pl.DataFrame, days: list[Slice]) -> None:
        """Add some rows of the rollup."""
        prices = rows[self.column.name].to_numpy()  # null is NaN
        if rows[self.column.name].null_count() == rows.height:
            return
        for day, first, count in days:
            here = prices[first : first + count]
            if np.isnan(here).all():
                continue
            high, low = int(np.nanargmax(here)), int(np.nanargmin(here))
            self.take_day(day, self._told(rows, first + high), self._told(rows, first + low))
            self._compare(day, here)
        for month, first, count in _months(days):
            self._distribute(month, prices[first : first + count])

    def to_json(self) -> dict:
        """Return the distribution of the year and of each month, and the days of the highest and the lowest prices."""
        return {
            "column": self.column.name,
            "unit": self.column.unit,
            "year": self._spread(sorted(self.months)),
            "months": [{"month": month} | self._spread([month]) for month in sorted(self.months)],
            "highest": [list(told) for _, told in sorted(self.high.items(), key=lambda i: (-i[1][0], i[0]))[:EXTREMES]],
            "lowest": [list(told) for _, told in sorted(self.low.items(), key=lambda i: (i[1][0], i[0]))[:EXTREMES]],
        }

    def facts(self) -> tuple[list[dict], list[dict]]:
        """Return what `take` needs, as plain values: one entry a month, and one a day."""
        months = []
        for month, parts in self.months.items():
            cents, counts = parts[0] if len(parts) == 1 else _merged(parts)
            above, below = self.beyond.get(month, (0, 0))
            values = (self.column.name, month, cents.tolist(), counts.tolist(), above, below)
            months.append(dict(zip(OF_MONTH, values, strict=True)))
        sides = {"high": self.high, "low": self.low}
        days = [
            {"column": self.column.name, "day": day}
            | {side: dict(zip(EXTREME, found[day], strict=True)) for side, found in sides.items()}
            for day in self.high
        ]
        return months, days

    def take_month(self, month: str, cents: np.ndarray, counts: np.ndarray, above: int, below: int) -> None:
        """Add the distribution of some prices of a month."""
        self._keep(month, (cents, counts))
        beyond = self.beyond.setdefault(month, [0, 0])
        self.beyond[month] = [beyond[0] + above, beyond[1] + below]

    def take_day(self, day: date, high: tuple[float, str, str], low: tuple[float, str, str]) -> None:
        """Add the extremes of some prices of a day, which come after those that are there."""
        if day not in self.high or high[0] > self.high[day][0]:
            self.high[day] = high
        if day not in self.low or low[0] < self.low[day][0]:
            self.low[day] = low

    def _told(self, rows: pl.DataFrame, index: int) -> tuple[float, str, str]:
        price, time, *whose = rows.select(self.column.name, self.time, *self.entity).row(index)
        return price, time.isoformat(), " ".join(map(str, whose))

    def _compare(self, day: date, prices: np.ndarray) -> None:
        within = bounds(self.column, day)
        if within is None:
            return
        lowest, highest = within
        counts = self.beyond.setdefault(f"{day:%Y-%m}", [0, 0])
        counts[0] += int((prices > highest).sum())
        counts[1] += int((prices < lowest).sum())

    def _distribute(self, month: str, prices: np.ndarray) -> None:
        prices = prices[~np.isnan(prices)]
        if prices.size == 0:
            return
        cents = np.rint(np.clip(prices, LOWEST, HIGHEST) * 100).astype(np.int64)
        least = int(cents.min())
        counts = np.bincount(cents - least)
        there = np.flatnonzero(counts)
        self._keep(month, (there + least, counts[there]))

    def _keep(self, month: str, histogram: tuple[np.ndarray, np.ndarray]) -> None:
        parts = self.months.setdefault(month, [])
        parts.append(histogram)
        if len(parts) > HISTOGRAMS:
            self.months[month] = [_merged(parts)]

    def _spread(self, months: list[str]) -> dict:
        """Return the distribution of the prices of some months."""
        cents, counts = _merged([part for month in months for part in self.months[month]])
        total = int(counts.sum())
        ranks = np.searchsorted(counts.cumsum(), np.ceil(np.array(QUANTILES) * total))
        days = [day for day in self.high if f"{day:%Y-%m}" in months]
        beyond = [self.beyond.get(month, (0, 0)) for month in months]
        return {
            "rows": total,
            "min": min(self.low[day][0] for day in days),
            "quantiles": [round(float(cents[rank]) / 100, 2) for rank in ranks],
            "max": max(self.high[day][0] for day in days),
            "negative": int(counts[cents < 0].sum()),
            "above_cap": sum(above for above, _ in beyond),
            "below_floor": sum(below for _, below in beyond),
        }


@dataclass
class Summary:
    """What the report shows of rows, by day."""

    dataset: Dataset
    rows: dict[date, int] = field(default_factory=dict)
    corrected: dict[str, int] = field(default_factory=dict)  # month -> prices that a correction replaced
    prices: list[Prices] = field(init=False)

    def __post_init__(self):
        key = time_key(self.dataset)
        entity = tuple(name for name in self.dataset.key or self.dataset.order if name not in (key, "delivery_date"))
        self.prices = [Prices(column, entity, key) for column in price_columns(self.dataset)]

    def add(self, rows: pl.DataFrame) -> None:
        """Add some rows of the rollup."""
        days = _slices(rows)
        for day, _, count in days:
            self.rows[day] = self.rows.get(day, 0) + count
        for prices in self.prices:
            prices.add(rows, days)
        self._add_corrections(rows, days)

    def to_json(self) -> dict:
        """Return what the year's JSON holds of it."""
        return {
            "rows": {day.isoformat(): count for day, count in self.rows.items()},
            "corrected": self.corrected,
            "prices": [prices.to_json() for prices in self.prices if prices.months],
        }

    def facts(self) -> dict[str, list[dict]]:
        """Return what `take` needs, as plain values."""
        of_prices = [prices.facts() for prices in self.prices]
        return {
            "days": [{"day": day, "rows": count} for day, count in self.rows.items()],
            "corrected": [{"month": month, "count": count} for month, count in self.corrected.items()],
            "prices": [entry for months, _ in of_prices for entry in months],
            "extremes": [entry for _, days in of_prices for entry in days],
        }

    def take(self, facts: dict[str, pl.DataFrame]) -> None:
        """Add what `facts` returned for rows that come after those that are there, as tables."""
        prices = {prices.column.name: prices for prices in self.prices}
        for day, count in facts["days"].iter_rows():
            self.rows[day] = self.rows.get(day, 0) + count
        for month, count in facts["corrected"].iter_rows():
            self.corrected[month] = self.corrected.get(month, 0) + count
        cents, counts = facts["prices"]["cents"], facts["prices"]["counts"]
        for i, (column, month, above, below) in enumerate(facts["prices"].drop("cents", "counts").iter_rows()):
            prices[column].take_month(month, cents[i].to_numpy(), counts[i].to_numpy(), above, below)
        for column, day, high, low in facts["extremes"].iter_rows():
            prices[column].take_day(day, tuple(high.values()), tuple(low.values()))

    def _add_corrections(self, rows: pl.DataFrame, days: list[Slice]) -> None:
        if self.dataset.corrections is None:
            return
        originals = rows.select(price + ORIGINAL for price, _ in self.dataset.corrections.prices)
        changed = originals.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        if not changed.any():
            return
        for month, first, count in _months(days):
            corrected = changed.slice(first, count).sum()
            if corrected:
                self.corrected[month] = self.corrected.get(month, 0) + corrected


def price_columns(dataset: Dataset) -> list[Column]:
    """Return the columns that hold one price a row. The points of offer curves carry a number and are left out."""
    return [
        column
        for column in value_columns(dataset)
        if column.kind is Kind.FLOAT and "$" in column.unit and not any(map(str.isdigit, column.name))
    ]


def _slices(rows: pl.DataFrame) -> list[Slice]:
    runs = rows["delivery_date"].rle().struct.unnest()
    slices = zip(runs["value"], runs["len"].cum_sum() - runs["len"], runs["len"], strict=True)
    return [(day, first, count) for day, first, count in slices if day is not None]  # a check reports the others


def _months(days: list[Slice]) -> list[tuple[str, int, int]]:
    """Join the slices of days that follow each other in one month."""
    months: list[tuple[str, int, int]] = []
    for day, first, count in days:
        month = f"{day:%Y-%m}"
        if months and months[-1][0] == month:
            months[-1] = (month, months[-1][1], months[-1][2] + count)
        else:
            months.append((month, first, count))
    return months


def _merged(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    cents, place = np.unique(np.concatenate([cents for cents, _ in parts]), return_inverse=True)
    counts = np.zeros(len(cents), dtype=np.int64)
    np.add.at(counts, place, np.concatenate([counts for _, counts in parts]))
    return cents, counts

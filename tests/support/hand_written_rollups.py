"""Rollups of a day of 2026, written by hand, whose rows stand in the relations of the catalog."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from helpers import (
    utc,
)

from ercot.catalog import DATASETS
from ercot.catalog.relations import RELATIONS, Average, History, Named, Quote, Relation
from ercot.checks.reconciliation import reconcile
from ercot.tables.schema import annual_types
from ercot.tables.time_columns import time_key

HOUR, OTHER_HOUR = utc("2026-06-01T05"), utc("2026-06-01T06")  # of the operating day 2026-06-01
OPERATING_DAY = date(2026, 6, 1)


def local_day(time: datetime) -> date:
    return (time - timedelta(hours=5)).date()  # all times here are of summer


def rollup(folder, dataset: str, rows: list[dict]) -> str:
    """Write a rollup: columns that a row does not name are null, the operating day follows from the time."""
    types, key = annual_types(DATASETS[dataset]), time_key(DATASETS[dataset])
    filled = [dict.fromkeys(types) | {"delivery_date": local_day(row.get(key, HOUR))} | row for row in rows]
    path = folder / "annual" / dataset / "2026.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(filled, schema=types).write_parquet(path, row_group_size=max(2, len(rows) // 10))
    return str(path)


def name_of(relation: Relation) -> str:
    of = relation.of if isinstance(relation.of, str) else "+".join(relation.of)
    return f"{relation.dataset}.{relation.column}-{of}"


def of_kind(kind: type) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("relation", [r for r in RELATIONS if isinstance(r, kind)], ids=name_of)


def relation_between(dataset: str, of: str) -> Relation:
    return next(r for r in RELATIONS if r.dataset == dataset and of in r.datasets)


# Quotes


def published(relation: Quote, price: float, time: datetime = HOUR, **more) -> dict:
    """Return a row of the publishing dataset for the key K of a quote."""
    row = {"interval_start": time, "settlement_point": "K", "ancillary_type": "RRS"} | more
    if relation.only:
        row[relation.only[0]] = relation.only[1]
    return {n: v for n, v in row.items() if DATASETS[relation.of].has(n) or n == "interval_start"} | {
        relation.price: price
    }


def quoted(relation: Quote, price: float | None, time: datetime = HOUR, **more) -> dict:
    """Return a row of the quoting dataset."""
    row = {"interval_start": time, "settlement_point": "K", "ancillary_type": "RRS", "resource_name": "UNIT"} | more
    return {n: v for n, v in row.items() if DATASETS[relation.dataset].has(n) or n == "interval_start"} | {
        relation.column: price
    }


def quote(folder, relation: Quote, quotes: list[dict], prices: list[dict]):
    return reconcile(
        relation,
        {
            relation.dataset: rollup(folder, relation.dataset, quotes),
            relation.of: rollup(folder, relation.of, prices),
        },
    )


# Yearly histories


def of_history(relation: History, price: float, time: datetime = HOUR, point: str = "HB_NORTH") -> dict:
    """Return a row of the yearly report."""
    row = {"interval_start": time, relation.column: price}
    return row | dict(zip(relation.entity, (point, "HU"), strict=False))


def of_daily(relation: History, price: float, time: datetime = HOUR, point: str = "HB_NORTH", **more) -> dict:
    """Return a row of the daily report."""
    row = {"interval_start": time, relation.price: price} | dict(zip(relation.entity, (point, "HU"), strict=False))
    return row | ({relation.only[0]: relation.only[1]} if relation.only else {}) | more


def hold(folder, relation: History, yearly: list[dict], daily: list[dict]):
    return reconcile(
        relation,
        {relation.dataset: rollup(folder, relation.dataset, yearly), relation.of: rollup(folder, relation.of, daily)},
    )


# Averages

POINTS = "ABCDE"


def average(folder, prices: dict[str, float], runs: dict[str, tuple], start: datetime = HOUR, stamps=None):
    """Hold one quarter hour of some points against the runs that fill it: the one before and three in it."""
    (relation,) = (r for r in RELATIONS if isinstance(r, Average))
    stamps = stamps or [start + timedelta(minutes=m, seconds=12) for m in (-5, 0, 5, 10, 15)]
    spp = [
        {"interval_start": start, "settlement_point": p, "settlement_point_type": "RN", "settlement_point_price": v}
        for p, v in prices.items()
    ]
    lmp = [
        {"sced_timestamp": stamp, "settlement_point": p, "lmp": values[min(i, len(values) - 1)]}
        for i, stamp in enumerate(stamps)
        for p, values in runs.items()
    ]
    return reconcile(relation, {"rt_spp": rollup(folder, "rt_spp", spp), "rt_lmp": rollup(folder, "rt_lmp", lmp)})


def at(*values: float) -> dict[str, tuple]:
    return dict.fromkeys(POINTS, values)


# Names


def named(folder, relation: Named, used: list[dict], listed: list[list[dict]]):
    rollups = {relation.dataset: rollup(folder, relation.dataset, used)}
    rollups |= {of: rollup(folder, of, rows) for of, rows in zip(relation.of, listed, strict=True)}
    return reconcile(relation, rollups)


def of_resource(dataset: str, name: str, time: datetime = HOUR, **more) -> dict:
    return {time_key(DATASETS[dataset]): time, "resource_name": name} | more

"""What must agree across datasets, on rollups written by hand."""

import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_LMP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    rt_spp_name,
    run_pipeline,
    utc,
    write_raw,
)

from ercot.catalog import DATASETS
from ercot.catalog.relations import RELATIONS, Average, History, Named, Quote, Relation, related, relations_of
from ercot.checks.averages import average_runs
from ercot.checks.reconciliation import reconcile
from ercot.core import parallel as parts
from ercot.core.severity import CHECKS
from ercot.simulate import Request, write_tree
from ercot.tables.schema import annual_types
from ercot.tables.time_columns import time_key
from reconcile import main

pytestmark = pytest.mark.slow

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


@of_kind(Quote)
def test_a_quote_agrees_within_a_cent(tmp_path, relation):
    quotes = [
        quoted(relation, 12.5),
        quoted(relation, 12.51),
        quoted(relation, None),
        quoted(relation, 7.0, OTHER_HOUR),
    ]
    prices = [published(relation, 12.5), published(relation, 7.0, OTHER_HOUR)]
    outcome = quote(tmp_path, relation, quotes, prices)
    assert (outcome.compared, outcome.counts) == (3, {})


@of_kind(Quote)
def test_a_quote_that_differs_is_found(tmp_path, relation):
    quotes = [quoted(relation, 12.52), quoted(relation, 12.5), quoted(relation, 12.4)]
    outcome = quote(tmp_path, relation, quotes, [published(relation, 12.5)])
    assert outcome.counts == {"differs": 2}
    (finding,) = outcome.findings(2026)
    assert (finding.dataset, finding.year, finding.check, CHECKS[finding.check].severity, finding.count) == (
        relation.dataset,
        2026,
        "reconciliation",
        "warning",
        2,
    )
    assert finding.message.startswith(f"2 of 3 values of {relation.column} differ from {relation.of}")
    assert "2026-06-01 05:00Z" in finding.examples[0]
    assert "12.52" in finding.examples[0]
    assert f"{relation.of} {relation.price} 12.5" in finding.examples[0]


@of_kind(Quote)
def test_a_quote_without_a_published_price_is_found_only_where_the_hour_is_published(tmp_path, relation):
    quotes = [quoted(relation, 5.0), quoted(relation, 5.0, OTHER_HOUR)]
    other = published(relation, 5.0) | {
        n: "OTHER" for n in ("settlement_point", "ancillary_type") if DATASETS[relation.of].has(n)
    }
    outcome = quote(tmp_path, relation, quotes, [other])
    assert (outcome.compared, outcome.counts) == (1, {"unmatched": 1})
    assert "have no price in" in outcome.findings(2026)[0].message


def test_a_quote_may_be_of_the_price_as_first_published(tmp_path):
    relation = relation_between("dam_gen", "dam_spp")
    quotes = [quoted(relation, 10.0), quoted(relation, 20.0), quoted(relation, 15.0)]
    prices = [published(relation, 20.0) | {"settlement_point_price_original": 10.0}]
    assert quote(tmp_path, relation, quotes, prices).counts == {"differs": 1}


def test_kinds_of_responsive_reserve_have_one_price(tmp_path):
    relation = relation_between("dam_as_only_awards", "dam_mcpc")
    kinds = ("RRSPFR", "RRSFFR", "RRSUFR", "RRS")
    quotes = [quoted(relation, 4.0, ancillary_type=kind) for kind in kinds]
    outcome = quote(
        tmp_path, relation, quotes, [published(relation, 4.0), published(relation, 9.0, ancillary_type="ECRS")]
    )
    assert (outcome.compared, outcome.counts) == (4, {})


def test_slices_see_every_row_once(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "CELLS", 16)  # a few rows
    relation = relation_between("dam_gen", "dam_spp")
    hours = [HOUR + timedelta(hours=i // 2) for i in range(20)]
    quotes = [quoted(relation, 1.0 + (i % 5 == 0), hour) for i, hour in enumerate(hours)]
    prices = [published(relation, 1.0, hour) for hour in hours[::2]]
    outcome = quote(tmp_path, relation, quotes, prices)
    assert (outcome.compared, outcome.counts) == (20, {"differs": 4})
    assert len(outcome.examples["differs"]) == 4


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


@of_kind(History)
def test_a_history_agrees_with_the_first_price_or_the_corrected_one(tmp_path, relation):
    hours = [HOUR + timedelta(hours=n) for n in range(3)]
    yearly = [of_history(relation, price, hour) for price, hour in zip((10.0, 20.0, 30.0), hours, strict=True)]
    daily = [of_daily(relation, price, hour) for price, hour in zip((10.0, 20.0, 30.0), hours, strict=True)]
    if DATASETS[relation.of].corrections:
        daily[1] |= {relation.price: 25.0, f"{relation.price}_original": 20.0}
        daily[2] |= {relation.price: 30.0, f"{relation.price}_original": 35.0}
    outcome = hold(tmp_path, relation, yearly, daily)
    assert (outcome.compared, outcome.counts) == (3, {})


@of_kind(History)
def test_a_cent_is_a_difference(tmp_path, relation):
    yearly = [of_history(relation, 10.0), of_history(relation, 7.0, OTHER_HOUR)]
    outcome = hold(tmp_path, relation, yearly, [of_daily(relation, 10.01), of_daily(relation, 7.0, OTHER_HOUR)])
    (finding,) = outcome.findings(2026)
    assert (finding.dataset, finding.check, CHECKS[finding.check].severity, finding.count) == (
        relation.dataset,
        "reconciliation",
        "warning",
        1,
    )
    source = f"{relation.of} ({relation.only[1]})" if relation.only else relation.of
    assert finding.message.startswith(f"1 of 2 values of {relation.column} differ from {source}")
    assert "interval_start 2026-06-01 05:00Z" in finding.examples[0]
    assert f"{relation.column} 10.0, {relation.of} {relation.price} 10.01" in finding.examples[0]


@of_kind(History)
def test_hours_that_only_one_has_are_one_finding(tmp_path, relation):
    hours = [HOUR + timedelta(hours=n) for n in range(6)]
    yearly = [of_history(relation, 10.0, hour) for hour in hours[:4]]
    daily = [of_daily(relation, 10.0, hour) for hour in hours[2:]]
    outcome = hold(tmp_path, relation, yearly, daily)
    assert (outcome.compared, outcome.counts) == (2, {"alone": 4})
    (finding,) = outcome.findings(2026)
    assert finding.message == (
        f"4 values of {relation.column} are in only one of {relation.dataset} and {relation.of}, on days that both have"
    )
    assert finding.examples[0].startswith(f"only in {relation.dataset}, interval_start 2026-06-01 05:00Z")
    assert finding.examples[-1].startswith(f"only in {relation.of}, interval_start 2026-06-01 10:00Z")


@of_kind(History)
def test_days_that_only_one_has_are_left_to_the_gap_check(tmp_path, relation):
    days = [HOUR + timedelta(days=30 * n) for n in range(7)]  # in seven months
    yearly = [of_history(relation, 10.0, day) for day in days]
    daily = [of_daily(relation, 10.0, day) for day in (HOUR - timedelta(days=2), days[3])]
    outcome = hold(tmp_path, relation, yearly, daily)
    assert (outcome.compared, outcome.counts) == (1, {})


@of_kind(History)
def test_what_a_history_never_prints_is_not_missed(tmp_path, relation):
    other = {relation.only[0]: "OTHER"} if relation.only else {"settlement_point": "RESOURCE_NODE"}
    daily = [of_daily(relation, 10.0), of_daily(relation, 99.0, **other)]
    outcome = hold(tmp_path, relation, [of_history(relation, 10.0)], daily)
    assert (outcome.compared, outcome.counts) == (1, {})


def test_a_point_that_a_history_prints_on_some_days_only_is_missed_on_the_others(tmp_path):
    relation = relation_between("dam_spp_yearly", "dam_spp")
    tomorrow = HOUR + timedelta(days=1)
    yearly = [
        of_history(relation, 1.0),
        of_history(relation, 2.0, HOUR, "LZ_WEST"),
        of_history(relation, 1.0, tomorrow),
    ]
    daily = [of_daily(relation, 1.0, time) for time in (HOUR, tomorrow)]
    daily += [of_daily(relation, 2.0, time, "LZ_WEST") for time in (HOUR, tomorrow)]
    assert hold(tmp_path, relation, yearly, daily).counts == {"alone": 1}


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


@of_kind(Average)
def test_an_average_lies_between_its_runs(tmp_path, relation):
    prices = {"A": 20.0, "B": 25.0, "C": 29.99, "D": 30.02, "E": 22.0}
    outcome = average(tmp_path, prices, at(20.0, 20.0, 30.0, 25.0))
    assert (outcome.relation, outcome.compared, outcome.counts) == (relation, 5, {})


def test_an_adder_is_one_for_all_points(tmp_path):
    runs = at(20.0) | {"E": (-40.0,)}
    shared = dict.fromkeys(POINTS, 70.0) | {"E": 10.0}
    assert average(tmp_path / "shared", shared, runs).counts == {}
    outcome = average(tmp_path / "one", shared | {"C": 73.0}, runs)
    assert outcome.counts == {"differs": 1}
    (finding,) = outcome.findings(2026)
    assert finding.message.startswith("1 of 5 values of settlement_point_price are no average of their rt_lmp runs")
    assert "settlement_point C" in finding.examples[0]
    assert "settlement_point_price 73.0, time-weighted rt_lmp lmp 20.0" in finding.examples[0]


def test_a_price_below_its_runs_is_found(tmp_path):
    prices = dict.fromkeys(POINTS, 20.0) | {"D": 19.5}
    assert average(tmp_path, prices, at(20.0)).counts == {"differs": 1}


def test_the_price_floor_is_no_difference(tmp_path):
    prices = dict.fromkeys(POINTS, 20.0) | {"D": -251.0}
    assert average(tmp_path, prices, at(20.0) | {"D": (-900.0,)}).counts == {}


@pytest.mark.parametrize(
    ("start", "adder", "fails"),
    [
        ("2013-06-01T06", 0.0, False),
        ("2013-06-01T06", 5.0, True),  # before the reserve adder
        ("2014-06-01T06", 5.0, False),
        ("2021-06-01T06", 8000.0, False),
        ("2022-06-01T06", 8000.0, True),
        ("2026-06-01T06", 5.0, False),
        ("2026-06-01T06", -5.0, True),
    ],
)
def test_an_adder_stays_within_its_era(tmp_path, start, adder, fails):
    outcome = average(tmp_path, dict.fromkeys(POINTS, 20.0 + adder), at(20.0), utc(start))
    assert outcome.counts == ({"differs": 5} if fails else {})


def test_an_average_weighs_runs_by_their_time(tmp_path):
    stamps = [HOUR + timedelta(minutes=m) for m in (0, 3, 12, 15)]
    outcome = average(tmp_path, {"A": 100.0}, {"A": (10.0, 20.0, 40.0)}, OTHER_HOUR - timedelta(hours=1), stamps)
    assert outcome.counts == {}  # an adder of 60 to 90 for the only point
    (relation,) = (r for r in RELATIONS if isinstance(r, Average))
    runs = pl.read_parquet(tmp_path / "annual/rt_lmp/2026.parquet")
    averaged = average_runs(relation, runs, timedelta(minutes=12.5))
    assert averaged.select("_low", "_mean", "_high").rows() == [(10.0, 22.0, 40.0)]  # 3, 9 and 3 minutes


@pytest.mark.parametrize("missing", [(0,), (1, 2), (3, 4)])
def test_a_quarter_hour_that_lacks_runs_is_not_compared(tmp_path, missing):
    stamps = [HOUR + timedelta(minutes=m, seconds=12) for m in (-5, 0, 5, 10, 15)]
    stamps = [stamp for i, stamp in enumerate(stamps) if i not in missing]
    outcome = average(tmp_path, dict.fromkeys(POINTS, 999.0), at(20.0), stamps=stamps)
    assert outcome.compared == (0 if missing != (3, 4) else 5)


def test_days_see_every_quarter_hour_once(tmp_path):
    (relation,) = (r for r in RELATIONS if isinstance(r, Average))
    quarters = [HOUR + timedelta(minutes=15 * i) for i in range(2 * 96 + 1)]
    runs = [HOUR + timedelta(minutes=5 * i, seconds=7) for i in range(-1, 3 * len(quarters))]
    spp = [
        {"interval_start": start, "settlement_point": p, "settlement_point_type": "RN", "settlement_point_price": 20.0}
        for start in quarters
        for p in "AB"
    ]
    lmp = [{"sced_timestamp": stamp, "settlement_point": p, "lmp": 20.0} for stamp in runs for p in "AB"]
    outcome = reconcile(
        relation, {"rt_spp": rollup(tmp_path, "rt_spp", spp), "rt_lmp": rollup(tmp_path, "rt_lmp", lmp)}
    )
    assert (outcome.compared, outcome.counts) == (2 * len(quarters), {})


def test_a_point_without_runs_is_not_compared(tmp_path):
    outcome = average(tmp_path, dict.fromkeys(POINTS, 20.0) | {"NEW": 500.0}, at(20.0))
    assert (outcome.compared, outcome.counts) == (5, {})


# Names


def named(folder, relation: Named, used: list[dict], listed: list[list[dict]]):
    rollups = {relation.dataset: rollup(folder, relation.dataset, used)}
    rollups |= {of: rollup(folder, of, rows) for of, rows in zip(relation.of, listed, strict=True)}
    return reconcile(relation, rollups)


def of_resource(dataset: str, name: str, time: datetime = HOUR, **more) -> dict:
    return {time_key(DATASETS[dataset]): time, "resource_name": name} | more


@of_kind(Named)
def test_names_are_listed_on_their_day(tmp_path, relation):
    award = {relation.where[0]: 1.0} if relation.where else {}
    names = [f"UNIT{i}" for i in range(len(relation.of))]
    used = [of_resource(relation.dataset, name, **award) for name in names]
    listed = [[of_resource(of, name)] for of, name in zip(relation.of, names, strict=True)]
    outcome = named(tmp_path, relation, used, listed)
    assert (outcome.compared, outcome.counts) == (len(names), {})


@of_kind(Named)
def test_names_that_no_file_of_the_day_lists_are_found(tmp_path, relation):
    award = {relation.where[0]: 1.0} if relation.where else {}
    times = [HOUR, OTHER_HOUR, HOUR + timedelta(days=1), HOUR + timedelta(days=2)]
    used = [of_resource(relation.dataset, "GHOST", time, **award) for time in times]
    listed = [[of_resource(of, "UNIT", HOUR), of_resource(of, "GHOST", HOUR + timedelta(days=1))] for of in relation.of]
    outcome = named(tmp_path, relation, used, listed)
    assert (outcome.compared, outcome.counts) == (2, {"unmatched": 1})  # nothing is listed for the third day
    (finding,) = outcome.findings(2026)
    assert finding.message.startswith("1 of 2 names a day in resource_name")
    assert finding.examples == ["delivery_date 2026-06-01, resource_name GHOST"]


def test_storage_without_an_award_need_not_be_there(tmp_path):
    relation = relation_between("dam_esr", "sced_esr")
    used = [of_resource("dam_esr", "IDLE"), of_resource("dam_esr", "AWARDED", nonspin_awarded=1.0)]
    assert named(tmp_path, relation, used, [[of_resource("sced_esr", "AWARDED")]]).counts == {}


# Planted faults, in every relation: the rows of one side say what is true of another time or entity

FIRST_HOURS = 72  # of three operating days
SWAPPED = {"A": "B", "B": "A", "C": "D", "D": "C", "E": "E"}
Fault = Callable[[str, int], tuple[str, int]]
FAULTS: dict[str, Fault] = {
    "entities swapped": lambda entity, hour: (SWAPPED[entity], hour),
    "days swapped": lambda entity, hour: (entity, hour - 24 if 24 <= hour < 48 else hour + 24 if hour < 24 else hour),
    "shifted by an hour": lambda entity, hour: (entity, hour - 1),
    "shifted the other way": lambda entity, hour: (entity, hour + 1),
    "a day duplicated": lambda entity, hour: (entity, hour - 24 if hour >= 48 else hour),
    "wrong year": lambda entity, hour: (entity, hour - 8760),
}


def true_price(entity: str, hour: int) -> float:
    return round(random.Random(f"{entity} {hour}").uniform(10, 90), 2)


def true_name(entity: str, hour: int) -> str:
    return f"{entity} OF {hour // 24}"


def hours_of(entities: str):
    return [(entity, hour, HOUR + timedelta(hours=hour)) for hour in range(FIRST_HOURS) for entity in entities]


def plant_quote(folder, relation: Quote, fault: Fault):
    entities = "A" if relation.on == ("interval_start",) else POINTS
    of = next((name for name in relation.on if name != "interval_start"), "resource_name")
    quotes = [quoted(relation, true_price(*fault(e, h)), time) | {of: e} for e, h, time in hours_of(entities)]
    prices = [published(relation, true_price(e, h), time, **{of: e}) for e, h, time in hours_of(entities)]
    return quote(folder, relation, quotes, prices)


def plant_history(folder, relation: History, fault: Fault):
    entities = POINTS if relation.entity else "A"
    yearly = [of_history(relation, true_price(*fault(e, h)), time, e) for e, h, time in hours_of(entities)]
    return hold(
        folder, relation, yearly, [of_daily(relation, true_price(e, h), time, e) for e, h, time in hours_of(entities)]
    )


def plant_average(folder, relation: Average, fault: Fault):
    minutes = [timedelta(minutes=5 * n) for n in range(12)]
    spp = [
        {"interval_start": time + quarter, "settlement_point": e, "settlement_point_type": "RN"}
        | {"settlement_point_price": true_price(*fault(e, h))}
        for e, h, time in hours_of(POINTS)
        for quarter in minutes[::3]
    ]
    lmp = [
        {"sced_timestamp": time + minute, "settlement_point": e, "lmp": true_price(e, h)}
        for e, h, time in hours_of(POINTS)
        for minute in minutes
    ]
    return reconcile(relation, {"rt_spp": rollup(folder, "rt_spp", spp), "rt_lmp": rollup(folder, "rt_lmp", lmp)})


def plant_name(folder, relation: Named, fault: Fault):
    award = {relation.where[0]: 1.0} if relation.where else {}
    used = [of_resource(relation.dataset, true_name(*fault(e, h)), t, **award) for e, h, t in hours_of(POINTS)]
    listed = [[of_resource(of, true_name(e, h), time) for e, h, time in hours_of(POINTS)] for of in relation.of]
    return named(folder, relation, used, listed)


PLANTERS = {Quote: plant_quote, History: plant_history, Average: plant_average, Named: plant_name}


def visible(relation: Relation, fault: str) -> bool:
    """Say whether a fault can be seen at all: two names of a day that change places are the same names."""
    return not (isinstance(relation, Named) and fault == "entities swapped")


def expected_faults(relation: Relation, fault: Fault) -> int:
    """Return how many rows, or names a day, say what is not true."""
    if isinstance(relation, Named):
        told = {(h // 24, true_name(*fault(e, h))) for e, h, _ in hours_of(POINTS)}
        return len(told - {(h // 24, true_name(e, h)) for e, h, _ in hours_of(POINTS)})
    alone = getattr(relation, "on", relation.dataset) == ("interval_start",) or getattr(relation, "entity", True) == ()
    rows = hours_of("A" if alone else POINTS)
    count = sum(abs(true_price(*fault(e, h)) - true_price(e, h)) > 0.011 for e, h, _ in rows)
    return 4 * count if isinstance(relation, Average) else count


@pytest.mark.parametrize("relation", RELATIONS, ids=name_of)
def test_the_truth_raises_no_alarm(tmp_path, relation):
    outcome = PLANTERS[type(relation)](tmp_path, relation, lambda entity, hour: (entity, hour))
    assert outcome.compared > 0
    assert outcome.counts == {}


@pytest.mark.parametrize(
    ("relation", "fault"),
    [pytest.param(r, f, id=f"{name_of(r)}, {f}") for r in RELATIONS for f in FAULTS if visible(r, f)],
)
def test_a_planted_fault_is_found(tmp_path, relation, fault):
    outcome = PLANTERS[type(relation)](tmp_path, relation, FAULTS[fault])
    expected = expected_faults(relation, FAULTS[fault])
    (found,) = outcome.counts.values()
    assert expected > 0
    if isinstance(relation, Average):  # an adder, the same for all points, explains some
        assert expected / 4 < found <= FIRST_HOURS * len(POINTS) * 4
    else:
        assert found == expected


@of_kind(History)
@pytest.mark.parametrize("hours", [1, -1])
def test_labels_that_are_an_hour_off_leave_hours_alone(tmp_path, relation, hours):
    entities = POINTS if relation.entity else "A"
    off = timedelta(hours=hours)
    yearly = [of_history(relation, true_price(e, h), time + off, e) for e, h, time in hours_of(entities)]
    daily = [of_daily(relation, true_price(e, h), time, e) for e, h, time in hours_of(entities)]
    counts = hold(tmp_path, relation, yearly, daily).counts
    assert counts["alone"] == len(entities)  # the other end is on a day that only one has
    assert counts["differs"] > 60 * len(entities)


# Simulated data

RELATED = sorted({dataset for relation in RELATIONS for dataset in relation.datasets})
SHORT_DAY, LONG_DAY, DAY_OF_STORAGE = date(2024, 3, 10), date(2024, 11, 3), date(2026, 6, 2)


def simulated(folder, day: date, points: int, datasets: list[str]):
    """Hold simulated reports of a day against each other."""
    known = [d for d in datasets if DATASETS[d].first_day <= day <= (DATASETS[d].last_day or day)]
    write_tree(folder / "raw", [Request(d, day, day, points=points) for d in known])
    run = run_pipeline(folder / "raw", folder / "results", known)
    rollups = {dataset: str(folder / f"results/annual/{dataset}/{year}.parquet") for dataset, year in run.annual}
    return [reconcile(relation, rollups) for relation in relations_of(rollups)]


@pytest.mark.parametrize("day", [SHORT_DAY, LONG_DAY, DAY_OF_STORAGE], ids=str)
@pytest.mark.parametrize("points", [1, 2, 7, 40])
def test_clean_simulated_data_raises_no_alarm(tmp_path, day, points):
    outcomes = simulated(tmp_path, day, points, RELATED)
    assert {name_of(o.relation): o.counts for o in outcomes if o.counts} == {}
    assert len([o for o in outcomes if o.compared]) > 10


def test_clean_simulated_data_of_the_default_size_raises_no_alarm(tmp_path):
    datasets = ["dam_spp", "dam_gen", "dam_spp_yearly", "dam_energy_bid_awards", "dam_energy_offer_awards"]
    outcomes = simulated(tmp_path, LONG_DAY, Request("dam_spp", LONG_DAY, LONG_DAY).points, datasets)
    assert {name_of(o.relation): o.counts for o in outcomes if o.counts} == {}
    assert {o.relation.dataset for o in outcomes if o.compared > 24} == set(datasets) - {"dam_spp"}


# All together


def test_relations_name_columns_of_the_catalog():
    for relation in RELATIONS:
        DATASETS[relation.dataset].column(relation.column)
        assert relation.reason.endswith(".")
        for of in relation.datasets[1:]:
            DATASETS[of].column(relation.column if isinstance(relation, Named) else relation.price)


def test_only_datasets_that_stand_in_a_relation_are_read():
    assert related(["dam_spp", "dam_mcpc"]) == []
    assert related(["dam_spp", "dam_mcpc", "dam_load", "cop_snapshot"]) == ["dam_load", "dam_mcpc"]
    assert related(["sced_gen", "dam_spp"]) == []
    assert related(["sced_gen", "dam_spp", "sced_load", "sced_shadow_prices"]) == ["sced_gen", "sced_load"]  # same runs
    assert {name_of(r) for r in relations_of(["rt_spp", "rt_lmp", "dam_gen"])} == {
        "rt_spp.settlement_point_price-rt_lmp"
    }


def test_a_year_is_written_with_what_was_compared(tmp_path):
    spp, mcpc = relation_between("dam_gen", "dam_spp"), relation_between("dam_gen", "dam_mcpc")
    paths = [
        rollup(tmp_path, "dam_gen", [quoted(spp, 3.0) | {mcpc.column: 2.0}]),
        rollup(tmp_path, "dam_mcpc", [published(mcpc, 1.0)]),
        rollup(tmp_path, "dam_spp", [published(spp, 3.0)]),
    ]
    line = main(2026, paths, str(tmp_path / "2026.json"))
    content = json.loads((tmp_path / "2026.json").read_text())
    assert line == "6 relations, 2 rows compared, 1 findings"
    assert [f["message"] for f in content["findings"]] == [
        "1 of 1 values of regup_mcpc differ from dam_mcpc (REGUP) by more than 0.01"
    ]
    assert {"dataset": "dam_gen", "column": spp.column, "of": "dam_spp", "compared": 1} in content["relations"]


def test_an_empty_rollup_is_nothing_to_compare(tmp_path):
    for relation in RELATIONS:
        rollups = {dataset: rollup(tmp_path, dataset, []) for dataset in relation.datasets}
        outcome = reconcile(relation, rollups)
        assert (outcome.compared, outcome.counts) == (0, {}), name_of(relation)


def test_rollups_of_the_pipeline_are_compared_as_they_are(tmp_path):
    ends = {"0015": 1, "0030": 2}
    raw = {
        rt_spp_name(f"20240503_{end}"): [RT_SPP_HEADER, *(f"05/03/2024,1,{i},{p},RN,21.50,N" for p in POINTS)]
        for end, i in ends.items()
    }
    for minute in range(0, 35, 5):
        stamp = f"20240503_00{minute:02}12"
        raw[cdr(12300, stamp.replace("_", "."), f"LMPSROSNODENP6788_{stamp}.csv")] = [
            RT_LMP_HEADER,
            *(f"05/03/2024 00:{minute:02}:12,N,{p},       {20 + (p == 'C')}.00" for p in POINTS),
        ]
    raw[dam_spp_name("2024-05-03")] = [DAM_SPP_HEADER, "05/03/2024,01:00,LZ_NOWHERE, 5100.00,N"]
    run = run_pipeline(write_raw(tmp_path / "raw", raw), tmp_path / "results", ["rt_spp", "rt_lmp", "dam_spp"])
    paths = [str(tmp_path / f"results/annual/{dataset}/2024.parquet") for dataset in ("rt_spp", "rt_lmp")]
    main(2024, paths, str(tmp_path / "2024.json"))
    content = json.loads((tmp_path / "2024.json").read_text())
    assert content["relations"][0]["compared"] == 5  # what was in force when the first quarter hour began is not known
    assert [(f["dataset"], f["count"]) for f in content["findings"]] == [("rt_spp", 1)]
    assert "settlement_point C" in content["findings"][0]["examples"][0]
    assert [f["count"] for f in run.findings("reconciliation")] == [1]
    assert [f["count"] for f in run.findings("range")] == [1]
    assert run.critical() == []

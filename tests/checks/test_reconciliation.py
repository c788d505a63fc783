"""What must agree across datasets, on rollups written by hand."""

from datetime import timedelta

import polars as pl
import pytest
from hand_written_rollups import (
    HOUR,
    OTHER_HOUR,
    POINTS,
    at,
    average,
    hold,
    named,
    of_daily,
    of_history,
    of_kind,
    of_resource,
    published,
    quote,
    quoted,
    relation_between,
    rollup,
)
from helpers import (
    utc,
)

from ercot.catalog import DATASETS
from ercot.catalog.relations import RELATIONS, Average, History, Named, Quote
from ercot.checks.averages import average_runs
from ercot.checks.reconciliation import reconcile
from ercot.core import parallel as parts
from ercot.core.severity import CHECKS

pytestmark = pytest.mark.slow


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

"""The hubs, load zones and DC ties of an era, and prices against its caps."""

from datetime import date

import polars as pl
import pytest
from helpers import (
    utc,
)

from ercot.catalog import DATASETS
from ercot.catalog.price_caps import cap_era
from ercot.catalog.relations import ERA_NAMES, NAMED_BY_ERA
from ercot.checks.era_names import names_of_era
from ercot.checks.price_caps import beyond_caps
from ercot.core.severity import CHECKS
from ercot.facts.prices import Summary
from ercot.tables.schema import annual_types
from ercot.tables.time_columns import time_key

# Hubs, zones and ties


def era_names(dataset: str, first: str, last: str, names: list[str], year: int):
    entities = pl.DataFrame({"settlement_point": names}).with_columns(first=utc(f"{first}T18"), last=utc(f"{last}T18"))
    days = [date.fromisoformat(first), date.fromisoformat(last)]
    return names_of_era(DATASETS[dataset], year, entities, days)


def must_be_there(day: str) -> list[str]:
    return [era.name for era in ERA_NAMES if era.must_be_on(date.fromisoformat(day))]


@pytest.mark.parametrize("dataset", NAMED_BY_ERA)
@pytest.mark.parametrize(("day", "count"), [("2011-01-05", 19), ("2019-06-01", 20), ("2026-06-01", 19)])
def test_the_names_of_an_era_are_known(dataset, day, count):
    names = must_be_there(day)
    assert len(names) == count
    assert era_names(dataset, day, day, [*names, "NODE_RN"], int(day[:4])) == []


@pytest.mark.parametrize(
    ("name", "day", "foreign"),
    [
        ("HB_PAN", "2019-04-04", True),
        ("HB_PAN", "2019-04-05", False),
        ("DC_S", "2019-01-01", False),
        ("DC_S", "2023-01-01", False),  # out of service, but its last day is not known
        ("DC_S", "2026-01-01", True),
        ("LZ_NOWHERE", "2024-01-01", True),
        ("LZONE_RN", "2024-01-01", False),
    ],
)
def test_a_name_of_another_era_is_found(name, day, foreign):
    findings = era_names("rt_spp", day, day, [name], int(day[:4]))
    assert [(f.check, f.count, f.examples) for f in findings] == (
        [("reconciliation", 1, [f"{name} from {day} to {day}"])] if foreign else []
    )


def test_absent_names_are_found_unless_points_were_chosen():
    names = must_be_there("2024-01-01")
    (finding,) = era_names("dam_spp", "2024-01-01", "2024-01-02", names[3:], 2024)
    assert (finding.count, finding.examples) == (3, names[:3])
    assert era_names("dam_spp", "2024-01-01", "2024-01-02", names[:4], 2024) == []
    assert era_names("dam_gen", "2024-01-01", "2024-01-02", ["LZ_NOWHERE"], 2024) == []


# Caps

EDGES = [
    ("2010-12-15", 180.0),
    ("2011-02-01", 3000.0),
    ("2012-07-31", 3000.0),
    ("2012-08-01", 4500.0),
    ("2013-06-01", 5000.0),
    ("2014-06-01", 7000.0),
    ("2015-06-01", 9000.0),
    ("2021-02-15", 9000.0),
    ("2021-12-31", 2000.0),
    ("2022-01-01", 5000.0),
    ("2026-06-01", 5000.0),
]


def beyond(dataset: str, column: str, day: str, values: list[float], **more):
    summary = Summary(DATASETS[dataset])
    rows = [
        {"delivery_date": date.fromisoformat(day), time_key(DATASETS[dataset]): utc(f"{day}T18"), column: value} | more
        for value in values
    ]
    types = annual_types(DATASETS[dataset])
    summary.add(pl.DataFrame([dict.fromkeys(types) | row for row in rows], schema=types))
    return beyond_caps(DATASETS[dataset], int(day[:4]), summary.prices)


@pytest.mark.parametrize(("day", "cap"), EDGES)
@pytest.mark.parametrize(
    ("dataset", "column"),
    [("dam_spp", "settlement_point_price"), ("rt_spp", "settlement_point_price"), ("rt_lmp", "lmp")],
)
def test_prices_beyond_the_cap_of_their_day_are_one_finding(dataset, column, day, cap):
    assert cap_era(date.fromisoformat(day)).cap == cap
    assert beyond(dataset, column, day, [cap + 1, 0.0, -251.0], settlement_point="A") == []
    (finding,) = beyond(dataset, column, day, [cap + 1.01, cap + 500, 20.0, -251.01], settlement_point="A")
    assert (finding.check, CHECKS[finding.check].severity, finding.count) == ("range", "warning", 3)
    assert f"2 values of {column} above the offer cap of their day" in finding.message
    assert f"1 value of {column} below the offer floor" in finding.message
    assert "legitimately" in finding.message
    assert finding.examples[0].startswith(f"{cap + 500}")
    assert finding.examples[-1].startswith("-251.01")


def test_capacity_prices_have_a_cap_and_no_floor():
    (finding,) = beyond("dam_mcpc", "mcpc", "2021-02-16", [25674.4, -300.0], ancillary_type="REGUP")
    assert finding.count == 1
    assert finding.examples == ["25674.4 2021-02-16T18:00:00+00:00 REGUP"]
    assert beyond("rt_mcpc_sced", "uncapped_mcpc", "2026-09-01", [7000.0], ancillary_type="REGUP") == []
    assert beyond("rt_mcpc_sced", "capped_mcpc", "2026-09-01", [7000.0], ancillary_type="REGUP")[0].count == 1


def test_a_quoted_price_beyond_the_cap_is_told_where_it_is_published():
    assert beyond("dam_gen", "regup_mcpc", "2021-02-16", [25674.4]) == []

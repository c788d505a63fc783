"""Differences planted at random hours are found, each by the relation that it breaks, and nothing else is."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from hand_written_rollups import (
    HOUR,
    POINTS,
    hold,
    name_of,
    named,
    of_daily,
    of_history,
    of_kind,
    of_resource,
    published,
    quote,
    quoted,
    rollup,
)

from ercot.catalog.relations import RELATIONS, Average, History, Named, Quote, Relation
from ercot.checks.reconciliation import reconcile

pytestmark = pytest.mark.slow


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

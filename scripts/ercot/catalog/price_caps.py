"""The offer caps and floors of the market, era by era: what prices are held against.

A price beyond them is no error: nodal prices pass cap and floor through congestion, and the scarcity adders and the
ancillary prices of February 2021 went above the cap. So being beyond is counted, and a warning that says so.
"""

import math
import re
from dataclasses import dataclass
from datetime import date

from ercot.catalog.model import Column


@dataclass(frozen=True)
class CapEra:
    """The system-wide offer cap from an operating day on."""

    since: date
    cap: float  # $/MWh, and $/MW per h for capacity
    what: str
    sure: bool = True  # False where the day of the change is not known for certain


FLOOR = -250.0  # $/MWh: the lowest offer, and the lowest system lambda
SLACK = 1.0  # $: the power balance curve reaches one dollar beyond cap and floor

ERAS = (
    CapEra(date(2010, 12, 1), 180.0, "first weeks of the nodal market"),
    CapEra(date(2011, 1, 15), 2250.0, "end of the first 45 days", sure=False),
    CapEra(date(2011, 2, 1), 3000.0, "offer cap of 2011"),
    CapEra(date(2012, 8, 1), 4500.0, "first raise by the PUCT"),
    CapEra(date(2013, 6, 1), 5000.0, "second raise by the PUCT"),
    CapEra(date(2014, 6, 1), 7000.0, "third raise; scarcity adders (ORDC) start"),
    CapEra(date(2015, 6, 1), 9000.0, "fourth raise"),
    CapEra(date(2021, 3, 4), 2000.0, "low cap after the peaker net margin passed its threshold", sure=False),
    CapEra(date(2022, 1, 1), 5000.0, "high cap equal to the value of lost load"),
    CapEra(date(2025, 12, 5), 5000.0, "real-time co-optimization: offers up to 2,000 in real time, prices up to 5,000"),
)

# Prices that the market clears at: the cap says nothing of bids, shadow prices or yearly totals.
CLEARED = re.compile(r".*(settlement_point_price|lmp|system_lambda|mcpc|original|corrected)")

# The reports whose prices beyond the caps are a finding: those that others only quote, and the prices of thousands of
# buses, would say the same again.
HELD = ("dam_spp", "rt_spp", "rt_lmp", "dam_mcpc", "rt_mcpc", "rt_mcpc_sced")


def cap_era(day: date) -> CapEra | None:
    """Return the era of an operating day, None before the nodal market."""
    return next((era for era in reversed(ERAS) if era.since <= day), None)


def is_capped(column: Column) -> bool:
    """Say whether the offer cap is a yardstick for a column."""
    return column.unit in ("$/MWh", "$/MW per h") and CLEARED.fullmatch(column.name) is not None


def has_floor(column: Column) -> bool:
    """Say whether the offer floor is a yardstick too: it is one of energy, not of capacity."""
    return is_capped(column) and column.unit == "$/MWh"


def bounds(column: Column, day: date) -> tuple[float, float] | None:
    """Return the lowest and the highest price of a day that are no finding, None where there is no yardstick."""
    era = cap_era(day)
    if era is None or not is_capped(column):
        return None
    return FLOOR - SLACK if has_floor(column) else -math.inf, era.cap + SLACK


def is_beyond(column: Column, day: date, price: float) -> bool:
    """Say whether a price of an operating day is above the cap or, of energy, below the floor."""
    within = bounds(column, day)
    return within is not None and (price < within[0] or price > within[1])

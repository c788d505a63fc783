"""Shadow prices of transmission constraints, day-ahead and in real time."""

from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import DERIVED, EXCERPTS, rests_on
from ercot.catalog.model import (
    Cdr,
    Column,
    Coverage,
    Dataset,
    DayFrom,
    NameDay,
    delivery_date,
    dst_flag,
    hour_ending,
    naive_stamp,
    number,
    repeated_hour_flag,
    run_stamp,
    text,
)
from ercot.catalog.reports.market.prices import NODAL_START, PLAUSIBLE_KV

PLAUSIBLE_SHADOW_PRICE = {"low": -10000.0, "high": 20000.0}
PLAUSIBLE_LIMIT = {"low": -100000.0, "high": 100000.0}


def _constraint() -> tuple[Column, ...]:
    """Declare what identifies a transmission constraint."""
    return (
        text(
            "ConstraintID",
            "Number of the constraint within the run or hour; it names nothing beyond that",
            name="constraint_id",
            required=True,
        ),
        text("ConstraintName", "Limiting element or interface", name="constraint_name"),
        text(
            "ContingencyName",
            "Outage under which the limit holds, or BASE CASE",
            name="contingency_name",
            required=True,
        ),
    )


def _stations() -> tuple[Column, ...]:
    """Declare the ends of a limiting element."""
    return (
        text("FromStation", "Station where the element starts; blank for interfaces", name="from_station"),
        text("ToStation", "Station where the element ends; blank for interfaces", name="to_station"),
        number("FromStationkV", "kV", "Voltage where the element starts", name="from_station_kv", **PLAUSIBLE_KV),
        number("ToStationkV", "kV", "Voltage where the element ends", name="to_station_kv", **PLAUSIBLE_KV),
    )


DAM_SHADOW_PRICES = Dataset(
    id="dam_shadow_prices",
    title="Day-ahead shadow prices of binding transmission constraints",
    emil="NP4-191-CD",
    sources=(Cdr(12332, NameDay.DAY_AHEAD, "DASPBCNP4191"),),
    clock=Clock.HOUR,
    day_from=DayFrom.FIRST_ROW,
    coverage=Coverage.EVENTS,
    columns=(
        delivery_date(),
        hour_ending(),
        *_constraint(),
        number("ConstraintLimit", "MW", "Limit of the flow", name="constraint_limit", **PLAUSIBLE_LIMIT),
        number("ConstraintValue", "MW", "Flow that the market cleared", name="constraint_value", **PLAUSIBLE_LIMIT),
        number("ViolationAmount", "MW", "Flow above the limit", name="violation_amount", **PLAUSIBLE_LIMIT),
        number(
            "ShadowPrice",
            "$/MW per h",
            "Cost saved by one more MW of limit",
            name="shadow_price",
            **PLAUSIBLE_SHADOW_PRICE,
        ),
        *_stations(),
        naive_stamp("DeliveryTime", "Start of the hour as printed, without a flag", name="delivery_time_cpt"),
        dst_flag(),
    ),
    key=("interval_start", "constraint_id", "contingency_name"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-05-02", EXCERPTS)),
    mb_per_day=((NODAL_START, 0.2),),
    quirks=(
        "Every field but the first few is padded with a leading space.",
        "DeliveryTime is the start of the hour that HourEnding closes.",
    ),
)

SCED_SHADOW_PRICES = Dataset(
    id="sced_shadow_prices",
    title="Real-time shadow prices of binding transmission constraints",
    emil="NP6-86-CD",
    sources=(Cdr(12302, NameDay.PUBLISHED, "SCEDBTCNP686"),),
    clock=Clock.RUN,
    day_from=DayFrom.ROWS,
    coverage=Coverage.EVENTS,
    columns=(
        run_stamp("SCEDTimeStamp", aliases=("SCEDTimestamp",)),
        repeated_hour_flag(),
        *_constraint(),
        number(
            "ShadowPrice",
            "$/MW per h",
            "Cost saved by one more MW of limit",
            name="shadow_price",
            **PLAUSIBLE_SHADOW_PRICE,
        ),
        number(
            "MaxShadowPrice",
            "$/MW per h",
            "Cap on the shadow price of this constraint",
            name="max_shadow_price",
            **PLAUSIBLE_SHADOW_PRICE,
        ),
        number("Limit", "MW", "Limit of the flow", name="constraint_limit", **PLAUSIBLE_LIMIT),
        number("Value", "MW", "Flow that SCED dispatched to", name="constraint_value", **PLAUSIBLE_LIMIT),
        number(
            "ViolatedMW",
            "MW",
            "Flow above the limit; negative where there is room left",
            name="violation_amount",
            **PLAUSIBLE_LIMIT,
        ),
        *_stations(),
        text("CCTStatus", "Result of the constraint competitiveness test: COMP or NONCOMP", name="cct_status"),
    ),
    key=("sced_timestamp", "constraint_id", "contingency_name"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-04-30", EXCERPTS)),
    mb_per_day=((NODAL_START, 0.4),),
    run_minutes=((NODAL_START, 5),),
    quirks=(
        "A file holds the runs of the past hour, so the first file of a day still holds runs of the day before.",
        "No file is published while nothing binds.",
    ),
)

"""Prices and constraints of the whole grid: system lambda, bus prices, shadow prices, the peaker margin, the points."""

from ercot.catalog.model import (
    Cdr,
    Clock,
    Column,
    Coverage,
    Dataset,
    DayFrom,
    NameDay,
    Stem,
    calendar_date,
    day,
    delivery_date,
    dst_flag,
    hour_ending,
    naive_stamp,
    number,
    repeated_hour_flag,
    run_stamp,
    text,
)
from ercot.catalog.reports.common import delivery_interval
from ercot.catalog.reports.prices import NODAL_START, PLAUSIBLE_PRICE

LAMBDA_START = day("2013-12-11")
UNCAPPED_START = "2026-08-27"  # from then on prices are printed before and after the cap
BEFORE_UNCAPPED = "2026-08-26"

PLAUSIBLE_SHADOW_PRICE = {"low": -10000.0, "high": 20000.0}
PLAUSIBLE_LIMIT = {"low": -100000.0, "high": 100000.0}
PLAUSIBLE_KV = {"low": 0.0, "high": 800.0}


def _price_then_capped(header: str, meaning: str, name: str) -> tuple[Column, ...]:
    """Declare a price that was split into a capped and an uncapped one."""
    split = {"since": UNCAPPED_START, **PLAUSIBLE_PRICE}
    return (
        number(
            header,
            "$/MWh",
            f"{meaning}, as printed until the pair replaced it",
            name=name,
            until=BEFORE_UNCAPPED,
            **PLAUSIBLE_PRICE,
        ),
        number(f"Capped{header}", "$/MWh", f"{meaning}, after the cap", name=f"capped_{name}", **split),
        number(f"Uncapped{header}", "$/MWh", f"{meaning}, before the cap", name=f"uncapped_{name}", **split),
    )


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


SCED_SYSTEM_LAMBDA = Dataset(
    id="sced_system_lambda",
    title="System lambda of SCED",
    emil="NP6-322-CD",
    sources=(Cdr(13114, NameDay.RUN, "SCEDSYSLAMBDANP6322"),),
    clock=Clock.RUN,
    columns=(
        run_stamp("SCEDTimeStamp", aliases=("SCEDTimestamp",)),
        repeated_hour_flag(),
        *_price_then_capped("SystemLambda", "Shadow price of the power balance in SCED", "system_lambda"),
    ),
    key=("sced_timestamp",),
    first_day=LAMBDA_START,
    mb_per_day=((LAMBDA_START, 0.03),),
    run_minutes=((NODAL_START, 5),),
    quirks=("One row a file; the stamp's header is spelled with and without a capital S in Stamp.",),
)

DAM_SYSTEM_LAMBDA = Dataset(
    id="dam_system_lambda",
    title="System lambda of the day-ahead market",
    emil="NP4-523-CD",
    sources=(Cdr(13113, NameDay.DAY_AHEAD, "DAMSYSLAMBDANP4523"),),
    clock=Clock.HOUR,
    day_from=DayFrom.FIRST_ROW,
    columns=(
        delivery_date(),
        hour_ending(),
        number(
            "SystemLambda",
            "$/MWh",
            "Shadow price of the power balance in the day-ahead market",
            name="system_lambda",
            required=True,
            **PLAUSIBLE_PRICE,
        ),
        dst_flag(),
    ),
    key=("interval_start",),
    first_day=LAMBDA_START,
    mb_per_day=((LAMBDA_START, 0.001),),
    quirks=("Hours are printed without a leading zero, 1:00 to 24:00.",),
)

DAM_LMP_BUS = Dataset(
    id="dam_lmp_bus",
    title="Day-ahead hourly locational marginal prices of electrical buses",
    emil="NP4-183-CD",
    sources=(Cdr(12328, NameDay.DAY_AHEAD, "DAMHRLMPNP4183"),),
    clock=Clock.HOUR,
    day_from=DayFrom.FIRST_ROW,
    columns=(
        delivery_date(),
        hour_ending(),
        text("BusName", "Electrical bus of the network model", name="electrical_bus", required=True),
        number("LMP", "$/MWh", "Day-ahead price at the bus", name="lmp", required=True, **PLAUSIBLE_PRICE),
        dst_flag(),
    ),
    key=("interval_start", "electrical_bus"),
    first_day=NODAL_START,
    mb_per_day=((NODAL_START, 11.0), (day("2020-01-01"), 16.5)),
    quirks=("Bus names may be digits with leading zeros, such as 0001: they are text.",),
)

RT_LMP_BUS = Dataset(
    id="rt_lmp_bus",
    title="Real-time locational marginal prices of electrical buses",
    emil="NP6-787-CD",
    sources=(Cdr(11485, NameDay.RUN, "LMPBUSNP6787"),),
    clock=Clock.RUN,
    columns=(
        run_stamp("SCEDTimestamp"),
        repeated_hour_flag(),
        text("ElectricalBus", "Electrical bus of the network model", name="electrical_bus", required=True),
        *_price_then_capped("LMP", "Locational marginal price at the bus", "lmp"),
    ),
    key=("sced_timestamp", "electrical_bus"),
    first_day=NODAL_START,
    mb_per_day=((NODAL_START, 150.0), (day("2020-01-01"), 220.0), (day(UNCAPPED_START), 265.0)),
    run_minutes=((NODAL_START, 5),),
    quirks=("Bus names may be digits with leading zeros, such as 0001: they are text.",),
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
    mb_per_day=((NODAL_START, 0.4),),
    run_minutes=((NODAL_START, 5),),
    quirks=(
        "A file holds the runs of the past hour, so the first file of a day still holds runs of the day before.",
        "No file is published while nothing binds.",
    ),
)

PEAKER_NET_MARGIN = Dataset(
    id="peaker_net_margin",
    title="Peaker net margin of the year to date",
    emil="NP4-790-CD",
    sources=(Cdr(12348, NameDay.PUBLISHED, "PNMNP4790", marker="AsOfDate"),),
    clock=Clock.DAY,
    day_from=DayFrom.FIRST_ROW,
    coverage=Coverage.DAYS,
    columns=(
        calendar_date("AsOfDate", "Day of the calculation", name="as_of"),
        number(
            "PeakerNetMargin",
            "$/MW",
            "Margin that a hypothetical peaker has earned since 1 January",
            name="peaker_net_margin",
            required=True,
            low=0.0,
            high=2_000_000.0,
        ),
    ),
    key=("as_of",),
    first_day=day("2010-12-22"),
    mb_per_day=((day("2010-12-22"), 0.0001),),
    quirks=(
        "The day is printed as a stamp, 12/22/2010 16:00:00; the time is that of the publication and is dropped.",
        "Retries carry `retry` in the name, before or after the date, and may be published a day late.",
    ),
)

PEAKER_NET_MARGIN_INTERVAL = Dataset(
    id="peaker_net_margin_interval",
    title="Peaker net margin by settlement interval, first weeks of the nodal market",
    emil="NP4-790-CD",
    sources=(Cdr(12348, NameDay.DAY_AFTER, "PNMNP4790", marker="DeliveryInterval"),),
    clock=Clock.QUARTER_HOUR,
    day_from=DayFrom.FIRST_ROW,
    columns=(
        delivery_date(),
        hour_ending(),
        delivery_interval(),
        number(
            "PeakerNetMargin",
            "$/MW",
            "Margin of a hypothetical peaker in the quarter hour",
            name="peaker_net_margin",
            required=True,
            low=0.0,
            high=3000.0,
        ),
    ),
    key=("interval_start",),
    first_day=day("2010-11-29"),
    last_day=day("2010-12-20"),
    mb_per_day=((day("2010-11-29"), 0.0022),),
    quirks=("Published at 16:00 for the day before; on 2010-12-22 the report became a running total.",),
)

SETTLEMENT_POINTS = Dataset(
    id="settlement_points",
    title="Map of settlement points, electrical buses and load zones",
    emil="NP4-160-SG",
    sources=(Stem("Settlement_Points", NameDay.PUBLISHED),),
    clock=Clock.POSTING,
    coverage=Coverage.EVENTS,
    columns=(
        text("ELECTRICAL_BUS", "Electrical bus of the network model"),
        text("NODE_NAME", "Node of the network model that the bus belongs to"),
        text("PSSE_BUS_NAME", "Bus name in the planning (PSS/E) case"),
        number("VOLTAGE_LEVEL", "kV", "Nominal voltage", **PLAUSIBLE_KV),
        text("SUBSTATION", "Substation of the bus"),
        text("SETTLEMENT_LOAD_ZONE", "Load zone that the bus settles in"),
        text("RESOURCE_NODE", "Resource node at the bus; blank for most buses"),
        text("HUB_BUS_NAME", "Hub bus that the bus is part of; blank for most buses"),
        text("HUB", "Hub that the hub bus counts for; blank for most buses"),
        text("PSSE_BUS_NUMBER", "Bus number in the planning (PSS/E) case, kept as text"),
    ),
    key=(),
    order=("delivery_date", "electrical_bus", "resource_node", "hub"),
    first_day=NODAL_START,
    mb_per_day=((NODAL_START, 1.5),),
    quirks=(
        "Nothing in the rows says when they apply: the date in the member's name does, until the next posting.",
        "The zip (report type 10008) holds further lists, such as units of a node; those are ignored.",
    ),
)

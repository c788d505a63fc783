"""Prices of the whole grid: system lambda, bus prices, the peaker margin, and the map of the points."""

from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, WHOLE, rests_on
from ercot.catalog.model import (
    Cdr,
    Column,
    Corrections,
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
    number,
    repeated_hour_flag,
    run_stamp,
    text,
)
from ercot.catalog.reports.market.prices import NODAL_START, PLAUSIBLE_KV, PLAUSIBLE_PRICE
from ercot.catalog.reports.shared import delivery_interval

LAMBDA_START = day("2013-12-11")
UNCAPPED_START = "2026-08-27"  # from then on prices are printed before and after the cap
BEFORE_UNCAPPED = "2026-08-26"


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
    one_of=("system_lambda", "capped_system_lambda", "uncapped_system_lambda"),
    first_day=LAMBDA_START,
    evidence=rests_on(
        ("2013-12-11", DERIVED), ("2014-05-01", EXCERPTS), ("2026-08-27", NAMES), ("2026-10-03", EXCERPTS)
    ),
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
    evidence=rests_on(("2013-12-11", DERIVED), ("2014-05-02", EXCERPTS)),
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
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-05-02", EXCERPTS)),
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
    one_of=("lmp", "capped_lmp", "uncapped_lmp"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-05-01", EXCERPTS), ("2026-08-27", NAMES)),
    mb_per_day=((NODAL_START, 150.0), (day("2020-01-01"), 220.0), (day(UNCAPPED_START), 265.0)),
    run_minutes=((NODAL_START, 5),),
    corrections=Corrections(
        "rt_lmp_bus_corrections", (("capped_lmp", "capped_corrected"), ("uncapped_lmp", "uncapped_corrected"))
    ),
    quirks=(
        "Bus names may be digits with leading zeros, such as 0001: they are text.",
        "Corrections of the price that was printed until 2026-08-26 have a header that is not known: their files are "
        "rejected by name, and the price stays as first published.",
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
    evidence=rests_on(("2010-12-22", WHOLE)),
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
    evidence=rests_on(("2010-11-29", WHOLE)),
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
        text("ELECTRICAL_BUS", "Electrical bus of the network model", required=True),
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
    key=("delivery_date", "electrical_bus"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2024-11-11", WHOLE)),
    mb_per_day=((NODAL_START, 1.5),),
    quirks=(
        "Nothing in the rows says when they apply: the date in the member's name does, until the next posting.",
        "The zip (report type 10008) holds further lists, such as units of a node; those are ignored.",
    ),
)

"""Price corrections: prices that ERCOT republished after the market, apart from the reports they correct."""

from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import DERIVED, EXCERPTS, rests_on
from ercot.catalog.model import (
    Cdr,
    Column,
    Coverage,
    Dataset,
    DayFrom,
    NameDay,
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
from ercot.catalog.reports.market.bus_and_system_prices import UNCAPPED_START
from ercot.catalog.reports.market.prices import (
    ANCILLARY_TYPE,
    NODAL_START,
    PLAUSIBLE_MCPC,
    PLAUSIBLE_PRICE,
    RTC_START,
    SETTLEMENT_POINT,
)
from ercot.catalog.reports.shared import delivery_interval

DAM_REPORT, DAM_EMIL, DAM_START = 13044, "NP4-196-M", day("2011-04-20")
RTM_REPORT, RTM_EMIL, RTM_START = 13045, "NP4-197-M", day("2012-04-05")

FROM_ROWS = {"day_from": DayFrom.ROWS, "coverage": Coverage.EVENTS}
QUIRKS = (
    "One file may correct several operating days, and one price may be corrected several times: the last one counts.",
    "The days in a file's name are operating days until 2025; in names of 2026 they are days of posting. Rows decide.",
    "A file may come before its PriceCorrectionTime, and as much as 180 days after the operating day.",
    "The report type has parts for other prices too; those whose header is not known are not read.",
)


def _part(report_type: int, part: str) -> tuple[Cdr, ...]:
    return (Cdr(report_type, NameDay.NOTHING, f"pricecorrection_{part}", part=part),)


def _correction(price: str, unit: str, bounds: dict) -> tuple[Column, ...]:
    """Declare the price before and after, and when it was corrected."""
    return (_before(price, unit, **bounds), _after(price, unit, **bounds), _corrected_at())


def _before(price: str, unit: str, prefix: str = "", **facts) -> Column:
    return number(f"{price}Original", unit, "Price before this correction", name=f"{prefix}original", **facts)


def _after(price: str, unit: str, prefix: str = "", **facts) -> Column:
    meaning = "Price after this correction"
    return number(f"{price}Corrected", unit, meaning, name=f"{prefix}corrected", required=True, **facts)


def _corrected_at() -> Column:
    meaning = "When the price was corrected"
    return naive_stamp("PriceCorrectionTime", meaning, name="price_correction_time_cpt", required=True)


DAM_SPP_CORRECTIONS = Dataset(
    id="dam_spp_corrections",
    title="Corrections of day-ahead settlement point prices",
    emil=DAM_EMIL,
    sources=_part(DAM_REPORT, "DAM_SPP"),
    clock=Clock.HOUR,
    columns=(
        delivery_date(),
        hour_ending("DeliveryHour"),
        text("SettlementPoint", SETTLEMENT_POINT, name="settlement_point", required=True),
        *_correction("SPP", "$/MWh", PLAUSIBLE_PRICE),
        dst_flag(),
    ),
    key=("interval_start", "settlement_point", "price_correction_time_cpt"),
    first_day=DAM_START,
    evidence=rests_on(("2011-04-20", DERIVED), ("2015-07-31", EXCERPTS)),
    mb_per_day=((DAM_START, 0.05),),
    quirks=QUIRKS,
    **FROM_ROWS,
)

DAM_MCPC_CORRECTIONS = Dataset(
    id="dam_mcpc_corrections",
    title="Corrections of day-ahead clearing prices for ancillary-service capacity",
    emil=DAM_EMIL,
    sources=_part(DAM_REPORT, "DAM_MCPC"),
    clock=Clock.HOUR,
    columns=(
        delivery_date(),
        hour_ending("DeliveryHour"),
        text("ASType", ANCILLARY_TYPE, name="ancillary_type", required=True),
        *_correction("MCPC", "$/MW per h", PLAUSIBLE_MCPC),
        dst_flag(),
    ),
    key=("interval_start", "ancillary_type", "price_correction_time_cpt"),
    first_day=DAM_START,
    evidence=rests_on(("2011-04-20", DERIVED), ("2018-07-20", EXCERPTS)),
    mb_per_day=((DAM_START, 0.001),),
    quirks=QUIRKS,
    **FROM_ROWS,
)

RT_SPP_CORRECTIONS = Dataset(
    id="rt_spp_corrections",
    title="Corrections of real-time settlement point prices",
    emil=RTM_EMIL,
    sources=_part(RTM_REPORT, "RTM_SPP"),
    clock=Clock.QUARTER_HOUR,
    columns=(
        delivery_date(),
        hour_ending("DeliveryHour"),
        delivery_interval(),
        text("SettlementPointName", SETTLEMENT_POINT, name="settlement_point", required=True),
        text(
            "SettlementPointType",
            "Kind of point, as in the prices that are corrected",
            name="settlement_point_type",
            required=True,
        ),
        *_correction("SPP", "$/MWh", PLAUSIBLE_PRICE),
        dst_flag(),
    ),
    key=("interval_start", "settlement_point", "settlement_point_type", "price_correction_time_cpt"),
    first_day=RTM_START,
    evidence=rests_on(("2012-04-05", DERIVED), ("2014-05-29", EXCERPTS)),
    mb_per_day=((RTM_START, 0.2),),
    quirks=QUIRKS,
    **FROM_ROWS,
)

RT_LMP_CORRECTIONS = Dataset(
    id="rt_lmp_corrections",
    title="Corrections of real-time locational marginal prices",
    emil=RTM_EMIL,
    sources=_part(RTM_REPORT, "RTM_SPLMP"),
    clock=Clock.RUN,
    columns=(
        run_stamp("SCEDTimestamp"),
        text(
            "SettlementPoint",
            SETTLEMENT_POINT,
            name="settlement_point",
            required=True,
            aliases=("SettlementPointName",),
        ),
        *_correction("LMP", "$/MWh", PLAUSIBLE_PRICE),
        repeated_hour_flag("DSTFlag"),
    ),
    key=("sced_timestamp", "settlement_point", "price_correction_time_cpt"),
    first_day=RTM_START,
    evidence=rests_on(("2012-04-05", DERIVED), ("2014-05-29", EXCERPTS)),
    mb_per_day=((RTM_START, 0.5),),
    run_minutes=((NODAL_START, 5),),
    quirks=(*QUIRKS, "The flag is called DSTFlag here, although the rows are those of a SCED run."),
    **FROM_ROWS,
)

RT_MCPC_CORRECTIONS = Dataset(
    id="rt_mcpc_corrections",
    title="Corrections of real-time clearing prices for ancillary-service capacity, quarter-hourly",
    emil=RTM_EMIL,
    sources=_part(RTM_REPORT, "RTM_MCPC_SPP"),
    clock=Clock.QUARTER_HOUR,
    columns=(
        delivery_date(),
        hour_ending("DeliveryHour"),
        delivery_interval(),
        text("ASType", ANCILLARY_TYPE, name="ancillary_type", required=True),
        *_correction("MCPC", "$/MW per h", PLAUSIBLE_MCPC),
        dst_flag("RepeatedHourFlag"),
    ),
    key=("interval_start", "ancillary_type", "price_correction_time_cpt"),
    first_day=RTC_START,
    evidence=rests_on(("2025-12-05", DERIVED), ("2026-01-10", EXCERPTS)),
    mb_per_day=((RTC_START, 0.01),),
    quirks=(*QUIRKS, "The flag is called RepeatedHourFlag here, although the rows are those of a quarter hour."),
    **FROM_ROWS,
)

RT_LMP_BUS_CORRECTIONS = Dataset(
    id="rt_lmp_bus_corrections",
    title="Corrections of real-time locational marginal prices of electrical buses",
    emil=RTM_EMIL,
    sources=_part(RTM_REPORT, "RTM_EBLMP"),
    clock=Clock.RUN,
    columns=(
        run_stamp("SCEDTimestamp"),
        text("ElectricalBus", "Electrical bus of the network model", name="electrical_bus", required=True),
        _before("CappedLMP", "$/MWh", "capped_", **PLAUSIBLE_PRICE),
        _before("UncappedLMP", "$/MWh", "uncapped_", **PLAUSIBLE_PRICE),
        _after("CappedLMP", "$/MWh", "capped_", **PLAUSIBLE_PRICE),
        _after("UncappedLMP", "$/MWh", "uncapped_", **PLAUSIBLE_PRICE),
        _corrected_at(),
        repeated_hour_flag(),
    ),
    key=("sced_timestamp", "electrical_bus", "price_correction_time_cpt"),
    first_day=day(UNCAPPED_START),
    evidence=rests_on(("2026-08-27", DERIVED), ("2026-08-30", EXCERPTS)),
    mb_per_day=((day(UNCAPPED_START), 8.0),),
    run_minutes=((NODAL_START, 5),),
    quirks=(*QUIRKS, "There are files since 2016 at least; their header before the pair of prices is not known."),
    **FROM_ROWS,
)

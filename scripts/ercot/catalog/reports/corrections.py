"""Price corrections: prices that ERCOT republished after the market, apart from the reports they correct."""

from ercot.catalog.model import (
    Cdr,
    Clock,
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
from ercot.catalog.reports.common import delivery_interval
from ercot.catalog.reports.prices import ANCILLARY_TYPE, NODAL_START, PLAUSIBLE_MCPC, PLAUSIBLE_PRICE, SETTLEMENT_POINT

DAM_REPORT, DAM_EMIL, DAM_START = 13044, "NP4-196-M", day("2011-04-20")
RTM_REPORT, RTM_EMIL, RTM_START = 13045, "NP4-197-M", day("2012-04-05")

FROM_ROWS = {"day_from": DayFrom.ROWS, "coverage": Coverage.EVENTS}
QUIRKS = (
    "One file may correct several operating days, and one price may be corrected several times: the last one counts.",
    "The report type has parts for other prices too; those are ignored.",
)


def _part(report_type: int, part: str) -> tuple[Cdr, ...]:
    return (Cdr(report_type, NameDay.PUBLISHED, f"pricecorrection_{part}", part=part),)


def _correction(price: str, unit: str, bounds: dict) -> tuple[Column, ...]:
    """Declare the price before and after, and when it was corrected."""
    return (
        number(f"{price}Original", unit, "Price before this correction", name="original", **bounds),
        number(f"{price}Corrected", unit, "Price after this correction", name="corrected", required=True, **bounds),
        naive_stamp(
            "PriceCorrectionTime", "When the price was corrected", name="price_correction_time_cpt", required=True
        ),
    )


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
        text("SettlementPointName", SETTLEMENT_POINT, name="settlement_point", required=True),
        *_correction("LMP", "$/MWh", PLAUSIBLE_PRICE),
        repeated_hour_flag("DSTFlag"),
    ),
    key=("sced_timestamp", "settlement_point", "price_correction_time_cpt"),
    first_day=RTM_START,
    mb_per_day=((RTM_START, 0.5),),
    run_minutes=((NODAL_START, 5),),
    quirks=(*QUIRKS, "The flag is called DSTFlag here, although the rows are those of a SCED run."),
    **FROM_ROWS,
)

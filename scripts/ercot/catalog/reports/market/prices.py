"""Energy and ancillary-service prices: the reports that settle the market."""

from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, WHOLE, rests_on
from ercot.catalog.model import (
    Cdr,
    Corrections,
    Dataset,
    DayFrom,
    NameDay,
    day,
    delivery_date,
    dst_flag,
    hour_ending,
    integer,
    number,
    repeated_hour_flag,
    run_stamp,
    text,
)

NODAL_START = day("2010-12-01")
RTC_START = day("2025-12-05")  # real-time co-optimization of energy and ancillary services

# Nodal prices pass the offer cap and floor through congestion; beyond these bounds nothing has been seen.
PLAUSIBLE_PRICE = {"low": -2000.0, "high": 10000.0}
# Ancillary prices passed $25,000 in February 2021; since mid 2021 the offer cap limits them.
PLAUSIBLE_MCPC = {"low": 0.0, "high": 30000.0}
PLAUSIBLE_KV = {"low": 0.0, "high": 800.0}

SETTLEMENT_POINT = "Resource node, load zone, hub or DC tie that the price is for"
ANCILLARY_TYPE = "Ancillary service: REGUP, REGDN, RRS, NSPIN, and ECRS from 2023-06-10"

RT_SPP = Dataset(
    id="rt_spp",
    title="Real-time settlement point prices",
    emil="NP6-905-CD",
    sources=(Cdr(12301, NameDay.INTERVAL_END, "SPPHLZNP6905"),),
    clock=Clock.QUARTER_HOUR,
    columns=(
        delivery_date(),
        hour_ending("DeliveryHour"),
        integer("DeliveryInterval", "Quarter of the hour, 1..4", name="delivery_interval", required=True),
        text("SettlementPointName", SETTLEMENT_POINT, name="settlement_point", required=True),
        text(
            "SettlementPointType",
            "RN, PCCRN, LCCRN, PUN, LZ, LZ_DC, LZEW, LZ_DCEW, HU, SH or AH; twelve names are printed under two types",
            name="settlement_point_type",
            required=True,
        ),
        number(
            "SettlementPointPrice",
            "$/MWh",
            "Time- and energy-weighted LMP of the quarter hour plus the scarcity adders of its era",
            name="settlement_point_price",
            required=True,
            **PLAUSIBLE_PRICE,
        ),
        dst_flag(since="2011-06-01"),
    ),
    key=("interval_start", "settlement_point", "settlement_point_type"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-04-30", EXCERPTS)),
    mb_per_day=((NODAL_START, 2.1), (day("2020-01-01"), 2.8), (day("2023-01-01"), 3.2), (day("2026-01-01"), 4.1)),
    corrections=Corrections("rt_spp_corrections", (("settlement_point_price", "corrected"),)),
    quirks=(
        "The date in the file name is the end of the interval: 31 December 24:00 is in a file named 0101_0000.",
        "Files of the repeated hour differ only by `xhr` in the name.",
        "Retries are republished under a name with `retry`.",
    ),
)

RT_LMP = Dataset(
    id="rt_lmp",
    title="Real-time locational marginal prices of resource nodes, load zones and hubs",
    emil="NP6-788-CD",
    sources=(Cdr(12300, NameDay.RUN, "LMPSROSNODENP6788"),),
    clock=Clock.RUN,
    columns=(
        run_stamp("SCEDTimestamp"),
        repeated_hour_flag(),
        text("SettlementPoint", SETTLEMENT_POINT, name="settlement_point", required=True),
        number(
            "LMP", "$/MWh", "Locational marginal price, without adders", name="lmp", required=True, **PLAUSIBLE_PRICE
        ),
    ),
    key=("sced_timestamp", "settlement_point"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-05-01", EXCERPTS)),
    mb_per_day=((NODAL_START, 7.0), (day("2020-01-01"), 10.0), (day("2023-01-01"), 12.0), (day("2026-01-01"), 14.8)),
    run_minutes=((NODAL_START, 5),),
    corrections=Corrections("rt_lmp_corrections", (("lmp", "corrected"),)),
    quirks=("SCED runs about every five minutes, at odd seconds, with extra runs: up to 13 an hour.",),
)

DAM_SPP = Dataset(
    id="dam_spp",
    title="Day-ahead settlement point prices",
    emil="NP4-190-CD",
    sources=(Cdr(12331, NameDay.DAY_AHEAD, "DAMSPNP4190"),),
    clock=Clock.HOUR,
    day_from=DayFrom.FIRST_ROW,
    columns=(
        delivery_date(),
        hour_ending(),
        text("SettlementPoint", SETTLEMENT_POINT, name="settlement_point", required=True),
        number(
            "SettlementPointPrice",
            "$/MWh",
            "Day-ahead price of the hour",
            name="settlement_point_price",
            required=True,
            **PLAUSIBLE_PRICE,
        ),
        dst_flag(),
    ),
    key=("interval_start", "settlement_point"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-05-02", EXCERPTS), ("2017-02-14", WHOLE)),
    mb_per_day=((NODAL_START, 0.5), (day("2023-01-01"), 0.9)),
    corrections=Corrections("dam_spp_corrections", (("settlement_point_price", "corrected"),)),
    quirks=(
        "Published the day before the operating day.",
        "Single files have come without their header row.",
        "DSTFlag may be absent in the first months.",
    ),
)

DAM_MCPC = Dataset(
    id="dam_mcpc",
    title="Day-ahead clearing prices for ancillary-service capacity",
    emil="NP4-188-CD",
    sources=(Cdr(12329, NameDay.DAY_AHEAD, "DAMCPCNP4188"),),
    clock=Clock.HOUR,
    day_from=DayFrom.FIRST_ROW,
    columns=(
        delivery_date(),
        hour_ending(),
        text("AncillaryType", ANCILLARY_TYPE, name="ancillary_type", required=True),
        number(
            "MCPC", "$/MW per h", "Market clearing price for capacity", name="mcpc", required=True, **PLAUSIBLE_MCPC
        ),
        dst_flag(),
    ),
    key=("interval_start", "ancillary_type"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2015-03-08", NAMES), ("2026-09-29", EXCERPTS)),
    mb_per_day=((NODAL_START, 0.003),),
    corrections=Corrections("dam_mcpc_corrections", (("mcpc", "corrected"),)),
    quirks=("Published the day before the operating day.",),
)

RT_MCPC = Dataset(
    id="rt_mcpc",
    title="Real-time clearing prices for ancillary-service capacity, quarter-hourly",
    emil="NP6-331-CD",
    sources=(Cdr(24898, NameDay.INTERVAL_END, "RTDMCPCNP6331"),),
    clock=Clock.QUARTER_HOUR,
    columns=(
        delivery_date(),
        hour_ending("DeliveryHour"),
        integer("DeliveryInterval", "Quarter of the hour, 1..4", name="delivery_interval", required=True),
        dst_flag("RepeatedHourFlag"),
        text("ASType", ANCILLARY_TYPE, name="ancillary_type", required=True),
        number(
            "MCPC", "$/MW per h", "Market clearing price for capacity", name="mcpc", required=True, **PLAUSIBLE_MCPC
        ),
    ),
    key=("interval_start", "ancillary_type"),
    first_day=RTC_START,
    evidence=rests_on(("2025-12-05", NAMES), ("2026-09-29", EXCERPTS)),
    mb_per_day=((RTC_START, 0.02),),
    corrections=Corrections("rt_mcpc_corrections", (("mcpc", "corrected"),)),
    quirks=("The repeated-hour flag is called RepeatedHourFlag here, although the rows are those of a quarter hour.",),
)

RT_MCPC_SCED = Dataset(
    id="rt_mcpc_sced",
    title="Real-time clearing prices for ancillary-service capacity, by SCED run",
    emil="NP6-332-CD",
    sources=(Cdr(24891, NameDay.RUN, "MCPCNP6332"),),
    clock=Clock.RUN,
    columns=(
        run_stamp("SCEDTimestamp"),
        repeated_hour_flag(),
        text("ASType", ANCILLARY_TYPE, name="ancillary_type", required=True),
        number(
            "MCPC",
            "$/MW per h",
            "Market clearing price for capacity, as printed until the capped and uncapped prices replaced it",
            name="mcpc",
            until="2026-08-26",
            **PLAUSIBLE_MCPC,
        ),
        number(
            "CappedMCPC",
            "$/MW per h",
            "Clearing price after the cap",
            name="capped_mcpc",
            since="2026-08-27",
            **PLAUSIBLE_MCPC,
        ),
        number(
            "UncappedMCPC",
            "$/MW per h",
            "Clearing price before the cap",
            name="uncapped_mcpc",
            since="2026-08-27",
            **PLAUSIBLE_MCPC,
        ),
    ),
    key=("sced_timestamp", "ancillary_type"),
    one_of=("mcpc", "capped_mcpc", "uncapped_mcpc"),
    first_day=RTC_START,
    evidence=rests_on(("2025-12-05", NAMES), ("2026-08-27", NAMES), ("2026-10-03", EXCERPTS)),
    mb_per_day=((RTC_START, 0.06),),
    run_minutes=((RTC_START, 5),),
)

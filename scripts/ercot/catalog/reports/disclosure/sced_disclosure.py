"""SCED disclosure, sixty days later: what resources offered, could do, were told and did, run by run."""

from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, rests_on
from ercot.catalog.model import Column, Dataset, Stem, day, number, spelled, text
from ercot.catalog.reports.market.prices import NODAL_START, RTC_START
from ercot.catalog.reports.shared import (
    AWARDED_MW,
    BEFORE_RTC,
    CHARGE_MWH,
    ECRS_START,
    NAMED_SIXTY_DAYS_LATER,
    OFFER_PRICE,
    QSE_SHOWN,
    RESOURCE_MW,
    RRS_SPLIT,
    RTC,
    RUN_DISCLOSURE,
    SERVICES,
    curve,
    dme,
    qse,
    resource_name,
    run_labels,
    service_quantities,
)

EMIL = "NP3-965-ER"
LOAD_BIDS_START = "2018-01-01"  # about: load resources bid, with 35 points
LOAD_BIDS_NARROW = "2020-07-01"  # about: 10 points, QSE and DME, fast responsive reserve
LOAD_BIDS_WIDE_END = "2020-06-30"
CAPABILITY_SPLIT = "2025-12-21"  # generation prints its capability for responsive reserve

RUN_START = {"first_day": RTC_START}
QUIRKS = (
    NAMED_SIXTY_DAYS_LATER,
    "A snapshot each quarter hour until 2025-12-04, every SCED run from 2025-12-05.",
    "Files marked SUPPLEMENTAL or CORRECTION replace those of the first weeks after 2025-12-05.",
    "Real-time awards and the responsibilities of earlier years are different quantities: an empty award is no zero.",
)


def _awards(**facts) -> list[Column]:
    """Declare the awards that SCED makes since real-time co-optimization."""
    services = "NSPIN RRSFFR RRSPFR RRSUFR ECRS REGUP REGDN"
    return service_quantities("AS Awards {}", services, "Real-time award of {}", **AWARDED_MW, **facts)


def _capabilities(services: str, **facts) -> list[Column]:
    """Declare what a resource could provide of each service; single files cut the R off RRSPFR, RRSFFR and RRSUFR."""
    columns = []
    for service in services.split():
        short = (f"AS Capability {service[:-1]}",) if service.startswith("RRS") else ()
        meaning = f"Telemetered capability for {SERVICES[service]}"
        columns.append(number(f"AS Capability {service}", "MW", meaning, aliases=short, **RESOURCE_MW, **facts))
    return columns


def _ramp_rates(**facts) -> tuple[Column, Column]:
    return (
        number("Ramp Rate Up", "MW/min", "Ramp rate upward that SCED used", **RESOURCE_MW, **facts),
        number("Ramp Rate Down", "MW/min", "Ramp rate downward that SCED used", **RESOURCE_MW, **facts),
    )


def _limit(header: str, meaning: str, **facts) -> Column:
    return number(header, "MW", meaning, **RESOURCE_MW, **facts)


def _sced_curve(step: int, meaning: str) -> list[Column]:
    return curve(
        f"SCED{step} Curve-MW{{}}",
        f"SCED{step} Curve-Price{{}}",
        35,
        f"Output of the offer curve {meaning}",
        f"Price of the offer curve {meaning}",
        mw_facts=RESOURCE_MW,
        price_facts=OFFER_PRICE,
    )


def _responsibility(header: str, service: str, **facts) -> Column:
    meaning = f"Responsibility for {SERVICES[service]} that the resource carried"
    return number(header, "MW", meaning, until=BEFORE_RTC, **RESOURCE_MW, **facts)


def _dispatch_limits(*, storage: bool) -> tuple[Column, ...]:
    """Declare sustained limits, limits net of ancillary services (gone with co-optimization) and dispatch limits."""
    net = {"until": BEFORE_RTC}
    return (
        _limit("HSL", "High sustained limit by telemetry"),
        *(() if storage else (_limit("HASL", "High limit net of ancillary services", **net),)),
        _limit("HDL", "Highest output that the run could dispatch to"),
        _limit("LSL", "Low sustained limit by telemetry"),
        *(() if storage else (_limit("LASL", "Low limit net of ancillary services", **net),)),
        _limit("LDL", "Lowest output that the run could dispatch to"),
    )


def _net_output(*, storage: bool) -> Column:
    header, meaning = "Telemetered Net Output", "Net output by telemetry at the run, negative for charging"
    if storage:
        return number(header, "MW", meaning, **RESOURCE_MW)
    return number(f"{header} ", "MW", meaning, until=BEFORE_RTC, then=(spelled(header, RTC),), **RESOURCE_MW)


RESPONSIBILITIES = (
    _responsibility("Ancillary Service REGUP", "REGUP"),
    _responsibility("Ancillary Service REGDN", "REGDN"),
    _responsibility("Ancillary Service RRS", "RRS"),
    _responsibility("Ancillary Service RRSFFR", "RRSFFR", since=RRS_SPLIT),
    _responsibility("Ancillary Service NSRS", "NSPIN"),
    _responsibility("Ancillary Service ECRS", "ECRS", since=ECRS_START),
)

STATE_OF_CHARGE = (
    number("State of Charge", "MWh", "Energy in the storage at the run", **CHARGE_MWH),
    number("Minimum SOC", "MWh", "Least energy that the storage may hold", **CHARGE_MWH),
    number("Maximum SOC", "MWh", "Most energy that the storage may hold", **CHARGE_MWH),
)


def _resource_run(*, storage: bool = False) -> tuple[Column, ...]:
    """Declare the header that generation and storage members share."""
    owner = {} if storage else {"since": QSE_SHOWN}
    co_optimized = {} if storage else {"since": RTC}
    responsive = {} if storage else {"since": CAPABILITY_SPLIT}
    cost = {"low": -100_000.0, "high": 10_000_000.0}
    return (
        *run_labels(),
        qse(**owner),
        dme(**owner),
        resource_name(),
        text("Resource Type", "Technology, such as PVGR, WIND, CCGT90, NUC or ESR"),
        *_sced_curve(1, "in the first step of SCED, before mitigation"),
        *_sced_curve(2, "in the second step of SCED, after mitigation"),
        number("Output Schedule", "MW", "Output that the entity scheduled instead of offering", **RESOURCE_MW),
        *_dispatch_limits(storage=storage),
        text("Telemetered Resource Status", "Status by telemetry, such as ON, OFF or OUT: an open list"),
        number("Base Point", "MW", "Output that the run instructed, negative for charging", **RESOURCE_MW),
        _net_output(storage=storage),
        *(() if storage else RESPONSIBILITIES),
        *_ramp_rates(**co_optimized),
        *_capabilities("REGUP REGDN ECRS NSPIN", **co_optimized),
        *_capabilities("RRSPFR RRSFFR", **responsive),
        *(STATE_OF_CHARGE if storage else ()),
        *_awards(**co_optimized),
        text("Bid_Type", "Kind of offer, such as 3PT for a three-part offer: an open list"),
        number("Start Up Cold Offer", "$ per start", "Offered cost of a cold start", **cost),
        number("Start Up Hot Offer", "$ per start", "Offered cost of a hot start", **cost),
        number("Start Up Inter Offer", "$ per start", "Offered cost of a start at intermediate temperature", **cost),
        number("Min Gen Cost", "$/MWh", "Offered cost of energy at the low sustained limit"),
        *curve(
            "Submitted TPO-MW{}",
            "Submitted TPO-Price{}",
            10,
            "Output of the three-part offer as submitted",
            "Price of the three-part offer as submitted",
            mw_facts=RESOURCE_MW,
            price_facts=OFFER_PRICE,
        ),
        text("Proxy Extension", "Yes where SCED extended the offer curve by a proxy, else No"),
    )


SCED_GEN = Dataset(
    id="sced_gen",
    title="SCED offers, limits and dispatch of generation resources",
    emil=EMIL,
    sources=(Stem("60d_SCED_Gen_Resource_Data"), Stem("60d_Gen_Resource_Data_in_SCED")),
    columns=_resource_run(),
    key=("sced_timestamp", "resource_name"),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED),
        ("2014-03-02", EXCERPTS),
        ("2016-01-01", DERIVED),
        ("2023-06-10", EXCERPTS),
        ("2025-12-05", NAMES),
        ("2025-12-21", EXCERPTS),
    ),
    mb_per_day=((NODAL_START, 38.0), (day("2019-01-01"), 53.0), (day("2023-01-01"), 95.0), (RTC_START, 283.0)),
    quirks=(
        *QUIRKS,
        "The header of the net output ends with a space until 2025-12-04.",
        "The first point of a curve is often priced at -250; in old files unused points are 0 instead of empty.",
        "The first postings for 2025-12-05 to 2025-12-20 lack two capability columns; supplements have them.",
    ),
    **RUN_DISCLOSURE,
)

SCED_ESR = Dataset(
    id="sced_esr",
    title="SCED offers, limits, charge and dispatch of energy storage resources",
    emil=EMIL,
    sources=(Stem("60d_ESR_Data_in_SCED"),),
    columns=_resource_run(storage=True),
    key=("sced_timestamp", "resource_name"),
    evidence=rests_on(("2025-12-05", NAMES), ("2026-03-08", EXCERPTS)),
    mb_per_day=((RTC_START, 95.0),),
    quirks=(*QUIRKS, "Output and base point are negative while charging; resources may come and go within a day."),
    **RUN_START,
    **RUN_DISCLOSURE,
)


def _bid_curve(first: int, points: int, **facts) -> list[Column]:
    return curve(
        "SCED Bid to Buy Curve-MW{}",
        "SCED Bid to Buy Curve-Price{}",
        points,
        "Consumption of the bid to buy",
        "Price of the bid to buy",
        first=first,
        mw_facts=RESOURCE_MW,
        price_facts=OFFER_PRICE,
        **facts,
    )


def _consumption(header: str, meaning: str) -> Column:
    return number(header, "MW", meaning, **RESOURCE_MW)


SCED_LOAD = Dataset(
    id="sced_load",
    title="SCED bids, limits and dispatch of load resources",
    emil=EMIL,
    sources=(Stem("60d_Load_Resource_Data_in_SCED"),),
    columns=(
        *run_labels(),
        qse(since=LOAD_BIDS_NARROW),
        dme(since=LOAD_BIDS_NARROW),
        resource_name(meaning="Load resource as registered with ERCOT; _ALDn marks an aggregate of loads"),
        text("Telemetered Resource Status", "Status by telemetry, such as ONRL or OUTL: an open list"),
        _consumption("Max Power Consumption", "Consumption at most, by telemetry"),
        _consumption("Low Power Consumption", "Consumption at least, by telemetry"),
        _consumption("Real Power Consumption", "Consumption by telemetry at the run"),
        _responsibility("AS Responsibility for RRS", "RRS"),
        _responsibility("AS Responsibility for RRSFFR", "RRSFFR", since=LOAD_BIDS_NARROW),
        _responsibility("AS Responsibility for NonSpin", "NSPIN"),
        _responsibility("AS Responsibility for RegUp", "REGUP"),
        _responsibility("AS Responsibility for RegDown", "REGDN"),
        _responsibility("AS Responsibility for ECRS", "ECRS", since=ECRS_START),
        *_awards(since=RTC),
        *_bid_curve(1, 10, since=LOAD_BIDS_START),
        *_bid_curve(11, 35, since=LOAD_BIDS_START, until=LOAD_BIDS_WIDE_END),
        *service_quantities("Self Provided {}", "RRSFFR RRSUFR ECRS", "Self-provided {}", since=RTC, **AWARDED_MW),
        *_ramp_rates(since=RTC),
        *_capabilities("NSPIN ECRS REGUP REGDN RRSPFR RRSFFR RRSUFR", since=RTC),
        _limit("HASL", "High limit net of ancillary services", since=LOAD_BIDS_START, until=BEFORE_RTC),
        _limit("HDL", "Highest consumption that the run could dispatch to", since=LOAD_BIDS_START),
        _limit("LASL", "Low limit net of ancillary services", since=LOAD_BIDS_START, until=BEFORE_RTC),
        _limit("LDL", "Lowest consumption that the run could dispatch to", since=LOAD_BIDS_START),
        _limit("Base Point", "Consumption that the run instructed; mostly empty", since=LOAD_BIDS_START),
    ),
    key=("sced_timestamp", "resource_name"),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED),
        ("2014-03-02", EXCERPTS),
        ("2018-01-01", EXCERPTS),
        ("2020-07-01", DERIVED),
        ("2023-06-10", EXCERPTS),
        ("2025-12-05", NAMES),
    ),
    mb_per_day=((NODAL_START, 3.0), (day(LOAD_BIDS_START), 10.0), (day("2021-01-01"), 16.5), (RTC_START, 34.0)),
    quirks=(
        *QUIRKS,
        "The member's name has another word order than generation, and a space in old files.",
        "The dates at which bid curves came and were cut from 35 to 10 points are not known to the day.",
        "The first postings for 2025-12-05 to 2025-12-20 lack three capability columns; supplements have them.",
    ),
    **RUN_DISCLOSURE,
)

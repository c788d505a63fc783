"""Supplemental ancillary-service markets, disclosed sixty days later; they ended with real-time co-optimization."""

from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, rests_on
from ercot.catalog.model import (
    Column,
    Coverage,
    Dataset,
    Stem,
    day,
    delivery_date,
    hour_ending,
    naive_stamp,
    number,
    text,
)
from ercot.catalog.reports.market.prices import NODAL_START, PLAUSIBLE_MCPC
from ercot.catalog.reports.shared import (
    ALL_PRODUCTS,
    AWARDED_MW,
    BEFORE_RTC,
    ECRS_START,
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    OFFERED_PRODUCTS,
    RRS_SPLIT,
    RRS_WHOLE,
    SERVICES,
    capacity_offer,
    capacity_price,
    dme,
    qse,
    resource_name,
)

MARKET = {
    "emil": "NP3-990-EX",
    "coverage": Coverage.EVENTS,
    "last_day": day(BEFORE_RTC),
    **HOURLY_DISCLOSURE,
}
SINCE_NODAL = {"first_day": NODAL_START}
SINCE_ECRS = {"first_day": day(ECRS_START)}
QUIRKS = (
    NAMED_SIXTY_DAYS_LATER,
    HOURS_WITHOUT_FLAG,
    "Of days on which ERCOT ran no supplemental market there are files with a header only, or none.",
)
DME_START = "It is not known when DME came."
UNSEEN_BEFORE = "Older files, of which there are some since 2018-10-13 at least, have fewer columns that are not known."


def _market() -> Column:
    return naive_stamp("SASM ID", "The market, named by the time of its run", required=True)


def _offer(products: dict[str, dict], **owner) -> tuple[Column, ...]:
    """Declare the offer of one resource for one hour of a market; ``owner`` dates the DME."""
    return (
        delivery_date("Delivery Date"),
        _market(),
        hour_ending("Hour Ending"),
        qse("QSE NAME"),
        dme(**owner),
        resource_name(meaning="Resource that offers the capacity"),
        text("Multi-Hour Block Flag", "Y where the hours of the block clear together or not at all, else N"),
        *capacity_offer(products),
    )


OFFERS = {"key": (), "order": ("interval_start", "sasm_id_cpt", "resource_name"), **MARKET}
NO_KEY = "Several rows a resource and hour are separate offers: nothing identifies a row."

SASM_GEN_AS_OFFERS = Dataset(
    id="sasm_gen_as_offers",
    title="Offers of generation resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Generation_Resource_AS_Offers"),),
    columns=_offer({"RRS": {"until": RRS_WHOLE}, **OFFERED_PRODUCTS}, since=RRS_SPLIT),
    evidence=rests_on(
        ("2010-12-01", DERIVED), ("2018-10-13", EXCERPTS), ("2022-10-14", DERIVED), ("2023-06-10", EXCERPTS)
    ),
    mb_per_day=((NODAL_START, 0.4),),
    quirks=(*QUIRKS, NO_KEY, DME_START),
    **SINCE_NODAL,
    **OFFERS,
)

SASM_LOAD_AS_OFFERS = Dataset(
    id="sasm_load_as_offers",
    title="Offers of load resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Load_Resource_AS_Offers"),),
    columns=_offer(ALL_PRODUCTS),
    evidence=rests_on(("2023-06-10", NAMES)),
    mb_per_day=((day(ECRS_START), 0.4),),
    quirks=(*QUIRKS, NO_KEY, UNSEEN_BEFORE),
    **SINCE_ECRS,
    **OFFERS,
)


def _awarded(header: str, service: str, **facts) -> Column:
    return number(f"{header} Awarded", "MW", f"Award of {service} in the supplemental market", **AWARDED_MW, **facts)


def _mcpc(header: str, service: str, **facts) -> Column:
    meaning = f"Clearing price of {SERVICES[service]} in the supplemental market"
    return capacity_price(f"{header} MCPC", meaning, **PLAUSIBLE_MCPC, **facts)


def _award(*, from_load: bool) -> tuple[Column, ...]:
    """Declare the awards of one resource; older files are known of loads, whose second kind of ECRS is another."""
    split, ecrs = ({"since": RRS_SPLIT}, {"since": ECRS_START}) if from_load else ({}, {})
    dispatched = _awarded("ECRSS", "contingency reserve (ECRS) that SCED dispatches", **ecrs)
    by_hand = _awarded("ECRSM", "contingency reserve (ECRS) deployed by hand", **ecrs)
    return (
        _market(),
        delivery_date("Delivery Date"),
        hour_ending("Hour Ending"),
        resource_name(),
        text("Resource Type", "Technology or kind of load"),
        _awarded("REGUP", SERVICES["REGUP"]),
        _mcpc("REGUP", "REGUP"),
        _awarded("REGDN", SERVICES["REGDN"]),
        _mcpc("REGDN", "REGDN"),
        *((_awarded("RRS", SERVICES["RRS"], until=RRS_WHOLE),) if from_load else ()),
        *(_awarded(kind, SERVICES[kind], **split) for kind in ("RRSPFR", "RRSFFR", "RRSUFR")),
        _mcpc("RRS", "RRS"),
        *((by_hand, dispatched) if from_load else (dispatched, _awarded("OFFEC", SERVICES["OFFEC"]))),
        _mcpc("ECRS", "ECRS", **ecrs),
        _awarded("NSPIN", SERVICES["NSPIN"]),
        _mcpc("NSPIN", "NSPIN"),
    )


TWELVE_HOURS = "The market's id is printed as 11/27/2025 02:45:05 AM; the offers of the same market print no AM or PM."
AWARDS = {"key": ("interval_start", "sasm_id_cpt", "resource_name"), **MARKET}

SASM_GEN_AS_AWARDS = Dataset(
    id="sasm_gen_as_awards",
    title="Awards of generation resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Generation_Resource_AS_Offer_Awards"),),
    columns=_award(from_load=False),
    evidence=rests_on(("2023-06-10", EXCERPTS)),
    mb_per_day=((day(ECRS_START), 0.05),),
    quirks=(*QUIRKS, TWELVE_HOURS, UNSEEN_BEFORE),
    **SINCE_ECRS,
    **AWARDS,
)

SASM_LOAD_AS_AWARDS = Dataset(
    id="sasm_load_as_awards",
    title="Awards of load resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Load_Resource_AS_Offer_Awards"),),
    columns=_award(from_load=True),
    evidence=rests_on(
        ("2010-12-01", DERIVED), ("2018-10-13", EXCERPTS), ("2022-10-14", DERIVED), ("2023-06-10", EXCERPTS)
    ),
    mb_per_day=((NODAL_START, 0.05),),
    quirks=(*QUIRKS, TWELVE_HOURS),
    **SINCE_NODAL,
    **AWARDS,
)

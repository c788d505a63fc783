"""Supplemental ancillary-service markets, disclosed sixty days later; they ended with real-time co-optimization."""

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
from ercot.catalog.reports.common import (
    ALL_PRODUCTS,
    AWARDED_MW,
    BEFORE_RTC,
    ECRS_START,
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    SERVICES,
    capacity_offer,
    capacity_price,
    dme,
    qse,
    resource_name,
)
from ercot.catalog.reports.prices import PLAUSIBLE_MCPC

MARKET = {
    "emil": "NP3-990-EX",
    "coverage": Coverage.EVENTS,
    "first_day": day(ECRS_START),
    "last_day": day(BEFORE_RTC),
    **HOURLY_DISCLOSURE,
}
QUIRKS = (
    NAMED_SIXTY_DAYS_LATER,
    HOURS_WITHOUT_FLAG,
    "There are files only for days on which ERCOT ran a supplemental market.",
    "Files before 2023-06-10 lack the ECRS columns, and older ones the kinds of responsive reserve.",
)


def _market() -> Column:
    return naive_stamp("SASM ID", "The market, named by the time of its run", required=True)


OFFER = (
    delivery_date("Delivery Date"),
    _market(),
    hour_ending("Hour Ending"),
    qse("QSE NAME"),
    dme(),
    resource_name(meaning="Resource that offers the capacity"),
    text("Multi-Hour Block Flag", "Y where the hours of the block clear together or not at all, else N"),
    *capacity_offer(ALL_PRODUCTS),
)
OFFERS = {"columns": OFFER, "key": (), "order": ("interval_start", "sasm_id_cpt", "resource_name"), **MARKET}
NO_KEY = "Several rows a resource and hour are separate offers: nothing identifies a row."

SASM_GEN_AS_OFFERS = Dataset(
    id="sasm_gen_as_offers",
    title="Offers of generation resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Generation_Resource_AS_Offers"),),
    mb_per_day=((day(ECRS_START), 0.4),),
    quirks=(*QUIRKS, NO_KEY),
    **OFFERS,
)

SASM_LOAD_AS_OFFERS = Dataset(
    id="sasm_load_as_offers",
    title="Offers of load resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Load_Resource_AS_Offers"),),
    mb_per_day=((day(ECRS_START), 0.4),),
    quirks=(*QUIRKS, NO_KEY),
    **OFFERS,
)


def _awarded(header: str, service: str) -> Column:
    return number(f"{header} Awarded", "MW", f"Award of {service} in the supplemental market", **AWARDED_MW)


def _mcpc(header: str, service: str) -> Column:
    meaning = f"Clearing price of {SERVICES[service]} in the supplemental market"
    return capacity_price(f"{header} MCPC", meaning, **PLAUSIBLE_MCPC)


def _award(other_ecrs: Column) -> tuple[Column, ...]:
    """Declare the awards of one resource; generation and load differ in their second kind of ECRS."""
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
        _awarded("RRSPFR", SERVICES["RRSPFR"]),
        _awarded("RRSFFR", SERVICES["RRSFFR"]),
        _awarded("RRSUFR", SERVICES["RRSUFR"]),
        _mcpc("RRS", "RRS"),
        _awarded("NSPIN", SERVICES["NSPIN"]),
        _mcpc("NSPIN", "NSPIN"),
        _awarded("ECRSS", "contingency reserve (ECRS) that SCED dispatches"),
        other_ecrs,
        _mcpc("ECRS", "ECRS"),
    )


AWARDS = {"key": ("interval_start", "sasm_id_cpt", "resource_name"), **MARKET}
UNSEEN = "No file has been seen: names and order of the columns are those of ERCOT's interface."

SASM_GEN_AS_AWARDS = Dataset(
    id="sasm_gen_as_awards",
    title="Awards of generation resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Generation_Resource_AS_Offer_Awards"),),
    columns=_award(_awarded("OFFEC", SERVICES["OFFEC"])),
    mb_per_day=((day(ECRS_START), 0.05),),
    quirks=(*QUIRKS, UNSEEN),
    **AWARDS,
)

SASM_LOAD_AS_AWARDS = Dataset(
    id="sasm_load_as_awards",
    title="Awards of load resources in supplemental ancillary-service markets",
    sources=(Stem("60d_SASM_Load_Resource_AS_Offer_Awards"),),
    columns=_award(_awarded("ECRSM", "contingency reserve (ECRS) deployed by hand")),
    mb_per_day=((day(ECRS_START), 0.05),),
    quirks=(*QUIRKS, UNSEEN),
    **AWARDS,
)

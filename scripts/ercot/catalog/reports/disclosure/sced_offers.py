"""SCED disclosure, real-time offers: those of ancillary services, and the updates of offers within the hour."""

from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, WHOLE, rests_on
from ercot.catalog.model import (
    Column,
    Coverage,
    Dataset,
    Stem,
    day,
    delivery_date,
    hour_ending,
    integer,
    number,
    spelled,
    text,
)
from ercot.catalog.reports.market.prices import RTC_START
from ercot.catalog.reports.shared import (
    CAPACITY_OFFER_PRICE,
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    RESOURCE_MW,
    RUN_DISCLOSURE,
    SERVICES,
    resource_name,
    run_labels,
)

EMIL = "NP3-965-ER"
EOC_START = day("2024-08-15")  # about
OFFERS_RENAMED = "2026-01-25"  # about: the suffixes of services became those of the other members
OFFERS_NAMED_SHORT = "2026-01-24"

UPDATES = {"emil": EMIL, "coverage": Coverage.EVENTS, **HOURLY_DISCLOSURE}

SCED_EOC_UPDATES = Dataset(
    id="sced_eoc_updates",
    title="Energy offer curves updated within the operating hour",
    sources=(Stem("60d_SCED_EOC_Updates_in_OpHour"),),
    columns=(
        delivery_date("Delivery Date"),
        hour_ending("Delivery Hour"),
        resource_name(),
        text("Reason", "Reasons of the updates, joined by semicolons"),
        integer("Count of Updates During Operating Hour", "Number of updates for the hour"),
    ),
    key=("interval_start", "resource_name"),
    first_day=EOC_START,
    evidence=rests_on(("2024-08-15", DERIVED), ("2025-02-09", WHOLE)),
    mb_per_day=((EOC_START, 0.05),),
    quirks=(NAMED_SIXTY_DAYS_LATER, HOURS_WITHOUT_FLAG, "Days without an update have a file with a header only."),
    **UPDATES,
)

SCED_AS_OFFER_UPDATES = Dataset(
    id="sced_as_offer_updates",
    title="Real-time ancillary-service offers updated within the operating period",
    sources=(Stem("60d_SCED_AS_Offer_Updates_in_OpPeriod"),),
    columns=(
        delivery_date("Delivery Date"),
        hour_ending("Delivery Hour"),
        resource_name(),
        text("AS Type", "Type of the offer that was updated, such as ONRES", name="ancillary_type", required=True),
        text(None, "Reasons of the updates; no file is known that has them", name="reason", aliases=("Reason",)),
        integer("Count of Updates During Operating Period", "Number of updates in the operating period"),
    ),
    key=("interval_start", "resource_name", "ancillary_type"),
    first_day=RTC_START,
    evidence=rests_on(("2025-12-05", NAMES), ("2026-07-08", EXCERPTS)),
    mb_per_day=((RTC_START, 0.1),),
    quirks=(NAMED_SIXTY_DAYS_LATER, HOURS_WITHOUT_FLAG),
    **UPDATES,
)

# Services of real-time offers in ERCOT's order, with the suffix of the first weeks.
OFFERED_SERVICES = {
    "REGUP": "URS",
    "REGDN": "DRS",
    "RRSPFR": "RRSPF",
    "RRSUFR": "RRSUF",
    "RRSFFR": "RRSFF",
    "NSPIN": "NS",
    "ECRS": "ECRS",
}


def _offered_price(point: int, service: str, short: str) -> Column:
    """Declare a price whose header was renamed, unless the suffix was right from the start."""
    header, meaning = f"PRICE{point}_{service}", f"Offered price of {SERVICES[service]}, point {point}"
    facts = {"name": header.lower(), **CAPACITY_OFFER_PRICE}
    if short == service:
        return number(header, "$/MW per h", meaning, **facts)
    renamed = (spelled(header, OFFERS_RENAMED),)
    return number(f"PRICE{point}_{short}", "$/MW per h", meaning, until=OFFERS_NAMED_SHORT, then=renamed, **facts)


def _offer_points(points: int = 6) -> list[Column]:
    """Declare the points of a real-time offer: one price a service, then the quantity."""
    columns = []
    for i in range(1, points + 1):
        columns += [_offered_price(i, service, short) for service, short in OFFERED_SERVICES.items()]
        columns.append(number(f"QUANTITY_MW{i}", "MW", f"Capacity that the offer adds at point {i}", **RESOURCE_MW))
    return columns


SCED_AS_OFFERS = Dataset(
    id="sced_as_offers",
    title="Real-time ancillary-service offers of resources",
    emil=EMIL,
    sources=(Stem("60d_SCED_Resource_AS_OFFERS"),),
    columns=(
        *run_labels("SCED Timestamp"),
        resource_name(),
        *_offer_points(),
        text(
            "Offer Type",
            "What the offer is for: ONRES (online), OFFNS (offline), REGDN or others",
            since=OFFERS_RENAMED,
        ),
    ),
    key=(),
    order=("sced_timestamp", "resource_name", "offer_type"),
    first_day=RTC_START,
    evidence=rests_on(("2025-12-05", NAMES), ("2026-01-25", NAMES), ("2026-07-08", EXCERPTS)),
    mb_per_day=((RTC_START, 342.0),),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "Up to three rows a resource and run: they differ in Offer Type, and in nothing where a file lacks it.",
        "Until 2026-02-02 first postings print 0 where no price was offered; supplements of April 2026 leave it empty.",
    ),
    **RUN_DISCLOSURE,
)

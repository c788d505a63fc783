"""SCED disclosure, the smaller members: metered output, self-arrangement, overrides, updates, real-time offers."""

from ercot.catalog.model import (
    Clock,
    Column,
    Coverage,
    Dataset,
    DayFrom,
    Stem,
    day,
    delivery_date,
    hour_ending,
    integer,
    naive_stamp,
    number,
    spelled,
    text,
)
from ercot.catalog.reports.common import (
    AWARDED_MW,
    BEFORE_RTC,
    CAPACITY_OFFER_PRICE,
    ECRS_START,
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    RESOURCE_MW,
    RRS_SPLIT,
    RRS_WHOLE,
    RUN_DISCLOSURE,
    SERVICES,
    qse,
    resource_name,
    run_labels,
)
from ercot.catalog.reports.prices import NODAL_START, RTC_START

EMIL = "NP3-965-ER"
SELF_ARRANGED_START = "2018-01-01"  # the oldest known file is of 2020
EOC_START = day("2024-08-15")  # about
OFFERS_RENAMED = "2026-01-25"  # about: the suffixes of services became those of the other members
OFFERS_NAMED_SHORT = "2026-01-24"

SCED_SMNE = Dataset(
    id="sced_smne",
    title="Metered net energy of generation resources",
    emil=EMIL,
    sources=(Stem("60d_SCED_SMNE_GEN_RES"),),
    clock=Clock.NUMBER,
    day_from=DayFrom.FIRST_ROW,
    columns=(
        naive_stamp("Interval Time", "Last second of the quarter hour, without a flag", required=True),
        integer("Interval Number", "Number of the quarter hour within the day, 1..92, 96 or 100", required=True),
        text("Resource Code", "Unit as metered, not always the name of the resource in other members", required=True),
        number("Interval Value", "MWh", "Metered net energy of the quarter hour", low=-2000.0, high=2000.0),
    ),
    key=("interval_start", "resource_code"),
    first_day=NODAL_START,
    mb_per_day=((NODAL_START, 3.0), (day("2020-01-01"), 5.0), (RTC_START, 7.8)),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "Stamps end a second early, at 00:14:59; in the repeated hour only the number tells the quarter hours apart.",
        "Quarter hours remain after the change of 2025-12-05 that turned the other members to every SCED run.",
    ),
)


def _arranged(header: str, service: str, **facts) -> Column:
    return number(header, "MW", f"Own supply of {service} at the run; often blank", **AWARDED_MW, **facts)


SCED_SELF_ARRANGED_AS = Dataset(
    id="sced_self_arranged_as",
    title="Ancillary services that entities arranged themselves, by SCED run",
    emil=EMIL,
    sources=(Stem("60d_SCED_QSE_Self_Arranged_AS"),),
    columns=(
        *run_labels(),
        qse(required=True),
        _arranged("REGUP", SERVICES["REGUP"]),
        _arranged("REGDN", SERVICES["REGDN"]),
        _arranged("NSPIN", SERVICES["NSPIN"]),
        _arranged("RRSGN", "responsive reserve from generation", until=RRS_WHOLE),
        _arranged("RRSLD", "responsive reserve from controllable loads", until=RRS_WHOLE),
        _arranged("RRSNC", "responsive reserve from non-controllable loads", until=RRS_WHOLE),
        _arranged("NSPNM", "non-spinning reserve that is deployed by hand", since=ECRS_START),
        _arranged("RRSPFR", SERVICES["RRSPFR"], since=RRS_SPLIT),
        _arranged("RRSFFR", SERVICES["RRSFFR"], since=RRS_SPLIT),
        _arranged("RRSUFR", SERVICES["RRSUFR"], since=RRS_SPLIT),
        _arranged("ECRSS", "contingency reserve (ECRS) that SCED dispatches", since=ECRS_START),
        _arranged("ECRSM", "contingency reserve (ECRS) that is deployed by hand", since=ECRS_START),
    ),
    key=("sced_timestamp", "qse"),
    first_day=day(SELF_ARRANGED_START),
    mb_per_day=((day(SELF_ARRANGED_START), 0.6), (RTC_START, 1.8)),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "The columns of 2022-10-14 to 2023-06-09 are inferred; whether the member outlived 2025-12-04 is not known.",
    ),
    **RUN_DISCLOSURE,
)

SCED_DSR_LOAD = Dataset(
    id="sced_dsr_load",
    title="Telemetered load that dynamically scheduled resources follow",
    emil=EMIL,
    sources=(Stem("60d_SCED_DSR_Load_Data"),),
    columns=(
        *run_labels(),
        qse("QSE Name", required=True),
        number(
            "Total Telemetered DSR Loads", "MW", "Load that the entity's resources follow", low=-10000.0, high=50000.0
        ),
    ),
    key=("sced_timestamp", "qse"),
    first_day=NODAL_START,
    last_day=day(BEFORE_RTC),
    mb_per_day=((NODAL_START, 0.5), (day("2020-01-01"), 1.0)),
    quirks=(NAMED_SIXTY_DAYS_LATER, "Rows of entities without such resources are 0."),
    **RUN_DISCLOSURE,
)


def _overridden(limit: str, word: str) -> list[Column]:
    """Declare a dispatch limit before, by and after an override."""
    steps = {"Original": "before the override", "Manual": "that the operator set", "Final": "that the run used"}
    return [
        number(f"{limit} {step}", "MW", f"{word} dispatch limit {meaning}", **RESOURCE_MW)
        for step, meaning in steps.items()
    ]


SCED_HDL_LDL_OVERRIDES = Dataset(
    id="sced_hdl_ldl_overrides",
    title="Dispatch limits that operators overrode",
    emil=EMIL,
    sources=(Stem("60d_HDL_LDL_ManOverride"),),
    coverage=Coverage.EVENTS,
    columns=(
        *run_labels("SCED Timestamp"),
        text("Participant Name", "Market participant that the resource belongs to"),
        resource_name(),
        *_overridden("HDL", "High"),
        *_overridden("LDL", "Low"),
        text("Reason Code", "Why the limit was overridden"),
    ),
    key=(),
    order=("sced_timestamp", "resource_name"),
    first_day=NODAL_START,
    mb_per_day=((NODAL_START, 0.01),),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "Most files hold only the header, and are valid.",
        "The limits of one resource may be overridden for several reasons, so no key is declared.",
    ),
    **RUN_DISCLOSURE,
)

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
        text("AS Type", "Ancillary service whose offer was updated", name="ancillary_type", required=True),
        text("Reason", "Reasons of the updates, joined by semicolons"),
        integer("Count of Updates During Operating Period", "Number of updates in the operating period"),
    ),
    key=("interval_start", "resource_name", "ancillary_type"),
    first_day=RTC_START,
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
    columns=(*run_labels("SCED Timestamp"), resource_name(), *_offer_points()),
    key=(),
    order=("sced_timestamp", "resource_name"),
    first_day=RTC_START,
    mb_per_day=((RTC_START, 342.0),),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "Up to three rows a resource and run (online, regulation down, offline); no column says which is which.",
        "Until 2026-02-02 first postings print 0 where no price was offered; supplements of April 2026 leave it empty.",
    ),
    **RUN_DISCLOSURE,
)

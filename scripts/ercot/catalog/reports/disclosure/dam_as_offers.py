"""Day-ahead disclosure of ancillary-service offers: of resources, and of traders without one."""

from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, rests_on
from ercot.catalog.model import Column, Coverage, Dataset, Stem, day, number, text
from ercot.catalog.reports.market.prices import NODAL_START, PLAUSIBLE_MCPC
from ercot.catalog.reports.shared import (
    ALL_PRODUCTS,
    AWARDED_MW,
    CAPACITY_OFFER_PRICE,
    ECRS_START,
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    OFFERED_PRODUCTS,
    QSE_SHOWN,
    RRS_WHOLE,
    RTC_DAM,
    capacity_offer,
    capacity_price,
    dme,
    hour_labels,
    qse,
    resource_name,
)

EMIL = "NP3-966-ER"

DAILY = {"coverage": Coverage.DAYS, **HOURLY_DISCLOSURE}
OFFERS = {"emil": EMIL, "key": (), "order": ("interval_start", "resource_name"), **DAILY}
NO_KEY = "Several rows a resource and hour, even nearly equal ones, are separate offers: nothing identifies a row."

# Offers of generation and load are known since 2014, when responsive reserve was one product and no QSE was shown.
SINCE_2014 = {"RRS": {"until": RRS_WHOLE}, **OFFERED_PRODUCTS}


def _offer(header: str, products: dict[str, dict], **owner) -> tuple[Column, ...]:
    """Declare the offer of one resource for one hour; ``owner`` dates QSE and DME."""
    return (
        *hour_labels(),
        qse(**owner),
        dme(**owner),
        resource_name(header, "Resource that offers the capacity"),
        text("Multi-Hour Block Flag", "Y where the hours of the block clear together or not at all, else N"),
        *capacity_offer(products),
    )


DAM_GEN_AS_OFFERS = Dataset(
    id="dam_gen_as_offers",
    title="Day-ahead ancillary-service offers of generation resources",
    sources=(Stem("60d_DAM_Generation_Resource_ASOffers"),),
    columns=_offer("Generation Resource Name", SINCE_2014, since=QSE_SHOWN),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS), ("2016-01-01", DERIVED), ("2023-06-10", NAMES)
    ),
    mb_per_day=((NODAL_START, 1.5), (day(ECRS_START), 3.0)),
    quirks=(NAMED_SIXTY_DAYS_LATER, HOURS_WITHOUT_FLAG, NO_KEY),
    **OFFERS,
)

DAM_LOAD_AS_OFFERS = Dataset(
    id="dam_load_as_offers",
    title="Day-ahead ancillary-service offers of load resources",
    sources=(Stem("60d_DAM_Load_Resource_ASOffers"),),
    columns=(
        *_offer("Load Resource Name", SINCE_2014, since=QSE_SHOWN),
        text("NCLR Flag", "Whether the resource is a non-controllable load resource"),
    ),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS), ("2016-01-01", DERIVED), ("2023-06-10", NAMES)
    ),
    mb_per_day=((NODAL_START, 0.6), (day(ECRS_START), 2.0)),
    quirks=(NAMED_SIXTY_DAYS_LATER, HOURS_WITHOUT_FLAG, NO_KEY),
    **OFFERS,
)

DAM_ESR_AS_OFFERS = Dataset(
    id="dam_esr_as_offers",
    title="Day-ahead ancillary-service offers of energy storage resources",
    sources=(Stem("60d_DAM_ESR_ASOffers"),),
    columns=_offer("Resource Name", ALL_PRODUCTS),
    first_day=day(RTC_DAM),
    evidence=rests_on(("2025-12-06", NAMES), ("2025-12-07", EXCERPTS)),
    mb_per_day=((day(RTC_DAM), 2.0),),
    quirks=(NAMED_SIXTY_DAYS_LATER, HOURS_WITHOUT_FLAG, NO_KEY),
    **OFFERS,
)


def _service() -> Column:
    meaning = "Ancillary service, in spellings of its own such as RRSPF, ECRSS and NSPIN"
    return text("AS Type", meaning, name="ancillary_type", required=True)


def _offer_id() -> Column:
    return text("Offer ID", "Id that the entity gave the offer, such as RRS_070926: free text", required=True)


DAM_AS_ONLY_OFFERS = Dataset(
    id="dam_as_only_offers",
    title="Day-ahead ancillary-service offers without a resource",
    emil=EMIL,
    sources=(Stem("60d_DAM_AS_Only_Offers"),),
    columns=(
        *hour_labels(),
        qse("QSE Name", required=True),
        _offer_id(),
        _service(),
        *(
            column
            for i in range(1, 6)
            for column in (
                number(f"AS Only Offer MW{i}", "MW", f"Quantity of the offer curve, point {i}", **AWARDED_MW),
                capacity_price(
                    f"AS Only Offer Price{i}", f"Price of the offer curve, point {i}", **CAPACITY_OFFER_PRICE
                ),
            )
        ),
    ),
    key=("interval_start", "qse", "ancillary_type", "offer_id"),
    first_day=day(RTC_DAM),
    evidence=rests_on(("2025-12-06", NAMES), ("2026-07-09", EXCERPTS)),
    mb_per_day=((day(RTC_DAM), 0.2),),
    quirks=(NAMED_SIXTY_DAYS_LATER, HOURS_WITHOUT_FLAG),
    **DAILY,
)

DAM_AS_ONLY_AWARDS = Dataset(
    id="dam_as_only_awards",
    title="Day-ahead awards of ancillary-service offers without a resource",
    emil=EMIL,
    sources=(Stem("60d_DAM_AS_Only_Awards"),),
    columns=(
        *hour_labels(),
        qse("QSE Name", required=True),
        _service(),
        _offer_id(),
        *(
            number(
                f"Quantity{i} Award",
                "MW",
                f"Award of point {i} of the offer",
                aliases=(f"Quantity{i}_Award",),
                **AWARDED_MW,
            )
            for i in range(1, 6)
        ),
        number("Total Award", "MW", "Award of the whole offer", aliases=("Total_Award",), **AWARDED_MW),
        capacity_price("MCPC", "Day-ahead clearing price of the service", **PLAUSIBLE_MCPC),
    ),
    key=("interval_start", "qse", "ancillary_type", "offer_id"),
    first_day=day(RTC_DAM),
    evidence=rests_on(("2025-12-06", NAMES)),
    mb_per_day=((day(RTC_DAM), 0.1),),
    quirks=(NAMED_SIXTY_DAYS_LATER, HOURS_WITHOUT_FLAG, "The first files have underscores in the award columns."),
    **DAILY,
)

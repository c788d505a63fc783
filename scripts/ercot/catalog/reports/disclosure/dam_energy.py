"""Day-ahead disclosure of trades without a resource: energy offers and bids, point-to-point obligations and options."""

from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, rests_on
from ercot.catalog.model import Column, Coverage, Dataset, Stem, day, number, text
from ercot.catalog.reports.market.prices import NODAL_START, PLAUSIBLE_PRICE
from ercot.catalog.reports.shared import (
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    OFFER_PRICE,
    TRADED_MW,
    curve,
    hour_labels,
    qse,
)

EMIL = "NP3-966-ER"
LINKED_OPTIONS_START = day("2013-02-14")  # about: before, the members were CRROffers and CRROfferAwards

DAILY = {"coverage": Coverage.DAYS, **HOURLY_DISCLOSURE}
QUIRKS = (
    NAMED_SIXTY_DAYS_LATER,
    HOURS_WITHOUT_FLAG,
    "Ids are chosen by each entity, such as d15, uploader or 260709HBWESB: free text, unique within the entity only.",
)


def _multi_hour() -> Column:
    return text("Multi-Hour Block Indicator", "Y where the hours of the block clear together or not at all, else N")


def _point(meaning: str) -> Column:
    return text("Settlement Point", meaning, required=True)


def _trader() -> Column:
    return qse("QSE Name", required=True)


def _trade_id(header: str, meaning: str) -> Column:
    return text(header, meaning, required=True)


def _path() -> tuple[Column, ...]:
    """Declare the trader and the two ends of a point-to-point product."""
    return (
        *hour_labels(),
        _trader(),
        text("Settlement Point Source", "Settlement point where the path starts", required=True),
        text("Settlement Point Sink", "Settlement point where the path ends", required=True),
    )


def _energy_curve(word: str, side: str) -> tuple[Column, ...]:
    """Declare an energy-only offer or bid with its curve."""
    lower = word.lower()
    return (
        *hour_labels(),
        _point(f"Settlement point where the entity would {side}"),
        _trader(),
        *curve(
            f"Energy Only {word} MW{{}}",
            f"Energy Only {word} Price{{}}",
            10,
            f"Quantity of the energy-only {lower}",
            f"Price of the energy-only {lower}",
            mw_facts=TRADED_MW,
            price_facts=OFFER_PRICE,
        ),
        _trade_id(f"Energy Only {word} ID", f"Id that the entity gave the {lower}"),
        _multi_hour(),
        text(
            "Block/Curve indicator",
            f"How the {lower} may clear: V and C for a curve, F and B for a block; an open list",
        ),
    )


def _energy_award(word: str, sign: str) -> tuple[Column, ...]:
    """Declare the award of an energy-only offer or bid."""
    lower = word.lower()
    return (
        *hour_labels(),
        _point(f"Settlement point of the {lower}"),
        _trader(),
        number(f"Energy Only {word} Award in MW", "MW", f"Awarded quantity; {sign}", **TRADED_MW),
        number("Settlement Point Price", "$/MWh", "Day-ahead price at the settlement point", **PLAUSIBLE_PRICE),
        _trade_id(f"{word} ID", f"Id that the entity gave the {lower}"),
    )


DAM_ENERGY_OFFERS = Dataset(
    id="dam_energy_offers",
    title="Day-ahead energy-only offers",
    emil=EMIL,
    sources=(Stem("60d_DAM_EnergyOnlyOffers"),),
    columns=_energy_curve("Offer", "sell"),
    key=("interval_start", "settlement_point", "qse", "energy_only_offer_id"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS)),
    mb_per_day=((NODAL_START, 1.0), (day("2020-01-01"), 3.0), (day("2024-01-01"), 6.0)),
    quirks=QUIRKS,
    **DAILY,
)

DAM_ENERGY_OFFER_AWARDS = Dataset(
    id="dam_energy_offer_awards",
    title="Day-ahead awards of energy-only offers",
    emil=EMIL,
    sources=(Stem("60d_DAM_EnergyOnlyOfferAwards"),),
    columns=_energy_award("Offer", "positive where energy is sold, 0 where nothing was awarded"),
    key=("interval_start", "settlement_point", "qse", "offer_id"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS)),
    mb_per_day=((NODAL_START, 0.25), (day("2020-01-01"), 0.7), (day("2024-01-01"), 1.8)),
    quirks=QUIRKS,
    **DAILY,
)

DAM_ENERGY_BIDS = Dataset(
    id="dam_energy_bids",
    title="Day-ahead energy bids",
    emil=EMIL,
    sources=(Stem("60d_DAM_EnergyBids"),),
    columns=_energy_curve("Bid", "buy"),
    key=("interval_start", "settlement_point", "qse", "energy_only_bid_id"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS)),
    mb_per_day=((NODAL_START, 1.5), (day("2020-01-01"), 4.0), (day("2024-01-01"), 9.0)),
    quirks=QUIRKS,
    **DAILY,
)

DAM_ENERGY_BID_AWARDS = Dataset(
    id="dam_energy_bid_awards",
    title="Day-ahead awards of energy bids",
    emil=EMIL,
    sources=(Stem("60d_DAM_EnergyBidAwards"),),
    columns=_energy_award("Bid", "negative, since energy is bought"),
    key=("interval_start", "settlement_point", "qse", "bid_id"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS)),
    mb_per_day=((NODAL_START, 0.3), (day("2020-01-01"), 0.9), (day("2022-01-01"), 1.5), (day("2024-01-01"), 2.1)),
    quirks=(*QUIRKS, "A bought quantity is negative, unlike the quantity of the bid; single awards are 0."),
    **DAILY,
)

DAM_PTP_BIDS = Dataset(
    id="dam_ptp_bids",
    title="Day-ahead bids for point-to-point obligations",
    emil=EMIL,
    sources=(Stem("60d_DAM_PTPObligationBids"),),
    columns=(
        *_path(),
        number("PtP Bid - MW", "MW", "Quantity of the bid", **TRADED_MW),
        number("PtP Bid - Price", "$/MWh", "Most that the bidder would pay for the price difference", **OFFER_PRICE),
        _trade_id("Bid ID", "Id that the entity gave the bid"),
        _multi_hour(),
    ),
    key=("interval_start", "qse", "settlement_point_source", "settlement_point_sink", "bid_id"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-03-02", NAMES)),
    mb_per_day=((NODAL_START, 5.0), (day("2018-01-01"), 10.0), (day("2024-01-01"), 16.0)),
    quirks=QUIRKS,
    **DAILY,
)

DAM_PTP_BID_AWARDS = Dataset(
    id="dam_ptp_bid_awards",
    title="Day-ahead awards of point-to-point obligations",
    emil=EMIL,
    sources=(Stem("60d_DAM_PTPObligationBidAwards"),),
    columns=(
        *_path(),
        number("PtP Bid Award - MW", "MW", "Awarded quantity", **TRADED_MW),
        number(
            "PtP Bid - Price", "$/MWh", "Price printed beside the award, taken to be what it cleared at", **OFFER_PRICE
        ),
        _trade_id("Bid ID", "Id that the entity gave the bid"),
    ),
    key=("interval_start", "qse", "settlement_point_source", "settlement_point_sink", "bid_id"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS)),
    mb_per_day=((NODAL_START, 2.0), (day("2018-01-01"), 4.0), (day("2024-01-01"), 6.0)),
    quirks=(*QUIRKS, "The price has the header of the bid's price, but reads as the price difference that cleared."),
    **DAILY,
)


def _option(prefix: str) -> tuple[Column, Column, Column]:
    """Declare quantity, price and id of an obligation that is linked to an option."""
    return (
        number("MW", "MW", f"{prefix} quantity", **TRADED_MW),
        number("Price", "$/MWh", f"{prefix} price of the price difference along the path", **OFFER_PRICE),
        _trade_id("Offer ID", "Id that the entity gave the offer"),
    )


def _revenue_right() -> Column:
    return text("CRR ID", "Congestion revenue right that the obligation is linked to")


OPTION_QUIRKS = (
    *QUIRKS,
    "It is not known what makes a row unique, so whole members replace each other.",
    "The name of the offers' member begins the name of the awards' member.",
)

DAM_PTP_OPTIONS = Dataset(
    id="dam_ptp_options",
    title="Day-ahead bids for point-to-point obligations with links to an option",
    emil=EMIL,
    sources=(Stem("60d_DAM_PTP_Obligation_Option"),),
    columns=(*_path(), *_option("Offered"), _multi_hour(), _revenue_right()),
    key=(),
    order=("interval_start", "qse", "settlement_point_source", "settlement_point_sink", "offer_id", "crr_id"),
    first_day=LINKED_OPTIONS_START,
    evidence=rests_on(("2013-02-14", DERIVED), ("2014-03-02", EXCERPTS)),
    mb_per_day=((LINKED_OPTIONS_START, 0.4),),
    quirks=OPTION_QUIRKS,
    **DAILY,
)

DAM_PTP_OPTION_AWARDS = Dataset(
    id="dam_ptp_option_awards",
    title="Day-ahead awards of point-to-point obligations with links to an option",
    emil=EMIL,
    sources=(Stem("60d_DAM_PTP_Obligation_OptionAwards"),),
    columns=(*_path(), *_option("Awarded"), _revenue_right()),
    key=(),
    order=("interval_start", "qse", "settlement_point_source", "settlement_point_sink", "offer_id", "crr_id"),
    first_day=LINKED_OPTIONS_START,
    evidence=rests_on(("2013-02-14", DERIVED), ("2014-03-02", NAMES), ("2026-07-09", EXCERPTS)),
    mb_per_day=((LINKED_OPTIONS_START, 0.3),),
    quirks=(*OPTION_QUIRKS, "Rows of options that were awarded nothing have a quantity of 0; a price may be negative."),
    **DAILY,
)

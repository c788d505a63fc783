"""The yearly histories on ERCOT's public pages: prices of hubs, load zones and ancillary services, a year a file.

They say again what the daily reports said, so reconciliation holds the two against each other (`relations`). The
real-time history was not seen: its columns are those that ERCOT announced and that others read.
"""

from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import DERIVED, NAMES, WHOLE, rests_on
from ercot.catalog.model import Cdr, Dataset, DayFrom, NameDay, delivery_date, dst_flag, hour_ending, number, text
from ercot.catalog.reports.market.prices import NODAL_START, PLAUSIBLE_MCPC, PLAUSIBLE_PRICE
from ercot.catalog.reports.shared import ECRS_START, SERVICES, delivery_interval

HUB_OR_ZONE = "Trading hub or load zone that the price is for"
YEARLY = {"day_from": DayFrom.ROWS, "first_day": NODAL_START}
QUIRKS = (
    "A year is published again, growing, under the same name; a name without a stamp is as late as its newest row.",
    "March is labelled 01:00, 02:00, 04:00 and November 02:00 N, 02:00 Y.",
)


def _price(meaning: str):
    return number(
        "Settlement Point Price",
        "$/MWh",
        meaning,
        name="settlement_point_price",
        required=True,
        **PLAUSIBLE_PRICE,
    )


def _service(header: str, **days):
    meaning = f"Market clearing price for capacity of {SERVICES[header.strip()]}"
    return number(header, "$/MW per h", meaning, **PLAUSIBLE_MCPC, **days)


DAM_SPP_YEARLY = Dataset(
    id="dam_spp_yearly",
    title="Day-ahead settlement point prices of hubs and load zones, by year",
    emil="NP4-180-ER",
    sources=(Cdr(13060, NameDay.YEAR, "DAMLZHBSPP"),),
    clock=Clock.HOUR,
    columns=(
        delivery_date("Delivery Date"),
        hour_ending("Hour Ending"),
        dst_flag("Repeated Hour Flag"),
        text("Settlement Point", HUB_OR_ZONE, name="settlement_point", required=True),
        _price("Day-ahead price of the hour"),
    ),
    key=("interval_start", "settlement_point"),
    mb_per_day=((NODAL_START, 0.013),),
    quirks=("A workbook (xlsx) with a sheet a month.", *QUIRKS),
    evidence=rests_on(("2010-12-01", DERIVED), ("2015-01-01", WHOLE)),
    **YEARLY,
)

RT_SPP_YEARLY = Dataset(
    id="rt_spp_yearly",
    title="Real-time settlement point prices of hubs and load zones, by year",
    emil="NP6-785-ER",
    sources=(Cdr(13061, NameDay.YEAR, "RTMLZHBSPP"),),
    clock=Clock.QUARTER_HOUR,
    columns=(
        delivery_date("Delivery Date"),
        hour_ending("Delivery Hour"),
        delivery_interval("Delivery Interval"),
        dst_flag("Repeated Hour Flag"),
        text("Settlement Point Name", HUB_OR_ZONE, name="settlement_point", required=True),
        text(
            "Settlement Point Type",
            "Kind of point, as in the real-time prices",
            name="settlement_point_type",
            required=True,
        ),
        _price("Price of the quarter hour"),
    ),
    key=("interval_start", "settlement_point", "settlement_point_type"),
    mb_per_day=((NODAL_START, 0.13),),
    quirks=(
        "A workbook (xlsx) with a sheet a month.",
        "At first without price corrections, and without the flag of the repeated hour.",
        *QUIRKS,
    ),
    evidence=rests_on(("2010-12-01", NAMES)),
    **YEARLY,
)

DAM_MCPC_YEARLY = Dataset(
    id="dam_mcpc_yearly",
    title="Day-ahead clearing prices for ancillary-service capacity, by year",
    emil="NP4-181-ER",
    sources=(Cdr(13091, NameDay.YEAR, "DAMASMCPC"),),
    clock=Clock.HOUR,
    columns=(
        delivery_date("Delivery Date"),
        hour_ending("Hour Ending"),
        dst_flag("Repeated Hour Flag"),
        _service("REGDN"),
        _service("REGUP "),
        _service("RRS"),
        _service("NSPIN"),
        _service("ECRS", since=ECRS_START),
    ),
    key=("interval_start",),
    mb_per_day=((NODAL_START, 0.0009),),
    quirks=("One column a service.", *QUIRKS),
    one_of=("regdn", "regup", "rrs", "nspin", "ecrs"),
    evidence=rests_on(("2010-12-01", DERIVED), ("2015-01-01", WHOLE), ("2023-06-10", DERIVED)),
    **YEARLY,
)

"""What several families of reports share: the days on which ERCOT's headers changed, and columns that recur."""

from ercot.catalog.clocks import Clock
from ercot.catalog.model import (
    Column,
    DayFrom,
    day,
    delivery_date,
    hour_ending,
    integer,
    number,
    repeated_hour_flag,
    run_stamp,
    text,
)

# Operating days on which headers changed; the days marked "about" are not known to the day.
NODAL = "2010-12-01"
QSE_SHOWN = "2016-01-01"  # about: QSE and DME join the resource reports
RRS_SPLIT = "2022-10-14"  # responsive reserve is split into primary, fast and under-frequency response
RRS_WHOLE = "2022-10-13"
ECRS_START = "2023-06-10"
SOC_START = "2024-06-28"  # storage shows its state of charge in the operating plans
BEFORE_RTC = "2025-12-04"
RTC = "2025-12-05"  # real-time co-optimization of energy and ancillary services
RTC_DAM = "2025-12-06"  # the first day-ahead market after it

# Plausible bounds, wide enough for everything that has been published.
RESOURCE_MW = {"low": -5000.0, "high": 5000.0}
AWARDED_MW = {"low": -1.0, "high": 5000.0}
ARRANGED_MW = RESOURCE_MW  # trades make own supply negative: a whole file of 2025 holds 1,428 values down to -49 MW
TRADED_MW = {"low": -50000.0, "high": 50000.0}
OFFER_PRICE = {"low": -10000.0, "high": 10000.0}
CAPACITY_OFFER_PRICE = {"low": -10000.0, "high": 30000.0}
CHARGE_MWH = {"low": -100.0, "high": 20000.0}

# The ancillary services as ERCOT abbreviates them, report by report.
SERVICES = {
    "REGUP": "regulation up",
    "REGDN": "regulation down",
    "REGDOWN": "regulation down",
    "RRS": "responsive reserve",
    "RRSPFR": "responsive reserve from primary frequency response",
    "RRSFFR": "responsive reserve from fast frequency response",
    "RRSUFR": "responsive reserve from loads on under-frequency relays",
    "ECRS": "contingency reserve (ECRS)",
    "OFFEC": "contingency reserve (ECRS) from offline units",
    "NSPIN": "non-spinning reserve",
    "ONLINE NONSPIN": "non-spinning reserve from online resources",
    "OFFLINE NONSPIN": "non-spinning reserve from offline units",
}

NAMED_SIXTY_DAYS_LATER = (
    "The date in the member's name is its publication, sixty days after the operating day; rows decide."
)
HOURS_WITHOUT_FLAG = "No flag marks the repeated hour: the long November day is taken to number its hours 1..25."

# What the hourly and the SCED members of the disclosures have in common, as fields of a dataset.
HOURLY_DISCLOSURE = {"clock": Clock.HOUR, "day_from": DayFrom.FIRST_ROW}
RUN_DISCLOSURE = {
    "clock": Clock.RUN,
    "day_from": DayFrom.FIRST_ROW,
    "run_minutes": ((day(NODAL), 15), (day(RTC), 5)),
}


def hour_labels() -> tuple[Column, ...]:
    """Declare the time labels of an hourly member."""
    return (delivery_date("Delivery Date"), hour_ending("Hour Ending"))


def run_labels(stamp: str = "SCED Time Stamp") -> tuple[Column, ...]:
    """Declare the time labels of a SCED member."""
    return (run_stamp(stamp), repeated_hour_flag("Repeated Hour Flag"))


def delivery_interval(header: str = "DeliveryInterval") -> Column:
    """Declare the quarter of the hour."""
    return integer(header, "Quarter of the hour, 1..4", name="delivery_interval", required=True, low=1, high=4)


def qse(header: str = "QSE", **facts) -> Column:
    """Declare the qualified scheduling entity."""
    return text(header, "Qualified scheduling entity that represents the resource or trader", name="qse", **facts)


def dme(**facts) -> Column:
    """Declare the decision-making entity."""
    return text("DME", "Decision-making entity that controls the resource's offers; often blank", **facts)


def resource_name(header: str = "Resource Name", meaning: str = "Resource as registered with ERCOT", **facts) -> Column:
    """Declare the resource that a row is about."""
    return text(header, meaning, name="resource_name", required=True, **facts)


def capacity_price(header: str, meaning: str, **facts) -> Column:
    """Declare a price for ancillary-service capacity."""
    return number(header, "$/MW per h", meaning, **facts)


def service_quantities(pattern: str, services: str, meaning: str, **facts) -> list[Column]:
    """Declare one MW column a service; ``{}`` is the abbreviation in the header, the service in the meaning."""
    return [number(pattern.format(s), "MW", meaning.format(SERVICES[s]), **facts) for s in services.split()]


def curve(
    mw: str,
    price: str,
    points: int,
    mw_meaning: str,
    price_meaning: str,
    *,
    first=1,
    mw_facts=None,
    price_facts=None,
    **facts,
) -> list[Column]:
    """Declare the points of an offer or bid curve, MW and price interleaved; ``{}`` is the point's number.

    ``facts`` hold for both columns of a point, ``mw_facts`` and ``price_facts`` for one.
    """
    pairs = [
        (
            number(mw.format(i), "MW", f"{mw_meaning}, point {i}", **(mw_facts or {}), **facts),
            number(price.format(i), "$/MWh", f"{price_meaning}, point {i}", **(price_facts or {}), **facts),
        )
        for i in range(first, points + 1)
    ]
    return [column for pair in pairs for column in pair]


# Products of an ancillary-service offer in ERCOT's order, with the days on which offers had them.
OFFERED_PRODUCTS = {
    "RRSPFR": {"since": RRS_SPLIT},
    "RRSFFR": {"since": RRS_SPLIT},
    "RRSUFR": {"since": RRS_SPLIT},
    "ECRS": {"since": ECRS_START},
    "OFFEC": {"since": ECRS_START},
    "ONLINE NONSPIN": {},
    "REGUP": {},
    "REGDOWN": {},
    "OFFLINE NONSPIN": {},
}
ALL_PRODUCTS = {product: {} for product in OFFERED_PRODUCTS}  # of reports that are known since all products exist


def capacity_offer(products: dict[str, dict], blocks: int = 5) -> list[Column]:
    """Declare the blocks of an ancillary-service offer: kind of block, a price for each product, the quantity."""
    columns = []
    for i in range(1, blocks + 1):
        columns.append(text(f"BLOCK INDICATOR{i}", f"Whether block {i} may clear in part (V) or only as a whole (F)"))
        for product, days in products.items():
            meaning = f"Offered price of {SERVICES[product]}, block {i}; blank where not offered"
            columns.append(capacity_price(f"PRICE{i} {product}", meaning, **CAPACITY_OFFER_PRICE, **days))
        meaning = f"Capacity of block {i}, shared by all products priced in it"
        columns.append(number(f"QUANTITY MW{i}", "MW", meaning, **AWARDED_MW))
    return columns

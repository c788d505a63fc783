"""Current operating plans: what entities said their resources would do, hour by hour."""

from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, rests_on
from ercot.catalog.model import (
    Column,
    Coverage,
    Dataset,
    NameDay,
    Stem,
    day,
    delivery_date,
    hour_ending,
    naive_stamp,
    number,
    text,
)
from ercot.catalog.reports.market.prices import NODAL_START
from ercot.catalog.reports.shared import (
    CHARGE_MWH,
    ECRS_START,
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    RESOURCE_MW,
    RRS_SPLIT,
    RRS_WHOLE,
    SERVICES,
    SOC_START,
    qse,
    resource_name,
)

UPDATES_START = day("2018-12-01")


def _limit(header: str, meaning: str) -> Column:
    return number(header, "MW", meaning, **RESOURCE_MW)


def _reserve(header: str, service: str, **facts) -> Column:
    return number(header, "MW", f"Capacity planned for {SERVICES[service]}", **RESOURCE_MW, **facts)


def _charge(header: str, meaning: str) -> Column:
    return number(header, "MWh", f"{meaning}; 0 or blank for other resources", since=SOC_START, **CHARGE_MWH)


PLAN = (
    delivery_date("Delivery Date"),
    qse("QSE Name"),
    resource_name(),
    hour_ending("Hour Ending"),
    text("Status", "Planned status, such as ON, OFF, OUT or ONREG: an open list"),
    _limit("High Sustained Limit", "Planned high sustained limit"),
    _limit("Low Sustained Limit", "Planned low sustained limit"),
    _limit("High Emergency Limit", "Planned limit in an emergency; may be 0"),
    _limit("Low Emergency Limit", "Planned lower limit in an emergency; may be 0"),
    _reserve("Reg Up", "REGUP"),
    _reserve("Reg Down", "REGDN"),
    _reserve("RRS", "RRS", until=RRS_WHOLE),
    _reserve("RRSPFR", "RRSPFR", since=RRS_SPLIT),
    _reserve("RRSFFR", "RRSFFR", since=RRS_SPLIT),
    _reserve("RRSUFR", "RRSUFR", since=RRS_SPLIT),
    _reserve("NSPIN", "NSPIN"),
    _reserve("ECRS", "ECRS", since=ECRS_START),
    _charge("Minimum SOC", "Least energy that the storage plans to hold"),
    _charge("Maximum SOC", "Most energy that the storage plans to hold"),
    _charge("Hour Beginning Planned SOC", "Energy that the storage plans to hold as the hour begins"),
)

COP_SNAPSHOT = Dataset(
    id="cop_snapshot",
    title="Operating plans as they stood at the end of the adjustment period",
    emil="NP1-301",
    sources=(Stem("60d_COP_Adjustment_Period_Snapshot"), Stem("CompleteCOP", NameDay.OPERATING)),
    columns=PLAN,
    key=("interval_start", "resource_name"),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED),
        ("2014-03-02", EXCERPTS),
        ("2022-10-14", NAMES),
        ("2023-06-10", NAMES),
        ("2024-06-28", EXCERPTS),
    ),
    mb_per_day=((NODAL_START, 2.0), (day("2015-01-01"), 2.3), (day("2020-01-01"), 4.0), (day("2024-01-01"), 5.5)),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        HOURS_WITHOUT_FLAG,
        "Until 2022-10-13 the files are named CompleteCOP_MMDDYYYY, by the operating day.",
        "Files of September to December 2014 have no header row.",
        "A resource may pass to another entity within a day; each hour has one plan.",
    ),
    **HOURLY_DISCLOSURE,
)

COP_UPDATES = Dataset(
    id="cop_updates",
    title="All updates of operating plans",
    emil="NP3-991-EX",
    sources=(Stem("60d_COP_All_Updates"), Stem("60d_Complete_COP")),
    coverage=Coverage.DAYS,
    columns=(
        *PLAN,
        text("Cancel Flag", "Y where the update withdrew the plan, else N"),
        naive_stamp("Update Time", "When ERCOT took over the update", required=True),
        naive_stamp("Submit Time", "When the entity submitted the plan", required=True),
    ),
    key=("interval_start", "resource_name", "update_time_cpt", "submit_time_cpt"),
    first_day=UPDATES_START,
    evidence=rests_on(("2018-12-01", EXCERPTS), ("2022-10-14", DERIVED), ("2024-06-28", EXCERPTS)),
    mb_per_day=((UPDATES_START, 40.0), (day("2024-01-01"), 80.0)),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        HOURS_WITHOUT_FLAG,
        "Old files print update and submit time to the minute only, 12/3/2018 11:41.",
        "Update and submit time have no flag: in the repeated November hour they cannot be told apart.",
        "The zip is named 60_Day_COP_Disclosure since 2020 at least; its member was still 60d_Complete_COP then.",
    ),
    **HOURLY_DISCLOSURE,
)

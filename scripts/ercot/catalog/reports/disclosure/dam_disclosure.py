"""Day-ahead disclosure, sixty days later: what resources offered and were awarded, and self-arranged services."""

from ercot.catalog.evidence import DERIVED, EXCERPTS, NAMES, rests_on
from ercot.catalog.model import Column, Coverage, Dataset, Stem, day, number, text
from ercot.catalog.reports.market.prices import NODAL_START, PLAUSIBLE_MCPC, PLAUSIBLE_PRICE
from ercot.catalog.reports.shared import (
    ARRANGED_MW,
    AWARDED_MW,
    ECRS_START,
    HOURLY_DISCLOSURE,
    HOURS_WITHOUT_FLAG,
    NAMED_SIXTY_DAYS_LATER,
    OFFER_PRICE,
    QSE_SHOWN,
    RESOURCE_MW,
    RRS_SPLIT,
    RRS_WHOLE,
    RTC_DAM,
    SERVICES,
    capacity_price,
    curve,
    dme,
    hour_labels,
    qse,
    resource_name,
)

EMIL = "NP3-966-ER"

QUIRKS = (
    NAMED_SIXTY_DAYS_LATER,
    HOURS_WITHOUT_FLAG,
    "An empty award means that nothing was awarded; it is not a zero.",
    "Fields are quoted to the files of 2025, mostly not in those of 2026; an empty quote is null.",
)
BATTERY_QUIRK = "Batteries were renamed when they became single resources on 2025-12-05: no name runs through."


def _awarded(header: str, service: str, **facts) -> Column:
    """Declare the award of one service."""
    return number(f"{header} Awarded", "MW", f"Day-ahead award of {SERVICES[service]}", **AWARDED_MW, **facts)


def _mcpc(header: str, service: str, **facts) -> Column:
    """Declare the clearing price that is repeated beside an award."""
    meaning = f"Day-ahead clearing price of {SERVICES[service]}, the same for all resources"
    return capacity_price(f"{header} MCPC", meaning, **PLAUSIBLE_MCPC, **facts)


def _awards(*, split_only: bool = False, from_load: bool = False) -> tuple[Column, ...]:
    """Declare awards and clearing prices in ERCOT's order; load resources have one kind of ECRS more."""
    split = {} if split_only else {"since": RRS_SPLIT}
    ecrs = {} if split_only else {"since": ECRS_START}
    dispatched = number(
        "ECRSSD Awarded",
        "MW",
        "Day-ahead award of contingency reserve (ECRS) that SCED dispatches",
        **AWARDED_MW,
        **ecrs,
    )
    manual = number(
        "ECRSMD Awarded", "MW", "Day-ahead award of contingency reserve (ECRS) deployed by hand", **AWARDED_MW, **ecrs
    )
    return (
        _awarded("RegUp", "REGUP"),
        _mcpc("RegUp", "REGUP"),
        _awarded("RegDown", "REGDN"),
        _mcpc("RegDown", "REGDN"),
        *(() if split_only else (_awarded("RRS", "RRS", until=RRS_WHOLE),)),
        _awarded("RRSPFR", "RRSPFR", **split),
        _awarded("RRSFFR", "RRSFFR", **split),
        _awarded("RRSUFR", "RRSUFR", **split),
        _mcpc("RRS", "RRS"),
        dispatched,
        *((manual,) if from_load else ()),
        _mcpc("ECRS", "ECRS", **ecrs),
        _awarded("NonSpin", "NSPIN"),
        _mcpc("NonSpin", "NSPIN"),
    )


def _resource_hour(*, storage: bool = False) -> tuple[Column, ...]:
    """Declare the header that generation and storage members share."""
    owner = {} if storage else {"since": QSE_SHOWN}
    cost = {"low": -100_000.0, "high": 10_000_000.0}
    return (
        *hour_labels(),
        qse(**owner),
        dme(**owner),
        resource_name(),
        text("Resource Type", "Technology, such as PVGR, WIND, CCGT90, NUC or ESR"),
        *curve(
            "QSE submitted Curve-MW{}",
            "QSE submitted Curve-Price{}",
            10,
            "Output of the submitted energy offer curve, negative for charging",
            "Price of the submitted energy offer curve",
            mw_facts=RESOURCE_MW,
            price_facts=OFFER_PRICE,
        ),
        number("Start Up Hot", "$ per start", "Offered cost of a hot start", **cost),
        number("Start Up Inter", "$ per start", "Offered cost of a start at intermediate temperature", **cost),
        number("Start Up Cold", "$ per start", "Offered cost of a cold start", **cost),
        number("Min Gen Cost", "$/MWh", "Offered cost of energy at the low sustained limit"),
        number("HSL", "MW", "High sustained limit of the operating plan", **RESOURCE_MW),
        number(
            "LSL", "MW", "Low sustained limit of the operating plan, negative where storage can charge", **RESOURCE_MW
        ),
        text("Resource Status", "Status of the operating plan, such as ON, OFF, OUT or ONTEST: an open list"),
        number("Awarded Quantity", "MW", "Day-ahead energy award, negative for charging", **RESOURCE_MW),
        text("Settlement Point Name", "Resource node where the resource settles", name="settlement_point"),
        number("Energy Settlement Point Price", "$/MWh", "Day-ahead price at that node", **PLAUSIBLE_PRICE),
        *_awards(split_only=storage),
    )


DAM_GEN = Dataset(
    id="dam_gen",
    title="Day-ahead offers and awards of generation resources",
    emil=EMIL,
    sources=(Stem("60d_DAM_Gen_Resource_Data"),),
    columns=_resource_hour(),
    key=("interval_start", "resource_name"),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS), ("2016-01-01", DERIVED), ("2023-06-10", EXCERPTS)
    ),
    mb_per_day=((NODAL_START, 4.0), (day("2019-01-01"), 5.0), (day("2021-01-01"), 6.5), (day("2024-01-01"), 8.2)),
    quirks=(
        *QUIRKS,
        "A row for every resource and hour, awarded or not.",
        "Each configuration of a combined-cycle plant is a separate resource.",
        "QSE and DME came in a year that is not known; until then the header starts with the resource.",
        BATTERY_QUIRK,
    ),
    **HOURLY_DISCLOSURE,
)

DAM_ESR = Dataset(
    id="dam_esr",
    title="Day-ahead offers and awards of energy storage resources",
    emil=EMIL,
    sources=(Stem("60d_DAM_ESR_Data"),),
    columns=_resource_hour(storage=True),
    key=("interval_start", "resource_name"),
    first_day=day(RTC_DAM),
    evidence=rests_on(("2025-12-06", EXCERPTS)),
    mb_per_day=((day(RTC_DAM), 2.0),),
    quirks=(*QUIRKS, "The header is that of generation; the two differ only in the member's name.", BATTERY_QUIRK),
    **HOURLY_DISCLOSURE,
)

DAM_LOAD = Dataset(
    id="dam_load",
    title="Day-ahead ancillary-service awards of load resources",
    emil=EMIL,
    sources=(Stem("60d_DAM_Load_Resource_Data"),),
    columns=(
        *hour_labels(),
        resource_name("Load Resource Name", "Load resource as registered with ERCOT"),
        number(
            "Max Power Consumption for Load Resource", "MW", "Consumption at most, by the operating plan", **RESOURCE_MW
        ),
        number(
            "Low Power Consumption for Load Resource",
            "MW",
            "Consumption at least, by the operating plan",
            **RESOURCE_MW,
        ),
        *_awards(from_load=True),
    ),
    key=("interval_start", "resource_name"),
    first_day=NODAL_START,
    evidence=rests_on(("2010-12-01", DERIVED), ("2023-06-10", EXCERPTS)),
    mb_per_day=((NODAL_START, 0.4), (day("2023-01-01"), 1.4), (day("2024-01-01"), 1.5)),
    quirks=(
        *QUIRKS,
        "There is no energy award: until 2025-12-05 the charging of batteries shows only among the energy bids.",
        BATTERY_QUIRK,
    ),
    **HOURLY_DISCLOSURE,
)


def _self_arranged(header: str, service: str, **facts) -> Column:
    meaning = f"Own supply of {service} that the entity brings for its obligation; negative where it was traded away"
    return number(f"Total Self-Arranged AS {header}", "MW", meaning, **ARRANGED_MW, **facts)


DAM_SELF_ARRANGED_AS = Dataset(
    id="dam_self_arranged_as",
    title="Ancillary services that entities arranged themselves, day-ahead",
    emil=EMIL,
    sources=(Stem("60d_DAM_QSE_Self_Arranged_AS"),),
    coverage=Coverage.DAYS,
    columns=(
        *hour_labels(),
        qse(required=True),
        _self_arranged("RegUp", SERVICES["REGUP"]),
        _self_arranged("RegDown", SERVICES["REGDN"]),
        _self_arranged("NonSpin", SERVICES["NSPIN"]),
        _self_arranged("RRS for Gen", "responsive reserve from generation", until=RRS_WHOLE),
        _self_arranged("RRS for CLR", "responsive reserve from controllable loads", until=RRS_WHOLE),
        _self_arranged("RRS for NCLR", "responsive reserve from non-controllable loads", until=RRS_WHOLE),
        _self_arranged("NSPNM", "non-spinning reserve that is deployed by hand", since=ECRS_START),
        _self_arranged("RRSPFR", SERVICES["RRSPFR"], since=RRS_SPLIT),
        _self_arranged("RRSFFR", SERVICES["RRSFFR"], since=RRS_SPLIT),
        _self_arranged("RRSUFR", SERVICES["RRSUFR"], since=RRS_SPLIT),
        _self_arranged("ECRSSD", "contingency reserve (ECRS) that SCED dispatches", since=ECRS_START),
        _self_arranged("ECRSMD", "contingency reserve (ECRS) that is deployed by hand", since=ECRS_START),
    ),
    key=("interval_start", "qse"),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS), ("2022-10-14", DERIVED), ("2023-06-10", NAMES)
    ),
    mb_per_day=((NODAL_START, 0.1),),
    quirks=QUIRKS,
    **HOURLY_DISCLOSURE,
)

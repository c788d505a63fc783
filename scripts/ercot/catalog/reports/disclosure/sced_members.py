"""SCED disclosure, the smaller members: metered output, self-arrangement, overrides."""

from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import DERIVED, EXCERPTS, WHOLE, rests_on
from ercot.catalog.model import Column, Coverage, Dataset, DayFrom, Stem, day, integer, naive_stamp, number, text
from ercot.catalog.reports.market.prices import NODAL_START, RTC_START
from ercot.catalog.reports.shared import (
    ARRANGED_MW,
    BEFORE_RTC,
    ECRS_START,
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

EMIL = "NP3-965-ER"

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
    evidence=rests_on(("2010-12-01", DERIVED), ("2014-03-02", EXCERPTS)),
    mb_per_day=((NODAL_START, 3.0), (day("2020-01-01"), 5.0), (RTC_START, 7.8)),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "Stamps end a second early, at 00:14:59; in the repeated hour the quarter hours differ only in the number.",
        "Quarter hours remain after the change of 2025-12-05 that turned the other members to every SCED run.",
    ),
)


def _arranged(header: str, service: str, **facts) -> Column:
    meaning = f"Own supply of {service} at the run; often blank, negative where it was traded away"
    return number(header, "MW", meaning, **ARRANGED_MW, **facts)


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
        _arranged(
            "ECRSM",
            "contingency reserve (ECRS) that is deployed by hand",
            since=ECRS_START,
            aliases=("ECRSM ",),
        ),
    ),
    key=("sced_timestamp", "qse"),
    first_day=NODAL_START,
    evidence=rests_on(
        ("2010-12-01", DERIVED),
        ("2014-03-02", EXCERPTS),
        ("2022-10-14", DERIVED),
        ("2023-06-10", EXCERPTS),
        ("2025-02-09", WHOLE),
    ),
    mb_per_day=((NODAL_START, 0.6), (RTC_START, 1.8)),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "Single files of 2019 and 2023 print blanks before the colons of the stamp, 12/02/2019 00 :00 :22.",
        "The member goes on after 2025-12-05, with the same columns.",
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
    evidence=rests_on(("2010-12-01", DERIVED), ("2025-02-09", WHOLE)),
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
    evidence=rests_on(("2010-12-01", DERIVED), ("2024-04-08", EXCERPTS), ("2025-02-09", WHOLE)),
    mb_per_day=((NODAL_START, 0.01),),
    quirks=(
        NAMED_SIXTY_DAYS_LATER,
        "Most files hold only the header, and are valid.",
        "The limits of one resource may be overridden for several reasons, so no key is declared.",
    ),
    **RUN_DISCLOSURE,
)

SCED_AS_CAPABILITY_OVERRIDES = Dataset(
    id="sced_as_capability_overrides",
    title="Ancillary-service capabilities that operators overrode",
    emil=EMIL,
    sources=(Stem("60d_AS_Capability_ManOverride"),),
    coverage=Coverage.EVENTS,
    columns=(
        *run_labels("SCED Timestamp"),
        naive_stamp("Start Timestamp", "When the override began"),
        naive_stamp("End Timestamp", "When the override ends"),
        text("Participant Name", "Market participant that the resource belongs to"),
        resource_name(),
        text("AS Type", "Ancillary service that is limited", name="ancillary_type", required=True),
        number("AS Capability Limit", "MW", "Most that the resource may provide of the service", **RESOURCE_MW),
        number("Derated Qty", "MW", "Capability that the override takes away", **RESOURCE_MW),
        text("Reason Code", "Why the capability was overridden; mostly blank"),
    ),
    key=(),
    order=("sced_timestamp", "resource_name", "ancillary_type"),
    first_day=RTC_START,
    evidence=rests_on(("2025-12-05", DERIVED), ("2026-04-15", EXCERPTS)),
    mb_per_day=((RTC_START, 0.05),),
    quirks=(NAMED_SIXTY_DAYS_LATER, "It is not known what makes a row unique, so whole members replace each other."),
    **RUN_DISCLOSURE,
)

"""What must agree across reports: prices that one report quotes from another, averages, names of points and resources.

Only relations that ERCOT's documents or files support are declared; each says why it holds and how close it must be.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ercot.catalog import DATASETS
from ercot.catalog.clocks import Clock
from ercot.catalog.model import Coverage, day

CENT = 0.01  # $: both sides are printed to the cent


@dataclass(frozen=True)
class Quote:
    """A price that a report repeats from the report that publishes it."""

    dataset: str
    column: str
    of: str  # the dataset that publishes the price
    price: str  # its column; the price as first published (``…_original``) is accepted too
    on: tuple[str, ...]  # columns that both share and that name one price
    reason: str
    only: tuple[str, str] | None = None  # column of the publishing dataset, and the value that is quoted
    spellings: tuple[tuple[str, str], ...] = ()  # how the quoting report names what the other names otherwise
    tolerance: float = CENT

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that must be there for the relation to mean anything."""
        return (self.dataset, self.of)


@dataclass(frozen=True)
class History:
    """A price that a yearly report says again, of the days that the daily report has too.

    Each must have the same prices of the same hours, of the entities that the yearly report prints.
    """

    dataset: str
    column: str
    of: str  # the daily report
    price: str  # its column; the price as first published (``…_original``) is accepted too
    entity: tuple[str, ...]  # columns of both that say whose price it is
    reason: str
    only: tuple[str, str] | None = None  # column of the daily report, and the value that the yearly column is of
    tolerance: float = CENT / 2  # both print the same price, to the cent

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that must be there for the relation to mean anything."""
        return (self.dataset, self.of)


@dataclass(frozen=True)
class Adder:
    """What may come on top of an average from an operating day on."""

    since: date
    low: float
    high: float
    what: str


@dataclass(frozen=True)
class Average:
    """A price of an interval that is an average of the runs in it, plus an adder that is the same for all entities.

    The weights are time and energy. Energy is not published, so the price is held against the lowest and the highest
    run of its interval, and the adder against what the prices of most entities leave room for.
    """

    dataset: str
    column: str
    of: str
    price: str
    entity: str
    adders: tuple[Adder, ...]
    least: float  # $/MWh: the average is never settled below
    reason: str
    tolerance: float = 2 * CENT

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that must be there for the relation to mean anything."""
        return (self.dataset, self.of)

    def adder_on(self, operating_day: date) -> Adder:
        """Return the adder of an operating day."""
        return next((a for a in reversed(self.adders) if a.since <= operating_day), self.adders[0])


@dataclass(frozen=True)
class Named:
    """Names that must be among those of other reports of the same operating day."""

    dataset: str
    column: str
    of: tuple[str, ...]  # the datasets that list the names, each with a column of the same name
    reason: str
    where: tuple[str, ...] = ()  # only rows that have a value in one of these columns; () for all rows

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that must be there for the relation to mean anything."""
        return (self.dataset, *self.of)


@dataclass(frozen=True)
class EraName:
    """A hub, load zone or DC tie, with the operating days on which it must be priced and those on which it may be."""

    name: str
    since: date | None = None
    until: date | None = None
    first: date | None = None  # where it may come before `since`
    last: date | None = None  # where it may stay after `until`

    def must_be_on(self, operating_day: date) -> bool:
        """Say whether the name has a price on an operating day for certain."""
        return _within(operating_day, self.since, self.until)

    def may_be_on(self, operating_day: date) -> bool:
        """Say whether the name may have a price on an operating day."""
        return _within(operating_day, self.first or self.since, self.last or self.until)


Relation = Quote | History | Average | Named


def _within(operating_day: date, since: date | None, until: date | None) -> bool:
    return (since is None or since <= operating_day) and (until is None or operating_day <= until)


NAME_PREFIXES = ("HB_", "LZ_", "DC_")  # no resource node has a name that begins so
ERA_NAMES = (
    *map(EraName, ("HB_BUSAVG", "HB_HOUSTON", "HB_HUBAVG", "HB_NORTH", "HB_SOUTH", "HB_WEST")),
    EraName("HB_PAN", since=day("2019-04-06"), first=day("2019-04-05")),  # real time came a day before day-ahead
    *map(EraName, ("LZ_AEN", "LZ_CPS", "LZ_HOUSTON", "LZ_LCRA", "LZ_NORTH", "LZ_RAYBN", "LZ_SOUTH", "LZ_WEST")),
    *map(EraName, ("DC_E", "DC_L", "DC_N", "DC_R")),
    EraName(
        "DC_S", until=day("2020-03-22"), last=day("2025-12-31")
    ),  # out of service for good; the last day is not known
)
NAMED_BY_ERA = ("dam_spp", "rt_spp", "rt_lmp")  # the reports that price every hub, zone and tie

ADDERS = (
    Adder(day("2010-12-01"), 0.0, 0.0, "no adder"),
    Adder(day("2014-06-01"), 0.0, 9000.0, "reserve adder, later also the reliability deployment adder"),
    Adder(day("2022-01-01"), 0.0, 5000.0, "reserve and reliability deployment adders"),
    Adder(day("2025-12-05"), 0.0, 5000.0, "reliability deployment adder"),
)

_AT_POINT = ("interval_start", "settlement_point")
_SETTLES = "The disclosure repeats the day-ahead price of the hour at that settlement point."
_SYSTEM_WIDE = "The clearing price of a service is one for the whole system and hour."

_SERVICES = {
    "regup_mcpc": "REGUP",
    "regdown_mcpc": "REGDN",
    "rrs_mcpc": "RRS",
    "ecrs_mcpc": "ECRS",
    "nonspin_mcpc": "NSPIN",
}
_AWARDED = (
    "awarded_quantity regup_awarded regdown_awarded rrspfr_awarded rrsffr_awarded rrsufr_awarded ecrssd_awarded "
    "nonspin_awarded"
)


def _settled(dataset: str, column: str) -> Quote:
    return Quote(dataset, column, "dam_spp", "settlement_point_price", _AT_POINT, _SETTLES)


def _cleared(dataset: str) -> tuple[Quote, ...]:
    return tuple(
        Quote(dataset, column, "dam_mcpc", "mcpc", ("interval_start",), _SYSTEM_WIDE, ("ancillary_type", service))
        for column, service in _SERVICES.items()
    )


def _repeated(dataset: str, of: str, *entity: str) -> History:
    reason = "The yearly report repeats the prices of the daily one, as first published or as corrected."
    return History(dataset, "settlement_point_price", of, "settlement_point_price", entity, reason)


def _listed(dataset: str, *of: str) -> Named:
    return Named(dataset, "resource_name", of, "The resource files list every resource, awarded or not.")


RELATIONS: tuple[Relation, ...] = (
    _settled("dam_gen", "energy_settlement_point_price"),
    _settled("dam_esr", "energy_settlement_point_price"),
    _settled("dam_energy_offer_awards", "settlement_point_price"),
    _settled("dam_energy_bid_awards", "settlement_point_price"),
    *_cleared("dam_gen"),
    *_cleared("dam_load"),
    *_cleared("dam_esr"),
    Quote(
        "dam_as_only_awards",
        "mcpc",
        "dam_mcpc",
        "mcpc",
        ("interval_start", "ancillary_type"),
        _SYSTEM_WIDE + " Responsive reserve has one price, whatever its kind.",
        spellings=(
            *((kind, "RRS") for kind in ("RRSPFR", "RRSFFR", "RRSUFR", "RRSPF", "RRSFF", "RRSUF")),
            *((kind, "ECRS") for kind in ("ECRSS", "ECRSM")),
            ("REGDOWN", "REGDN"),
        ),
    ),
    _repeated("dam_spp_yearly", "dam_spp", "settlement_point"),
    _repeated("rt_spp_yearly", "rt_spp", "settlement_point", "settlement_point_type"),
    *(
        History("dam_mcpc_yearly", column, "dam_mcpc", "mcpc", (), _SYSTEM_WIDE, ("ancillary_type", column.upper()))
        for column in ("regdn", "regup", "rrs", "nspin", "ecrs")
    ),
    Average(
        "rt_spp",
        "settlement_point_price",
        "rt_lmp",
        "lmp",
        "settlement_point",
        ADDERS,
        -251.0,
        "The price of a quarter hour is the time- and energy-weighted average of its runs plus system-wide adders.",
    ),
    _listed("dam_gen_as_offers", "dam_gen"),
    _listed("dam_load_as_offers", "dam_load"),
    _listed("dam_esr_as_offers", "dam_esr"),
    _listed("sasm_gen_as_offers", "dam_gen"),
    _listed("sasm_gen_as_awards", "dam_gen"),
    _listed("sasm_load_as_offers", "dam_load"),
    _listed("sasm_load_as_awards", "dam_load"),
    _listed("sced_as_offers", "sced_gen", "sced_load", "sced_esr"),
    Named(
        "dam_esr",
        "resource_name",
        ("sced_esr",),
        "Storage that was awarded something day-ahead is there in real time.",
        where=tuple(_AWARDED.split()),
    ),
)


def relations_of(present: Collection[str]) -> list[Relation]:
    """Return the relations of which all datasets are present."""
    return [relation for relation in RELATIONS if set(relation.datasets) <= set(present)]


def of_same_runs(present: Collection[str]) -> list[str]:
    """Return the datasets, of those present, that have rows of every SCED run, where there are two or more."""
    known = [d for d in map(DATASETS.get, present) if d and d.clock is Clock.RUN and d.coverage is Coverage.GRID]
    return sorted(dataset.id for dataset in known) if len(known) > 1 else []


def related(present: Collection[str]) -> list[str]:
    """Return the datasets, of those present, that have to agree in something with another one."""
    related_by_value = {dataset for relation in relations_of(present) for dataset in relation.datasets}
    return sorted({*related_by_value, *of_same_runs(present)})

"""Names in the style of ERCOT's: settlement points, buses, resources and those who run them.

The n-th name is the same in every report, day and run, so reports can be joined.
"""

from datetime import date
from functools import lru_cache

from ercot.catalog.reports.shared import ECRS_START

HUBS = [("HB_NORTH", "HU"), ("HB_BUSAVG", "SH"), ("HB_HUBAVG", "AH"), ("HB_HOUSTON", "HU"), ("HB_SOUTH", "HU")]
HUBS += [("HB_WEST", "HU"), ("HB_PAN", "HU")]
ZONES = ["NORTH", "HOUSTON", "SOUTH", "WEST", "AEN", "CPS", "LCRA", "RAYBN"]
TIES = ["DC_E", "DC_N", "DC_L", "DC_R"]
NODE_KINDS = [("RN", "RN"), ("ALL", "RN"), ("CC1", "LCCRN"), ("PCC1", "PCCRN"), ("ESR_RN", "RN"), ("PUN1", "PUN")]
FIRST = [
    "AL", "BAR", "CED", "DOV", "ELK", "FRI", "GIL", "HOR", "IND", "JAC", "KEN", "LAM", "MES",
    "NUE", "ODE", "PEC", "QUA", "RIO", "SAN", "TRI", "UVA", "VIC", "WHI", "YOA", "ZAP", "7RN",
]  # fmt: skip
LAST = [
    "AMO", "BRA", "CREEK", "DUNE", "ETTO", "FLAT", "GAP", "HILL", "INK", "JUN", "KLEY",
    "LOMA", "MONT", "NIO", "OAK", "PASS", "QUE", "RIDGE", "SLR", "TEX", "VALE", "WND",
]  # fmt: skip
STORAGE, LOAD, GENERATION = "storage", "load", "generation"
UNITS = {STORAGE: "ESR1", LOAD: "LD1"}
TECHNOLOGIES = ["PVGR", "WIND", "CCGT90", "SCLE90", "GSREH", "PWRSTR", "NUC", "HYDRO", "CLLIG", "DSL"]
STATUSES = {
    GENERATION: ["ON", "ON", "ON", "OFF", "ONREG", "OUT", "OFFNS"],
    LOAD: ["ONRL", "ONRL", "OUTL", "ONL"],
    STORAGE: ["ON", "ON", "OUT", "ONREG"],
}
KILOVOLTS = [69, 138, 345]


def site(number: int) -> str:
    """Return the n-th name of a site; all differ."""
    turn, place = divmod(number, len(FIRST) * len(LAST))
    first, last = place % len(FIRST), (place + place // len(FIRST)) % len(LAST)
    return FIRST[first] + LAST[last] + (str(turn) if turn else "")


def node(number: int) -> tuple[str, str]:
    """Return name and type of the n-th resource node."""
    suffix, kind = NODE_KINDS[number * 7 // 3 % len(NODE_KINDS)]
    return f"{site(number)}_{suffix}", kind


@lru_cache(maxsize=64)
def settlement_points(rows: int) -> tuple[tuple[str, str], ...]:
    """Return ``rows`` pairs of name and type in ERCOT's order: nodes, hubs and zones, the latter under two types."""
    special = _hubs_and_zones(rows)
    return tuple(sorted([*special, *(node(n) for n in range(rows - len(special)))]))


def resource_point(number: int, rows: int) -> str:
    """Return the settlement point of the n-th resource: one that a price report of as many ``rows`` prints."""
    nodes = rows - len(_hubs_and_zones(rows))
    return node(number % nodes)[0] if nodes else HUBS[0][0]


def _hubs_and_zones(rows: int) -> list[tuple[str, str]]:
    zones = [(f"LZ_{zone}", kind) for zone in ZONES for kind in ("LZ", "LZEW")]
    ties = [(tie, kind) for tie in TIES for kind in ("LZ_DC", "LZ_DCEW")]
    special = [*HUBS[:1], *zones[:2], *ties[:2], *HUBS[1:], *zones[2:], *ties[2:]]
    return special[: max(1, (rows + 1) // 2)]


@lru_cache(maxsize=64)
def buses(count: int) -> tuple[str, ...]:
    """Return names of electrical buses; the first ones are digits with leading zeros."""
    return tuple(sorted(f"{n:04d}" if n % 9 == 1 else f"{site(n)}_{n % 8 + 1}" for n in range(count)))


def resource(number: int, kind: str) -> str:
    """Return the n-th name of a resource of one kind."""
    return f"{site(number)}_{UNITS.get(kind, f'UNIT{number % 3 + 1}')}"


@lru_cache(maxsize=64)
def resources(count: int, kind: str) -> tuple[int, ...]:
    """Return the numbers of the first resources, in the order of their names."""
    return tuple(sorted(range(count), key=lambda n: resource(n, kind)))


def entity_code(letter: str, number: int, of: int) -> str:
    """Return the n-th short name of a scheduling (Q) or decision-making (Y) entity."""
    return f"{letter}{FIRST[number % of % len(FIRST)]}{number % of // len(FIRST) or ''}"


def services_on(day: date) -> list[str]:
    """Return the ancillary services that existed on a day."""
    services = ["NSPIN", "REGDN", "REGUP", "RRS"]
    return sorted([*services, "ECRS"]) if day >= date.fromisoformat(ECRS_START) else services

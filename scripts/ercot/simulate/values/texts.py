"""Plausible texts for every text and stamp column, by its name; the columns of a clock come from the slots."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import numpy as np

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Column, Kind
from ercot.simulate.values.entities import (
    KILOVOLTS,
    LOAD,
    STATUSES,
    STORAGE,
    TECHNOLOGIES,
    ZONES,
    entity_code,
    node,
    resource_point,
    services_on,
    site,
)
from ercot.simulate.values.scene import LEADS, Cells, Scene

ONE_SECOND = timedelta(seconds=1)
REASONS = ["Fuel Cost", "SOC Management", "SOC Management; Unit Status", "Telemetry"]


def time_cells(scene: Scene) -> dict[str, Cells]:
    """Return what ERCOT prints of the time of a row, by column name."""
    facts = {
        "delivery_date": lambda s: scene.day,
        "hour_ending": lambda s: s.hour,
        "delivery_interval": lambda s: s.quarter,
        "dst_flag": lambda s: s.second_pass,
        "repeated_hour_flag": lambda s: s.second_pass,
        "sced_timestamp": lambda s: s.start,
        "interval_number": lambda s: s.number,
        "interval_time_cpt": lambda s: s.local_end - ONE_SECOND,
        "delivery_time_cpt": lambda s: s.local,
        "as_of": lambda s: scene.day,
    }
    slot = scene.rows[0]
    wanted = {c.name for c in scene.columns}
    return {name: Cells([tell(s) for s in scene.slots], slot) for name, tell in facts.items() if name in wanted}


def utc_cells(scene: Scene) -> dict[str, Cells]:
    """Return the moments that the printed labels stand for, as the rollups name them."""
    slot = scene.rows[0]
    day = {"delivery_date": Cells([scene.day], np.zeros(len(slot), dtype=np.uint32))}
    if scene.dataset.clock in (Clock.RUN, Clock.DAY, Clock.POSTING):
        return day
    starts, ends = [s.start for s in scene.slots], [s.end for s in scene.slots]
    return day | {"interval_start": Cells(starts, slot), "interval_end": Cells(ends, slot)}


def text_cells(scene: Scene, column: Column) -> Cells:
    """Return the texts of one column."""
    name = column.name
    if column.kind is Kind.NAIVE_STAMP:
        return _stamps(scene, name)
    lead = next((lead for lead in LEADS if scene.has(lead)), None)
    if name == lead:
        return Cells(scene.names, scene.rows[1])
    if name == "settlement_point_type":
        return Cells(scene.types, scene.rows[1])
    return Cells([_text_of(name)(scene, n, i) for i, n in enumerate(scene.numbers.tolist())], scene.rows[1])


def _text_of(name: str) -> Callable[[Scene, int, int], str | None]:
    """Return how a text of an entity is made from its number and its place."""
    if name.endswith("_id"):
        return lambda scene, n, i: str(233220000 + i) if i % 5 else f"{entity_code('', i, 40)}-{i:03d}"
    if name.startswith("block_indicator"):
        return lambda scene, n, i: "V" if scene.draw("blocks", n, i) < 1.6 / 2 ** int(name[15:]) else None
    return TELLERS.get(name, lambda scene, n, i: f"{name[:3].upper()}{n % 7}")


def _pick(pool: list[str]) -> Callable[[Scene, int, int], str]:
    return lambda scene, n, i: pool[(n * 5 + n // 3) % len(pool)]


def _technology(scene: Scene, n: int, i: int) -> str:
    return {STORAGE: "ESR", LOAD: "CLR"}.get(scene.kind) or TECHNOLOGIES[n * 3 % len(TECHNOLOGIES)]


def _status(scene: Scene, n: int, i: int) -> str:
    statuses = STATUSES[scene.kind]
    return statuses[n % len(statuses)]


def _scheduler(scene: Scene, n: int, i: int) -> str:
    return entity_code("Q", n, 150)


TELLERS: dict[str, Callable[[Scene, int, int], str | None]] = {
    "qse": _scheduler,
    "participant_name": _scheduler,
    "dme": lambda scene, n, i: entity_code("Y", n, 220) if n % 4 else None,
    "resource_type": _technology,
    "resource_status": _status,
    "telemetered_resource_status": _status,
    "status": _status,
    "settlement_point_name": lambda scene, n, i: resource_point(n, scene.request.points),
    "settlement_point": lambda scene, n, i: resource_point(n, scene.request.points),
    "settlement_point_sink": lambda scene, n, i: f"LZ_{ZONES[n % len(ZONES)]}",
    "resource_name": lambda scene, n, i: f"{site(n)}_UNIT1",
    "ancillary_type": lambda scene, n, i: services_on(scene.day)[n % len(services_on(scene.day))],
    "multi_hour_block_flag": _pick(["N", "N", "N", "Y"]),
    "multi_hour_block_indicator": _pick(["N", "N", "Y"]),
    "block_curve_indicator": _pick(["V", "V", "C", "F"]),
    "nclr_flag": _pick(["N", "Y"]),
    "offer_type": lambda scene, n, i: ("ONRES", "OFFNS")[i % 2],  # the two offers of a resource follow each other
    "cancel_flag": _pick(["N"] * 9 + ["Y"]),
    "bid_type": _pick(["3PT", "3PT", "OS"]),
    "proxy_extension": _pick(["No", "No", "Yes"]),
    "reason": _pick(REASONS),
    "constraint_name": lambda scene, n, i: f"{site(n)}_{site(n + 9)}_1",
    "contingency_name": lambda scene, n, i: f"S{site(n)[:4]}{n % 10}" if n % 4 else "BASE CASE",
    "from_station": lambda scene, n, i: site(n) if n % 6 else None,
    "to_station": lambda scene, n, i: site(n + 9) if n % 6 else None,
    "cct_status": _pick(["NONCOMP", "COMP"]),
    "node_name": lambda scene, n, i: f"{site(n)}{KILOVOLTS[n % 3]}",
    "substation": lambda scene, n, i: site(n),
    "settlement_load_zone": lambda scene, n, i: f"LZ_{ZONES[n % len(ZONES)]}",
    "resource_node": lambda scene, n, i: node(n)[0] if n % 8 == 0 else None,
    "hub": lambda scene, n, i: "HB_NORTH" if n % 10 == 0 else None,
    "hub_bus_name": lambda scene, n, i: f"{site(n)}_HUB" if n % 10 == 0 else None,
    "psse_bus_number": lambda scene, n, i: str(1000 + n),
}


def _stamps(scene: Scene, name: str) -> Cells:
    """Stamps without a flag of the repeated hour: of a correction, a supplemental market, an update of a plan."""
    midnight, index = datetime.combine(scene.day, time()), scene.rows[1]
    if "correction" in name:
        return Cells([midnight + timedelta(days=2, hours=10, minutes=30, seconds=17)], np.zeros_like(index))
    if name.startswith("sasm"):
        return Cells([midnight + timedelta(hours=9, minutes=40, seconds=13)], np.zeros_like(index))
    lead = timedelta(hours=1) if name.startswith("submit") else timedelta()
    seconds = (scene.draw("update", scene.numbers, np.arange(len(scene.names))) * 50000).astype(int).tolist()
    return Cells(
        [midnight - timedelta(days=1 + i % 2) + timedelta(seconds=s) - lead for i, s in enumerate(seconds)], index
    )

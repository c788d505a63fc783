"""Plausible numbers for every number column, by what its name and unit say; none is tied to one report."""

import re
from collections.abc import Callable

import numpy as np

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Column, Kind
from ercot.simulate.values.entities import resource_point
from ercot.simulate.values.noise import name_keys, noise
from ercot.simulate.values.scene import Cells, Scene

PRICE_NAMES = re.compile(r"(un)?capped_|lmp|system_lambda|(energy_)?settlement_point_price|mcpc|original|corrected")
CURVE = re.compile(r"(?P<curve>.+?)_?(?P<part>mw|price)_?(?P<point>\d+)")
BLOCK = re.compile(r"(?:price(?P<price>\d+)_.+|quantity_?(?:mw)?(?P<quantity>\d+)(?:_award)?)")
SPARSE = re.compile(r".*(award|self_provided|self_arranged|output_schedule).*|regup|regdn|nspin|nspnm|ecrs[sm]?|rrs.*")
SERVICE = re.compile(r"(regup|regdn|regdown|rrs|ecrs|nonspin|nspin)(_mcpc)?")
SERVICES = {"regdown": "REGDN", "nonspin": "NSPIN"}
SHARES = {"lsl": 0.2, "lasl": 0.2, "ldl": 0.25, "low": 0.2, "hdl": 0.95, "hasl": 0.9}  # of the capacity
DECIMALS = {"$/MWh": 2, "$/MW per h": 2, "$ per start": 2, "MW": 1, "MWh": 3, "MW/min": 2, "kV": 0, "$/MW": 2}
FLOOR, MOST_POINTS = -250.0, 10
RUN_SECONDS = 300


def number_cells(scene: Scene, column: Column) -> Cells:
    """Return the numbers of one column, rounded as they are printed and within their plausible bounds."""
    cells = _maker(column)(scene, column)
    values = _change(scene, column, np.asarray(cells.values, dtype=np.float64))
    values = np.clip(values, column.low, column.high) if column.low is not None else values
    if column.kind is Kind.INTEGER:
        return Cells([int(v) for v in values], cells.index)
    if is_single(column):
        return Cells(np.array([float(f"{v:.15g}") for v in values.astype(np.float32).tolist()]), cells.index)
    return Cells(np.round(values, DECIMALS.get(column.unit, 2)) + 0.0, cells.index)


def is_single(column: Column) -> bool:
    """Say whether ERCOT prints the column from single precision, such as 139.199996948242."""
    return column.name.startswith(("sced1_", "sced2_"))


def market_price(scene: Scene, unit: str, keys: np.ndarray, slot: np.ndarray, entity: np.ndarray) -> np.ndarray:
    """Return the price of each row: of the entities with these keys, in the slots of the scene.

    In real time it is the runs that have prices, and an interval has the mean of those that start in it.
    """
    moments = np.array([int(s.start.timestamp()) for s in scene.slots])
    hour = np.array([s.local.hour + s.local.minute / 60 for s in scene.slots])
    if scene.market != "rt":
        return _price_at(scene, unit, keys, slot, entity, moments, hour)
    moments = moments - moments % RUN_SECONDS
    weights = _run_weights(scene, len(keys))
    parts = (
        _price_at(scene, unit, keys, slot, entity, moments + n * RUN_SECONDS, hour + n * RUN_SECONDS / 3600) * w[entity]
        for n, w in enumerate(weights)
    )
    return sum(parts)


def _run_weights(scene: Scene, count: int) -> np.ndarray:
    """Return, a line a run, how much it counts in the price of each entity; energy-weighted prices follow the load."""
    if scene.dataset.clock is not Clock.QUARTER_HOUR:
        return np.ones((1, count))
    weights = np.full((3, count), 1 / 3)
    if scene.types:
        weights[:, [kind.endswith("EW") for kind in scene.types]] = [[0.2], [0.3], [0.5]]
    return weights


def _price_at(scene: Scene, unit: str, keys, slot, entity, moments: np.ndarray, hour: np.ndarray) -> np.ndarray:
    """Return the price of each row at the moments (UTC seconds) and hours (of the day) of the slots."""
    local = noise(scene.seed, scene.market, unit, keys[entity], moments[slot])
    if unit != "$/MWh":
        return 1 + 12 * local**2
    windy = noise(scene.seed, "windy", keys) > 0.85  # pays to be rid of its power at night
    windy_night = ((hour < 6) | (hour > 22.5))[slot] & windy[entity]
    loss = 0.94 + 0.1 * noise(scene.seed, "loss", keys)
    return _system_price(scene, moments, hour)[slot] * loss[entity] + 4 * local - 38 * windy_night


def _system_price(scene: Scene, moments: np.ndarray, hour: np.ndarray) -> np.ndarray:
    """A morning low, an evening peak, and now and then scarcity."""
    chance = noise(scene.seed, scene.market, "system", moments)
    shape = 24 + 9 * np.sin((hour - 9) / 24 * 2 * np.pi) + 30 * np.exp(-((hour - 18.5) ** 2) / 3)
    return shape + 6 * chance + np.where(chance > 0.997, 900 * chance, 0)


def _maker(column: Column) -> Callable[[Scene, Column], Cells]:
    name = column.name
    if column.kind is Kind.INTEGER:
        return _count
    if SERVICE.fullmatch(name) and column.unit == "$/MW per h":
        return _service_price
    for rule, maker in (
        (PRICE_NAMES, _price), (BLOCK, _block), (CURVE, _curve), (SPARSE, _sparse),
    ):  # fmt: skip
        if rule.fullmatch(name) or (rule is PRICE_NAMES and rule.match(name)):
            return maker
    return {"MW": _power, "MWh": _energy, "kV": _voltage, "$/MW": _running, "MW/min": _ramp}.get(column.unit, _cost)


def _change(scene: Scene, column: Column, values: np.ndarray) -> np.ndarray:
    request = scene.request
    if not (request.version and request.changed):
        return values
    hit = scene.draw("change", request.version, column.name, np.arange(len(values))) < request.changed
    return values + np.where(hit, request.version, 0)


def _price(scene: Scene, column: Column) -> Cells:
    slot, entity = scene.rows
    keys = scene.price_keys
    if scene.has("resource_name") and scene.has("settlement_point"):  # the point of a resource
        keys = name_keys([resource_point(n, scene.request.points) for n in scene.numbers.tolist()])
    values = market_price(scene, column.unit, keys, slot, entity)
    return Cells(values + 2.5 if column.name.endswith("corrected") else values)


def _service_price(scene: Scene, column: Column) -> Cells:
    """The clearing price of a service, the same on every row of a slot, of resources only where they take part."""
    word = SERVICE.fullmatch(column.name)[1]
    key = name_keys([SERVICES.get(word, word.upper())])
    slots = np.arange(len(scene.slots))
    prices = market_price(scene, column.unit, key, slots, np.zeros_like(slots))
    slot, entity = scene.rows
    there = _takes_part(scene)[entity] if scene.has("resource_name") else True
    return Cells(np.where(there, prices[slot], np.nan))


def _takes_part(scene: Scene) -> np.ndarray:
    return scene.trait("ancillary") < 0.35


def _sparse(scene: Scene, column: Column) -> Cells:
    slot, entity = scene.rows
    amount = _capacity(scene)[entity] * 0.2 * scene.draw(column.name, slot, entity)
    amount = np.where(scene.draw("some", column.name, slot, entity) < 0.3, amount, 0)
    sign = -1 if "bid_award" in column.name else 1
    takes_part = _takes_part(scene)[entity] | ("award_in" in column.name)
    return Cells(np.where(takes_part, sign * amount, np.nan))


def _curve(scene: Scene, column: Column) -> Cells:
    """A point of an offer curve: some entities offer none, few offer more than ten points; blank after the last."""
    found = CURVE.fullmatch(column.name)
    point, last = int(found["point"]), _curve_points(scene)
    part = (point - 1) / np.maximum(last - 1, 1)
    if found["part"] == "mw":
        low = -1.0 if scene.kind == "storage" else 0.0
        values = _capacity(scene) * (low + (1 - low) * part)
    else:
        base = 12 + 40 * scene.trait("offer") + 8 * scene.draw("offer", scene.numbers)
        values = np.full(len(last), FLOOR) if point == 1 else base * (1 + part * (1 + scene.trait("slope")))
    return Cells(np.where(point <= last, values, np.nan), scene.rows[1])


def _curve_points(scene: Scene) -> np.ndarray:
    draw = scene.trait("points")
    offers = {"load": 0.05}.get(scene.kind, 0.75 if scene.has("resource_name") else 1.0)
    count = 2 + (MOST_POINTS - 1) * (draw / max(offers, 0.01)) ** 2
    count = np.where(draw > offers * 0.985, 24, count)
    return np.where(draw < offers, count, 0).astype(int)


def _block(scene: Scene, column: Column) -> Cells:
    """A block of an ancillary-service offer: few have more than one, and each prices only some services."""
    found = BLOCK.fullmatch(column.name)
    block, entity = int(found["price"] or found["quantity"]), np.arange(len(scene.names))
    there = scene.draw("blocks", scene.numbers, entity) < 1.6 / 2**block
    if found["price"]:
        there &= scene.draw("priced", column.name, scene.numbers, entity) < 0.4
        values = block * (1 + 20 * scene.draw(column.name, scene.numbers, entity))
    else:
        values = _capacity(scene) * (0.1 + 0.1 * scene.draw("quantity", entity))
    return Cells(np.where(there, values, np.nan), scene.rows[1])


def _capacity(scene: Scene) -> np.ndarray:
    return 5 + 600 * scene.trait("capacity") ** 3


def _power(scene: Scene, column: Column) -> Cells:
    """Limits are a share of the capacity; what moves (output, base point, flows) follows the hour."""
    word = column.name.split("_")[0]
    if word in SHARES or word in ("hsl", "high", "max"):
        return Cells(_capacity(scene) * SHARES.get(word, 1.0), scene.rows[1])
    slot, entity = scene.rows
    load = 0.3 + 0.6 * scene.trait("load")[entity] + 0.1 * scene.draw(column.name, slot, entity)
    return Cells(_capacity(scene)[entity] * load)


def _energy(scene: Scene, column: Column) -> Cells:
    if column.name.endswith("_soc"):
        share = 0.0 if column.name.startswith("min") else 2.0
        return Cells(_capacity(scene) * share, scene.rows[1])
    slot, entity = scene.rows
    return Cells(_capacity(scene)[entity] * 0.25 * scene.draw(column.name, slot, entity))


def _voltage(scene: Scene, column: Column) -> Cells:
    kilovolts = np.array([69.0, 138.0, 345.0])
    return Cells(kilovolts[(scene.trait("kv") * 3).astype(int)], scene.rows[1])


def _running(scene: Scene, column: Column) -> Cells:
    """A margin of the interval, or one that grows through the year."""
    slot, _ = scene.rows
    if scene.has("delivery_interval"):
        return Cells(20 * scene.draw("margin", slot))
    return Cells(scene.day.timetuple().tm_yday * 150 + 100 * scene.draw("margin", slot))


def _ramp(scene: Scene, column: Column) -> Cells:
    return Cells(_capacity(scene) * 0.08, scene.rows[1])


def _cost(scene: Scene, column: Column) -> Cells:
    offers = scene.trait("three part") < 0.4
    return Cells(np.where(offers, 20 + 90 * scene.trait(column.name), np.nan), scene.rows[1])


def _count(scene: Scene, column: Column) -> Cells:
    slot, entity = scene.rows
    return Cells(1 + np.floor(4 * scene.draw(column.name, slot, entity)))

"""The rows of one report and operating day: which slot and which entity each row is about."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Column, Coverage, Dataset, NameDay
from ercot.simulate.request import Request
from ercot.simulate.values.entities import (
    GENERATION,
    LOAD,
    STORAGE,
    buses,
    entity_code,
    node,
    resource,
    resources,
    services_on,
    settlement_points,
)
from ercot.simulate.values.labels import Slot, slots_of
from ercot.simulate.values.noise import name_keys, noise

# What rows are about: the first of these columns that a report declares.
LEADS = (
    "resource_name",
    "resource_code",
    "settlement_point",
    "settlement_point_source",
    "electrical_bus",
    "constraint_id",
    "ancillary_type",
    "qse",
)
EVENT_SHARE = {Clock.RUN: 0.004, Clock.QUARTER_HOUR: 0.02, Clock.HOUR: 0.05}
MARKETS = {"sced": "rt"}  # the rest is named by the first word of the id


@dataclass(frozen=True)
class Cells:
    """One column: its values, and where each row finds its own; without an index, row by row."""

    values: np.ndarray | list
    index: np.ndarray | None = None


@dataclass(frozen=True)
class Scene:
    """Rows, slots and entities. Rows go by slot, then by entity, as ERCOT prints them."""

    request: Request
    day: date
    seed: int
    slots: list[Slot]
    names: list[str]  # of the entities that rows are about; "" where a slot has one row
    numbers: np.ndarray  # of the entities, from which everything else about them is drawn
    types: list[str] | None  # of settlement points, where the report prints them
    columns: list[Column] = field(repr=False, default_factory=list)

    @property
    def dataset(self) -> Dataset:
        """The declaration of the report."""
        return self.request.dataset

    @property
    def market(self) -> str:
        """Which market the prices are of, so that two reports of one market print the same price."""
        word = self.dataset.id.split("_")[0]
        return MARKETS.get(word, word)

    @property
    def kind(self) -> str:
        """What kind of resource the report is about."""
        words = self.dataset.id.split("_")
        return STORAGE if "esr" in words else LOAD if "load" in words else GENERATION

    @cached_property
    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of slot and entity of every row; of events only the few that happen."""
        slots, entities = len(self.slots), len(self.names)
        slot, entity = np.divmod(np.arange(slots * entities, dtype=np.uint32), np.uint32(entities))
        if self.dataset.coverage is Coverage.EVENTS and self.dataset.clock in EVENT_SHARE:
            happens = self.draw("event", slot, entity) < EVENT_SHARE[self.dataset.clock]
            return slot[happens], entity[happens]
        return slot, entity

    @cached_property
    def price_keys(self) -> np.ndarray:
        """Keys of the entities for prices: by name, so that both prices of a zone come of the same runs."""
        return name_keys(self.names)

    def draw(self, *keys) -> np.ndarray:
        """Draw numbers in [0, 1) for this report and day."""
        return noise(self.seed, self.dataset.id, self.day.toordinal(), *keys)

    def trait(self, name: str) -> np.ndarray:
        """Draw a number in [0, 1) for each entity that holds for all its days and reports."""
        return noise(self.seed, "trait", name, self.numbers)

    def has(self, name: str) -> bool:
        """Say whether the files of the day carry a column."""
        return any(column.name == name for column in self.columns)


def scene_of(request: Request, day: date, seed: int = 0) -> Scene:
    """Set up the rows of one operating day."""
    columns = request.columns_on(day)
    flagged = any(c.kind.value == "flag" for c in columns)
    fall = request.fall_labels or ("flag" if flagged else "numbered")
    slots = slots_of(request.dataset, day, spring_labels=request.spring_labels, fall_labels=fall, seed=seed)
    names, numbers, types = _entities(request, day)
    return Scene(request, day, seed, slots, names, np.array(numbers), types, columns)


def _entities(request: Request, day: date) -> tuple[list[str], list[int], list[str] | None]:
    """Return names, numbers and, where printed, types of what the rows are about."""
    dataset, count = request.dataset, request.points
    lead = next((name for name in LEADS if dataset.has(name)), None)
    if lead in ("resource_name", "resource_code"):
        return _resources(dataset, count)
    if lead == "settlement_point":
        return _points(dataset, count)
    if lead == "ancillary_type":
        names = services_on(day)
    elif lead == "electrical_bus":
        names = buses(count)
    elif lead == "settlement_point_source":
        names = sorted(node(n)[0] for n in range(count))
    elif lead == "constraint_id":
        names = [str(n + 1) for n in range(count // 20 + 3)]
    else:
        names = sorted({entity_code("Q", n, count) for n in range(count)}) if lead else [""]
    return list(names), list(range(len(names))), None


def _points(dataset: Dataset, count: int) -> tuple[list[str], list[int], list[str] | None]:
    pairs = settlement_points(count)
    if dataset.sources[0].name_day is NameDay.YEAR:
        pairs = [pair for pair in pairs if pair[0].startswith(("HB_", "LZ_"))]
    if dataset.has("settlement_point_type"):
        return [name for name, _ in pairs], list(range(len(pairs))), [kind for _, kind in pairs]
    names = sorted({name for name, _ in pairs})
    return names, list(range(len(names))), None


def _resources(dataset: Dataset, count: int) -> tuple[list[str], list[int], None]:
    words = dataset.id.split("_")
    kind = STORAGE if "esr" in words else LOAD if "load" in words else GENERATION
    several = 1 if dataset.key and not dataset.has("update_time_cpt") else 2  # rows a resource and slot
    numbers = [n for n in resources(-(-count // several), kind) for _ in range(several)][:count]
    return [resource(n, kind) for n in numbers], numbers, None

"""Which derived rollups a plan can make, from what, and which of those on the disk have lost their sources."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ercot.core.paths import DERIVED_TABLES
from ercot.planning.plan import Plan

Job = tuple[str, ...]  # the rule, then the values of its wildcards


class Declared(Protocol):
    """What planning has to know of a derived rollup: the rollups that it is made from."""

    sources: tuple[str, ...]


def possible(known: Mapping[str, Declared], plan: Plan) -> dict[tuple[str, str], list[Job]]:
    """Return, for each name and year whose sources are all planned, the jobs that make those; sources come first."""
    found: dict[tuple[str, str], list[Job]] = {}
    for name in sorted(known, key=lambda name: _depth(known, name)):
        for year in years_of(known, plan, name):
            found[name, year] = sources_of(known, name, year)
    return found


def years_of(known: Mapping[str, Declared], plan: Plan, name: str) -> list[str]:
    """Return the years of which all is there that a derived rollup is made from, oldest first."""
    needed = [years_of(known, plan, s) if s in known else plan.years(s) for s in known[name].sources]
    return sorted(set.intersection(*map(set, needed)))


def sources_of(known: Mapping[str, Declared], name: str, year: str) -> list[Job]:
    """Return the jobs that make what a derived rollup is made from."""
    return [("derive" if source in known else "rollup", source, year) for source in known[name].sources]


def built(known: Mapping[str, Declared], results: Path) -> list[tuple[str, str]]:
    """Return name and year of the declared derived rollups that lie on the disk."""
    found = [(path.parent.name, path.stem) for path in sorted((results / "derived").glob("*/*.parquet"))]
    return [(name, year) for name, year in found if name in known]


def lost(known: Mapping[str, Declared], plan: Plan, results: Path, datasets, years) -> list[str]:
    """Return the derived rollups of the selected datasets and years that cannot be made any more."""
    gone = [(name, year) for name, year in built(known, results) if year not in years_of(known, plan, name)]
    selected = [(n, y) for n, y in gone if _behind(known, n) <= set(datasets) and (years is None or int(y) in years)]
    return [f"{DERIVED_TABLES}/{name}/{year}.parquet" for name, year in selected]


def _depth(known: Mapping[str, Declared], name: str) -> int:
    return 1 + max((_depth(known, s) for s in known[name].sources if s in known), default=0)


def _behind(known: Mapping[str, Declared], name: str) -> set[str]:
    """Return the datasets that a derived rollup is made from in the end."""
    return set().union(*(_behind(known, source) for source in known[name].sources)) if name in known else {name}

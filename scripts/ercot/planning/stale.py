"""Rollups that no raw file stands behind any more."""

from pathlib import Path

from ercot.core.paths import ANNUAL
from ercot.planning.plan import Plan


def orphans_of(results: Path, plan: Plan, datasets: list[str], years: set[int] | None) -> list[str]:
    """Return the rollups of the selected datasets and years that no raw file stands behind any more."""
    found = []
    for dataset in datasets:
        for path in sorted((results / ANNUAL / dataset).glob("*.parquet")):
            wanted = years is None or int(path.stem) in years
            if wanted and path.stem not in plan.years(dataset):
                found.append(path.relative_to(results).as_posix())
    return found

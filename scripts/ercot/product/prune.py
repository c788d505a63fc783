"""Delete rollups that no raw file stands behind any more, with all that belongs to them."""

import argparse
import sys
from pathlib import Path

from ercot.core.paths import ResultPaths
from ercot.planning.plan import read_plan


def main(arguments: list[str]) -> None:
    """Delete what the last plan of a results folder calls stale, and print each file."""
    parser = argparse.ArgumentParser(prog="ercot prune", description="Delete rollups without raw files.")
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"), help="results_dir of the run")
    given = parser.parse_args(arguments)
    plan = read_plan(ResultPaths(given.results).interim)
    if plan is None:
        sys.exit(f"ercot: there is no plan in {given.results}; is that the results_dir of a run?")
    deleted = [path for rollup in plan.stale for path in files_of(given.results, rollup) if path.exists()]
    for path in deleted:
        path.unlink()
    for sheet in {(given.results / rollup).with_name("schema.json") for rollup in plan.stale}:
        if sheet.exists() and not list(sheet.parent.glob("*.parquet")):
            sheet.unlink()
            deleted.append(sheet)
    print(*sorted(deleted), sep="\n")
    print(f"ercot: {len(deleted)} files deleted; run the workflow again for a new report", file=sys.stderr)


def files_of(results: Path, rollup: str) -> list[Path]:
    """Return all files that belong to a stale rollup, given its path below the results."""
    paths = ResultPaths(results)
    kind, name, year = Path(rollup).with_suffix("").parts
    if kind == "derived":
        return [results / rollup, paths.derived_facts(name, year), *_kept_for(paths, "derive", name, year)]
    interim = sorted((paths.interim / name).glob(f"{year}*"))
    products = [results / rollup, paths.rejected(name, year), paths.revisions(name, year)]
    batches = _kept_for(paths, "normalize", name, f"{year}*")
    return [*products, *interim, *batches, *_kept_for(paths, "rollup", name, year)]


def _kept_for(paths: ResultPaths, rule: str, name: str, period: str) -> list[Path]:
    """Return records and logs of the jobs of a rule; the period may be a pattern."""
    kept = (path(rule, name, period) for path in (paths.made, paths.origin, paths.benchmark, paths.log))
    return [found for path in kept for found in sorted(path.parent.glob(path.name))]

"""Print what to download: the days, intervals and files that the last report of a results folder misses."""

import argparse
import csv
import json
import sys
from pathlib import Path

from ercot.core.paths import ResultPaths


def main(arguments: list[str]) -> None:
    """Print `wanted.csv` of a results folder, as it is or as a JSON list."""
    parser = argparse.ArgumentParser(prog="ercot wanted", description="Print what to download, and where ERCOT has it.")
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"), help="results_dir of the run")
    parser.add_argument("--format", choices=("csv", "json"), default="csv", help="default: csv")
    given = parser.parse_args(arguments)
    path = ResultPaths(given.results).report("wanted.csv")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        sys.exit(f"ercot: there is no {path}; is {given.results} the results_dir of a run that has ended?")
    if given.format == "csv":
        print(text, end="")
    else:
        print(json.dumps(list(csv.DictReader(text.splitlines())), indent=1, ensure_ascii=False))

"""What to download: each day, interval or file that is missing or was rejected, and where ERCOT has it.

The report writes the list, the command prints it.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.catalog.products import PRODUCTS
from ercot.core.files import replacing
from ercot.core.paths import ResultPaths
from ercot.coverage.causes import LOST, REJECTED, AbsenceOf, Action, Cause, Missing, bases_of
from ercot.raw.file_names import NameReader

COLUMNS = (
    "dataset",
    "delivery_date",
    "missing",  # day, file (rejected), or the time of an interval or SCED run in UTC
    "emil",
    "report_type",
    "file_name",  # of the file to get, with `*` for what cannot be known
    "posted_from",
    "posted_until",
    "address",
    "receipt",  # not_posted, not_here, or blank where no fetch left a receipt
    "action",  # what to do: a name in `coverage.causes.Action`
    "cause",  # why it is missing: a name in `coverage.causes`
    "reason",
)
DAY, FILE = "day", "file"
ACTIONS = tuple(map(str, Action))


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


def wanted(
    catalog: Mapping[str, Dataset], missing: Iterable[Missing], rejected: Iterable[dict], absence: AbsenceOf
) -> list[dict[str, str]]:
    """Return one row for each missing day, interval or run, and for each rejected file, with `COLUMNS` as keys.

    ``rejected`` are the files of verification.json, ``absence`` returns what receipts say.
    """
    rows = []
    for gap in missing:
        what = gap.time.isoformat() if gap.time else DAY
        rows.append(_row(catalog[gap.dataset], gap.day, what, gap.name, gap.receipt, gap.cause, ""))
    lost = {(row["dataset"], row["delivery_date"]): row["action"] for row in rows if row["cause"] == LOST.name}
    for row in _rejected(catalog, rejected, absence):
        rows.append(row | {"action": lost.get((row["dataset"], row["delivery_date"]), row["action"])})
    return sorted(rows, key=_in_order)


def _in_order(row: dict[str, str]) -> tuple:
    """Sort by what to do first, then by dataset and day."""
    return ACTIONS.index(row["action"]), row["dataset"], row["delivery_date"], row["missing"], row["file_name"]


def write_wanted(target: Path | str, rows: Iterable[dict[str, str]]) -> None:
    """Write one line a day, interval or file to download."""
    with replacing(target) as path, open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _rejected(catalog: Mapping[str, Dataset], rejected: Iterable[dict], absence: AbsenceOf) -> Iterator[dict[str, str]]:
    names = NameReader(catalog)
    for entry in rejected:
        dataset = catalog.get(entry["dataset"])
        bases = bases_of(entry["file"])
        day = names.read_innermost(bases).day
        receipt = absence(dataset, day) if dataset and day else ""
        own = next((base for base in reversed(bases) if names.read(base).candidates), bases[0])
        yield _row(dataset, day, FILE, own, receipt, REJECTED, f"{entry['file']}: {entry['reason']}")


def _row(
    dataset: Dataset | None, day: date | None, what: str, name: str, receipt: str, cause: Cause, reason: str
) -> dict[str, str]:
    product = PRODUCTS.get(dataset.emil) if dataset else None
    posted = product.window(day, day) if product and day else ("", "")
    emil = dataset.emil if dataset else ""
    report_type = product.report_type if product else ""
    address = product.page if product else ""
    where = (dataset.id if dataset else "", day or "", what, emil, report_type, name)
    return dict(
        zip(COLUMNS, map(str, (*where, *posted, address, receipt, cause.action, cause.name, reason)), strict=True)
    )

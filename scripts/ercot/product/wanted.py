"""What to download: each day, interval or file that is missing or was rejected, and where ERCOT has it.

The report writes the list, the command prints it.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from ercot.catalog.model import Cdr, Dataset, NameDay, Stem
from ercot.catalog.products import PRODUCTS
from ercot.core.files import replacing
from ercot.core.paths import ResultPaths
from ercot.coverage.due import Window
from ercot.coverage.times import expected_minutes
from ercot.raw.file_names import DISCLOSURE_LAG, MONTHS, NameReader
from ercot.tables.time_columns import CENTRAL

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
    "reason",
)
DAY, FILE = "day", "file"
ONE_DAY = timedelta(days=1)

Absence = Callable[[Dataset, date], str]  # what receipts say of a missing day, see `raw.receipts.absence_of`


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
    catalog: Mapping[str, Dataset], windows: Iterable[Window], rejected: Iterable[dict], absence: Absence
) -> list[dict[str, str]]:
    """Return one row for each missing day, interval or run, and for each rejected file, with `COLUMNS` as keys.

    ``rejected`` are the entries of verification.json, ``absence`` tells what receipts say.
    """
    rows = []
    for window in windows:
        dataset = catalog[window.dataset]
        missing = [(day, DAY, file_name(dataset, day)) for day in window.missing]
        missing += [
            (day, time.isoformat(), file_name(dataset, day, time)) for day, ts in window.times.items() for time in ts
        ]
        rows += [_row(dataset, day, what, name, absence(dataset, day), "") for day, what, name in missing]
    rows += _rejected(catalog, rejected, absence)
    return sorted(rows, key=lambda row: (row["dataset"], row["delivery_date"], row["missing"], row["file_name"]))


def write_wanted(target: Path | str, rows: Iterable[dict[str, str]]) -> None:
    """Write one line a day, interval or file to download."""
    with replacing(target) as path, open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _rejected(catalog: Mapping[str, Dataset], rejected: Iterable[dict], absence: Absence) -> Iterator[dict[str, str]]:
    names = NameReader(catalog)
    for entry in rejected:
        dataset = catalog.get(entry["dataset"])
        bases = [PurePosixPath(part).name for part in entry["file"].split("!")]
        day = names.read_innermost(bases).day
        receipt = absence(dataset, day) if dataset and day else ""
        yield _row(dataset, day, FILE, bases[-1], receipt, f"{entry['file']}: {entry['reason']}")


def _row(dataset: Dataset | None, day: date | None, what: str, name: str, receipt: str, reason: str) -> dict[str, str]:
    product = PRODUCTS.get(dataset.emil) if dataset else None
    posted = product.window(day, day) if product and day else ("", "")
    emil = dataset.emil if dataset else ""
    report_type = product.report_type if product else ""
    address = product.page if product else ""
    where = (dataset.id if dataset else "", day or "", what, emil, report_type, name)
    return dict(zip(COLUMNS, map(str, (*where, *posted, address, receipt, reason)), strict=True))


def file_name(dataset: Dataset, day: date, time: datetime | None = None) -> str:
    """Return how the file of an operating day is called, or that of an interval or SCED run of it (UTC)."""
    source = dataset.sources[0]
    if isinstance(source, Stem):
        return f"{source.stem}{STEM_DATE.get(source.name_day, _disclosed)(day)}*.csv"
    published, ending = _stamps(dataset, source, day, time)
    return f"cdr.{source.report_type:08d}.*.{published}{source.friendly}{ending}"


def _stamps(dataset: Dataset, source: Cdr, day: date, time: datetime | None) -> tuple[str, str]:
    """Return the publication in a name, and what comes after the report's own name."""
    if source.name_day is NameDay.YEAR:
        return "", f"_{day.year}*"
    published = PUBLISHED.get(source.name_day)
    if published is not None:
        return f"{day + published:%Y%m%d}.*.", "*"
    if time is None:
        return "", f"_{day:%Y%m%d}_*"
    step = timedelta(minutes=expected_minutes(dataset, day))
    of_end = source.name_day is NameDay.INTERVAL_END
    local = (time + step * of_end).astimezone(ZoneInfo(CENTRAL))
    return "", f"_{local:%Y%m%d_%H%M}*" if of_end else f"_{local:%Y%m%d_%H}*"  # a run has no fixed minute


PUBLISHED = {
    NameDay.DAY_AHEAD: -ONE_DAY,
    NameDay.PUBLISHED: timedelta(0),
    NameDay.DAY_AFTER: ONE_DAY,
}


def _disclosed(day: date) -> str:
    named = day + DISCLOSURE_LAG
    return f"-{named:%d}-{MONTHS[named.month - 1]}-{named:%y}"


STEM_DATE: dict[NameDay, Callable[[date], str]] = {
    NameDay.OPERATING: "_{:%m%d%Y}".format,
    NameDay.PUBLISHED: "_{:%m%d%Y}".format,
}

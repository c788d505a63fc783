"""wanted.csv in short: what to download of each report, and what else to do, a line each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from ercot.catalog.products import PRODUCTS
from ercot.core.wording import ranges
from ercot.coverage.causes import Action
from ercot.coverage.wanted import DAY, FILE

TITLES = {
    Action.DOWNLOAD: "Download",
    Action.PUT_BACK: "Put back the files that an earlier run read; where they are lost, download them",
    Action.RENAME: "Restore the name, or finish the download",
    Action.LOOK: "Look at the rejected rows; a download brings the same, as a rule",
    Action.ACCEPT: "Nothing to download: ERCOT published nothing",
}


@dataclass(frozen=True)
class Files:
    """Files of one dataset about which the same is to be done."""

    dataset: str
    emil: str
    address: str  # of ERCOT's page of the report
    names: list[str]  # with `*` for what cannot be known; one a file
    days: list[str]  # operating days as ranges, the newest first
    posted: str  # when ERCOT published them; blank where it is not known
    count: int  # of files, at least: a whole day counts as many as ERCOT posts, SCED runs of an hour share a name


def downloads(wanted: Iterable[dict[str, str]]) -> dict[Action, list[Files]]:
    """Return what to do with the files in rows of wanted.csv: for each action one record a dataset, in their order."""
    rows: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in wanted:
        rows[row["action"], row["dataset"]].append(row)
    found: dict[Action, list[Files]] = defaultdict(list)
    for (action, _), alike in rows.items():
        found[Action(action)].append(_files(alike))
    return dict(found)


def fetch_command(wanted: Iterable[dict[str, str]]) -> str:
    """Return the command that downloads what can be downloaded, blank where nothing can."""
    rows = [row for row in wanted if row["action"] == Action.DOWNLOAD and row["emil"] and row["delivery_date"]]
    if not rows:
        return ""
    names = ",".join(dict.fromkeys(row["dataset"] for row in rows))
    days = sorted(row["delivery_date"] for row in rows)
    settings = f"raw_dir=… datasets={names} since={days[0]} until={days[-1]}"
    return f".venv/bin/snakemake --snakefile workflows/fetch.smk --cores 1 --config {settings}"


def _files(rows: list[dict[str, str]]) -> Files:
    names = _names(rows)
    days = {date.fromisoformat(row["delivery_date"]) for row in rows if row["delivery_date"]}
    posted = sorted(day for row in rows for day in (row["posted_from"], row["posted_until"]) if day)
    return Files(
        rows[0]["dataset"],
        rows[0]["emil"],
        rows[0]["address"],
        names,
        list(reversed(ranges(sorted(days)))),
        " to ".join(dict.fromkeys((posted[0], posted[-1]))) if posted else "",
        _count(rows, names),
    )


def _count(rows: list[dict[str, str]], names: list[str]) -> int:
    """Return how many files some names stand for: that of a whole day may stand for many."""
    product = PRODUCTS.get(rows[0]["emil"])
    whole = {row["file_name"] for row in rows if row["missing"] == DAY}
    a_day = max(1, round(product.per_day)) if product else 1
    return sum(a_day if name in whole else 1 for name in names)


def _names(rows: list[dict[str, str]]) -> list[str]:
    """Return the name of each file once: a rejected file stands for the days and times that it should hold."""
    names = dict.fromkeys(row["file_name"] for row in rows if row["missing"] == FILE)
    held: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["missing"] == FILE:
            held[row["delivery_date"]].append(row["file_name"])
    for row in rows:
        if not any(fnmatchcase(name, row["file_name"]) for name in held[row["delivery_date"]]):
            names.setdefault(row["file_name"])
    return list(names)

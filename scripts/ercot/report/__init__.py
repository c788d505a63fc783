"""The standing report in its forms, all made from the same findings."""

from pathlib import Path

from ..catalog.model import Dataset
from ..files import write_json, write_text
from ..findings import Window
from ..monitor import Job, write_csv
from .facts import gather
from .page import page
from .tables import write_tables
from .text import markdown


def write_report(
    folder: Path,
    verification: dict,
    verified: list[dict],
    windows: list[Window],
    catalog: dict[str, Dataset],
    selected: list[str],
    jobs: list[Job],
) -> None:
    """Write verification.json, verification.md, index.html, gaps.csv, findings.parquet and jobs.csv into a folder.

    ``verified`` is what `verify` returned for each year, ``windows`` what each should cover, ``selected`` the
    datasets that were asked for, ``jobs`` how the run went: the page and jobs.csv alone tell of those, so that the
    rest is the same for the same raw files.
    """
    facts = gather(verification, verified, windows, catalog, selected)
    write_json(folder / "verification.json", verification)
    write_text(folder / "verification.md", markdown(facts))
    write_text(folder / "index.html", page(facts, jobs))
    write_tables(folder, verification, verified, windows)
    write_csv(jobs, folder / "jobs.csv")

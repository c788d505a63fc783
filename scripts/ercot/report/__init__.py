"""The standing report in its forms, all made from the same findings."""

from pathlib import Path

from ..catalog.model import Dataset
from ..files import write_json, write_text
from ..findings import Window
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
) -> None:
    """Write verification.json, verification.md, index.html, gaps.csv and findings.parquet into a folder.

    ``verified`` is what `verify` returned for each year, ``windows`` what each should cover, ``selected`` the
    datasets that were asked for.
    """
    facts = gather(verification, verified, windows, catalog, selected)
    write_json(folder / "verification.json", verification)
    write_text(folder / "verification.md", markdown(facts))
    write_text(folder / "index.html", page(facts))
    write_tables(folder, verification, verified, windows)

"""The standing report in its forms, all made from the same findings."""

from pathlib import Path

from ..files import write_json, write_text
from .page import page
from .tables import write_tables
from .text import markdown


def write_report(folder: Path, verification: dict, years: list[dict]) -> None:
    """Write verification.json, verification.md, index.html, gaps.csv and findings.parquet into a folder."""
    write_json(folder / "verification.json", verification)
    write_text(folder / "verification.md", markdown(verification))
    write_text(folder / "index.html", page(verification, years))
    write_tables(folder, verification, years)

"""Members of disclosures in zips, and runs on them."""

from helpers import (
    run_pipeline,
    write_raw,
)
from postings import ESR_HEADER, ESR_ROW


def esr(price):
    """Return a 60-day member with one row."""
    return [ESR_HEADER, ESR_ROW.format(price)]


def run_of(tmp_path, files, *datasets):
    """Run files written by hand; no finding may be critical."""
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", list(datasets))
    assert run.critical() == []
    return run

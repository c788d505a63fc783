"""Members of disclosures, as CSV with quotes or without."""

from helpers import run_pipeline, write_raw

RUN = "{stamp},Repeated Hour Flag,Resource Name"


def quoted(*fields: str) -> str:
    """Return a line as the disclosures print it."""
    return ",".join(f'"{field}"' for field in fields)


def run_of(tmp_path, files, *datasets):
    """Run files through the pipeline; nothing may be wrong with our own output."""
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", datasets=list(datasets))
    assert run.critical() == []
    return run


def column(run, dataset, year, name):
    return run.annual[dataset, year][name].to_list()

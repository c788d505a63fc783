"""`snakemake --report` has what people open, each with its caption, below a heading."""

import zipfile
from pathlib import PurePath

import pytest

from .conftest import DAYS, ROOT, write_tree

pytestmark = pytest.mark.slow

SHOWN = {"index.html", "verification.md", "changes.md", "gaps.csv", "wanted.csv", "registry.json"}


def test_report_holds_what_people_open(workspace):
    write_tree(workspace.raw, DAYS[:1])
    assert workspace.snakemake().code == 0
    run = workspace.snakemake("--report", "report.zip")
    assert run.code == 0, run.text
    with zipfile.ZipFile(workspace.path / "report.zip") as archive:
        assert {PurePath(name).name for name in archive.namelist()} == SHOWN | {"report.html"}
        page = archive.read("report/report.html").decode()
    for name in SHOWN:
        caption = (ROOT / "report" / name).with_suffix(".rst").read_text()
        assert caption.split(",")[0].split(":")[0].strip()[:30] in page, name
    assert "Verification" in page
    assert str(workspace.raw) in page, "the description of the workflow"
    assert "Nothing to be done" in workspace.snakemake().text

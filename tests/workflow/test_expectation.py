"""What the user expects and accepts decides the verdict, by the content of the file, and is all that is done anew."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from .conftest import DAYS, dam_spp, write_tree

pytestmark = pytest.mark.slow
ERCOT = Path(sys.executable).parent / "ercot"
MISSING = DAYS[1]  # 2023-12-31


def gaps(workspace) -> list[tuple]:
    report = json.loads((workspace.results / "reports/verification.json").read_text())
    return [(f["dataset"], f["check"], f["count"]) for f in report["findings"] if f["check"] in ("gap", "accepted")]


def accepting(workspace, day: date) -> str:
    path = workspace.path / "accepted.yaml"
    path.write_text(f"- {{dataset: dam_spp, check: gap, days: [{day}], reason: not posted}}\n")
    return str(path)


def test_a_gap_fails_a_run_until_it_is_accepted(workspace):
    write_tree(workspace.raw)
    (workspace.raw / "DAM_Settlement_Point_Prices" / dam_spp(MISSING)[0]).unlink()
    strict = {"fail_on": "warning", "datasets": "dam_spp"}
    run = workspace.snakemake(**strict)
    assert run.code != 0
    assert gaps(workspace) == [("dam_spp", "gap", 1)]

    rows = json.loads(
        subprocess.run([ERCOT, "wanted", workspace.results, "--format", "json"], capture_output=True, text=True).stdout
    )
    assert [(row["dataset"], row["delivery_date"], row["missing"]) for row in rows] == [
        ("dam_spp", "2023-12-31", "day")
    ]

    run = workspace.snakemake(**strict, accepted_findings=accepting(workspace, MISSING))
    assert run.code == 0, run.text
    assert set(run.jobs) == {"report", "product", "verdict", "all"}
    assert gaps(workspace) == [("dam_spp", "accepted", 1)]

    run = workspace.snakemake(**strict, accepted_findings=accepting(workspace, DAYS[0]))
    assert run.code != 0, "another day is accepted in the same file: the verdict follows its content"
    assert gaps(workspace) == [("dam_spp", "gap", 1), (None, "accepted", 1)]  # the entry matches nothing


def test_expected_days_are_those_of_the_settings(workspace):
    write_tree(workspace.raw)
    how = {"fail_on": "warning", "datasets": "dam_spp"}
    assert workspace.snakemake(**how).code == 0
    run = workspace.snakemake(**how, expect_from="2023-12-28")
    assert run.code != 0
    assert gaps(workspace) == [("dam_spp", "gap", 2)]
    assert workspace.snakemake(**how, expect_from="2023-12-28", expect_until="2023-12-27").code != 0
    assert (
        "expect_until: 2023-12-27 is before expect_from 2023-12-28"
        in workspace.snakemake(**how, expect_from="2023-12-28", expect_until="2023-12-27").text
    )

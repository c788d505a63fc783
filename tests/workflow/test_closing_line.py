"""The last line of a run: what was built, and no praise where something failed."""

import json
from pathlib import Path

import pytest

from ercot.workflow.run import STANDING, closing_line
from ercot.workflow.settings import Settings

ENTRY = {"dataset": "dam_spp", "rows_written": 72, "rows_rejected": 1, "files_read": 3}


def settings(results: Path) -> Settings:
    keys = {"raw_dir": results, "results_dir": results, "datasets": ("dam_spp",), "years": None, "batch_mb": 500.0}
    expected = {"expect_from": None, "expect_until": None, "accepted_findings": ()}
    return Settings(**keys, **expected, fail_on="warning")


def write(results: Path, severities=(), lost=0, rebuilt=1) -> None:
    findings = [{"severity": severity, "check": "range", "count": 1} for severity in severities]
    losses = [{"severity": "warning", "check": "loss", "count": lost}] if lost else []
    content = {"ledger": [ENTRY], "files": {"rejected": ["one.csv"], "ignored": ["a", "b"]}, "findings": findings}
    for name, held in (
        ("reports/verification.json", content),
        ("reports/changes.json", {"findings": losses}),
        ("interim/run.json", {"rollups": 4, "rebuilt": [["dam_spp", "2024"]] * rebuilt}),
    ):
        (results / name).parent.mkdir(exist_ok=True)
        (results / name).write_text(json.dumps(held))


@pytest.mark.parametrize(
    ("ending", "severities", "verdict"),
    [
        ("built", [], "no finding that fails the run"),
        ("built", ["info"], "no finding that fails the run"),
        ("failed", ["info"], "what failed is shown above"),
        ("failed", ["critical", "warning"], "2 findings at or above 'warning'"),
    ],
)
def test_last_line(tmp_path, ending, severities, verdict):
    write(tmp_path, severities)
    assert closing_line(settings(tmp_path), ending) == (
        f"ercot: {ending}: 1 of 4 rollups rebuilt; 72 rows in all; rejected 1 row and 1 file; ignored 2 files; "
        f"no row lost; {verdict}. Report: {tmp_path}/reports/index.html"
    )


def test_a_loss_is_told_and_counts(tmp_path):
    write(tmp_path, lost=53)
    line = closing_line(settings(tmp_path), "failed")
    assert "; lost 53 rows that were there; 1 finding at or above 'warning'. " in line


def test_a_run_with_nothing_to_do_tells_the_standing_verdict(tmp_path):
    write(tmp_path, rebuilt=0)
    line = closing_line(settings(tmp_path), STANDING)
    assert line.startswith("ercot: nothing to rebuild: 0 of 4 rollups rebuilt; ")
    assert line.endswith("no finding that fails the run. Report: " + str(tmp_path / "reports/index.html"))


def test_last_line_without_a_report(tmp_path):
    assert closing_line(settings(tmp_path), "failed") == f"ercot: failed; no report yet in {tmp_path / 'reports'}"

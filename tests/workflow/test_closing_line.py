"""The last line of a run: what was built, and no praise where something failed."""

import json
from types import SimpleNamespace

import pytest

from ercot.workflow.run import closing_line

ENTRY = {"dataset": "dam_spp", "rows_written": 72, "rows_rejected": 1, "files_read": 3}


@pytest.mark.parametrize(
    ("ending", "severities", "verdict"),
    [
        ("built", [], "no finding that fails the run"),
        ("built", ["warning"], "no finding that fails the run"),
        ("failed", ["warning"], "what failed is told above"),
        ("failed", ["critical", "warning"], "1 finding at or above 'critical'"),
    ],
)
def test_last_line(tmp_path, ending, severities, verdict):
    content = {
        "ledger": [ENTRY],
        "files": {"rejected": ["one.csv"]},
        "findings": [{"severity": severity} for severity in severities],
    }
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/verification.json").write_text(json.dumps(content))
    line = closing_line(SimpleNamespace(results_dir=tmp_path, fail_on="critical"), ending)
    assert line.startswith(f"ercot: {ending}: 1 rollup, 72 rows from 3 files; rejected 1 row and 1 file; {verdict}. ")
    assert line.endswith("reports/index.html")


def test_last_line_without_a_report(tmp_path):
    line = closing_line(SimpleNamespace(results_dir=tmp_path, fail_on="critical"), "failed")
    assert line == f"ercot: failed; no report yet in {tmp_path / 'reports'}"

"""Derived rollups as targets of the workflow: built only when asked for, once, and refused with a reason."""

import json
from datetime import date

import polars as pl
import pytest

from .conftest import Workspace, dam_mcpc, dam_spp, write_tree

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Workspace:
    """Four days of day-ahead prices over the turn of a year, and what is derived from them."""
    workspace = Workspace(tmp_path_factory.mktemp("derived"))
    write_tree(workspace.raw)
    run = workspace.snakemake("derived")
    assert run.code == 0, run.text
    return workspace


def test_derived_are_built_where_their_sources_are(built):
    found = {p.relative_to(built.results / "derived").as_posix() for p in (built.results / "derived").rglob("*.*")}
    assert found == {
        f"{name}/{file}"
        for name in ("dam_spp_monthly", "dam_mcpc_wide")
        for file in ("2023.parquet", "2024.parquet", "schema.json")
    }
    rows = pl.read_parquet(built.results / "derived/dam_spp_monthly/2024.parquet")
    # two days of hour + place of the point: the mean of 1..24 is 12.5, the mean of the top four 22.5
    assert rows.select("settlement_point", "hours", "price_mean", "top4_price").rows() == [
        ("AEEC", 48, 14.5, 24.5),
        ("HB_HOUSTON", 48, 12.5, 22.5),
        ("LZ_WEST", 48, 13.5, 23.5),
    ]
    report = json.loads((built.results / "interim/derived/dam_spp_monthly/2024.json").read_text())
    assert (report["rows"], [f["check"] for f in report["findings"]]) == (3, ["gap"])
    sheet = json.loads((built.results / "derived/dam_mcpc_wide/schema.json").read_text())
    assert sheet["key"] == ["interval_start"]


def test_nothing_more_is_built_than_needed_and_nothing_twice(built):
    assert not (built.results / "reports/verdict.txt").exists()
    again = built.snakemake("derived")
    assert again.code == 0
    assert again.jobs == {}


def test_unknown_names_and_years_are_refused_in_one_line(built):
    for target, reason in (
        ("derived/nothing_such/2024.parquet", "there is no derived rollup 'nothing_such'"),
        ("derived/dart_spread/2024.parquet", "dart_spread 2024 needs raw files of that year for rt_spp_hourly and dam"),
    ):
        run = built.snakemake("-n", str(built.results / target))
        assert run.code != 0
        assert reason in run.text
        assert "Traceback" not in run.text


def test_accepted_findings_fail_no_run_of_derived_rollups_alone(tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    assert workspace.snakemake("derived", fail_on="warning").code != 0  # months of two days each
    accepted = tmp_path / "accepted.yaml"
    accepted.write_text("- {dataset: dam_spp_monthly, check: gap, years: [2023, 2024], reason: four days are meant}\n")
    run = workspace.snakemake("derived", fail_on="warning", accepted_findings=str(accepted))
    assert run.code == 0, run.text
    assert set(run.jobs) <= {"derived_verdict", "derived"}


def test_what_was_built_once_is_in_the_report_and_kept_up_to_date(tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    assert workspace.snakemake("derived").code == 0
    assert workspace.snakemake().code == 0
    assert ("dam_spp_monthly", 2024, "gap") in told(workspace)
    assert workspace.snakemake().jobs == {}

    name, text = dam_spp(date(2024, 1, 3))
    (workspace.raw / "DAM_Settlement_Point_Prices" / name).write_text(text)
    added = workspace.snakemake()
    assert (added.code, added.jobs["derive"]) == (0, 1)
    # The second report finds the record of the first one, which is none of this run.
    assert {"derive", "rollup"} <= rules_told(workspace)
    assert "report" not in rules_told(workspace)
    rows = pl.read_parquet(workspace.results / "derived/dam_spp_monthly/2024.parquet")
    assert rows["hours"].to_list() == [72, 72, 72]

    failed = workspace.snakemake(fail_on="warning")
    assert failed.code != 0
    assert "warning: dam_spp_monthly 2024: gap:" in failed.text

    for published in ("20231229", "20231230"):  # of the two days of 2023
        for path in workspace.raw.rglob(f"*.{published}.*"):
            path.unlink()
    workspace.snakemake()
    (stale,) = (f for f in report(workspace)["findings"] if f["check"] == "stale")
    assert "derived/dam_spp_monthly/2023.parquet" in stale["examples"]


def test_a_faulty_one_is_a_critical_finding_that_keeps_nothing_else_from_the_report(tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    name, text = dam_mcpc(date(2024, 1, 3))
    (workspace.raw / name).write_text(text.replace("RRS", "NEWAS"))  # a product that has no column
    for targets in (("derived",), ("all", "derived"), ()):  # asked for alone, with the rest, and built once
        run = workspace.snakemake(*targets)
        assert run.code != 0
        assert "critical: dam_mcpc_wide 2024: ledger: accounts for 120 of the 144 rows of dam_mcpc" in run.text
    found = report(workspace)["findings"]
    assert [(f["dataset"], f["year"], f["check"]) for f in found if f["severity"] == "critical"] == [
        ("dam_mcpc_wide", 2024, "ledger")
    ]
    assert "dam_mcpc_wide" in (workspace.results / "reports/verification.md").read_text()


def test_with_the_rest_they_are_in_the_report_at_once_and_nothing_is_left_to_do(tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    assert workspace.snakemake("all", "derived").code == 0
    assert ("dam_spp_monthly", 2024, "gap") in told(workspace)
    for targets in (("all", "derived"), ("derived",), ()):
        assert workspace.snakemake(*targets).jobs == {}


def test_the_target_fails_by_fail_on_also_when_nothing_else_is_to_be_done(built):
    for _ in "first", "second":
        run = built.snakemake("derived", fail_on="warning")
        assert run.code != 0
        assert "warning: dam_spp_monthly 2024: gap:" in run.text
        assert set(run.jobs) == {"derived_verdict", "derived"}
    assert built.snakemake("derived").code == 0


def report(workspace: Workspace) -> dict:
    """Return the standing report."""
    return json.loads((workspace.results / "reports/verification.json").read_text())


def rules_told(workspace: Workspace) -> set[str]:
    """Return the rules of which the table of jobs has some."""
    return set(pl.read_csv(workspace.results / "reports/jobs.csv")["rule"])


def told(workspace: Workspace) -> set[tuple]:
    """Return dataset, year and check of each finding."""
    return {(f["dataset"], f["year"], f["check"]) for f in report(workspace)["findings"]}

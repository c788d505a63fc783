"""What the last run changed: rows counted by hand, the state before a run kept over kills, losses while they stand."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from ercot.catalog import DATASETS
from ercot.checks.accepted import read_entries
from ercot.checks.differences import differences
from ercot.core.files import read_json, write_json
from ercot.core.paths import ResultPaths
from ercot.planning.before import keep_state
from ercot.planning.plan import Plan
from ercot.report.changes import account, read_before
from ercot.report.text.changes import changes_markdown, finding_lines, headline, lost_line
from ercot.tables.schema import annual_table

PLACE = ("dam_spp", 2024)
JOBS = {("rollup", "dam_spp", "2024"), ("report",), ("verdict",)}
PLAN = Plan({"dam_spp": {"2024": ["2024"]}}, {}, {}, "2024-01-09", [], [])
TOLD = {"raw_dir": "/raw", "settings": {}}


def rollup(path, rows):
    """Write a rollup of rows (day of January, hour, point, price)."""
    start = datetime(2024, 1, 1, 6, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            "interval_start": [start + timedelta(days=day - 1, hours=hour) for day, hour, _, _ in rows],
            "settlement_point": [point for _, _, point, _ in rows],
            "settlement_point_price": [price for _, _, _, price in rows],
            "delivery_date": [date(2024, 1, day) for day, _, _, _ in rows],
        }
    )
    frame.write_parquet(path)
    return str(path)


def facts(rows, year=2024):
    """Return what the checks find in a rollup, as far as changes go: ``rows`` by day of January, one a time."""
    days = {f"{year}-01-{day:02d}": count for day, count in rows.items()}
    ledger = {"rows_written": sum(rows.values())}
    return {"dataset": "dam_spp", "year": year, "ledger": ledger, "days": days, "rows": days, "findings": []}


def built(paths, rows, changes=None):
    """Lay down what a run leaves on the disk."""
    paths.annual("dam_spp", "2024").parent.mkdir(parents=True, exist_ok=True)
    paths.annual("dam_spp", "2024").unlink(missing_ok=True)
    paths.annual("dam_spp", "2024").write_text(str(rows))
    write_json(paths.facts("dam_spp", "2024"), facts(rows))
    write_json(paths.report("verification.json"), {"findings": []})
    if changes is not None:
        write_json(paths.report("changes.json"), changes)


def night(paths, rows, ended, accepted=()):
    """Plan, make the rollup anew with these rows by day, and report; returns the content of changes.json."""
    keep_state(paths, PLAN, JOBS, TOLD)
    content = account(read_before(paths), [PLACE], [facts(rows)], [], ended, read_entries(list(accepted)))
    built(paths, rows, content)
    keep_state(paths, PLAN, set(), TOLD)  # a run with nothing to do
    return content


@pytest.fixture
def paths(tmp_path):
    return ResultPaths(tmp_path)


# --- rows ------------------------------------------------------------------------------------------------------------

OLD = [(1, 0, "A", 1.0), (1, 1, "A", 2.0), (2, 0, "A", 3.0), (3, 0, "A", None)]


@pytest.mark.parametrize(
    ("now", "gained", "lost", "changed"),
    [
        (OLD, 0, 0, 0),
        (OLD[1:], 0, 1, 0),
        ([*OLD, (3, 1, "B", 9.0)], 1, 0, 0),
        ([(1, 0, "A", 7.0), *OLD[1:]], 0, 0, 1),
        ([(1, 0, "B", 1.0), *OLD[1:]], 1, 1, 0),
        ([*OLD[:3], (3, 0, "A", 4.0)], 0, 0, 1),
        ([(5, 0, "A", 1.0)], 1, 4, 0),
    ],
)
def test_rows_gained_lost_and_changed(tmp_path, now, gained, lost, changed):
    before, after = rollup(tmp_path / "a.parquet", OLD), rollup(tmp_path / "b.parquet", now)
    found = differences(annual_table(DATASETS["dam_spp"]), before, after)
    assert found == {"gained": gained, "lost": lost, "changed": changed}


def test_many_rows_are_compared_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("ercot.checks.differences.ROWS_AT_ONCE", 2)
    rows = [(day, hour, "A", 1.0) for day in range(1, 29) for hour in range(24)]
    raised = [(day, hour, point, price + (hour == 3)) for day, hour, point, price in rows]
    before, after = rollup(tmp_path / "a.parquet", rows), rollup(tmp_path / "b.parquet", raised)
    assert differences(annual_table(DATASETS["dam_spp"]), before, after) == {"gained": 0, "lost": 0, "changed": 28}


def test_rows_without_a_key_are_gained_and_lost(tmp_path):
    dataset = next(d for d in DATASETS.values() if not d.key)
    before, after = rollup(tmp_path / "a.parquet", [*OLD, OLD[0]]), rollup(tmp_path / "b.parquet", [*OLD, OLD[1]])
    assert differences(annual_table(dataset), before, after) == {"gained": 1, "lost": 1, "changed": 0}


# --- the state before ------------------------------------------------------------------------------------------------


def test_a_killed_run_that_is_run_again_compares_with_the_state_before_both(paths):
    built(paths, {1: 24, 2: 24})
    keep_state(paths, PLAN, JOBS, TOLD)
    built(paths, {1: 24})  # the rollup was rebuilt with a loss, then the run was killed
    paths.report("verification.json").unlink()  # Snakemake had removed the old report
    keep_state(paths, PLAN, JOBS - {("rollup", "dam_spp", "2024")}, TOLD)
    rebuilt = read_json(paths.run_notes)["rebuilt"]
    assert rebuilt == [["dam_spp", "2024"]]
    content = account(read_before(paths), [PLACE], [facts({1: 24})], [], "2024-01-10T00:00")
    assert [(f["check"], f["severity"], f["count"]) for f in content["findings"]] == [("loss", "warning", 24)]
    assert content["rollups"][0]["days"] == {"gained": [], "lost": ["2024-01-02"]}


def test_a_run_notes_only_what_it_makes_anew_itself_once_the_report_of_the_one_before_is_written(paths):
    built(paths, {1: 24})
    keep_state(paths, PLAN, JOBS, TOLD)
    write_json(paths.report("run.json"), {"ended": "2024-01-09T00:00", "version": "1"} | read_json(paths.run_notes))
    keep_state(paths, PLAN, {("verdict",), ("report",)}, TOLD)
    assert read_json(paths.run_notes)["rebuilt"] == []


def test_what_is_kept_is_dropped_once_the_report_is_current(paths):
    built(paths, {1: 24}, {"losses": []})
    keep_state(paths, PLAN, JOBS, TOLD)
    assert paths.before("dam_spp", "2024.parquet").exists()
    keep_state(paths, PLAN, set(), TOLD)
    assert not paths.before("dam_spp", "2024.parquet").exists()
    assert read_json(paths.run_notes)["rebuilt"] == []


def test_a_run_of_another_selection_drops_nothing_that_waits_for_its_report(paths):
    built(paths, {1: 24})
    keep_state(paths, PLAN, JOBS, TOLD)
    other = Plan({"rt_spp": {"2024": ["2024"]}}, {}, {}, "2024-01-09", [], [])
    keep_state(paths, other, set(), TOLD)
    assert paths.before("dam_spp", "2024.parquet").exists()


# --- losses ----------------------------------------------------------------------------------------------------------


def test_a_first_build_has_nothing_to_compare_with(paths):
    content = account(read_before(paths), [PLACE], [facts({1: 24})], [], "2024-01-01T00:00:00")
    assert content["findings"] == []
    assert headline(content).startswith("First build, 2024-01-01 00:00 UTC: 1 rollup;")


def test_a_loss_stands_until_the_rows_are_back(paths):
    night(paths, {1: 24, 2: 24}, "2024-01-03T00:00")
    lost = night(paths, {1: 24, 2: 20}, "2024-01-04T00:00")
    assert lost_line(lost) == "4 rows lost (dam_spp 2024)"
    more = night(paths, {1: 23, 2: 20, 3: 24}, "2024-01-05T00:00")
    assert [finding["count"] for finding in more["findings"]] == [5]
    assert more["losses"][0]["since"] == "2024-01-04T00:00"
    part = night(paths, {1: 24, 2: 20, 3: 24}, "2024-01-06T00:00")
    assert [finding["count"] for finding in part["findings"]] == [4]
    back = night(paths, {1: 24, 2: 24, 3: 24}, "2024-01-07T00:00")
    assert (back["findings"], back["losses"]) == ([], [])


def test_a_run_that_rebuilds_nothing_carries_changes_and_losses_on(paths):
    night(paths, {1: 24, 2: 24}, "2024-01-03T00:00")
    lost = night(paths, {1: 24}, "2024-01-04T00:00")
    keep_state(paths, PLAN, {("report",)}, TOLD)  # a setting of the report was changed
    again = account(read_before(paths), [], [facts({1: 24})], [], "2024-01-05T00:00")
    assert again == lost


@pytest.mark.parametrize("entry", [{"days": "2024-01-02"}, {"years": 2024}])
def test_an_accepted_loss_counts_no_more(paths, entry):
    night(paths, {1: 24, 2: 24}, "2024-01-03T00:00")
    entry = {"dataset": "dam_spp", "check": "loss", "reason": "withdrawn by ERCOT"} | entry
    content = night(paths, {1: 24}, "2024-01-04T00:00", [entry])
    assert [(f["check"], f["severity"]) for f in content["findings"]] == [("accepted", "info")]
    assert "withdrawn by ERCOT" in content["findings"][0]["message"]
    assert lost_line(content) is None


def test_accepting_the_loss_of_a_day_hides_no_other_day(paths):
    night(paths, {1: 24, 2: 24, 3: 24}, "2024-01-03T00:00")
    entry = {"dataset": "dam_spp", "check": "loss", "days": "2024-01-02", "reason": "withdrawn"}
    content = night(paths, {1: 24, 3: 20}, "2024-01-04T00:00", [entry])
    assert sorted((f["check"], f["count"]) for f in content["findings"]) == [("accepted", 24), ("loss", 4)]


def test_findings_that_came_and_went_are_told(paths):
    def found(check, count):
        facts = {"dataset": "dam_spp", "year": 2024, "severity": "warning", "message": check}
        return facts | {"check": check, "count": count, "examples": []}

    built(paths, {1: 24}, {})
    write_json(paths.report("verification.json"), {"findings": [found("range", 3), found("drift", 1)]})
    keep_state(paths, PLAN, JOBS, TOLD)
    new = [found("range", 5), found("gap", 1)]
    content = account(read_before(paths), [PLACE], [facts({1: 24})], new, "2024-01-04T00:00")
    assert [(f["check"], f["count"], f["before"]) for f in content["new"]] == [("range", 5, 3), ("gap", 1, 0)]
    assert [f["check"] for f in content["gone"]] == ["drift"]
    assert "- gone: dam_spp 2024: drift" in changes_markdown(content)


def test_a_finding_that_counts_otherwise_than_before_is_told_as_changed():
    found = {"dataset": "rt_spp", "year": 2024, "check": "gap", "message": "250 days missing", "count": 251}
    found["before"] = 10
    new = {key: value for key, value in found.items() if key != "before"}
    assert finding_lines({"new": [found, new], "gone": []}) == [
        "changed: rt_spp 2024: gap: 250 days missing (251 in all, 10 before)",
        "new: rt_spp 2024: gap: 250 days missing",
    ]


def test_of_several_findings_of_a_check_the_largest_is_shown(tmp_path):
    def gap(count):
        return {"dataset": "dam_spp", "year": 2024, "check": "gap", "severity": "warning", "count": count} | {
            "message": f"{count} missing",
            "examples": [],
        }

    before = read_before(ResultPaths(tmp_path))
    told = account(before, [PLACE], [facts({1: 24})], [gap(1), gap(250), gap(3)], "2024-01-02T00:00")
    (new,) = told["new"]
    assert (new["message"], new["count"]) == ("250 missing", 254)

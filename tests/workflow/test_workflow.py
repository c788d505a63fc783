"""The workflow as a user runs it: what is built, what runs again and what does not, and that bytes never change."""

import json
import os
import shutil
from datetime import date

import polars as pl
import pytest

from .conftest import DAYS, Workspace, dam_mcpc, dam_spp, write_tree

pytestmark = pytest.mark.slow

# What a change in one year of one dataset makes run, whatever else there is.
LAST = {"header_registry": 1, "report": 1, "product": 1, "verdict": 1, "all": 1}
ONE_YEAR = LAST | {"normalize": 1, "rollup": 1}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Workspace:
    """A tree of four days over the turn of a year, built once."""
    workspace = Workspace(tmp_path_factory.mktemp("built"))
    write_tree(workspace.raw)
    run = workspace.snakemake()
    assert run.code == 0, run.text
    return workspace


@pytest.fixture
def copy(built, tmp_path) -> Workspace:
    """A copy of the built workspace, file times included, at the same relative place."""
    shutil.copytree(built.path, tmp_path / "w", symlinks=True)
    return Workspace(tmp_path / "w")


def planned(workspace: Workspace, **config) -> dict[str, int]:
    """What a dry run says would run."""
    run = workspace.snakemake("-n", **config)
    assert run.code == 0, run.text
    return run.jobs


def relative(workspace: Workspace) -> dict[str, str]:
    """Relative paths, so that a copied workspace is the same to Snakemake."""
    return {"raw_dir": "raw", "results_dir": "results"}


def test_rollups_hold_the_rows_of_their_year(built):
    old = pl.read_parquet(built.results / "annual/dam_spp/2023.parquet")
    new = pl.read_parquet(built.results / "annual/dam_spp/2024.parquet")
    assert (old.height, new.height) == (2 * 72, 2 * 72)
    assert old["delivery_date"].unique().sort().to_list() == [date(2023, 12, 30), date(2023, 12, 31)]
    last = old.filter(pl.col("settlement_point") == "AEEC").tail(1).to_dicts()[0]
    assert str(last["interval_start"]) == "2024-01-01 05:00:00+00:00"
    assert (last["hour_ending"], last["settlement_point_price"]) == (24, 26.0)


def test_outputs_are_where_the_contract_says(built):
    for path in (
        "annual/dam_mcpc/schema.json",
        "rejected/dam_spp/2024.parquet",
        "revisions/dam_spp/2024.parquet",
        "schemas/registry.json",
        "reports/verification.json",
        "reports/verification.md",
        "reports/index.html",
    ):
        assert (built.results / path).is_file(), path


def test_second_run_has_nothing_to_do(built):
    run = built.snakemake()
    assert run.code == 0
    assert "Nothing to be done" in run.text
    assert run.jobs == {}


def test_a_new_file_reruns_its_batch_and_year_only(built, tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    assert workspace.snakemake(**relative(workspace)).code == 0
    before = workspace.digests()
    name, text = dam_spp(date(2024, 1, 3))
    (workspace.raw / name).write_text(text)
    assert planned(workspace, **relative(workspace)) == ONE_YEAR
    assert workspace.snakemake(**relative(workspace)).code == 0
    after = workspace.digests()
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"annual/dam_spp/2024.parquet"}
    shutil.rmtree(workspace.results)
    shutil.rmtree(workspace.path / ".snakemake")
    assert workspace.snakemake(cores=1, **relative(workspace)).code == 0
    assert workspace.digests() == after


def test_touch_change_remove(built, tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    assert workspace.snakemake(**relative(workspace)).code == 0
    before = workspace.digests()
    name, text = dam_spp(DAYS[3])
    path = workspace.raw / "DAM_Settlement_Point_Prices" / name

    os.utime(path, (1, 1))
    assert planned(workspace, **relative(workspace)) == ONE_YEAR
    assert workspace.snakemake(**relative(workspace)).code == 0
    assert workspace.digests() == before, "a touched file changes no byte"

    path.write_text(text.replace("24:00,AEEC,26.00", "24:00,AEEC,99.25"))
    assert planned(workspace, **relative(workspace)) == ONE_YEAR
    assert workspace.snakemake(**relative(workspace)).code == 0
    prices = pl.read_parquet(workspace.results / "annual/dam_spp/2024.parquet")["settlement_point_price"]
    assert (prices == 99.25).sum() == 1

    path.unlink()
    assert planned(workspace, **relative(workspace)) == ONE_YEAR
    assert workspace.snakemake(**relative(workspace)).code == 0
    assert pl.read_parquet(workspace.results / "annual/dam_spp/2024.parquet").height == 72


def test_moved_and_two_step_trees_give_the_same_bytes(built, tmp_path):
    moved = Workspace(tmp_path / "moved")
    for i, source in enumerate(sorted(p for p in built.raw.rglob("*") if p.is_file())):
        target = moved.raw / "deep" / str(i % 3) / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        os.utime(target, (1_000_000 + i, 1_000_000 + i))
    assert moved.snakemake(batch_mb=1).code == 0
    assert moved.digests() == built.digests()

    stepwise = Workspace(tmp_path / "stepwise")
    write_tree(stepwise.raw, DAYS[:1] + DAYS[3:])
    assert stepwise.snakemake().code == 0
    write_tree(stepwise.raw, DAYS[1:3])
    assert stepwise.snakemake().code == 0
    assert stepwise.digests() == built.digests()


def test_a_year_without_raw_files_is_a_stale_rollup(tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    assert workspace.snakemake().code == 0
    for day in DAYS[2:]:
        (workspace.raw / "DAM_Settlement_Point_Prices" / dam_spp(day)[0]).unlink()
    run = workspace.snakemake()
    assert run.code != 0
    report = json.loads((workspace.results / "reports/verification.json").read_text())
    stale = [f for f in report["findings"] if f["check"] == "stale"]
    assert stale[0]["severity"] == "critical"
    assert "annual/dam_spp/2024.parquet" in stale[0]["examples"]


def test_fail_on_holds_when_nothing_else_is_to_be_done(tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw, DAYS[:1])
    (workspace.raw / dam_mcpc(DAYS[1])[0]).write_text("<html>login</html>\n")
    assert workspace.snakemake(fail_on="critical").code == 0
    assert workspace.snakemake(fail_on="warning").code != 0
    again = workspace.snakemake(fail_on="warning")
    assert again.code != 0
    assert set(again.jobs) == {"verdict", "all"}
    assert workspace.snakemake(fail_on="never").code == 0


def test_no_limit_on_job_starts_keeps_the_scheduler_turning(tmp_path):
    """Each turn under a limit sets a timer for one more, so small jobs in numbers would wait for the scheduler."""
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw, DAYS[:1])
    run = workspace.snakemake("--verbose")
    assert "Ready jobs: " in run.text  # what the scheduler says of itself is there
    assert "Submitting maximum" not in run.text


def test_parts_of_the_tree(tmp_path):
    workspace = Workspace(tmp_path)
    write_tree(workspace.raw)
    assert workspace.snakemake(datasets="[dam_spp]", years="[2024]").code == 0
    assert set(workspace.digests()) == {"annual/dam_spp/2024.parquet"}
    assert workspace.snakemake(datasets="dam_mcpc", years="2023").code == 0
    assert set(workspace.digests()) == {"annual/dam_spp/2024.parquet", "annual/dam_mcpc/2023.parquet"}

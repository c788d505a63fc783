"""Runs that are killed, disks that are full, folders that cannot be written: the next run makes it good."""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from patience import PATIENCE

from .conftest import ROOT, Workspace, write_tree

pytestmark = pytest.mark.slow

DAYS = [date(2023, 12, 30) + timedelta(days=i) for i in range(4)]
SMALL = {"batch_mb": "0.3"}  # a month a batch
# What shows that a rule is at work, and within how many seconds from then on the run is killed.
MOMENTS = {
    "normalize": ("logs/normalize/dam_spp/*.log", 1.5),
    "rollup": ("logs/rollup/*/2023.log", 0.8),
    "report": ("logs/report.log", 0.4),
}


def outputs(workspace: Workspace) -> dict[str, str]:
    """Return the digests of all that a user reads: tables, registry and machine-readable report."""
    kinds = ("annual/**/*.*", "rejected/**/*.parquet", "revisions/**/*.parquet", "schemas/*.json", "reports/*.json")
    of_the_run = {"run.json", "changes.json"}
    files = sorted({p for kind in kinds for p in workspace.results.glob(kind) if p.name not in of_the_run})
    return {p.relative_to(workspace.results).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def assert_whole(workspace: Workspace) -> None:
    """Open every file that bears its final name: none may be half of one."""
    for path in workspace.results.rglob("*"):
        if path.suffix == ".parquet" and not path.name.startswith("."):
            pl.read_parquet(path)
        elif path.suffix == ".json" and not path.name.startswith("."):
            json.loads(path.read_text())


def assert_told(run, message: str) -> None:
    """A failed run says why in one line of ours, without a traceback."""
    assert run.code != 0
    assert message in run.text
    assert "Traceback" not in run.text
    assert [line for line in run.text.splitlines() if "ercot: " in line and message in line]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, str]:
    """The digests of a run that nothing disturbs."""
    workspace = Workspace(tmp_path_factory.mktemp("undisturbed"))
    write_tree(workspace.raw, DAYS)
    run = workspace.snakemake(**SMALL)
    assert run.code == 0, run.text
    return outputs(workspace)


def kill(workspace: Workspace, moment: str, chance: random.Random, whole_group: bool) -> None:
    """Start a run and kill it a moment after a rule has begun, with its jobs or without."""
    pattern, within = MOMENTS[moment]
    keys = {"raw_dir": workspace.raw, "results_dir": workspace.results} | SMALL
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
    command += ["--directory", str(workspace.path), "--config", *(f"{k}={v}" for k, v in keys.items())]
    started = time.time()
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while not any(p.stat().st_mtime >= started - 1 for p in workspace.results.glob(pattern)) and run.poll() is None:
        assert time.monotonic() < deadline, "the rule never began"
        time.sleep(0.005)
    time.sleep(chance.random() * within)
    os.killpg(run.pid, signal.SIGKILL) if whole_group else run.kill()
    run.wait()


@pytest.mark.parametrize(("seed", "whole_group"), [(1, True), (2, False)], ids=["with its jobs", "without its jobs"])
def test_a_run_killed_again_and_again_ends_in_the_same_bytes(workspace, undisturbed, seed, whole_group):
    chance = random.Random(seed)
    write_tree(workspace.raw, DAYS)
    for moment in MOMENTS:
        kill(workspace, moment, chance, whole_group)
        assert_whole(workspace)
    run = workspace.snakemake(**SMALL)
    assert run.code == 0, run.text
    assert outputs(workspace) == undisturbed
    assert list(workspace.results.rglob("*.part")) == []
    assert "Nothing to be done" in workspace.snakemake(**SMALL).text


@pytest.fixture
def small_disk(workspace):
    """A results folder on a file system of its own, which has little room."""
    workspace.results.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(workspace.results)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield workspace
    subprocess.run(["umount", "--lazy", str(workspace.results)], check=True)


def remount(workspace: Workspace, options: str) -> None:
    """Change the room or the mode of the mounted results folder."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(workspace.results)], check=True)


def test_a_disk_that_is_full_from_the_start_is_told(small_disk):
    remount(small_disk, "size=16k")
    write_tree(small_disk.raw, DAYS)
    assert_told(small_disk.snakemake(**SMALL), "cannot plan: No space left on device")


def test_a_disk_that_fills_up_is_told_and_nothing_is_half_written(small_disk, undisturbed):
    write_tree(small_disk.raw, DAYS)
    assert_told(small_disk.snakemake(**SMALL), "No space left on device")
    assert_whole(small_disk)
    remount(small_disk, "size=64m")
    run = small_disk.snakemake(**SMALL)
    assert run.code == 0, run.text
    assert outputs(small_disk) == undisturbed


def test_a_results_folder_that_cannot_be_written_is_told(small_disk):
    write_tree(small_disk.raw, DAYS[:1])
    remount(small_disk, "ro,size=1m")
    run = small_disk.snakemake()
    remount(small_disk, "rw,size=1m")
    assert_told(run, "choose another results_dir")
    assert re.search(r"cannot write to \S+: Read-only file system", run.text)


def test_a_file_in_the_place_of_the_results_folder_is_told(workspace):
    write_tree(workspace.raw, DAYS[:1])
    workspace.results.write_text("in the way")
    assert_told(workspace.snakemake(), "choose another results_dir")
    assert workspace.results.read_text() == "in the way"


def test_a_folder_in_the_place_of_a_rollup_is_told(workspace):
    write_tree(workspace.raw, DAYS[:1])
    (workspace.results / "annual/dam_spp/2023.parquet/x").mkdir(parents=True)
    run = workspace.snakemake()
    assert run.code != 0
    assert "Traceback" not in run.text
    (line,) = [line for line in run.text.splitlines() if line.startswith("ercot: rollup dam_spp 2023: ")]
    assert "Is a directory" in line


def test_raw_files_with_hostile_names_are_shown_safely(workspace):
    write_tree(workspace.raw, DAYS[:2])
    folder = workspace.raw / "<script>alert(1)<$(touch pwned)|\n# head"
    folder.mkdir()
    (folder / "<img src=x onerror=alert(2)>.txt").write_text("")
    for path in list(workspace.raw.glob("DAM_Settlement*/*.csv"))[:1]:
        (folder / path.name.replace(".123000.", ".150000.")).write_text("<html>")
    os.mkdir(os.path.join(os.fsencode(workspace.raw), b"caf\xe9"))
    Path(os.fsdecode(os.path.join(os.fsencode(workspace.raw), b"caf\xe9", b"\xff.csv"))).write_text("")
    run = workspace.snakemake()
    assert run.code == 0, run.text
    page = (workspace.results / "reports/index.html").read_text()
    text = (workspace.results / "reports/verification.md").read_text()
    report = json.loads((workspace.results / "reports/verification.json").read_text())
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert not re.search(r"^# head", text, re.MULTILINE)
    assert len(report["files"]["ignored"]) == 2
    assert len(report["files"]["rejected"]) == 1
    assert not list(workspace.path.rglob("pwned"))

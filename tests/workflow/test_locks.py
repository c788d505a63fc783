"""One run at a time on a results folder, and a run that was killed is in nobody's way."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from patience import PATIENCE

from ercot.workflow.run import retried_line, take_lock

from .conftest import DAYS, ROOT, Workspace, write_tree


def until(condition):
    """Wait until something has come true, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return found


def started(workspace):
    """Start a run in the background, and return it once its first job is at work."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", workspace.path]
    command += ["annual", "--cores", "2", "--config", f"raw_dir={workspace.raw}", f"results_dir={workspace.results}"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: scripts_of(workspace))
    return run


def scripts_of(workspace):
    """The processes that run a script of this workspace."""
    folder = str(workspace.path / ".snakemake" / "scripts").encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if folder in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def pause(workspace):
    """Make the scripts that run take long; return them."""
    found = scripts_of(workspace)
    for pid in found:
        os.kill(pid, signal.SIGSTOP)
    return found


@pytest.mark.slow
def test_second_run_on_the_same_results_is_told_so_in_one_line(workspace):
    write_tree(workspace.raw)
    first = started(workspace)
    jobs = pause(workspace)
    second, dry = workspace.snakemake("annual"), workspace.snakemake("annual", "-n")
    for pid in jobs:
        os.kill(pid, signal.SIGCONT)
    first.wait(PATIENCE)
    assert second.code != 0
    (line,) = [line for line in second.text.splitlines() if line.startswith("ercot: ")]
    assert f"another run is at work on {workspace.results} (process {first.pid} on" in line
    assert "Traceback" not in second.text
    assert "--unlock" not in second.text
    assert dry.code == 0, dry.text
    assert first.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("changes", [False, True], ids=["same files", "files changed meanwhile"])
def test_jobs_of_a_killed_run_that_end_late_change_nothing(workspace, changes):
    write_tree(workspace.raw)
    assert workspace.snakemake("annual").code == 0
    path = next(iter(sorted(workspace.raw.rglob("*DAMSP*"))))
    path.write_text(path.read_text().replace("24:00,AEEC,26.00", "24:00,AEEC,77.25"))
    killed = started(workspace)
    orphans = pause(workspace)
    killed.kill()
    killed.wait()
    if changes:
        path.write_text(path.read_text().replace("77.25", "88.5"))
    again = workspace.snakemake("annual")
    assert again.code == 0, again.text
    after = workspace.digests()
    for pid in orphans:
        os.kill(pid, signal.SIGCONT)
    until(lambda: not scripts_of(workspace))
    assert workspace.digests() == after
    assert "Nothing to be done" in workspace.snakemake("annual").text
    fresh = Workspace(workspace.path / "fresh")
    shutil.copytree(workspace.raw, fresh.raw)
    assert fresh.snakemake("annual").code == 0
    assert fresh.digests() == after


def test_lock_says_who_has_it(tmp_path):
    held = take_lock(tmp_path)
    assert take_lock(tmp_path) is None
    assert f"process {os.getpid()} on" in (tmp_path / ".lock").read_text()
    held.close()
    again = take_lock(tmp_path)
    assert len((tmp_path / ".lock").read_text().splitlines()) == 1
    again.close()


def test_jobs_tried_again_are_named():
    log = """
[Mon Nov 23 21:08:50 2026]
Job 5: normalize dam_mcpc 2024 -> results/interim/dam_mcpc/2024.parquet
Trying to restart job 5.
Job 5: normalize dam_mcpc 2024 -> results/interim/dam_mcpc/2024.parquet
Trying to restart job 5.
Trying to restart job 7.
"""
    assert retried_line(log) == "ercot: tried again after a failure: normalize dam_mcpc 2024 (2 times), job 7"
    assert retried_line("Job 5: normalize dam_mcpc 2024\n") is None


@pytest.mark.slow
def test_dry_run_keeps_no_lock(workspace):
    write_tree(workspace.raw, DAYS[:1])
    assert workspace.snakemake("annual", "-n").code == 0
    lock = take_lock(workspace.results / "interim")
    assert lock is not None
    lock.close()

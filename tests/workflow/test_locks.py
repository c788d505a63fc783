"""One run at a time on a results folder, and a run that was killed is in nobody's way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ercot.core.wording import counted
from ercot.workflow.leftovers import clear_leftovers
from ercot.workflow.run import retried_line, take_lock

from .conftest import DAYS, ROOT, write_tree

PATIENCE = 60  # seconds


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
def test_run_after_a_killed_one(workspace):
    write_tree(workspace.raw)
    assert workspace.snakemake("annual").code == 0
    undisturbed = workspace.digests()
    name, text = next(iter(sorted((p, p.read_text()) for p in workspace.raw.rglob("*DAMSP*"))))
    name.write_text(text.replace(",N\n", ",N\n\n", 1))  # another file, the same rows
    killed = started(workspace)
    orphans = pause(workspace)
    killed.kill()
    killed.wait()
    assert list((workspace.path / ".snakemake" / "locks").iterdir())
    again = workspace.snakemake("annual")
    assert again.code == 0, again.text
    ended = f"ended {counted(len(orphans), 'job')} that it left running"
    assert f"the last run was killed: removed its lock, {ended}" in again.text
    assert not scripts_of(workspace)
    assert workspace.digests() == undisturbed
    assert "Nothing to be done" in workspace.snakemake("annual").text


def test_lock_says_who_has_it(tmp_path):
    held = take_lock(tmp_path)
    assert take_lock(tmp_path) is None
    assert f"process {os.getpid()} on" in (tmp_path / ".lock").read_text()
    held.close()
    again = take_lock(tmp_path)
    assert len((tmp_path / ".lock").read_text().splitlines()) == 1
    again.close()


def test_locks_of_other_results_stay(tmp_path):
    locks = tmp_path / "locks"
    locks.mkdir()
    (locks / "0.output.lock").write_text("results/annual/dam_spp/2024.parquet\n")
    assert clear_leftovers(tmp_path, Path("elsewhere")) is None
    assert clear_leftovers(tmp_path, Path("results")) == "the last run was killed: removed its lock"
    assert not list(locks.iterdir())


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

"""The workflow on a real Slurm: the same bytes as on one machine, whatever happens to jobs, nodes and daemons."""

import json
import time

import pytest

from .conftest import until

pytestmark = [pytest.mark.slow, pytest.mark.slurm]

# Of functions, while a job on a node reads the Snakefile: 248,000 seen; polars or pandera imported are 50,000 each.
MOST_CALLS = 300_000

# Read by every Python that starts: writes down which folders of the raw tree it lists, and how many functions it
# calls while it reads a Snakefile, a number that is the same on a busy machine.
WITNESS = """
import atexit, json, os, sys

listed, raw = [], os.environ.get("WITNESS_RAW", "/nowhere")

def see(event, details):
    if event in ("os.scandir", "os.listdir") and details:
        opened = isinstance(details[0], int)  # a folder by the number under which it is open
        folder = os.readlink(f"/proc/self/fd/{details[0]}") if opened else str(details[0])
        if folder.startswith(raw):
            listed.append(folder)

def count(frame, event, argument):
    note["calls"] += event == "call"

def witness():
    import snakemake.cli, snakemake.workflow
    inner = snakemake.workflow.Workflow.include
    def include(self, *arguments, **options):
        if sys.getprofile() is not None:  # one that is included by another
            return inner(self, *arguments, **options)
        sys.setprofile(count)
        try:
            return inner(self, *arguments, **options)
        finally:
            sys.setprofile(None)
    snakemake.workflow.Workflow.include = include

note = {"command": sys.orig_argv, "calls": 0}
if "WITNESS" in os.environ:
    sys.addaudithook(see)
    if "snakemake" in sys.orig_argv:
        witness()
    note["listed"] = listed
    atexit.register(lambda: open(f"{os.environ['WITNESS']}/{os.getpid()}.json", "w").write(json.dumps(note)))
"""

# Read by every Python that starts: the script of a job waits until it may go on.
SLOW = """
import pathlib, sys, time

here = pathlib.Path(__file__).parent

def wait():
    (here / "at work").touch()
    while not (here / "go on").exists():
        time.sleep(0.1)

if any("/.snakemake/scripts/" in part for part in sys.orig_argv):
    wait()
"""


def started(workspace, **variables):
    """Start a run of one year, and return it with the number of its first job once that runs."""
    head = workspace.start("annual", **variables)
    (job,) = until(lambda: workspace.cluster.jobs("RUNNING"))
    return head, job


def same_year(workspace, local_digests):
    """Say whether the year that was run has the bytes of the local run."""
    found = workspace.digests()
    return found and found == {path: digest for path, digest in local_digests.items() if path in found}


def test_whole_run(workspace, local_digests, tmp_path):
    witness, notes = tmp_path / "witness", tmp_path / "notes"
    witness.mkdir()
    notes.mkdir()
    (witness / "sitecustomize.py").write_text(WITNESS)
    head = workspace.run(years="all", PYTHONPATH=str(witness), WITNESS=str(notes), WITNESS_RAW=str(workspace.raw))
    assert workspace.digests() == local_digests
    assert len(local_digests) == 2
    assert head.account[0].startswith("built: 2 of 2 rollups rebuilt; 192 rows in all")

    seen = [json.loads(path.read_text()) for path in notes.iterdir()]
    on_nodes = [note for note in seen if "--mode" in note["command"]]
    assert len(on_nodes) > 2 * 4  # each job starts Snakemake twice
    assert any(note["listed"] for note in seen)  # by the head
    assert not [note for note in on_nodes if note["listed"]]
    most = max(note["calls"] for note in on_nodes)
    print(f"reading the Snakefile in a job takes {most:,} calls of functions at most")
    assert 0 < most < MOST_CALLS


def test_cancelled_job(workspace, local_digests):
    head, job = started(workspace)
    workspace.cluster.ask("scancel", job)
    assert head.end() == 0, head.text
    assert same_year(workspace, local_digests)
    assert f"SLURM-job '{job}' failed, SLURM status is: 'CANCELLED'" in head.text
    assert head.account[0] == "tried again after a failure: normalize dam_mcpc 2023"


def test_job_killed_for_memory(workspace, local_digests):
    head = workspace.run("annual", "--set-resources", "normalize:mem_mb=100 * attempt ** 4")
    assert same_year(workspace, local_digests)
    assert head.account[0] == "tried again after a failure: normalize dam_mcpc 2023"
    (log,) = (workspace.path / ".snakemake/slurm_logs/rule_normalize").rglob("*.log")  # that of the good one is gone
    assert "exceeded memory limit" in log.read_text()
    assert str(log) in head.text


def test_drained_node(workspace, local_digests):
    workspace.cluster.set_node("drain")
    head = workspace.start("annual")
    until(lambda: workspace.cluster.jobs("PENDING"))
    workspace.cluster.set_node("resume")
    assert head.end() == 0, head.text
    assert same_year(workspace, local_digests)
    assert head.account[0].startswith("built")  # nothing was tried again


def test_controller_restarted(workspace, local_digests):
    head = workspace.start("annual")
    until((workspace.path / "results/logs/normalize/dam_mcpc/2023.log").exists)  # the job ends while nobody listens
    workspace.cluster.stop_controller()
    time.sleep(3)
    workspace.cluster.start_controller()
    assert head.end() == 0, head.text
    assert same_year(workspace, local_digests)
    assert head.account[0].startswith("built")  # nothing was tried again


def ended(workspace, job: str):
    """Say whether a job has ended, and how."""
    shown = workspace.cluster.ask("scontrol", "show", "job", job)
    return next((state for state in ("COMPLETED", "FAILED", "CANCELLED") if f"JobState={state}" in shown), None)


@pytest.mark.parametrize("changed", [False, True], ids=["same files", "files changed meanwhile"])
def test_a_job_of_a_killed_run_that_ends_late_changes_nothing(workspace, local_digests, tmp_path, changed):
    (tmp_path / "sitecustomize.py").write_text(SLOW)
    killed, job = started(workspace, PYTHONPATH=str(tmp_path))
    until((tmp_path / "at work").exists)
    killed.process.kill()
    killed.process.wait()
    if changed:
        for path in workspace.raw.iterdir():
            path.write_text(path.read_text().replace(",NSPIN,7.5", ",NSPIN,77.25"))
    workspace.run("annual", "--set-threads", "rollup=1")  # the other core is the late job's
    after = workspace.digests()
    assert changed or same_year(workspace, local_digests)
    (tmp_path / "go on").touch()
    until(lambda: ended(workspace, job))
    assert workspace.digests() == after
    assert "Nothing to be done" in workspace.run("annual").text


def test_a_job_of_a_killed_run_that_begins_late_does_nothing(workspace, local_digests):
    workspace.cluster.set_node("drain")
    killed = workspace.start("annual")
    (job,) = until(lambda: workspace.cluster.jobs("PENDING"))
    killed.process.kill()
    killed.process.wait()
    head = workspace.start("annual")
    until(lambda: len(workspace.cluster.jobs("PENDING")) == 2)
    workspace.cluster.set_node("resume")
    assert head.end() == 0, head.text
    assert head.account[0].startswith("built")  # nothing was tried again
    assert until(lambda: ended(workspace, job)) == "FAILED"
    assert same_year(workspace, local_digests)
    assert "Nothing to be done" in workspace.run("annual").text

"""Ctrl-C: a run ends within seconds, leaves nothing half-written, and can be taken up again.

Nor does it print where it found the jobs, or that they failed. What Python prints where it is interrupted in its own
start or in Snakemake's, before the Snakefile is read, is out of reach.
"""

import os
import signal
import subprocess
import sys
import time

import pytest
from patience import PATIENCE

from .conftest import ROOT, Workspace, write_tree
from .test_crash import assert_whole, outputs

pytestmark = pytest.mark.slow

SMALL = {"batch_mb": "0.3"}  # a quarter a batch, not a year
SECONDS_TO_END = 20  # it takes one, on a machine that does nothing else
# What shows how far the run is, and how long after that Ctrl-C comes.
MOMENTS = {
    "while planning": ("results/interim/.lock", 0.05),
    "as jobs start": (".snakemake/scripts/*.py", 0.4),
    "among the batches": ("results/interim/dam_spp/*.ledger.json", 0.3),
    "among the rollups": ("results/annual/*/*.parquet", 0.5),
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, str]:
    """The digests of a run that nobody interrupts."""
    workspace = Workspace(tmp_path_factory.mktemp("undisturbed"))
    write_tree(workspace.raw)
    run = workspace.snakemake(**SMALL)
    assert run.code == 0, run.text
    return outputs(workspace)


def interrupt(workspace: Workspace, moment: str, whole_group: bool) -> tuple[int, str, float]:
    """Interrupt a run, with its jobs as a terminal does or without; return code, text and the seconds it then took."""
    pattern, after = MOMENTS[moment]
    keys = {"raw_dir": workspace.raw, "results_dir": workspace.results} | SMALL
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
    command += ["--directory", str(workspace.path), "--config", *(f"{k}={v}" for k, v in keys.items())]
    log = workspace.path / "printed.txt"
    known = set(workspace.path.glob(pattern))
    with log.open("w") as printed:
        run = subprocess.Popen(command, stdout=printed, stderr=printed, start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while not set(workspace.path.glob(pattern)) - known:
        assert run.poll() is None, log.read_text()
        assert time.monotonic() < deadline, "the rule never began"
        time.sleep(0.005)
    time.sleep(after)
    begun = time.monotonic()
    os.killpg(run.pid, signal.SIGINT) if whole_group else run.send_signal(signal.SIGINT)
    code = run.wait(PATIENCE)
    return code, log.read_text(), time.monotonic() - begun


@pytest.mark.parametrize("whole_group", [True, False], ids=["on a terminal", "Snakemake alone"])
def test_an_interrupted_run_ends_cleanly_and_the_next_one_completes_it(workspace, undisturbed, whole_group):
    write_tree(workspace.raw)
    for moment in MOMENTS:
        code, text, seconds = interrupt(workspace, moment, whole_group)
        assert code == 130
        assert seconds < SECONDS_TO_END, moment
        assert text.splitlines()[-1] == "ercot: interrupted; run again to go on"
        assert "Traceback" not in text
        assert "rror" not in text, text
        assert "failed" not in text, text
        assert "/scripts/ercot/" not in text, text
        assert_whole(workspace)
        assert list(workspace.results.rglob(".*.part")) == []
        assert list((workspace.path / ".snakemake").glob("locks/*")) == []
    run = workspace.snakemake(**SMALL)
    assert run.code == 0, run.text
    assert outputs(workspace) == undisturbed
    assert "Nothing to be done" in workspace.snakemake(**SMALL).text

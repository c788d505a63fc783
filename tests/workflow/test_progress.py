"""What a run shows while it works: bars on a terminal, plain lines elsewhere."""

import os
import pty
import re
import signal
import sys
from contextlib import suppress

import pytest

from ercot.workflow.progress import fraction_done, note_progress

from .conftest import ROOT, Workspace, write_tree

pytestmark = pytest.mark.slow
SHOW_CURSOR = b"\x1b[?25h"


def run_in_terminal(workspace: Workspace, interrupt: bool = False) -> tuple[int, bytes]:
    """Run Snakemake in a terminal of its own; return its exit code and all that it drew. Ctrl-C comes with the bars."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
    command += ["--directory", str(workspace.path), "--config", f"raw_dir={workspace.raw}"]
    command += [f"results_dir={workspace.results}"]
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm", COLUMNS="80")
        os.execv(command[0], command)
    drawn, pressed = b"", False
    with suppress(OSError):  # what reading says when the other end is closed
        while part := os.read(terminal, 65536):
            drawn += part
            if interrupt and not pressed and b"0/4 jobs" in drawn:  # a later count may be drawn over before it is seen
                pressed = bool(os.write(terminal, b"\x03"))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), drawn


def test_a_terminal_shows_a_bar_for_each_stage(workspace):
    write_tree(workspace.raw)
    code, drawn = run_in_terminal(workspace)
    assert code == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn.decode())
    last = text[text.rindex("normalize ") :]
    # two datasets over the turn of a year: four batches and rollups, eight files, 4 x 24 x (3 + 2) rows
    for stage, told in (("normalize", "4/4 jobs, 8 files"), ("roll up", "4/4 jobs, 8 files")):
        assert re.search(rf"{stage} +\S+ {re.escape(told)}.* \d+:\d\d", last), last
    assert "ercot: built: 4 of 4 rollups rebuilt; 480 rows in all" in last.replace("\r\n", " ")
    assert SHOW_CURSOR in drawn
    assert all(len(line) <= 80 for line in last.split("\r\n")[:3])  # the bars; the last line of the run is longer
    assert "Finished jobid" not in text
    assert not list(workspace.results.rglob("*.progress"))


def test_a_job_that_fails_is_told_above_the_bars(workspace):
    write_tree(workspace.raw)
    (workspace.results / "interim/dam_mcpc/2024.parquet/in the way").mkdir(parents=True)
    code, drawn = run_in_terminal(workspace)
    assert code == 1
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn.decode())
    assert "Error in rule normalize" in text
    assert "Is a directory: " in text, "what the log of the job says"
    assert "3/4 jobs" in text[text.rindex("normalize ") :]
    assert SHOW_CURSOR in drawn


def test_elsewhere_each_job_says_a_line(workspace):
    write_tree(workspace.raw)
    run = workspace.snakemake()
    assert "\x1b" not in run.text
    # not at the start of a line: Snakemake writes a message and its line end apart, and a line may come between them
    assert len(re.findall(r"  normalize \w+ \d{4}: 2 of 2 files", run.text)) == 4, run.text


def test_ctrl_c_gives_the_terminal_back(workspace):
    write_tree(workspace.raw)
    code, drawn = run_in_terminal(workspace, interrupt=True)
    assert code not in (0, -signal.SIGKILL)
    assert SHOW_CURSOR in drawn
    assert b"Traceback" not in drawn
    assert workspace.snakemake().code == 0


def test_a_job_notes_how_far_it_is(tmp_path):
    log = str(tmp_path / "job.log")
    assert fraction_done(log) == 0
    note_progress(log, 3, 12)
    assert fraction_done(log) == 0.25
    (tmp_path / "job.log.progress").write_text("3 ")
    assert fraction_done(log) == 0

"""A user's mistake is one line that says what is wrong and what to write instead; the tools find the workflow clean."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import DAYS, ROOT, write_tree

MISTAKES = {
    "unknown key": ({"raw_dri": "x"}, "there is no key 'raw_dri' (did you mean 'raw_dir'?)"),
    "unknown dataset": ({"datasets": "dam_sp"}, "there is no dataset 'dam_sp' (did you mean 'dam_spp'?)"),
    "year that is no number": ({"years": "twenty"}, "years: 'twenty' is not of type 'integer'"),
    "year too early": ({"years": "1999"}, "years: 1999 is less than the minimum of 2010"),
    "batch size": ({"batch_mb": "0"}, "batch_mb: 0 is less than or equal to the minimum of 0"),
    "level": ({"fail_on": "error"}, "fail_on: 'error' is not one of"),
    "missing folder": ({"raw_dir": "/no/such/folder"}, "there is no folder /no/such/folder"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(workspace, name):
    write_tree(workspace.raw, DAYS[:1])
    config, message = MISTAKES[name]
    run = workspace.snakemake(**config)
    assert run.code != 0
    lines = [line for line in run.text.splitlines() if line.startswith("ercot: ")]
    assert len(lines) == 1
    assert message in lines[0]
    assert "Traceback" not in run.text


@pytest.mark.slow
def test_empty_tree(workspace):
    workspace.raw.mkdir()
    (workspace.raw / "readme.txt").write_text("nothing here")
    run = workspace.snakemake()
    assert run.code != 0
    assert "no report of the selected datasets" in run.text
    assert "Traceback" not in run.text


@pytest.mark.slow
def test_lint_and_help_need_no_raw_tree(workspace):
    workspace.path.mkdir(exist_ok=True)
    run = workspace.snakemake("--lint")
    assert run.code == 0, run.text
    assert "good condition" in run.text
    assert workspace.snakemake("--help").code == 0
    assert not workspace.results.exists()


@pytest.mark.parametrize(
    "tool",
    [("ruff", "check"), ("ruff", "format", "--check"), ("snakefmt", "--check")],
    ids=" ".join,
)
def test_style(tool):
    binary = Path(sys.executable).parent / tool[0]
    done = subprocess.run([binary, *tool[1:], "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

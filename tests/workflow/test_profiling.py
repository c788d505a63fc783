"""What docs/profiling.md shows: a job alone with the debug profile, a batch without Snakemake, the jobs in figures."""

import os
import subprocess
import sys

import pytest

from .conftest import DAYS, ROOT, write_tree

pytestmark = pytest.mark.slow


def python(*arguments) -> str:
    """Run Python with the library, and return what it printed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_job_alone(workspace):
    write_tree(workspace.raw, DAYS[:2])
    stem = workspace.results / "interim/dam_spp/2023"
    alone = ("--workflow-profile", str(ROOT / "profiles/debug"), "--force", f"{stem}.parquet")
    for _ in "first", "second":
        run = workspace.snakemake(*alone, cores=1)
        assert run.code == 0, run.text
        assert run.jobs == {"normalize": 1}
        assert "the last run was killed" not in run.text

    printed = python(ROOT / "bench/one_batch.py", workspace.raw, f"{stem}.manifest.gz")
    assert printed == "144 rows\n"

    lines = python("-m", "ercot.cli", "monitor", workspace.results).splitlines()
    assert lines[0].startswith("1 job, ")

"""Another workflow uses this one as a module: it gives the configuration, adds rules of its own, and gets the same."""

import subprocess
import sys

import pytest
from patience import PATIENCE

from .conftest import DAYS, ROOT, Run, Workspace, write_tree

pytestmark = pytest.mark.slow

# The paths are the defaults of the configuration: below the folder of the other workflow, not of this one.
OUTER = """
configfile: "config.yaml"

module ercot:
    snakefile: "{root}/Snakefile"
    config: config["ercot"]

use rule * from ercot{naming}

rule size:
    default_target: True
    input: "results/annual/dam_spp/2024.parquet"
    output: "size.txt"
    shell: "wc -c < {{input}} > {{output}}"

rule everything:
    input: rules.{all}.input
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Workspace:
    """The same tree, built by this workflow itself."""
    workspace = Workspace(tmp_path_factory.mktemp("alone"))
    write_tree(workspace.raw, DAYS[1:3])
    assert workspace.snakemake().code == 0
    return workspace


def write_outer(workspace: Workspace, naming: str = "", config: str = "{}") -> None:
    """Write a workflow that uses this one."""
    write_tree(workspace.path / "data/raw", DAYS[1:3])
    name = "ercot_all" if naming else "all"
    (workspace.path / "Snakefile").write_text(OUTER.format(root=ROOT, naming=naming, all=name))
    (workspace.path / "config.yaml").write_text(f"ercot: {config}\n")


def run_outer(workspace: Workspace, *arguments: str) -> Run:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    done = subprocess.run(command, cwd=workspace.path, capture_output=True, text=True, timeout=PATIENCE)
    return Run(done.returncode, done.stdout + done.stderr)


def test_rules_can_be_used_from_elsewhere(workspace, alone):
    write_outer(workspace)
    run = run_outer(workspace)
    assert run.code == 0, run.text
    assert run.jobs == {"normalize": 1, "rollup": 1, "size": 1}
    rollup = workspace.results / "annual/dam_spp/2024.parquet"
    assert int((workspace.path / "size.txt").read_text()) == rollup.stat().st_size
    run = run_outer(workspace, "everything")
    assert run.code == 0, run.text
    assert workspace.digests() == alone.digests()
    assert (workspace.results / "reports/index.html").is_file()
    assert "Nothing to be done" in run_outer(workspace, "everything").text


def test_rules_can_be_named_otherwise_and_configured(workspace):
    write_outer(workspace, naming=" as ercot_*", config="{datasets: [dam_mcpc], years: [2024], results_dir: elsewhere}")
    run = run_outer(workspace, "everything")
    assert run.code == 0, run.text
    assert run.jobs["ercot_rollup"] == 1
    assert [path.name for path in (workspace.path / "elsewhere/annual").iterdir()] == ["dam_mcpc"]


def test_a_mistake_in_its_configuration_is_told_in_one_line(workspace):
    write_outer(workspace, config="{datasets: [dam_sp]}")
    run = run_outer(workspace)
    assert run.code != 0
    assert run.text.strip() == "ercot: config: there is no dataset 'dam_sp' (did you mean 'dam_spp'?)"

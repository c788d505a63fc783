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
    "years without files": ({"years": "[2017,2031]"}, "years: no raw file of 2017, 2031; below"),
    "size that is no number": ({"batch_mb": "nan"}, "batch_mb: nan is no number"),
    "folder that is a pattern": ({"results_dir": "results[1]"}, "results_dir: 'results[1]' holds '['"),
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
def test_folders_of_odd_names_and_years_and_datasets_as_people_type_them(workspace):
    raw, results = workspace.path / "raw [1]*? {x} ~", 'it\'s ]my{ "résultats" ~'
    write_tree(raw, DAYS)
    config = {"raw_dir": raw.name, "results_dir": results, "datasets": "dam_*", "years": "2024-2031"}
    run = workspace.snakemake("annual", **config)
    assert run.code == 0, run.text
    found = {str(path.relative_to(workspace.path)) for path in workspace.path.rglob("annual/*/*.parquet")}
    assert found == {f"{results}/annual/{dataset}/2024.parquet" for dataset in ("dam_spp", "dam_mcpc")}
    assert "ercot: no raw file of 2025, 2026, 2027, 2028, 2029, 2030, 2031; there are 2023, 2024" in run.text
    assert "Nothing to be done" in workspace.snakemake("annual", **config).text


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

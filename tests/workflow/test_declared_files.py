"""A storage provider gives each job only the files that its rule names: so the run shows that no job opens others."""

import shutil

import pytest

from .conftest import ROOT, Workspace, write_tree

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not shutil.which("rsync"), reason="the storage provider for folders needs rsync: apt install rsync"
    ),
]


def test_a_run_on_a_storage_provider_gives_the_same_bytes(tmp_path):
    plain, stored = Workspace(tmp_path / "plain"), Workspace(tmp_path / "stored")
    for workspace in (plain, stored):
        write_tree(workspace.raw)
    provider = ["--default-storage-provider", "fs", "--default-storage-prefix", str(stored.path)]
    profile = ["--workflow-profile", str(ROOT / "profiles/default")]
    run = stored.snakemake(*profile, *provider, results_dir="results")
    assert run.code == 0, run.text
    assert "Storing in storage" in run.text
    assert plain.snakemake().code == 0
    assert stored.digests() == plain.digests()
    report = "reports/verification.json"
    assert (stored.results / report).read_bytes() == (plain.results / report).read_bytes()
    # The data sheets are as many as the plan has datasets, so no rule declares them and the provider does not keep
    # them: the job that writes them runs again. No row is read again.
    again = stored.snakemake(*profile, *provider, results_dir="results")
    assert set(again.jobs) <= {"report", "product", "verdict", "all"}

"""The Kubernetes profile parses and plans with the plugins that it names. Nothing is run."""

import re
import subprocess

import pytest

from .conftest import PATIENCE, ROOT


@pytest.mark.slow
def test_profile_plans(tmp_path, tools):
    raw = tmp_path / "data/raw"
    raw.mkdir(parents=True)
    for year in (2022, 2023):
        name = f"cdr.00012329.0000000000000000.{year}0601.123000.DAMCPCNP4188.csv"
        (raw / name).write_text(f"DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag\n06/02/{year},01:00,RRS,1.5,N\n")
    command = [tools / "snakemake", "--snakefile", ROOT / "Snakefile", "--dry-run"]
    command += ["--workflow-profile", ROOT / "profiles/kubernetes", "--default-storage-prefix", tmp_path]
    command += ["--config", f"raw_dir={raw}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", text, re.MULTILINE))
    assert jobs["normalize"] == jobs["roll_up"] == jobs["check"] == "2"  # a year each

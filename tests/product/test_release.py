"""What a release says of itself agrees: version, lock, container."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

from ercot.report.run_record import workflow_version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def container() -> list[tuple[str, list[str]]]:
    """Return the instructions of the Dockerfile with their words, lines that go on joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(words[0], words[1:]) for line in text.splitlines() if (words := line.split())]


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert str(citation["version"]) == PROJECT["version"] == workflow_version()


def test_the_container_has_the_python_that_is_asked_for():
    image = {name: words[0] for name, words in container()}["FROM"]
    assert image.startswith("python:" + PROJECT["requires-python"].removeprefix(">=") + "-")


def test_the_container_holds_all_that_the_workflow_is_made_of(tmp_path):
    """What COPY brings, laid out as in the image, plans a run: nothing of the repository is missing."""
    for name, words in container():
        if name == "COPY":
            *sources, target = words
            for source in sources:
                subprocess.run(["cp", "-r", ROOT / source, tmp_path / target], check=True)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/cdr.00012331.0000000000000000.20240101.123000.DAMSPNP4190.csv").write_text(
        "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n01/02/2024,01:00,HB_HOUSTON,1.00,N\n"
    )
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "-n", "--config", "raw_dir=raw", "results_dir=out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^normalize +1$", done.stdout + done.stderr, re.MULTILINE)


def test_the_container_starts_the_workflow_that_it_holds():
    (entry,) = (words for name, words in container() if name == "ENTRYPOINT")
    assert '"/opt/ercot/Snakefile",' in entry
    assert (ROOT / "profiles/default").is_dir()

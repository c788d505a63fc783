"""A raw tree, its results, and a clone of the workflow to run from: what a second run after a change needs."""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from patience import PATIENCE

from .conftest import DAYS, ROOT, Run, dam_mcpc, dam_spp
from .from_nothing import state

CORRECTION = "cdr.00013044.0000000000000000.20240105.120000.pricecorrection_DAM_SPP_20240101_to_20240101_NP4196.csv"
CORRECTED = """DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag
01/01/2024,5,LZ_WEST,6.00,61.50,01/05/2024 11:00:00,N
"""
EARLIER = date(2023, 11, 15)  # the only day of its batch
SMALL = {"batch_mb": "0.3"}  # a month a batch, a year for the ancillary prices
GONE = "no raw files any more"
NOTHING_TO_BUILD = {"tables": {}, "report": None, "passed": False}


@dataclass
class Place:
    """A folder with a raw tree and results, and how the workflow is called there."""

    path: Path
    clone: Path = ROOT
    working: str = ""  # the folder that runs start in, below the path
    results: str = "results"  # the name of the results folder
    absolute: bool = False  # how the folders are spelled
    config: dict = field(default_factory=lambda: dict(SMALL))

    @property
    def raw(self) -> Path:
        return self.path / "raw"

    @property
    def outputs(self) -> Path:
        return self.path / self.results

    def run(self, *arguments: str) -> Run:
        """Run Snakemake."""
        working = self.path / self.working
        raw, results = (
            str(path) if self.absolute else os.path.relpath(path, working) for path in (self.raw, self.outputs)
        )
        keys = {"raw_dir": raw, "results_dir": results} | self.config
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(self.clone / "Snakefile"), "--cores", "2"]
        command += [*arguments, "--config", *(f"{key}={value}" for key, value in keys.items())]
        done = subprocess.run(command, cwd=working, capture_output=True, text=True, timeout=PATIENCE)
        return Run(done.returncode, done.stdout + done.stderr)

    def prune(self, run: Run) -> None:
        """Give the command that a run has printed for rollups without raw files."""
        (line,) = [line for line in run.text.splitlines() if GONE in line and line.startswith("ercot: ")]
        command = shlex.split(line.rpartition("; to delete them: ")[2])
        assert command[0] == ".venv/bin/ercot"
        subprocess.run(
            [sys.executable, "-m", "ercot.cli", *command[1:]],
            cwd=self.path / self.working,
            env=os.environ | {"PYTHONPATH": str(self.clone / "scripts")},
            check=True,
            capture_output=True,
        )

    def state(self) -> dict:
        """Return the digest of every table, what the report says, and whether a verdict stands."""
        report = json.loads((self.outputs / "reports/verification.json").read_text())
        return state(self.outputs, report, (self.outputs / "reports/verdict.txt").exists())

    def losses(self) -> list[dict]:
        """Return the findings of rows that a run before had and that are gone."""
        return json.loads((self.outputs / "reports/changes.json").read_text())["findings"]

    def from_nothing(self) -> dict:
        """Return the state of a build of the same tree from nothing; where there is nothing to build, an empty one."""
        with tempfile.TemporaryDirectory() as results:
            keys = [f"{key}={value}" for key, value in self.config.items()]
            path = os.pathsep.join(map(str, (self.clone / "scripts", ROOT / "tests/support")))
            done = subprocess.run(
                [sys.executable, Path(__file__).with_name("from_nothing.py"), self.raw, results, *keys],
                env=os.environ | {"PYTHONPATH": path},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return found if found["tables"] else NOTHING_TO_BUILD

    def digest(self) -> str:
        """Return a digest of all that a build from nothing depends on."""
        folders = (self.raw, "*"), (self.clone / "scripts", "*.py")
        files = [path for folder, kind in folders for path in sorted(folder.rglob(kind)) if path.is_file()]
        known = [(str(path.relative_to(self.path)) if path.is_relative_to(self.path) else path.name) for path in files]
        content = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
        return hashlib.sha256(repr((known, content, sorted(self.config.items()))).encode()).hexdigest()

    def copy(self, path: Path) -> "Place":
        """Return a copy of the place, times of files included."""
        shutil.copytree(self.path, path, symlinks=True)
        return Place(path, self.clone, self.working, self.results, self.absolute, dict(self.config))


def write_tree(place: Place) -> None:
    """Write both prices of four days over the turn of a year, day-ahead prices of another month, and a correction."""
    (place.raw / "dam").mkdir(parents=True)
    for day in DAYS:
        for name, text in (dam_spp(day), dam_mcpc(day)):
            (place.raw / "dam" / name).write_text(text)
    name, text = dam_spp(EARLIER)
    (place.raw / "dam" / name).write_text(text)
    (place.raw / CORRECTION).write_text(CORRECTED)


def same(found: dict, expected: dict) -> bool:
    """Say whether a state is the expected one; tables of what is not selected any more may lie beside it."""
    return found | {"tables": {path: found["tables"].get(path) for path in expected["tables"]}} == expected


def other_clone(place: Place) -> None:
    """Run from another copy of the workflow, in a folder of its own, that has no memory of these results."""
    if not place.working:
        skipped = shutil.ignore_patterns(".*", "tests", "data", "results", "__pycache__", "bench-data")
        shutil.copytree(ROOT, place.path / "clone", ignore=skipped)
        place.clone, place.working = place.path / "clone", "clone"


def forget(place: Place) -> None:
    """Delete Snakemake's memory."""
    shutil.rmtree(place.path / place.working / ".snakemake", ignore_errors=True)


def rename(place: Place) -> None:
    """Give the results folder another name."""
    name = "renamed here" if place.results == "results" else "results"
    place.outputs.rename(place.path / name)
    place.results = name


def spell(place: Place) -> None:
    """Write folders relative instead of absolute, or the other way round."""
    place.absolute = not place.absolute


def nothing(place: Place) -> None:
    """Run again as before."""

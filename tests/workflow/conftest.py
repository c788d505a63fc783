"""A small raw tree written by hand, and Snakemake run on it as a user would."""

import hashlib
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
DAYS = [date(2023, 12, 30) + timedelta(days=i) for i in range(4)]  # over the turn of a year
POINTS = ("HB_HOUSTON", "LZ_WEST", "AEEC")


def dam_spp(day: date, published: str = "123000", bump: float = 0.0) -> tuple[str, str]:
    """Return name and text of a day-ahead file: price = hour + place of the point + bump."""
    rows = [
        f"{day:%m/%d/%Y},{hour:02}:00,{point},{hour + i + bump:.2f},N"
        for hour in range(1, 25)
        for i, point in enumerate(POINTS)
    ]
    stamp = f"{day - timedelta(days=1):%Y%m%d}.{published}"
    text = "\n".join(["DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag", *rows]) + "\n"
    return f"cdr.00012331.0000000000000000.{stamp}.DAMSPNP4190.csv", text


def dam_mcpc(day: date) -> tuple[str, str]:
    """Return name and text of a day of ancillary prices."""
    rows = [f"{day:%m/%d/%Y},{hour:02}:00,{kind},{hour}.5,N" for hour in range(1, 25) for kind in ("NSPIN", "RRS")]
    text = "\n".join(["DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag", *rows]) + "\n"
    return f"cdr.00012329.0000000000000000.{day - timedelta(days=1):%Y%m%d}.123000.DAMCPCNP4188.csv", text


def write_tree(raw: Path, days=DAYS) -> None:
    """Write both reports of some days."""
    for folder, make in (("DAM_Settlement_Point_Prices", dam_spp), ("DAM_Clearing_Prices_for_Capacity", dam_mcpc)):
        (raw / folder).mkdir(parents=True, exist_ok=True)
        for day in days:
            name, text = make(day)
            (raw / folder / name).write_text(text)


@dataclass
class Run:
    """One call of Snakemake."""

    code: int
    text: str

    @property
    def jobs(self) -> dict[str, int]:
        """The job table: rule -> number of jobs."""
        table = re.search(r"Job stats:\n(.*?)\ntotal", self.text, re.DOTALL)
        return {m[1]: int(m[2]) for m in re.finditer(r"^(\w+) +(\d+)$", table[1] if table else "", re.MULTILINE)}


@dataclass
class Workspace:
    """A working directory with a raw tree and results."""

    path: Path

    @property
    def raw(self) -> Path:
        return self.path / "raw"

    @property
    def results(self) -> Path:
        return self.path / "results"

    def snakemake(self, *arguments: str, cores: int = 2, **config) -> Run:
        """Run Snakemake here; ``config`` overrides single keys."""
        keys = {"raw_dir": str(self.raw), "results_dir": str(self.results)} | config
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory"]
        command += [
            str(self.path),
            "--cores",
            str(cores),
            *arguments,
            "--config",
            *(f"{k}={v}" for k, v in keys.items()),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        return Run(done.returncode, done.stdout + done.stderr)

    def digests(self) -> dict[str, str]:
        """The SHA-256 of each rollup, by its path below the results."""
        files = sorted((self.results / "annual").rglob("*.parquet"))
        return {f.relative_to(self.results).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """An empty working directory."""
    return Workspace(tmp_path)

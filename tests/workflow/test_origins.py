"""Outputs follow the raw files, the settings and the code, whoever built them and wherever they lie.

Each case changes something after a run, runs again, and holds all bytes of the tables and the findings against a build
of the same tree from nothing. The second run is made from the same clone or another one, with Snakemake's memory or
without, in the same results folder or a renamed one.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from .conftest import DAYS, ROOT, Run, dam_mcpc, dam_spp

pytestmark = pytest.mark.slow

CORRECTION = "cdr.00013044.0000000000000000.20240105.120000.pricecorrection_DAM_SPP_20240101_to_20240101_NP4196.csv"
CORRECTED = """DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag
01/01/2024,5,LZ_WEST,6.00,61.50,01/05/2024 11:00:00,N
"""
SMALL = {"batch_mb": "0.3"}  # a quarter a batch


@dataclass
class Place:
    """A raw tree, a results folder, and a clone of the workflow to run from."""

    path: Path
    clone: Path = ROOT
    results: str = "results"
    config: dict = field(default_factory=lambda: dict(SMALL))

    @property
    def raw(self) -> Path:
        return self.path / "raw"

    def run(self, *arguments: str) -> Run:
        keys = {"raw_dir": "raw", "results_dir": self.results} | self.config
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(self.clone / "Snakefile"), "--cores", "2"]
        command += [*arguments, "--config", *(f"{key}={value}" for key, value in keys.items())]
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, timeout=300)
        return Run(done.returncode, done.stdout + done.stderr)

    def state(self) -> dict:
        """Return the digest of every table, the findings, the ledger, and whether a verdict stands."""
        folder = self.path / self.results
        tables = [
            path for kind in ("annual", "rejected", "revisions") for path in sorted(folder.glob(f"{kind}/**/*.*"))
        ]
        digests = {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in tables}
        report = json.loads((folder / "reports/verification.json").read_text())
        return digests | report | {"passed": (folder / "reports/verdict.txt").exists()}


def dam(place: Place, day: date) -> Path:
    return place.raw / "dam" / dam_spp(day)[0]


def write_tree(place: Place) -> None:
    (place.raw / "dam").mkdir(parents=True)
    for day in DAYS:
        for name, text in (dam_spp(day), dam_mcpc(day)):
            (place.raw / "dam" / name).write_text(text)
    (place.raw / CORRECTION).write_text(CORRECTED)


def remove_days(*days: date) -> Callable[[Place], None]:
    return lambda place: [dam(place, day).unlink() for day in days]


def remove_dataset(place: Place) -> None:
    for path in place.raw.rglob("*DAMCPC*"):
        path.unlink()


def remove_correction(place: Place) -> None:
    (place.raw / CORRECTION).unlink()


def change_row(place: Place) -> None:
    path = dam(place, DAYS[0])
    path.write_text(path.read_text().replace("24:00,AEEC,26.00", "24:00,AEEC,99.25"))


def change_and_put_back(place: Place) -> None:
    """Let another clone build a changed file, then restore its bytes and its time."""
    path, before = dam(place, DAYS[0]), dam(place, DAYS[0]).stat()
    text = path.read_text()
    change_row(place)
    assert place.run().code == 0
    path.write_text(text)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


def damage(pattern: str) -> Callable[[Place], None]:
    def flip(place: Place) -> None:
        (path,) = (place.path / place.results).glob(pattern)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return flip


def delete(pattern: str) -> Callable[[Place], None]:
    return lambda place: [path.unlink() for path in (place.path / place.results).glob(pattern)]


def configure(**config) -> Callable[[Place], None]:
    return lambda place: place.config.update(config)


def change_code(old: str, new: str, module: str) -> Callable[[Place], None]:
    """Run from a clone in which a module is another one."""

    def change(place: Place) -> None:
        other_clone(place)
        path = place.clone / "scripts/ercot" / module
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


def other_clone(place: Place) -> None:
    """Run from another copy of the workflow, that has no memory of these results."""
    if place.clone == ROOT:
        clone = place.path / "clone"
        skipped = shutil.ignore_patterns(".*", "tests", "data", "results", "__pycache__", "bench-data")
        shutil.copytree(ROOT, clone, ignore=skipped)
        place.clone = clone


def forget(place: Place) -> None:
    shutil.rmtree(place.path / ".snakemake")


def rename(place: Place) -> None:
    (place.path / place.results).rename(place.path / "renamed here")
    place.results = "renamed here"


def spell(place: Place) -> None:
    place.results = str(place.path / place.results)


def nothing(place: Place) -> None:
    """Run again as before."""


CASES = {
    "files of a batch removed": (remove_days(DAYS[0]), nothing),
    "files of a batch removed, Snakemake's memory too": (remove_days(DAYS[0]), forget),
    "files of a batch removed, from another clone": (remove_days(DAYS[0]), other_clone),
    "files of a batch removed, results renamed": (remove_days(DAYS[0]), rename),
    "files of a batch removed, results spelled otherwise": (remove_days(DAYS[0]), spell),
    "a file changed and put back": (change_and_put_back, nothing),
    "a file changed and put back, without memory": (change_and_put_back, forget),
    "a row changed, results renamed": (change_row, rename),
    "a correction removed": (remove_correction, forget),
    "fail_on": (configure(fail_on="warning"), nothing),
    "batch_mb": (configure(batch_mb="500"), nothing),
    "datasets": (configure(datasets="dam_mcpc"), forget),
    "years": (configure(years="2024"), spell),
    "code of a check": (change_code('"null_key": "rows lack', '"null_key": "lines lack', "checks/verify.py"), forget),
    "severity": (change_code('"gap": "warning"', '"gap": "info"', "core/findings.py"), nothing),
    "an interim file deleted": (delete("interim/dam_spp/2023-q4.parquet"), forget),
    "a rollup deleted": (delete("annual/dam_spp/2023.parquet"), forget),
    "revisions deleted": (delete("revisions/dam_spp/2023.parquet"), forget),
    "a rollup damaged": (damage("annual/dam_spp/2023.parquet"), nothing),
    "a rollup damaged, without memory": (damage("annual/dam_spp/2023.parquet"), forget),
    "the report damaged": (damage("reports/verification.json"), forget),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Place:
    place = Place(tmp_path_factory.mktemp("built"))
    write_tree(place)
    run = place.run()
    assert run.code == 0, run.text
    return place


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Return the state of a build from nothing, built once for equal trees, settings and code."""
    known: dict[str, dict] = {}

    def build(place: Place) -> dict:
        key = repr((contents(place.raw, "*"), contents(place.clone / "scripts", "*.py"), sorted(place.config.items())))
        if key not in known:
            new = Place(tmp_path_factory.mktemp("fresh"), place.clone, config=place.config)
            shutil.copytree(place.raw, new.raw)
            new.run()
            known[key] = new.state()
        return known[key]

    return build


def contents(folder: Path, pattern: str) -> list[tuple[str, str]]:
    """Return path and digest of some files below a folder."""
    files = sorted(path for path in folder.rglob(pattern) if path.is_file())
    return [(str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def copy_of(built: Place, path: Path) -> Place:
    shutil.copytree(built.path, path)
    return Place(path, config=dict(built.config))


@pytest.mark.parametrize("case", CASES)
def test_a_run_after_a_change_ends_as_a_build_from_nothing(built, fresh, tmp_path, case):
    place = copy_of(built, tmp_path / "place")
    change, circumstance = CASES[case]
    change(place)
    circumstance(place)
    listed = place.run("-n").jobs
    run = place.run()
    assert "Traceback" not in run.text
    assert run.jobs == listed
    expected = fresh(place)
    found = place.state()
    selected = {path for path in found if not path.startswith(("annual", "rejected", "revisions"))} | set(expected)
    assert {key: found[key] for key in selected} == expected
    assert place.run().jobs == ({} if expected["passed"] else {"verdict": 1, "all": 1})


@pytest.mark.parametrize("gone", ["a year", "a dataset"])
def test_rollups_without_raw_files_are_named_with_the_command_that_deletes_them(built, fresh, tmp_path, gone):
    place = copy_of(built, tmp_path / "place")
    remove_dataset(place) if gone == "a dataset" else remove_days(*DAYS[:2])(place)
    forget(place)
    run = place.run()
    assert run.code != 0
    lost = (
        ["annual/dam_mcpc/2023.parquet", "annual/dam_mcpc/2024.parquet"]
        if gone == "a dataset"
        else ["annual/dam_spp/2023.parquet"]
    )
    stale = [f for f in place.state()["findings"] if f["check"] == "stale"]
    assert [example for finding in stale for example in finding["examples"]] == lost
    (line,) = [line for line in run.text.splitlines() if "no raw files any more" in line]
    command = line.rpartition(": ")[2].replace(".venv/bin/ercot", "")
    subprocess.run(
        [sys.executable, "-m", "ercot.cli", *command.split()], cwd=place.path, check=True, capture_output=True
    )
    assert place.run().code == 0
    assert place.state() == fresh(place)
    assert not [path for path in (place.path / "results").rglob("*") if path.is_file() and path.stem in lost]


def test_all_raw_files_gone_is_said_and_no_rollup_passes(built, tmp_path):
    place = copy_of(built, tmp_path / "place")
    shutil.rmtree(place.raw)
    place.raw.mkdir()
    run = place.run()
    assert run.code != 0
    assert "5 rollups have no raw files any more" in run.text
    assert not place.state()["passed"]


def test_a_copy_with_mixed_up_times_has_nothing_to_do(built, tmp_path):
    place = copy_of(built, tmp_path / "place")
    files = sorted(path for path in (place.path / "results").rglob("*") if path.is_file())
    for i, path in enumerate(files):
        os.utime(path, (1_700_000_000 + i * 7919 % 1000, 1_700_000_000 + i * 7919 % 1000))
    assert place.run().jobs == {}


def test_prose_rebuilds_nothing_and_a_meaning_reads_no_raw_file(built, tmp_path):
    place = copy_of(built, tmp_path / "place")
    other_clone(place)
    parse = place.clone / "scripts/ercot/normalize/parse.py"
    parse.write_text("# A comment.\n" + parse.read_text().replace('"""', '"""Other words: ', 1))
    assert place.run().jobs == {}
    prices = place.clone / "scripts/ercot/catalog/reports/market/prices.py"
    before = prices.read_text()
    prices.write_text(before.replace("Day-ahead settlement point prices", "Day-ahead prices of settlement points"))
    assert prices.read_text() != before
    jobs = place.run().jobs
    assert "normalize" not in jobs
    assert jobs["rollup"] == 2  # of dam_spp alone

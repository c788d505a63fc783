"""Outputs follow the raw files, the settings and the code, whoever built them and wherever they lie.

Each case changes something after a run, runs again, and holds all bytes of the tables and the findings against a build
of the same tree from nothing. The second run is made from the same clone or another one, with Snakemake's memory or
without, in the same results folder or a renamed one.
"""

import os
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from .conftest import DAYS, dam_spp
from .places import (
    CORRECTION,
    EARLIER,
    GONE,
    NOTHING_TO_BUILD,
    Place,
    forget,
    nothing,
    other_clone,
    rename,
    same,
    spell,
    write_tree,
)

pytestmark = pytest.mark.slow


def dam(place: Place, day: date) -> Path:
    return place.raw / "dam" / dam_spp(day)[0]


def remove_days(*days: date) -> Callable[[Place], None]:
    return lambda place: [dam(place, day).unlink() for day in days]


def remove_correction(place: Place) -> None:
    (place.raw / CORRECTION).unlink()


def change_row(place: Place) -> None:
    path = dam(place, DAYS[0])
    path.write_text(path.read_text().replace("24:00,AEEC,26.00", "24:00,AEEC,99.25"))


def change_and_put_back(place: Place) -> None:
    """Let another clone build a changed file, then restore its bytes and its time; Snakemake here knows only those."""
    path, before = dam(place, DAYS[0]), dam(place, DAYS[0]).stat()
    text = path.read_text()
    memory, aside = place.path / ".snakemake", place.path / "memory"
    memory.rename(aside)
    change_row(place)
    assert place.run().code == 0
    shutil.rmtree(memory)
    aside.rename(memory)
    path.write_text(text)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


def damage(*patterns: str) -> Callable[[Place], None]:
    """Flip a bit in the middle of a file."""

    def flip(place: Place) -> None:
        for pattern in patterns:
            (path,) = place.outputs.glob(pattern)
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)

    return flip


def delete(pattern: str) -> Callable[[Place], None]:
    return lambda place: [path.unlink() for path in place.outputs.glob(pattern)]


def damage_and_delete(place: Place) -> None:
    """Do to three rollups what hands may do: each is made again, and the interim file that one of them needs."""
    damage("annual/dam_spp/2023.parquet")(place)
    (place.outputs / "annual/dam_mcpc/2023.parquet").unlink()
    (place.outputs / "revisions/dam_mcpc/2024.parquet").unlink()
    (place.outputs / "interim/dam_spp/2023-12.parquet").unlink()


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


# What is changed, what else is different in the next run, and the jobs of that: None where it does not matter.
NOTHING: dict[str, int] = {}
VERDICT = {"all": 1, "verdict": 1}
REPORT = VERDICT | {"report": 1, "product": 1}
HEADERS = REPORT | {"header_registry": 1}
BATCH = HEADERS | {"normalize": 1, "rollup": 1}
CASES = {
    "files of a batch removed": (remove_days(EARLIER), nothing, None),
    "files of a batch removed, from another clone": (remove_days(EARLIER), other_clone, None),
    "files of a batch removed, results renamed": (remove_days(EARLIER), rename, None),
    "a row changed, results spelled otherwise": (change_row, spell, BATCH),
    "a file changed by one clone and put back": (change_and_put_back, nothing, None),
    "a correction removed": (remove_correction, forget, None),
    "all files of a year removed": (remove_days(EARLIER, *DAYS[:2]), forget, None),
    "fail_on": (configure(fail_on="warning"), nothing, VERDICT),
    "batch_mb": (configure(batch_mb="500"), forget, None),
    "datasets": (configure(datasets="dam_mcpc"), forget, HEADERS),
    "years": (configure(years="2024"), spell, HEADERS),
    "a severity": (change_code('"gap": Check("warning"', '"gap": Check("info"', "core/severity.py"), nothing, REPORT),
    "a dtype": (change_code("Kind.INTEGER: pl.Int32", "Kind.INTEGER: pl.Int64", "tables/schema.py"), nothing, None),
    "outputs deleted and damaged": (damage_and_delete, nothing, BATCH | {"rollup": 3}),
    "outputs deleted and damaged, without memory": (damage_and_delete, forget, BATCH | {"rollup": 3}),
    "an interim file deleted": (delete("interim/dam_spp/2023-12.parquet"), nothing, NOTHING),
    "the report damaged": (damage("reports/verification.json"), forget, REPORT),
}


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Place:
    place = Place(tmp_path_factory.mktemp("built"))
    write_tree(place)
    run = place.run()
    assert run.code == 0, run.text
    return place


@pytest.fixture(scope="session")
def fresh():
    """Return the state of a build from nothing, built once for equal trees, settings and code."""
    known: dict[str, dict] = {}

    def build(place: Place) -> dict:
        key = place.digest()
        if key not in known:
            known[key] = place.from_nothing()
        return known[key]

    return build


def run_as_listed(place: Place):
    """Run, and hold the jobs against those that `-n` lists; delete what has lost its raw files, and run once more."""
    listed = place.run("-n").jobs
    run = place.run()
    assert "Traceback" not in run.text
    assert run.jobs == listed
    if GONE in run.text:
        assert run.code != 0
        place.prune(run)
        run = place.run()
        assert GONE not in run.text
    return run


def test_what_runs_are_held_against_is_what_a_run_makes(built, fresh):
    assert built.state() == fresh(built)
    assert built.run().jobs == {}


class TestASecondRunEndsAsABuildFromNothing:
    @pytest.mark.parametrize("case", CASES)
    def test_after(self, built, fresh, tmp_path, case):
        place = built.copy(tmp_path / "place")
        change, circumstance, jobs = CASES[case]
        change(place)
        circumstance(place)
        run = run_as_listed(place)
        expected = fresh(place)
        found = place.state()
        assert same(found, expected), found
        assert (run.code == 0) == expected["passed"]
        if jobs is not None:
            assert run.jobs == jobs
        else:
            assert place.run().jobs == ({} if expected["passed"] else VERDICT)


class TestRollupsWithoutRawFiles:
    def test_are_named_before_the_run_and_in_its_verdict_and_go_by_one_command(self, built, fresh, tmp_path):
        place = built.copy(tmp_path / "place")
        for path in place.raw.rglob("*DAMCPC*"):
            path.unlink()
        forget(place)
        run = place.run()
        assert run.code != 0
        assert run.text.index(GONE) < run.text.index("Job stats")
        lost = ["annual/dam_mcpc/2023.parquet", "annual/dam_mcpc/2024.parquet"]
        stale = [finding for finding in place.state()["report"]["findings"] if finding["check"] == "stale"]
        assert [example for finding in stale for example in finding["examples"]] == lost
        assert {finding["severity"] for finding in stale} == {"critical"}
        place.prune(run)
        assert place.run().code == 0
        assert place.state() == fresh(place)
        kept = [path for path in place.outputs.rglob("*") if path.is_file()]
        assert [str(path) for path in kept if "dam_mcpc" in path.relative_to(place.outputs).parts] == []

    def test_all_raw_files_gone(self, built, fresh, tmp_path):
        place = built.copy(tmp_path / "place")
        shutil.rmtree(place.raw)
        place.raw.mkdir()
        run = place.run()
        assert run.code != 0
        assert f"5 rollups have {GONE}" in run.text
        assert not place.state()["passed"]
        assert fresh(place) == NOTHING_TO_BUILD
        place.prune(run)
        run = place.run()
        assert run.code != 0
        assert "raw_dir: no report of the selected datasets below" in run.text
        assert not list(place.outputs.glob("annual/*/*"))


class TestNothingIsRebuiltThatNeedNotBe:
    def test_for_a_copy_with_mixed_up_times(self, built, tmp_path):
        place = built.copy(tmp_path / "place")
        files = sorted(path for path in place.outputs.rglob("*") if path.is_file())
        for i, path in enumerate(files):
            os.utime(path, (1_700_000_000 + i * 7919 % 1000, 1_700_000_000 + i * 7919 % 1000))
        assert place.run().jobs == {}

    def test_for_times_that_have_not_come_yet_and_a_change_is_seen_all_the_same(self, built, fresh, tmp_path):
        place = built.copy(tmp_path / "place")
        for path in (path for path in place.outputs.rglob("*") if path.is_file()):
            later = path.stat().st_mtime + timedelta(days=2).total_seconds()
            os.utime(path, (later, later))
        change_row(place)
        run = place.run()
        assert run.code == 0, run.text
        assert run.jobs == BATCH
        assert place.state() == fresh(place)
        assert place.run().jobs == {}

    def test_for_prose(self, built, tmp_path):
        place = built.copy(tmp_path / "place")
        other_clone(place)
        parse = place.clone / "scripts/ercot/normalize/parse.py"
        parse.write_text("# A comment.\n" + parse.read_text().replace('"""', '"""Other words: ', 1))
        assert place.run().jobs == {}
        prices = place.clone / "scripts/ercot/catalog/reports/market/prices.py"
        before = prices.read_text()
        prices.write_text(before.replace("Day-ahead settlement point prices", "Day-ahead prices of settlement points"))
        assert prices.read_text() != before
        jobs = place.run("-n").jobs
        assert "normalize" not in jobs
        assert jobs["rollup"] == 2  # of dam_spp alone

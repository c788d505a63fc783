"""Outputs of a job: whole or not at all, counted only with the record of their origin, whatever the times of files."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from ercot.core.files import write_gzip_if_changed
from ercot.core.outputs import LONG_AGO, Superseded, check_outputs, placed, read_origin, touch_outputs, want
from ercot.core.paths import ResultPaths

DAY = 86_400_000_000_000  # nanoseconds


class Made:
    """A job with two outputs, as planning and the job itself see it."""

    def __init__(self, results: Path):
        paths = ResultPaths(results)
        self.origin, self.made = paths.origin("rollup", "dam_spp", "2024"), paths.made("rollup", "dam_spp", "2024")
        self.files = {"annual": paths.annual("dam_spp", "2024"), "facts": paths.facts("dam_spp", "2024")}
        for path in self.files.values():
            path.parent.mkdir(parents=True, exist_ok=True)

    def plan(self, digest: str) -> bool:
        """Plan; returns whether the outputs count."""
        current = self.check(digest) is not None
        want(self.origin, digest, self.made, current)
        return current

    def check(self, digest: str, restore: bool = True):
        return check_outputs(self.made, digest, restore)

    def work(self, text: str, meanwhile=lambda: None) -> None:
        """Do the job."""
        outputs = {name: str(path) for name, path in self.files.items()}
        with placed(outputs, self.origin, str(self.made)) as aside:
            for name, path in aside.items():
                Path(path).write_text(f"{name} {text}")
            meanwhile()

    def texts(self) -> list[str]:
        return [path.read_text() for path in self.files.values() if path.exists()]

    def runs_again(self) -> bool:
        """Say whether Snakemake would run the job: where an output is missing, or older than the origin."""
        outputs = [*self.files.values(), self.made]
        return not all(map(Path.exists, self.files.values())) or self.origin.stat().st_mtime > min(
            path.stat().st_mtime for path in outputs if path.exists()
        )


@pytest.fixture
def job(tmp_path) -> Made:
    made = Made(tmp_path / "results")
    assert not made.plan("first")
    made.work("first")
    assert made.plan("first")
    assert not made.runs_again()
    return made


def set_time(path: Path, ns: int) -> None:
    os.utime(path, ns=(ns, ns))


def test_outputs_of_another_origin_do_not_count_and_run_again(job):
    assert not job.plan("second")
    assert job.runs_again()
    job.work("second")
    assert job.plan("second")
    assert not job.runs_again()
    assert job.texts() == ["annual second", "facts second"]


def test_an_origin_that_comes_back_counts_as_long_as_the_outputs_are_its_own(job):
    assert not job.plan("second")
    assert job.plan("first")
    assert not job.runs_again()


def test_a_job_whose_origin_is_not_wanted_any_more_changes_nothing(job):
    job.plan("second")
    with pytest.raises(Superseded):
        job.work("second", meanwhile=lambda: job.plan("third"))
    assert job.texts() == ["annual first", "facts first"]
    assert job.check("first")
    assert not job.check("second")


def test_a_job_that_fails_changes_nothing_and_leaves_nothing_behind(job):
    def fail():
        raise ValueError

    job.plan("second")
    with pytest.raises(ValueError):  # noqa: PT011
        job.work("second", meanwhile=fail)
    assert job.texts() == ["annual first", "facts first"]
    interim = job.origin.parents[3]
    assert interim.name == "interim"
    assert list(interim.glob("partial/*")) == []


def test_a_job_whose_folder_a_new_run_has_swept_away_changes_nothing(job):
    job.plan("second")
    with pytest.raises(FileNotFoundError):
        job.work("second", meanwhile=lambda: shutil.rmtree(job.origin.parents[3] / "partial"))
    assert job.texts() == ["annual first", "facts first"]


def test_the_record_goes_first_and_comes_last(job, monkeypatch):
    """Outputs that a killed job had moved in part never stand with a record, neither the old one nor the new."""
    job.plan("second")
    seen, replace = [], os.replace

    def watched(source, target):
        seen.append((Path(target).name, job.made.exists()))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    job.work("second")
    names = [path.name for path in (*job.files.values(), job.made)]
    assert seen == [(name, False) for name in names]


@pytest.mark.parametrize("text", ["", "{", '{"origin": "fi', "[]", "null", '"first"', '{"outputs": {}}', "\x00\x00"])
def test_a_broken_record_counts_for_nothing(job, text):
    job.made.write_text(text)
    assert job.check("first") is None
    assert not job.plan("first")
    assert job.runs_again()


@pytest.mark.parametrize("text", ['{"origin": "first"}', '{"origin": "first", "outputs": {"x": 3}}'])
def test_a_record_without_its_outputs_counts_for_nothing(job, text):
    job.made.write_text(text)
    assert not job.plan("first")


def test_a_broken_origin_is_written_anew(job):
    job.origin.write_text('{"orig')
    assert read_origin(job.origin) is None
    assert job.plan("first")
    assert read_origin(job.origin) == "first"


def test_an_output_that_is_missing_counts_where_it_is_not_needed(job):
    job.files["facts"].unlink()
    assert job.check("first", restore=True) is None
    assert job.check("first", restore=False)


def test_damage_is_seen_by_size_and_by_content(job):
    path = job.files["annual"]
    path.write_text("annual first, and more")
    assert job.check("first") is None
    path.write_text("annual fIrst")  # the same size
    assert job.check("first") is None
    path.write_text("annual first")  # put back
    assert job.check("first").doubted


def test_mixed_up_times_are_mended_once_the_content_is_found_to_be_that_of_the_record(job):
    now = time.time_ns()
    for i, path in enumerate((job.made, *job.files.values())):
        set_time(path, now - DAY + i * 1_000_000)
    assert job.check("first").doubted
    touch_outputs(job.made)
    assert not job.check("first").doubted
    assert job.made.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in job.files.values())


def test_outputs_of_tomorrow_get_the_time_of_today(job):
    for path in (job.made, *job.files.values()):
        set_time(path, time.time_ns() + DAY)
    assert job.check("first").doubted
    touch_outputs(job.made)
    assert job.made.stat().st_mtime_ns <= time.time_ns()


def test_outputs_of_tomorrow_do_not_look_current_to_snakemake(job):
    for path in (job.made, *job.files.values()):
        set_time(path, time.time_ns() + DAY)
    assert not job.plan("second")
    assert job.runs_again()
    assert job.plan("first")  # the record is whole still


def test_the_origin_of_what_is_current_is_old_and_keeps_its_content(job):
    before = job.origin.read_bytes()
    assert job.plan("first")
    assert job.origin.stat().st_mtime == LONG_AGO
    assert job.plan("first")
    assert job.origin.read_bytes() == before


def test_an_origin_that_is_asked_for_again_is_another_file(job):
    """Snakemake takes a file whose content it remembers as touched, not changed."""
    job.plan("second")
    before = job.origin.read_bytes()
    job.plan("second")
    assert job.origin.read_bytes() != before


def test_records_name_outputs_relative_to_themselves(job):
    results = job.origin.parents[4]
    moved = results.rename(results.with_name("renamed [here]"))
    assert Made(moved).check("first")
    assert not any(Path(name).is_absolute() for name in json.loads(Made(moved).made.read_text())["outputs"])


def test_an_unchanged_file_of_tomorrow_gets_the_time_of_today(tmp_path):
    path = tmp_path / "manifest.gz"
    assert write_gzip_if_changed(path, b"content")
    before = path.stat().st_mtime_ns
    assert not write_gzip_if_changed(path, b"content")
    assert path.stat().st_mtime_ns == before
    set_time(path, time.time_ns() + DAY)
    assert not write_gzip_if_changed(path, b"content")
    assert path.stat().st_mtime_ns <= time.time_ns()

"""A plan is made again where anything that it follows from has changed, and only there."""

import gzip
import json
import os
from dataclasses import replace

import pytest
from helpers import DAM_SPP_HEADER, dam_spp_name, write_raw, zip_bytes

from ercot.catalog import DATASETS
from ercot.core.files import read_gzip
from ercot.planning import plan as planning
from ercot.planning.plan import make_plan, manifest_path, write_plan

FIRST, SECOND, LATER = (dam_spp_name(*of) for of in (("2024-01-15",), ("2024-02-15",), ("2024-01-15", "150000")))
ROWS = {name: [DAM_SPP_HEADER, f"{month}/15/2024,01:00,A,1,N"] for name, month in ((FIRST, "01"), (SECOND, "02"))}
SETTINGS = {"catalog": DATASETS, "selected": ["dam_spp"], "years": None, "batch_mb": 30}


class Place:
    """A raw tree with a plan that is kept."""

    def __init__(self, path):
        self.raw, self.interim = write_raw(path / "raw", ROWS | {"notes.txt": "x"}), path / "interim"
        self.settings = dict(SETTINGS)

    def plan(self, interim=None):
        """Plan as a run does, and keep the plan."""
        made = make_plan(self.raw, interim or self.interim, **self.settings)
        write_plan(interim or self.interim, made)
        return made

    def manifest(self):
        return manifest_path(self.interim, "dam_spp", "2024-01")


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    made.plan()
    return made


def manifests(interim) -> dict[str, bytes | None]:
    return {path.name: read_gzip(path) for path in (interim / "dam_spp").iterdir()}


def test_the_kept_plan_is_the_one_that_would_be_made_and_no_name_is_read(place, tmp_path, monkeypatch):
    made = place.plan(tmp_path / "anew")
    monkeypatch.setattr(planning, "take_inventory", None)
    assert place.plan() == made


def test_what_a_plan_says_of_the_results_is_not_kept(place):
    write_plan(
        place.interim, replace(place.plan(), stale=["annual/dam_spp/2023.parquet"], reported_derived=[["x", "y"]])
    )
    kept = place.plan()
    assert (kept.stale, kept.reported_derived) == ([], [])


def add(place):
    name = dam_spp_name("2024-02-20")
    write_raw(place.raw, {f"new/{name}": [DAM_SPP_HEADER, "02/20/2024,01:00,A,1,N"]})


def add_zip(place):
    name = dam_spp_name("2024-03-20", ending="_csv.zip")
    write_raw(place.raw, {name: zip_bytes({"a.csv": [DAM_SPP_HEADER, "03/20/2024,01:00,A,1,N"]})})


CHANGES = {
    "a file more": add,
    "a zip more": add_zip,
    "an ignored file more": lambda place: write_raw(place.raw, {"others.txt": "x"}),
    "a file less": lambda place: (place.raw / FIRST).unlink(),
    "a row more": lambda place: write_raw(place.raw, {FIRST: [*ROWS[FIRST], "01/15/2024,02:00,A,1,N"]}),
    "another time": lambda place: os.utime(place.raw / FIRST, (1, 1)),
    "another name": lambda place: (place.raw / FIRST).rename(place.raw / LATER),
    "another folder": lambda place: (place.raw / FIRST).rename(write_raw(place.raw / "deep", {"x.txt": ""}) / FIRST),
    "longer batches": lambda place: place.settings.update(batch_mb=500),
    "a year": lambda place: place.settings.update(years={2024}),
    "more datasets": lambda place: place.settings.update(selected=["dam_spp", "rt_spp"]),
    "another declaration": lambda place: place.settings.update(
        catalog=DATASETS | {"dam_spp": replace(DATASETS["dam_spp"], quirks=(), day_from=DATASETS["rt_spp"].day_from)}
    ),
    "a manifest deleted": lambda place: place.manifest().unlink(),
    "a manifest of other files": lambda place: place.manifest().write_bytes(gzip.compress(b"{}\n")),
    "a manifest cut short": lambda place: place.manifest().write_bytes(place.manifest().read_bytes()[:20]),
    "the plan deleted": lambda place: (place.interim / "plan.json.gz").unlink(),
    "the plan cut short": lambda place: (place.interim / "plan.json.gz").write_bytes(b"\x1f\x8b"),
    "the plan of another version": lambda place: (place.interim / "plan.json.gz").write_bytes(
        gzip.compress(json.dumps({"unknown": 1}).encode())
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_plan_is_the_one_made_from_nothing(place, tmp_path, change):
    CHANGES[change](place)
    assert place.plan() == place.plan(tmp_path / "anew")
    assert manifests(place.interim) == manifests(tmp_path / "anew")


def test_other_code_plans_anew(place, monkeypatch):
    before = place.plan()
    monkeypatch.setattr(planning, "code_digest", lambda entry: f"other code of {entry.name}")
    assert place.plan().manifests["dam_spp"]["2024-01"] != before.manifests["dam_spp"]["2024-01"]


@pytest.mark.parametrize("bit", [1, 128])
def test_a_kept_file_with_a_flipped_bit_is_read_as_it_was_or_not_at_all(tmp_path, bit):
    path, content = tmp_path / "x.gz", b"rows of a manifest, " * 9
    whole = gzip.compress(content, mtime=0)
    for place in range(len(whole)):
        path.write_bytes(bytes([*whole[:place], whole[place] ^ bit, *whole[place + 1 :]]))
        assert read_gzip(path) in (content, None), place

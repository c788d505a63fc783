"""Raw files that go, come or change between planning and reading: each has one fate, and the next run mends it."""

import os

import helpers
import pytest
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw, zip_bytes

NAME, OTHER = dam_spp_name("2024-05-02"), dam_spp_name("2024-05-03")
ROWS = [DAM_SPP_HEADER, "05/02/2024,01:00,A,1.5,N"]
FILES = {NAME: ROWS, OTHER: [DAM_SPP_HEADER, "05/03/2024,01:00,A,2.5,N"]}
CHANGED = "changed: it was changed while the workflow ran; run again"
GONE = "unreadable: No such file or directory"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs the pipeline and does something to the tree once it is planned."""
    root = write_raw(tmp_path / "raw", FILES)

    def run_with(after_planning=lambda root: None):
        def plan(*arguments):
            planned = make_plan(*arguments)
            after_planning(root)
            return planned

        make_plan = helpers.make_plan
        with monkeypatch.context() as patch:
            patch.setattr(helpers, "make_plan", plan)
            done = run_pipeline(root, tmp_path / "out", ["dam_spp"])
        assert done.critical() == []
        return done, [(entry["file"], entry["reason"]) for entry in done.report["files"]["rejected"]]

    return run_with


def test_a_file_that_goes_is_rejected_and_forgotten_by_the_next_run(run):
    done, rejected = run(lambda root: (root / NAME).unlink())
    assert rejected == [(NAME, GONE)]
    assert done.ledger("dam_spp", 2024) == (2, 1, 1, 1, 1, 0, 0, 0)
    done, rejected = run()
    assert rejected == []
    assert done.ledger("dam_spp", 2024) == (1, 1, 0, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("change", ["longer", "shorter", "later"])
def test_a_file_that_changes_is_rejected_and_read_by_the_next_run(run, change):
    def spoil(root):
        if change == "later":
            os.utime(root / NAME, (1, 1))
        else:
            rows = [*ROWS, "05/02/2024,02:00,A,3.5,N"] if change == "longer" else ROWS[:1]
            write_raw(root, {NAME: rows})

    done, rejected = run(spoil)
    assert rejected == [(NAME, CHANGED)]
    assert done.annual["dam_spp", 2024]["settlement_point_price"].to_list() == [2.5]
    done, rejected = run()
    assert rejected == []
    assert done.annual["dam_spp", 2024].height == {"longer": 3, "shorter": 1, "later": 2}[change]


def test_a_zip_that_is_replaced_is_rejected_member_by_member(run, tmp_path):
    zipped = dam_spp_name("2024-05-02", "150000", "_csv.zip")
    write_raw(tmp_path / "raw", {zipped: zip_bytes({NAME: ROWS, f"x/{NAME}": ROWS})})
    _, rejected = run(lambda root: write_raw(root, {zipped: zip_bytes({NAME: ROWS, f"x/{NAME}": [*ROWS, "bad"]})}))
    assert rejected == [(f"{zipped}!{NAME}", CHANGED), (f"{zipped}!x/{NAME}", CHANGED)]
    done, rejected = run()
    assert rejected == []
    assert done.ledger("dam_spp", 2024) == (4, 4, 0, 5, 2, 2, 0, 1)


def test_a_file_that_comes_waits_for_the_next_run(run):
    late = dam_spp_name("2024-05-02", "160000")
    done, rejected = run(lambda root: write_raw(root, {late: [DAM_SPP_HEADER, "05/02/2024,01:00,A,9.5,N"]}))
    assert (done.ledger("dam_spp", 2024)[0], rejected) == (2, [])
    done, _ = run()
    assert done.annual["dam_spp", 2024]["settlement_point_price"].to_list() == [9.5, 2.5]


def test_a_file_that_becomes_a_pipe_or_a_folder_hangs_nothing(run):
    def become(root):
        (root / NAME).unlink()
        (root / OTHER).unlink()
        os.mkfifo(root / NAME)
        (root / OTHER).mkdir()

    _, rejected = run(become)
    assert rejected == [(NAME, "unreadable: not a regular file"), (OTHER, "unreadable: Is a directory")]

"""The nightly recipe over three nights: it passes on a current archive, and a damaged one is told in a mail."""

import os
import subprocess
import sys

import pytest
from patience import PATIENCE

from ercot.core.files import read_json
from workflow.test_tutorial import BLOCK, FILE, ROOT, Reader, reader_in

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def keeper(tmp_path_factory) -> Reader:
    """Somebody with the files of the recipe."""
    keeper = reader_in(tmp_path_factory.mktemp("nights"))
    for _, text in BLOCK.findall((ROOT / "docs/recipes.md").read_text()):
        if named := FILE.match(text):
            (keeper.folder / named[1]).write_text(text)
    return keeper


def fetch(keeper: Reader, dataset: str, first: str, last: str) -> None:
    """Bring in the files that ERCOT published of some days."""
    command = [sys.executable, "-m", "ercot.cli", "simulate", "my-files", "--dataset", dataset]
    paths = os.environ | {"PYTHONPATH": str(keeper.folder / "scripts")}
    days = ["--from", first, "--to", last, "--points", "5"]
    subprocess.run([*command, *days], cwd=keeper.folder, env=paths, check=True, capture_output=True)


def night(keeper: Reader) -> tuple[int, str]:
    """Return the exit code of a night and the mail of cron: what was printed."""
    done = subprocess.run(["sh", "nightly.sh"], cwd=keeper.folder, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_three_nights(keeper):
    fetch(keeper, "rt_spp", "2024-03-01", "2024-03-02")
    fetch(keeper, "dam_spp", "2024-03-01", "2024-03-03")  # the next day's is published by noon
    assert night(keeper) == (0, ""), "first night: all that was due is there"

    fetch(keeper, "rt_spp", "2024-03-03", "2024-03-03")
    fetch(keeper, "dam_spp", "2024-03-04", "2024-03-04")
    (good,) = keeper.folder.glob("my-files/*/cdr.00012331.*.20240301.*")  # the prices of 2 March: 24 hours
    text = good.read_text()
    good.write_text("".join(text.splitlines(keepends=True)[:41]))  # a header and the first 40 of its rows
    code, mail = night(keeper)
    assert code == 1
    lost = len(text.splitlines()) - 41
    assert f"warning: dam_spp 2024: {lost} rows of 1 day lost" in mail
    assert f"; lost {lost} rows that were there; " in mail.splitlines()[-1]
    assert night(keeper)[0] == 1, "while it stands, a night with nothing to do fails too"

    good.write_text(text)
    assert night(keeper) == (0, ""), "third night: the file is back"
    changes = read_json(keeper.folder / "results/reports/changes.json")
    assert changes["findings"] == []
    assert [(e["dataset"], e["rows"]["gained"], e["rows"]["lost"]) for e in changes["rollups"]] == [
        ("dam_spp", lost, 0)
    ]


def test_a_night_with_nothing_new_says_the_standing_verdict(keeper):
    assert night(keeper) == (0, "")
    log = (keeper.folder / "nightly.log").read_text()
    assert "ercot: nothing to rebuild: 0 of 2 rollups rebuilt; " in log
    assert "no finding that fails the run. Report: " in log

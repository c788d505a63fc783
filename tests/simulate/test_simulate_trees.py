"""The simulator: files in folders and zips, revisions, faults, and its command line."""

import io
import re
import subprocess
import sys
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
from simulated import PLAIN, REPOSITORY, RTC, ask, names

from ercot.simulate import BadRequest, Request, write_tree
from ercot.simulate.demo import FALL_DAY, write_demo
from ercot.simulate.faults import FAULTS, ZIP_FAULTS
from ercot.simulate.files import file_bytes, files_of_day, pack_day
from ercot.simulate.values.table import day_table

# Revisions and zips


def test_a_revision_is_published_later_and_changes_only_what_it_was_asked_to():
    first, same = ask("dam_spp", PLAIN, points=80), ask("dam_spp", PLAIN, points=80, version=1)
    other = ask("dam_spp", PLAIN, points=80, version=1, changed=0.1)
    assert names(same) == ["cdr.00012331.0000000000000000.20240703.153000.DAMSPNP4190.csv"]
    assert file_bytes(first, PLAIN) == file_bytes(same, PLAIN)
    old, new = (day_table(r, PLAIN)["settlement_point_price"] for r in (first, other))
    assert 0.05 < (old != new).mean() < 0.15
    assert names(ask("sced_esr", RTC, version=1)) == ["60d_ESR_Data_in_SCED-01-NOV-26_SUPPLEMENTAL_CORRECTION.csv"]


def test_each_file_in_its_own_zip():
    plain, zipped = (files_of_day(ask("rt_spp", PLAIN, zipped=z), PLAIN)[7] for z in (False, "each"))
    assert zipped.path == plain.path.replace(".csv", "_csv.zip")
    with zipfile.ZipFile(io.BytesIO(zipped.data)) as archive:
        assert archive.namelist() == [plain.path.split("/")[1]]
        assert archive.read(archive.namelist()[0]) == plain.data


def test_a_day_in_one_zip_holds_the_whole_family():
    requests = [ask(d, RTC, zipped="day") for d in ("sced_gen", "sced_load", "sced_smne")]
    (file,) = pack_day(requests, RTC)
    assert file.path == "60-Day_SCED_Disclosure_Reports/60_Day_SCED_Disclosure-01-NOV-26.zip"
    assert len(zipfile.ZipFile(io.BytesIO(file.data)).namelist()) == 3


def test_a_day_of_prices_is_a_zip_of_zips():
    (file,) = pack_day([ask("rt_spp", PLAIN, zipped="day")], PLAIN)
    outer = zipfile.ZipFile(io.BytesIO(file.data))
    assert len(outer.namelist()) == 96
    inner = zipfile.ZipFile(io.BytesIO(outer.read(outer.namelist()[0])))
    assert inner.namelist()[0].endswith(".csv")


# Trees


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.slow
def test_the_same_seed_gives_the_same_tree_whatever_the_workers(tmp_path):
    requests = [
        Request("dam_spp", date(2024, 11, 1), date(2024, 11, 9), points=9),
        Request("dam_gen", date(2024, 11, 1), date(2024, 11, 9), points=9, zipped="day"),
    ]
    written = write_tree(tmp_path / "one", requests, seed=5)
    write_tree(tmp_path / "two", requests, seed=5, workers=2)
    write_tree(tmp_path / "other", requests, seed=6)
    one = tree(tmp_path / "one")
    assert written == (len(one), sum(map(len, one.values())))
    assert one == tree(tmp_path / "two")
    assert one != tree(tmp_path / "other")


def test_a_day_does_not_depend_on_the_days_around_it():
    wide = Request("dam_spp", date(2024, 1, 1), date(2024, 12, 31), points=9)
    assert files_of_day(wide, PLAIN) == files_of_day(ask("dam_spp", PLAIN, points=9), PLAIN)


@pytest.mark.slow
def test_the_demo_is_small_and_holds_what_it_is_meant_to_show(tmp_path):
    write_demo(tmp_path)
    files = tree(tmp_path)
    assert 2000 < len(files) < 6000
    assert sum(map(len, files.values())) < 15e6
    named = "\n".join(files)
    assert len(re.findall(rf"_{FALL_DAY:%Y%m%d}_\d{{4}}xhr", named)) == 4
    assert "SPPHLZNP6905_20241106_1200" not in named
    assert any(data.startswith(b"<!DOCTYPE") for data in files.values())
    assert any(b",NewColumn\n" in data for data in files.values())
    corrupt = [name for name, data in files.items() if name.endswith(".zip") and _fails(data)]
    assert len(corrupt) == 1
    assert "60_Day_DAM_Disclosure-08-NOV-24" in named
    assert "UNKNOWNNP0000" in named


def _fails(data: bytes) -> bool:
    try:
        return zipfile.ZipFile(io.BytesIO(data)).testzip() is not None
    except (zipfile.BadZipFile, zlib.error):
        return True


# Faults


def test_there_are_many_faults_and_each_is_described():
    assert len(FAULTS) >= 40
    assert all(fault.description for fault in FAULTS.values())


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize(("dataset_id", "day"), [("rt_spp", PLAIN), ("dam_gen", PLAIN)])
def test_a_fault_changes_the_file(name, dataset_id, day):
    good = files_of_day(ask(dataset_id, day, points=12), day)[0].data
    if dataset_id == "dam_gen" and name.startswith(("interval_", "bad_flag", "blank_flag")):
        with pytest.raises(ValueError, match="no column like"):
            FAULTS[name].apply(good)
        return
    bad = FAULTS[name].apply(good)
    if dataset_id == "dam_gen" and name == "quoted_row":
        assert bad == good, "all its rows are quoted"
    else:
        assert bad != good
    if name in ZIP_FAULTS:
        assert _fails(bad) or not zipfile.ZipFile(io.BytesIO(bad)).namelist()


def test_a_fault_of_one_row_leaves_the_others_alone():
    good = files_of_day(ask("rt_spp", PLAIN, points=12), PLAIN)[0].data
    for name in ("hour_26", "date_13_45", "interval_7", "word_for_number", "bad_flag", "nul_byte", "long_line"):
        pairs = zip(good.splitlines(), FAULTS[name].apply(good).splitlines(), strict=True)
        assert sum(a != b for a, b in pairs) == 1, name


def test_a_fault_says_where_it_does_not_fit():
    good = files_of_day(ask("rt_lmp", PLAIN), PLAIN)[0].data
    with pytest.raises(ValueError, match="no column like"):
        FAULTS["interval_7"].apply(good)


# Requests and the command line


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"dataset_id": "no_such"}, "no dataset is called no_such"),
        ({"last_day": date(2024, 7, 3)}, "before the first day"),
        ({"points": 0}, "points must be"),
        ({"zipped": "week"}, "zipped must be one of"),
        ({"spring_labels": "odd"}, "spring_labels must be one of"),
        ({"dataset_id": "rt_mcpc"}, "published from 2025-12-05"),
        ({"source": 1}, "kind"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(how, message):
    with pytest.raises(BadRequest, match=message):
        Request(**({"dataset_id": "rt_spp", "first_day": PLAIN, "last_day": PLAIN} | how))


def run(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "ercot.simulate", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY / "scripts", capture_output=True, text=True, check=False)


def test_the_command_line_writes_a_tree(tmp_path):
    done = run(tmp_path, "--dataset", "dam_spp,dam_mcpc", "--from", "2024-11-02", "--to", "2024-11-04", "--points", 5)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(tree(tmp_path)) == 6


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["DIR"],
        ["DIR", "--dataset", "no_such", "--from", "2024-01-01"],
        ["DIR", "--dataset", "rt_spp", "--from", "2024-02-30"],
        ["DIR", "--dataset", "rt_spp", "--from", "2024-01-01", "--workers", "0"],
        ["--demo", "FULL"],
        ["FULL/file", "--dataset", "dam_spp", "--from", "2024-01-01"],
    ],
)
def test_errors_are_one_line_and_exit_code_2(tmp_path, arguments):
    (tmp_path / "FULL").mkdir()
    (tmp_path / "FULL" / "file").write_text("in the way")
    places = {"DIR": tmp_path / "new", "FULL": tmp_path / "FULL", "FULL/file": tmp_path / "FULL" / "file"}
    done = run(*(places.get(a, a) for a in arguments))
    assert done.returncode == 2
    assert re.fullmatch(r"simulate: .+\n", done.stderr)

"""What planning learns from a look into a file: its operating days, whatever is odd about its first rows."""

import gzip
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from helpers import DAM_SPP_HEADER, cdr, dam_spp_name, deny, run_pipeline, write_raw, zip_bytes
from hostile import deflated, zip_of
from patience import PATIENCE

from ercot.catalog import DATASETS
from ercot.raw.inventory import take_inventory
from ercot.raw.operating_days import MAX_LINE, days_in, lines_of, read_day

DAM = "dam_spp"
NAME = dam_spp_name("2024-05-02")
GOOD = "05/03/2024,01:00,HB_NORTH,1.5,N"


@pytest.mark.parametrize(
    "text",
    [
        "05/02/2024",
        "5/2/2024",
        " 05/02/2024 ",
        "05 / 02 / 2024",
        "05/02/2024 23:59",
        "05/02/2024 23:59:59",
        "05/02/2024  7:5:9",
        "05/02/2024 00 :00 :22",
        "05/02/2024 02:45:05 AM",
        "05/02/2024 12:00:00 pm",
    ],
)
def test_a_date_or_stamp_says_its_day(text):
    assert read_day(text) == date(2024, 5, 2)


@pytest.mark.parametrize(
    "text",
    [
        "05/02/2024x",
        "05/02/2024 x",
        "05/02/20245",
        "x05/02/2024",
        "05/02/2024 00:04:60",
        "05/02/2024 24:00",
        "05/02/2024 00:60",
        "05/02/2024 0:30 AM",
        "05/02/2024 13:30 PM",
        "05/02/2024 02:45:05 XM",
        "05/02/2024 02",
        "05/02/2024 02:45:05.123.4",
        "02/30/2024",
        "13/01/2024",
        "05/02/1999",
        "05-02-2024",
        "05/02/24",
        "\u0660\u0665/\u0660\u0662/\u0662\u0660\u0662\u0664",
        "",
    ],
)
def test_what_no_calendar_or_clock_shows_says_no_day(text):
    assert read_day(text) is None


@pytest.mark.parametrize("first", ["05/02/2024x", "05/02/2024 01:00:60", "05/02/2024 rubbish", "02/30/2024"])
def test_a_malformed_first_date_does_not_decide_the_day(tmp_path, first):
    """The file is named for 2 May, and so is its one bad row; its good rows are of 3 May."""
    rows = [DAM_SPP_HEADER, f"{first},01:00,HB_NORTH,9.5,N", GOOD, GOOD.replace("01:00", "02:00")]
    run = run_pipeline(write_raw(tmp_path / "raw", {NAME: rows}), tmp_path / "out", [DAM])
    assert run.critical() == []
    assert run.ledger(DAM, 2024) == (1, 1, 0, 3, 2, 0, 0, 1)
    assert run.reasons(DAM, 2024) == [(2, "bad_date")]
    assert run.annual[DAM, 2024]["delivery_date"].unique().to_list() == [date(2024, 5, 3)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_may(ends):
    data = ends.join(["\ufeffa,b", "", "1,2", " ", "3,4"]).encode()
    for size in (1, 2, 5, 100):
        pieces = [data[i : i + size] for i in range(0, len(data), size)]
        if size > 2:  # a byte-order mark is not cut in two: pieces are large
            assert list(lines_of(pieces)) == ["a,b", "1,2", "3,4"]
    assert list(lines_of([data])) == ["a,b", "1,2", "3,4"]


def test_a_line_that_is_too_long_is_passed_over_whole():
    pieces = [b"a\n", b"b" * MAX_LINE, b"b" * MAX_LINE, b"bb\nc\n", b"d" * (MAX_LINE + 1)]
    assert list(lines_of(pieces)) == ["a", "c"]


CORRECTIONS = "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag"


@pytest.mark.parametrize("size", [1 << 20, 37])
def test_all_rows_of_a_report_of_several_days_are_looked_at(size):
    """Days beyond the first 64 KiB, after a record with a line end within quotes, after a quote that nothing closes."""
    rows = ["01/01/2024,1,A,1,2,05/20/2024 10:00:00,N"] * 3000
    rows += ['01/02/2024,1,"B\nB",1,2,05/20/2024 10:00:00,N', '"01/09/2024,1,A,1,2,05/20/2024 10:00:00,N']
    rows += ["01/03/2024,1,A,1,2,05/20/2024 10:00:00,N", "01/04/2024,1,A,1,2,05/20/2024 10:00:00"]
    data = "\n".join([CORRECTIONS, *rows]).encode()
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    assert days_in(DATASETS["dam_spp_corrections"], pieces) == [date(2024, 1, day) for day in (1, 2, 3)]


# Memory

PLANNED = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from ercot.catalog import DATASETS
from ercot.raw.inventory import take_inventory
take_inventory(Path(sys.argv[1]), DATASETS, {})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = take_inventory(Path(sys.argv[2]), DATASETS, {})
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
days = {d: [[day.isoformat() for day in e.days] for e in entries] for d, entries in found.entries.items()}
print(json.dumps({"mib": (after - before) / 1024, "days": days}))
"""
BOMB = cdr(13044, "20240522.090000", "pricecorrection_DAM_SPP{}")
LINE = b"05/01/2024,1,HB_NORTH,1,2,05/20/2024 10:00:00,N\n"
MIB = 1 << 20


def bomb(piece, times, gz=False):
    """Return a deflated file of corrections: the header, then the same bytes many times."""
    if gz:
        return gzip.compress(f"{CORRECTIONS}\n".encode()) + deflated(piece, times, 31)
    return zip_of(BOMB.format(".csv"), deflated(piece, times), len(piece) * times)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("_csv.zip", lambda: bomb(bytes(MIB), 1000)),
        (".csv.gz", lambda: bomb(bytes(MIB), 1000, gz=True)),
        (".csv.gz", lambda: bomb(b"\n" * MIB, 1000, gz=True)),
        (".csv.gz", lambda: bomb(LINE * 10_000, 400, gz=True)),
        (".csv.gz", lambda: bomb(b'"' * MIB, 300, gz=True)),
        (".csv", lambda: f"{CORRECTIONS}\n".encode() + b"," * (200 * MIB)),
    ],
    ids=["zip of zeros", "zeros", "blank lines", "rows", "quotes", "one line"],
)
def test_planning_a_bomb_that_is_read_row_by_row_costs_no_memory(tmp_path, name, make):
    write_raw(tmp_path / "warm", {BOMB.format(".csv"): f"{CORRECTIONS}\n" + LINE.decode() * 2000})
    write_raw(tmp_path / "raw", {BOMB.format(name): make()})
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "scripts")}
    command = [sys.executable, "-c", PLANNED, str(tmp_path / "warm"), str(tmp_path / "raw")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert list(found["days"]) == ["dam_spp_corrections"]
    assert found["mib"] < 40


# What cannot be listed


def test_a_folder_that_cannot_be_listed_is_named_and_the_others_are_read(tmp_path, monkeypatch):
    raw = write_raw(tmp_path / "raw", {f"a/{NAME}": [DAM_SPP_HEADER, GOOD], "b/locked/x.csv": "", "b/readme.txt": ""})
    deny(monkeypatch, {"locked"}, "open")
    run = run_pipeline(raw, tmp_path / "out", [DAM])
    assert run.ledger(DAM, 2024) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.report["files"]["ignored"] == ["b/readme.txt"]
    found = [(f["severity"], f["dataset"], f["count"], f["examples"]) for f in run.findings("unreadable_file")]
    assert found == [("warning", None, 1, ["b/locked/: unreadable: Permission denied"])]
    assert "folder that cannot be listed" in run.findings("unreadable_file")[0]["message"]
    named = [entry for entry in run.report["files"]["rejected"] if entry["dataset"] is None]
    assert named == [{"file": "b/locked/", "dataset": None, "reason": "unreadable: Permission denied"}]


def test_a_raw_folder_that_cannot_be_listed_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        take_inventory(tmp_path / "nowhere", DATASETS, {})


def test_an_empty_zip_under_a_sure_name_is_rejected_by_name(tmp_path):
    name = cdr(12301, "20240502.001502", "SPPHLZNP6905_20240502_0015_csv.zip")
    for content, reason in ((b"", "unreadable: File is not a zip file"), (zip_bytes({}), "unreadable: no CSV inside")):
        run = run_pipeline(write_raw(tmp_path / "raw", {name: content}), tmp_path / "out", ["rt_spp"])
        assert run.ledger("rt_spp", 2024) == (1, 0, 1, 0, 0, 0, 0, 0)
        assert run.report["files"]["rejected"] == [{"file": name, "dataset": "rt_spp", "reason": reason}]

"""Real files of ERCOT, 2010 to 2026: every one ends as rows, as a named rejection or as a named ignored file."""

import csv
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
from helpers import run_pipeline, utc

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT.parent / "shared" / "samples" / "raw"

pytestmark = pytest.mark.skipif(not RAW.is_dir(), reason="the folder ../shared/samples/raw with real files is absent")

SPP_DAYS = ("2017-02-14", "2017-02-17", "2017-02-18", "2017-02-23", "2017-03-06")
OTHER_REPORTS = "cdr.00013101.0000000000000000.20140501.050001.ACTUALSYSLOADWZNP6345.csv"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run all samples once."""
    return run_pipeline(RAW, tmp_path_factory.mktemp("results"))


def members():
    """Yield the label and the text of every CSV below the samples, by means of its own."""
    for path in sorted(RAW.rglob("*")):
        shown = path.relative_to(RAW).as_posix()
        if path.suffix == ".zip" and "_xml" not in path.name:
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{shown}!{name}", archive.read(name).decode()
        elif path.suffix == ".csv":
            yield shown, path.read_text(encoding="utf-8")


def rows_of(text: str) -> int:
    """Return the lines that hold something, without the header."""
    lines = [line for line in text.splitlines() if line.strip()]
    headed = not lines[0].lstrip('"')[:10].replace("/", "").isdigit()
    return len(lines) - headed


def test_there_are_samples(run):
    assert len(list(members())) >= 60
    assert len(run.annual) >= 30


def test_nothing_is_critical_and_everything_balances(run):
    assert run.critical() == []
    assert all(line["balanced"] for line in run.report["ledger"])


def test_every_file_has_a_fate_and_every_row_is_counted(run):
    """Files: read + rejected + ignored are all there are. Rows: those of the files that were neither."""
    rejected = {entry["file"] for entry in run.report["files"]["rejected"]}
    ignored = set(run.report["files"]["ignored"])
    texts = dict(members())
    whole_files = {p.relative_to(RAW).as_posix() for p in RAW.rglob("*") if p.is_file()}
    assert rejected <= set(texts)
    assert ignored - set(texts) <= whole_files
    assert {path.rsplit("/", 1)[-1] for path in ignored} == {
        OTHER_REPORTS,
        *(path.rsplit("/", 1)[-1] for path in whole_files if "_xml" in path),
    }
    read = set(texts) - rejected - ignored
    assert sum(line["files_read"] for line in run.report["ledger"]) == len(read)
    assert sum(line["files_found"] for line in run.report["ledger"]) == len(read) + len(rejected)
    assert sum(line["rows_read"] for line in run.report["ledger"]) == sum(rows_of(texts[name]) for name in read)
    assert sum(frame.height for frame in run.annual.values()) == sum(r["rows_written"] for r in run.report["ledger"])


def test_no_sample_is_rejected_and_no_row(run):
    assert run.report["files"]["rejected"] == []
    assert {key: frame.rows() for key, frame in run.rejected.items() if frame.height} == {}


def test_day_ahead_prices_of_2017_hold_the_raw_lines_of_all_five_files(run):
    """One of the files has lost its header row; none of its rows is lost with it."""
    files = {name: text for name, text in members() if ".00012331." in name and ".2017" in name}
    lines = [line for text in files.values() for line in text.splitlines() if line.strip()]
    headers = [line for line in lines if line.startswith("DeliveryDate")]
    assert (len(files), len(headers), len(lines) - len(headers)) == (5, 4, 75_048)
    frame = run.annual["dam_spp", 2017]
    assert frame.height == 75_048
    assert run.ledger("dam_spp", 2017) == (5, 5, 0, 75_048, 75_048, 0, 0, 0)
    assert tuple(frame["delivery_date"].cast(pl.String).unique().sort()) == SPP_DAYS


def test_every_day_ahead_price_of_2017_is_that_of_its_raw_line(run):
    """Row by row: date, hour, point and price as the raw text has them."""
    raw = set()
    for name, text in members():
        if ".00012331." in name and ".2017" in name:
            for date, hour, point, price, flag in csv.reader(io.StringIO(text)):
                if date != "DeliveryDate":
                    raw.add((f"{date[6:]}-{date[:2]}-{date[3:5]}", int(hour[:2]), point, float(price), flag == "Y"))
    frame = run.annual["dam_spp", 2017].select(
        pl.col("delivery_date").cast(pl.String), "hour_ending", "settlement_point", "settlement_point_price", "dst_flag"
    )
    assert len(raw) == 75_048
    assert set(frame.rows()) == raw


SINGLE_ROWS = {
    ("dam_spp", 2014): (
        "05/02/2014,01:00,AMISTAD_ALL, 29.92,N",
        {
            "settlement_point": "AMISTAD_ALL",
            "interval_start": "2014-05-02T05",
            "settlement_point_price": 29.92,
            "hour_ending": 1,
        },
    ),
    ("dam_spp", 2026): (
        "09/29/2026,02:00,LZ_WEST, 23.03,N",
        {
            "settlement_point": "LZ_WEST",
            "interval_start": "2026-09-29T06",
            "settlement_point_price": 23.03,
            "hour_ending": 2,
        },
    ),
    ("dam_mcpc", 2026): (
        "09/29/2026,01:00,NSPIN,2.55,N",
        {"ancillary_type": "NSPIN", "interval_start": "2026-09-29T05", "mcpc": 2.55, "dst_flag": False},
    ),
    ("rt_spp", 2014): (
        "04/30/2014,24,4,AMOCOOIL_CC1,LCCRN,30.5,N",
        {
            "settlement_point": "AMOCOOIL_CC1",
            "interval_start": "2014-05-01T04:45:00",
            "settlement_point_type": "LCCRN",
            "settlement_point_price": 30.5,
            "hour_ending": 24,
            "delivery_interval": 4,
        },
    ),
    ("rt_spp", 2026): (
        "09/29/2026,12,1,ABINDUST_RN,RN,19.9,N",
        {"settlement_point": "ABINDUST_RN", "interval_start": "2026-09-29T16", "settlement_point_price": 19.9},
    ),
    ("rt_lmp", 2014): (
        "05/01/2014 00:05:19,N,AMISTAD_ALL,       30.95",
        {
            "settlement_point": "AMISTAD_ALL",
            "sced_timestamp": "2014-05-01T05:05:19",
            "lmp": 30.95,
            "repeated_hour_flag": False,
        },
    ),
    ("rt_lmp", 2026): (
        "06/25/2026 00:40:18,N,ABINDUST_RN,       27.64",
        {"settlement_point": "ABINDUST_RN", "sced_timestamp": "2026-06-25T05:40:18", "lmp": 27.64},
    ),
    ("rt_mcpc", 2026): (
        "09/29/2026,12,1,N,REGDN,1.51",
        {"ancillary_type": "REGDN", "interval_start": "2026-09-29T16", "mcpc": 1.51, "dst_flag": False},
    ),
    ("rt_mcpc_sced", 2026): (
        "10/03/2026 22:45:20,N,NSPIN,5,5",
        {
            "ancillary_type": "NSPIN",
            "sced_timestamp": "2026-10-04T03:45:20",
            "capped_mcpc": 5.0,
            "uncapped_mcpc": 5.0,
            "mcpc": None,
        },
    ),
    ("sced_system_lambda", 2014): (
        "05/01/2014 00:00:14,N,28.8797130584717",
        {"sced_timestamp": "2014-05-01T05:00:14", "system_lambda": 28.8797130584717},
    ),
    ("dam_lmp_bus", 2014): (
        "05/02/2014,01:00,EB_K,30.39,N",
        {"interval_start": "2014-05-02T05", "electrical_bus": "EB_K", "lmp": 30.39},
    ),
}


@pytest.mark.parametrize("where", SINGLE_ROWS, ids=lambda where: f"{where[0]}-{where[1]}")
def test_a_row_of_each_price_sample_has_the_values_of_its_raw_line(run, where):
    line, expected = SINGLE_ROWS[where]
    assert any(line in text.splitlines() for _, text in members())
    times = {name: utc(value) for name, value in expected.items() if isinstance(value, str) and value[:2] == "20"}
    expected = expected | times
    identity = [name for name in expected if isinstance(expected[name], str) or name in times]
    frame = run.annual[where].filter(pl.all_horizontal(pl.col(name) == pl.lit(expected[name]) for name in identity))
    assert frame.select(list(expected)).rows(named=True) == [expected]


def test_the_same_samples_in_one_zip_give_the_same_rollups(run, tmp_path):
    """Folders, containers and order say nothing: all price samples in a zip of an unknown name."""
    chosen = [
        p for p in RAW.rglob("*.csv") if p.name[:12] in ("cdr.00012301", "cdr.00012300", "cdr.00012329", "cdr.00024891")
    ]
    (tmp_path / "raw").mkdir()
    with zipfile.ZipFile(tmp_path / "raw" / "everything.zip", "w") as archive:
        for path in sorted(chosen, reverse=True):
            archive.write(path, f"x/{path.name}")
    datasets = ["rt_spp", "rt_lmp", "dam_mcpc", "rt_mcpc_sced"]
    again = run_pipeline(tmp_path / "raw", tmp_path / "out", datasets, batch_mb=1)
    assert sorted(again.annual) == sorted(key for key in run.annual if key[0] in datasets)
    for dataset, year in again.annual:
        first, second = (r.results / "annual" / dataset / f"{year}.parquet" for r in (run, again))
        assert first.read_bytes() == second.read_bytes()

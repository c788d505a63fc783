"""Real files of ERCOT, 2010 to 2026: single rows with times worked out by hand, and the same files in other containers.

That every file and every row comes out right is held against the raw text in `test_all_samples`.
"""

import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from helpers import cdr, dam_spp_name, rt_spp_name, run_pipeline, utc, write_raw
from raw_samples import members

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT.parent / "shared" / "samples" / "raw"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not RAW.is_dir(), reason="the folder ../shared/samples/raw with real files is absent"),
]

SPP_DAYS = ("2017-02-14", "2017-02-17", "2017-02-18", "2017-02-23", "2017-03-06")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run all samples once."""
    return run_pipeline(RAW, tmp_path_factory.mktemp("results"))


def texts():
    """Yield the text of every CSV below the samples, however deep it lies in zips."""
    for path in sorted(RAW.rglob("*")):
        if path.is_file() and "_xml" not in path.name:
            for label, data in members(path.relative_to(RAW).as_posix(), path.read_bytes()):
                if label.endswith(".csv"):
                    yield label, data.decode()


def test_there_are_samples(run):
    assert len(list(texts())) >= 100
    assert len(run.annual) >= 80


def test_nothing_is_critical_and_everything_balances(run):
    assert run.critical() == []
    assert all(line["balanced"] for line in run.report["ledger"])


def test_day_ahead_prices_of_2017_hold_the_raw_lines_of_all_five_files(run):
    """One of the files has lost its header row; none of its rows is lost with it."""
    files = {name: text for name, text in texts() if ".00012331." in name and ".2017" in name}
    lines = [line for text in files.values() for line in text.splitlines() if line.strip()]
    headers = [line for line in lines if line.startswith("DeliveryDate")]
    assert (len(files), len(headers), len(lines) - len(headers)) == (5, 4, 75_048)
    frame = run.annual["dam_spp", 2017]
    assert frame.height == 75_048
    assert run.ledger("dam_spp", 2017) == (5, 5, 0, 75_048, 75_048, 0, 0, 0)
    assert tuple(frame["delivery_date"].cast(pl.String).unique().sort()) == SPP_DAYS


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
    ("sced_self_arranged_as", 2014): (
        '"03/02/2014 02:15:09","N","QEAGL1","9.9","9.4","6","12","0","45"',
        {"qse": "QEAGL1", "sced_timestamp": "2014-03-02T08:15:09", "regup": 9.9, "rrsgn": 12.0, "rrspfr": None},
    ),
    ("sced_self_arranged_as", 2019): (
        "12/02/2019 00 :00 :22,N,QALTRE,,,,0,0,27",
        {"qse": "QALTRE", "sced_timestamp": "2019-12-02T06:00:22", "regup": None, "rrsgn": 0.0, "rrsnc": 27.0},
    ),
    ("sasm_gen_as_awards", 2025): (
        "11/27/2025 02:45:05 AM,11/27/2025,05,DANSBY_DANSBYG1,GSREH,,,,,2.1,,,10,,,,,",
        {
            "resource_name": "DANSBY_DANSBYG1",
            "interval_start": "2025-11-27T10",
            "sasm_id_cpt": datetime(2025, 11, 27, 2, 45, 5),
            "rrspfr_awarded": 2.1,
            "rrs_mcpc": 10.0,
            "nspin_mcpc": None,
        },
    ),
    ("sced_as_capability_overrides", 2026): (
        "04/15/2026 12:13:14,N,04/15/2026 12:03:39,04/15/2026 23:59:01,QTEN26,FTDUNCAN_ESR1,REGDN,0,200,",
        {
            "resource_name": "FTDUNCAN_ESR1",
            "sced_timestamp": "2026-04-15T17:13:14",
            "start_timestamp_cpt": datetime(2026, 4, 15, 12, 3, 39),
            "end_timestamp_cpt": datetime(2026, 4, 15, 23, 59, 1),
            "as_capability_limit": 0.0,
            "derated_qty": 200.0,
            "reason_code": None,
        },
    ),
    ("rt_lmp_corrections", 2014): (
        "05/29/2014 18:05:09,CCEC_GT1,-784.91,-251,05/30/2014 16:00:00,N",
        {
            "settlement_point": "CCEC_GT1",
            "sced_timestamp": "2014-05-29T23:05:09",
            "original": -784.91,
            "corrected": -251.0,
        },
    ),
    ("rt_mcpc_corrections", 2026): (
        "01/10/2026,7,3,REGUP,0.1,0.08,07/10/2026 16:00:00,N",
        {
            "ancillary_type": "REGUP",
            "interval_start": "2026-01-10T12:30:00",
            "original": 0.1,
            "corrected": 0.08,
            "price_correction_time_cpt": datetime(2026, 7, 10, 16),
            "dst_flag": False,
        },
    ),
    ("rt_lmp_bus_corrections", 2026): (
        "08/30/2026 09:25:18,0001HWFG1,15.35,15.35,15.67,16,09/01/2026 16:00:00,N",
        {
            "electrical_bus": "0001HWFG1",
            "sced_timestamp": "2026-08-30T14:25:18",
            "capped_original": 15.35,
            "capped_corrected": 15.67,
            "uncapped_corrected": 16.0,
        },
    ),
    ("settlement_points", 2024): (
        "0001_C,0180,TRI_CNTY,138,F5,LZ_SOUTH,,,,5445",
        {
            "electrical_bus": "0001_C",
            "node_name": "0180",
            "delivery_date": date(2024, 11, 11),
            "voltage_level": 138.0,
            "psse_bus_number": "5445",
            "hub": None,
        },
    ),
    ("dam_lmp_bus", 2014): (
        "05/02/2014,01:00,EB_K,30.39,N",
        {"interval_start": "2014-05-02T05", "electrical_bus": "EB_K", "lmp": 30.39},
    ),
}


@pytest.mark.parametrize("where", SINGLE_ROWS, ids=lambda where: f"{where[0]}-{where[1]}")
def test_a_row_of_each_price_sample_has_the_values_of_its_raw_line(run, where):
    line, expected = SINGLE_ROWS[where]
    assert any(line in text.splitlines() for _, text in texts())
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


def test_the_hours_of_days_on_which_the_clock_is_set_are_those_of_the_wall_clock(run):
    """March prints 01:00, 02:00, 04:00; November 02:00 without, then with the flag."""
    frame = run.annual["dam_mcpc", 2015].filter(pl.col("ancillary_type") == "RRS")
    march, november = (frame.filter(pl.col("delivery_date") == day) for day in (date(2015, 3, 8), date(2015, 11, 1)))
    columns = ("hour_ending", "dst_flag", "interval_start", "mcpc")
    assert (march.height, november.height) == (23, 25)
    assert march.select(columns).head(3).rows() == [
        (1, False, utc("2015-03-08T06"), 3.0),
        (2, False, utc("2015-03-08T07"), 2.01),
        (4, False, utc("2015-03-08T08"), 2.01),
    ]
    assert november.select(columns).head(4).rows() == [
        (1, False, utc("2015-11-01T05"), 14.0),
        (2, False, utc("2015-11-01T06"), 18.45),
        (2, True, utc("2015-11-01T07"), 18.45),
        (3, False, utc("2015-11-01T08"), 15.45),
    ]


def test_what_git_lfs_leaves_in_place_of_a_file_is_rejected_by_name(tmp_path):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 555027\n"
    names = [
        dam_spp_name("2024-05-03"),
        rt_spp_name("20240503_0100"),
        cdr(13045, "20260710.104739", "pricecorrection_RTM_MCPC_SPP_20260710_to_20260710_NP4197.csv"),
        "60d_SCED_Gen_Resource_Data-06-SEP-26.csv",
        "Settlement_Points_11112024_174625.csv",
    ]
    run = run_pipeline(write_raw(tmp_path / "raw", dict.fromkeys(names, pointer)), tmp_path / "out")
    rejected = {entry["file"]: entry["reason"] for entry in run.report["files"]["rejected"]}
    assert sorted(rejected) == sorted(names)
    assert all("version https://git-lfs.github.com" in reason for reason in rejected.values())
    assert [f["severity"] for f in run.findings("unreadable_file")] == ["warning"] * len(
        run.findings("unreadable_file")
    )
    assert sum(row["rows_read"] for row in run.report["ledger"]) == 0

"""Stamps and dates in every spelling that a clock prints, and in no other; every UTC is worked out by hand."""

from datetime import date, datetime

import polars as pl
import pytest
from helpers import DAM_SPP_HEADER, RT_LMP_HEADER, cdr, dam_spp_name, run_pipeline, utc, write_raw

from ercot.raw.stamps import read_date, read_stamp

READ = {
    "12/02/2019 00:00:22": datetime(2019, 12, 2, 0, 0, 22),
    "12/02/2019 00 :00 :22": datetime(2019, 12, 2, 0, 0, 22),
    "12 / 02 / 2019  00: 00 :22": datetime(2019, 12, 2, 0, 0, 22),
    "12/02/2019\t00:00:22": datetime(2019, 12, 2, 0, 0, 22),
    "11/27/2025 02:45:05 AM": datetime(2025, 11, 27, 2, 45, 5),
    "11/27/2025 02:45:05 pm": datetime(2025, 11, 27, 14, 45, 5),
    "11/27/2025 02:45PM": datetime(2025, 11, 27, 14, 45),
    "11/27/2025 12:30:00 AM": datetime(2025, 11, 27, 0, 30),
    "11/27/2025 12:30:00 PM": datetime(2025, 11, 27, 12, 30),
    "05/02/2024 13:45": datetime(2024, 5, 2, 13, 45),
    "5/2/2024 3:45:07": datetime(2024, 5, 2, 3, 45, 7),
    "02/29/2024 23:59:59": datetime(2024, 2, 29, 23, 59, 59),
}
NONE = [
    "05/02/2024 00:04:60",
    "05/02/2024 00:60:00",
    "05/02/2024 24:00:00",
    "05/02/2024 13:00 PM",
    "05/02/2024 00:30 AM",
    "05/02/2024 0:30 AM",
    "05/02/2024 10:30 M",
    "05/02/2024 AM",
    "05/02/2024 13",
    "05/02/2024 00:05:00x",
    "05/02/2024 00:05:00 00",
    "05/02/202400:05:00",
    "05/02/2024 0 0:05:00",
    "05/02/24 00:05:00",
    "2024-05-02 00:05:00",
    "13/02/2024 00:05:00",
    "02/30/2023 00:05:00",
    "05/02/2024 \u0661:05:00",
    "x05/02/2024 00:05:00",
    "00:05:00",
    "",
]


@pytest.mark.parametrize("text", READ)
def test_what_a_clock_prints_is_read(text):
    assert read_stamp(text) == READ[text]
    assert read_date(text) == READ[text].date()


@pytest.mark.parametrize("text", NONE)
def test_what_no_clock_prints_is_no_stamp(text):
    assert read_stamp(text) is None
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05/02/2024", date(2024, 5, 2)),
        ("5/2/2024", date(2024, 5, 2)),
        ("05 /02/ 2024", date(2024, 5, 2)),
        ("05/02/2024x", None),
        ("05/02/20245", None),
        ("02/29/2023", None),
        ("2024-05-02", None),
    ],
)
def test_a_date_alone_is_a_date_and_no_stamp(text, day):
    assert (read_date(text), read_stamp(text)) == (day, None)


# --- by every clock, and by the fast and the careful way alike -------------------------------------------------------

BAD_LINE = "a\0b"  # sends the whole file the careful way
STAMPED = {
    "run": (
        "sced_self_arranged_as",
        "60d_SCED_QSE_Self_Arranged_AS-31-JAN-20.csv",
        "SCED Time Stamp,Repeated Hour Flag,QSE,REGUP",
        "{},N,QA,1",
        "12/02/2019 00 :00 :22",
        {"sced_timestamp": utc("2019-12-02T06:00:22"), "delivery_date": date(2019, 12, 2)},
    ),
    "number": (
        "sced_smne",
        "60d_SCED_SMNE_GEN_RES-01-JUL-25.csv",
        "Interval Time,Interval Number,Resource Code,Interval Value",
        "{},57,A,1.5",
        "5/2/2025 2:14:59 PM",
        {"interval_start": utc("2025-05-02T19:00:00"), "interval_time_cpt": datetime(2025, 5, 2, 14, 14, 59)},
    ),
    "day": (
        "peaker_net_margin",
        cdr(12348, "20241222.160000", "PNMNP4790.csv"),
        "AsOfDate,PeakerNetMargin",
        "{},100.5",
        "12/22/2024 04:00 PM",
        {"as_of": date(2024, 12, 22), "delivery_date": date(2024, 12, 22)},
    ),
    "hour": (
        "dam_spp",
        dam_spp_name("2024-05-02"),
        DAM_SPP_HEADER,
        "{},1 :00,A,1.5,N",
        "5/ 2/2024",
        {"interval_start": utc("2024-05-02T05"), "delivery_date": date(2024, 5, 2)},
    ),
    "naive stamp of a key": (
        "sasm_gen_as_offers",
        "60d_SASM_Generation_Resource_AS_Offers-26-JAN-26.csv",
        "Delivery Date,SASM ID,Hour Ending,Resource Name",
        "11/27/2025,{},05,A",
        "11/27/2025 02:45:05 AM",
        {"sasm_id_cpt": datetime(2025, 11, 27, 2, 45, 5), "interval_start": utc("2025-11-27T10")},
    ),
    "naive stamp of corrections": (
        "dam_spp_corrections",
        cdr(13044, "20250105.100000", "pricecorrection_DAM_SPP_20250101_20250101.csv"),
        "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
        "01/01/2025,1,A,1.5,2.5,{},N",
        "01/05/2025 1:07 pm",
        {"price_correction_time_cpt": datetime(2025, 1, 5, 13, 7)},
    ),
}


@pytest.mark.parametrize("lines", [[], [BAD_LINE]], ids=["fast", "careful"])
@pytest.mark.parametrize("case", STAMPED)
def test_every_clock_reads_an_odd_spelling(tmp_path, case, lines):
    dataset, name, header, row, stamp, expected = STAMPED[case]
    bad = row.format(stamp.replace("/20", "/20x"))
    run = run_pipeline(
        write_raw(tmp_path / "raw", {name: [header, row.format(stamp), bad, *lines]}), tmp_path / "out", [dataset]
    )
    year = int(stamp.split("/")[2][:4])
    frame = run.annual[dataset, year]
    assert {column: frame[column].to_list() for column in expected} == {n: [v] for n, v in expected.items()}
    word = {"naive stamp of a key": "bad_stamp: sasm_id_cpt", "naive stamp of corrections": None}.get(case, "bad_date")
    word = word or "bad_stamp: price_correction_time_cpt"
    assert run.ledger(dataset, year) == (1, 1, 0, 2 + len(lines), 1, 0, 0, 1 + len(lines))
    assert run.reasons(dataset, year) == [(3, word), *[(4, "nul_byte")] * len(lines)]


@pytest.mark.parametrize("stamp", ["05/02/2024 00:04:60", "05/02/2024 13:00 PM", "05/02/2024 00:05 AM"])
def test_a_time_that_no_clock_shows_is_a_rejected_row(tmp_path, stamp):
    name = cdr(12300, "20240502.000521", "LMPSROSNODENP6788_20240502_000519.csv")
    rows = [RT_LMP_HEADER, "05/02/2024 00:05:19,N,A,1.5", f"{stamp},N,A,2.5"]
    run = run_pipeline(write_raw(tmp_path / "raw", {name: rows}), tmp_path / "out", ["rt_lmp"])
    assert run.annual["rt_lmp", 2024].select(pl.col("sced_timestamp"), "lmp").rows() == [
        (utc("2024-05-02T05:05:19"), 1.5)
    ]
    assert run.ledger("rt_lmp", 2024) == (1, 1, 0, 2, 1, 0, 0, 1)
    assert run.reasons("rt_lmp", 2024) == [(3, "bad_date")]

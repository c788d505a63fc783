"""The days on which the clock is set, for the six price reports: every UTC here was worked out by hand.

On 1 November 2026 Central time goes from UTC-5 (CDT) to UTC-6 (CST) at 07:00 UTC, on 8 March 2026 back at 08:00 UTC.
"""

import polars as pl
import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_LMP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    rt_spp_name,
    utc,
)
from turned_days import (
    COUNTED,
    HE02_ABSENT,
    HE03_ABSENT,
    HOURLY,
    MARCH_STARTS,
    NOVEMBER,
    NOVEMBER_STARTS,
    PRICE,
    QUARTERLY,
    hourly_file,
    quarterly_file,
    quarters,
    run_one,
)


@pytest.mark.parametrize("dataset", HOURLY)
def test_flagged_november_hours_are_25_in_a_row(tmp_path, dataset):
    run = run_one(tmp_path, hourly_file(dataset, "11/01/2026", [(h, f) for h, f, _ in NOVEMBER]), dataset)
    frame = run.annual[dataset, 2026]
    assert frame["interval_start"].to_list() == [utc(start) for start in NOVEMBER_STARTS]
    assert frame["interval_end"].to_list() == [utc(start) for start in [*NOVEMBER_STARTS[1:], "2026-11-02T06"]]
    assert frame["hour_ending"].to_list() == [h for h, _, _ in NOVEMBER]
    assert frame["dst_flag"].to_list() == [f == "Y" for _, f, _ in NOVEMBER]
    assert frame[PRICE[dataset]].to_list() == list(range(25))
    assert frame["delivery_date"].cast(pl.String).unique().to_list() == ["2026-11-01"]
    assert run.ledger(dataset, 2026) == (1, 1, 0, 25, 25, 0, 0, 0)
    assert [f for f in run.findings("gap") if "intervals" in f["message"]] == []


@pytest.mark.parametrize("dataset", QUARTERLY)
def test_flagged_november_quarters_are_100_in_a_row(tmp_path, dataset):
    run = run_one(tmp_path, quarterly_file(dataset, "11/01/2026", [(h, f) for h, f, _ in NOVEMBER]), dataset)
    frame = run.annual[dataset, 2026]
    assert frame["interval_start"].to_list() == quarters(NOVEMBER_STARTS)
    assert frame["interval_end"].to_list() == [*quarters(NOVEMBER_STARTS)[1:], utc("2026-11-02T06")]
    assert frame["delivery_interval"].to_list() == [1, 2, 3, 4] * 25
    assert frame["hour_ending"].to_list() == [h for h, _, _ in NOVEMBER for _ in range(4)]
    assert frame["dst_flag"].to_list() == [f == "Y" for _, f, _ in NOVEMBER for _ in range(4)]
    assert frame[PRICE[dataset]].to_list() == list(range(100))
    assert [f for f in run.findings("gap") if "intervals" in f["message"]] == []


@pytest.mark.parametrize("labels", [HE03_ABSENT, HE02_ABSENT], ids=["HE03 absent", "HE02 absent"])
@pytest.mark.parametrize("flag", ["N", None], ids=["flagged", "unflagged"])
@pytest.mark.parametrize("dataset", [*HOURLY, *QUARTERLY])
def test_march_hours_are_23_in_a_row_under_both_conventions(tmp_path, dataset, flag, labels):
    make, factor = (hourly_file, 1) if dataset in HOURLY else (quarterly_file, 4)
    run = run_one(tmp_path, make(dataset, "03/08/2026", [(h, flag) for h in labels]), dataset)
    frame = run.annual[dataset, 2026]
    starts = [utc(start) for start in MARCH_STARTS] if dataset in HOURLY else quarters(MARCH_STARTS)
    assert frame["interval_start"].to_list() == starts
    assert frame["hour_ending"].to_list() == [h for h in labels for _ in range(factor)]
    assert frame[PRICE[dataset]].to_list() == list(range(23 * factor))
    assert frame["dst_flag"].to_list() == [None if flag is None else False] * 23 * factor
    assert run.ledger(dataset, 2026) == (1, 1, 0, 23 * factor, 23 * factor, 0, 0, 0)
    assert [f for f in run.findings("gap") if "intervals" in f["message"]] == []


@pytest.mark.parametrize("dataset", [*HOURLY, *QUARTERLY])
def test_unflagged_march_hours_1_to_23_count_from_midnight(tmp_path, dataset):
    make = hourly_file if dataset in HOURLY else quarterly_file
    run = run_one(tmp_path, make(dataset, "03/08/2026", [(h, None) for h in COUNTED]), dataset)
    starts = [utc(start) for start in MARCH_STARTS] if dataset in HOURLY else quarters(MARCH_STARTS)
    assert run.annual[dataset, 2026]["interval_start"].to_list() == starts


@pytest.mark.parametrize("flag", ["N", None], ids=["flagged", "unflagged"])
@pytest.mark.parametrize("dataset", [*HOURLY, *QUARTERLY])
def test_a_march_label_of_the_missing_hour_is_rejected_beside_the_hour_it_would_be(tmp_path, dataset, flag):
    """Labels 1..24 on the short day: 01:00 is hour 2, so hour 3 is no time at all."""
    make, factor = (hourly_file, 1) if dataset in HOURLY else (quarterly_file, 4)
    run = run_one(tmp_path, make(dataset, "03/08/2026", [(h, flag) for h in range(1, 25)]), dataset)
    frame = run.annual[dataset, 2026]
    starts = [utc(start) for start in MARCH_STARTS] if dataset in HOURLY else quarters(MARCH_STARTS)
    assert frame["interval_start"].to_list() == starts
    assert frame["hour_ending"].to_list() == [h for h in HE03_ABSENT for _ in range(factor)]
    lines = [2 + 2 * factor + i for i in range(factor)]
    assert run.reasons(dataset, 2026) == [(line, "nonexistent_hour") for line in lines]
    assert run.ledger(dataset, 2026) == (1, 1, 0, 24 * factor, 23 * factor, 0, 0, factor)


@pytest.mark.parametrize("dataset", [*HOURLY, *QUARTERLY])
def test_unflagged_november_hours_1_to_25_count_from_midnight(tmp_path, dataset):
    make, factor = (hourly_file, 1) if dataset in HOURLY else (quarterly_file, 4)
    run = run_one(tmp_path, make(dataset, "11/01/2026", [(h, None) for h in range(1, 26)]), dataset)
    frame = run.annual[dataset, 2026]
    starts = [utc(s) for s in NOVEMBER_STARTS] if dataset in HOURLY else quarters(NOVEMBER_STARTS)
    assert frame["interval_start"].to_list() == starts
    assert frame["hour_ending"].to_list() == [h for h in range(1, 26) for _ in range(factor)]
    assert frame["dst_flag"].null_count() == 25 * factor
    assert run.ledger(dataset, 2026) == (1, 1, 0, 25 * factor, 25 * factor, 0, 0, 0)


@pytest.mark.parametrize("dataset", [*HOURLY, *QUARTERLY])
def test_unflagged_november_hours_1_to_24_are_ambiguous_but_the_first(tmp_path, dataset):
    make, factor = (hourly_file, 1) if dataset in HOURLY else (quarterly_file, 4)
    run = run_one(tmp_path, make(dataset, "11/01/2026", [(h, None) for h in range(1, 25)]), dataset)
    frame = run.annual[dataset, 2026]
    starts = [utc("2026-11-01T05")] if dataset in HOURLY else quarters(["2026-11-01T05"])
    assert frame["interval_start"].to_list() == starts
    lines = range(2 + factor, 2 + 24 * factor)
    assert run.reasons(dataset, 2026) == [(line, "ambiguous_hour") for line in lines]
    assert run.ledger(dataset, 2026) == (1, 1, 0, 24 * factor, factor, 0, 0, 23 * factor)


def test_hour_25_exists_on_no_other_day(tmp_path):
    header = DAM_SPP_HEADER.removesuffix(",DSTFlag")
    files = {dam_spp_name("2026-06-01"): [header, "06/01/2026,24:00,HB_NORTH,1", "06/01/2026,25:00,HB_NORTH,2"]}
    files |= {dam_spp_name("2026-03-08"): [header, "03/08/2026,25:00,HB_NORTH,3", "03/08/2026,24:00,HB_NORTH,4"]}
    files |= {
        dam_spp_name("2026-11-01"): [DAM_SPP_HEADER, "11/01/2026,24:00,HB_NORTH,5,N", "11/01/2026,25:00,HB_NORTH,6,N"]
    }
    run = run_one(tmp_path, files, "dam_spp")
    assert run.annual["dam_spp", 2026]["settlement_point_price"].to_list() == [4.0, 1.0, 5.0]
    assert run.reasons("dam_spp", 2026) == [(2, "bad_hour"), (3, "bad_hour"), (3, "bad_hour")]


def test_hour_24_stays_on_its_own_day(tmp_path):
    files = {dam_spp_name("2026-06-30"): [DAM_SPP_HEADER, "06/30/2026,24:00,HB_NORTH,1,N"]}
    files |= {dam_spp_name("2026-07-01"): [DAM_SPP_HEADER, "07/01/2026,01:00,HB_NORTH,2,N"]}
    frame = run_one(tmp_path, files, "dam_spp").annual["dam_spp", 2026]
    rows = frame.select(pl.col("delivery_date").cast(pl.String), "hour_ending", "interval_start", "interval_end").rows()
    assert rows == [
        ("2026-06-30", 24, utc("2026-07-01T04"), utc("2026-07-01T05")),
        ("2026-07-01", 1, utc("2026-07-01T05"), utc("2026-07-01T06")),
    ]


def test_files_of_the_repeated_hour_that_differ_only_by_xhr_are_both_kept(tmp_path):
    """One file an interval, as published: the second pass has the same stamps, and `xhr` in the name."""
    files = {}
    for quarter, end in enumerate(("0115", "0130", "0145", "0200"), start=1):
        for flag, mark in (("N", ""), ("Y", "xhr_")):
            row = f"11/01/2026,2,{quarter},HB_NORTH,HU,{quarter}.{'5' if flag == 'Y' else '0'},{flag}"
            name = rt_spp_name(f"20261101_{end}", name=f"SPPHLZNP6905_{mark}")
            files[f"{end}/{name}"] = [RT_SPP_HEADER, row]
    run = run_one(tmp_path, files, "rt_spp")
    frame = run.annual["rt_spp", 2026]
    assert frame["interval_start"].to_list() == quarters(["2026-11-01T06", "2026-11-01T07"])
    assert frame["settlement_point_price"].to_list() == [1.0, 2.0, 3.0, 4.0, 1.5, 2.5, 3.5, 4.5]
    assert run.ledger("rt_spp", 2026) == (8, 8, 0, 8, 8, 0, 0, 0)


def test_the_last_quarter_of_the_year_is_in_a_file_named_after_the_next(tmp_path):
    files = {rt_spp_name("20250101_0000"): [RT_SPP_HEADER, "12/31/2024,24,4,HB_NORTH,HU,11.5,N"]}
    files |= {rt_spp_name("20250101_0015"): [RT_SPP_HEADER, "01/01/2025,1,1,HB_NORTH,HU,12.5,N"]}
    run = run_one(tmp_path, files, "rt_spp")
    shown = ("interval_start", "hour_ending", "delivery_interval", "settlement_point_price")
    assert run.annual["rt_spp", 2024].select(shown).rows() == [(utc("2025-01-01T05:45:00"), 24, 4, 11.5)]
    assert run.annual["rt_spp", 2025].select(shown).rows() == [(utc("2025-01-01T06:00:00"), 1, 1, 12.5)]
    assert run.ledger("rt_spp", 2024) == run.ledger("rt_spp", 2025) == (1, 1, 0, 1, 1, 0, 0, 0)


def test_the_year_of_a_row_is_that_of_its_operating_day_not_of_its_utc(tmp_path):
    lmp = {
        cdr(12300, "20241231.235521", "LMPSROSNODENP6788_20241231_235519.csv"): [
            RT_LMP_HEADER,
            "12/31/2024 23:55:19,N,A,1",
        ]
    }
    lmp |= {
        cdr(12300, "20250101.000021", "LMPSROSNODENP6788_20250101_000019.csv"): [
            RT_LMP_HEADER,
            "01/01/2025 00:00:19,N,A,2",
        ]
    }
    run = run_one(tmp_path, lmp, "rt_lmp")
    assert run.annual["rt_lmp", 2024]["sced_timestamp"].to_list() == [utc("2025-01-01T05:55:19")]
    assert run.annual["rt_lmp", 2025]["sced_timestamp"].to_list() == [utc("2025-01-01T06:00:19")]


def test_a_day_ahead_file_of_new_year_is_published_in_the_old_year(tmp_path):
    files = {dam_spp_name("2025-01-01"): [DAM_SPP_HEADER, "01/01/2025,01:00,HB_NORTH,1,N"]}
    run = run_one(tmp_path, files, "dam_spp")
    assert next(iter(files)).split(".")[3] == "20241231"
    assert list(run.annual) == [("dam_spp", 2025)]
    assert run.annual["dam_spp", 2025]["interval_start"].to_list() == [utc("2025-01-01T06")]

"""Rows that are broken, and files that only look odd: each row has one fate, and the others lose nothing by it."""

import polars as pl
import pytest
from helpers import DAM_SPP_HEADER, RT_SPP_HEADER, cdr, dam_spp_name, rt_spp_name, run_pipeline, utc, write_raw

NAME = dam_spp_name("2024-05-02")
SIBLING = {dam_spp_name("2024-05-03"): [DAM_SPP_HEADER, "05/03/2024,01:00,HB_NORTH,20.5,N"]}
FIRST, LAST = "05/02/2024,01:00,HB_NORTH,30.5,N", "05/02/2024,24:00,HB_NORTH,31.5,N"
ONE_ROW_REJECTED = (2, 2, 0, 4, 3, 0, 0, 1)
NO_ROW_REJECTED = (2, 2, 0, 3, 3, 0, 0, 0)


def run_dam(tmp_path, content):
    """Run one day-ahead file beside a healthy one of the next day."""
    run = run_pipeline(write_raw(tmp_path / "raw", SIBLING | {NAME: content}), tmp_path / "out", ["dam_spp"])
    assert run.critical() == []
    return run


def prices(run):
    """Return hour and price of all rows of the rollup."""
    return run.annual["dam_spp", 2024].select("hour_ending", "settlement_point_price").rows()


HEALTHY_ROWS = [(1, 30.5), (24, 31.5), (1, 20.5)]

ROW_FAULTS = {
    "05/02/2024,02:00,HB_NORTH,1.0,N,extra": "ragged_line: 6 fields instead of 5",
    "05/02/2024,02:00,HB_NORTH,1.0": "ragged_line: 4 fields instead of 5",
    "05/02/2024,02:00,HB_NORTH,1.0,N,": "ragged_line: 6 fields instead of 5",
    "garbage": "ragged_line: 1 fields instead of 5",
    "05/02/2024,02:00,HB_NORTH,n/a,N": "bad_number: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,NaN,N": "bad_number: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,inf,N": "bad_number: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,-Infinity,N": "bad_number: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,1e999,N": "bad_number: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,$1.00,N": "bad_number: settlement_point_price",
    '05/02/2024,02:00,HB_NORTH,"1,234.5",N': "bad_number: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,1 2,N": "bad_number: settlement_point_price",
    "05/02/2024,26:00,HB_NORTH,1.0,N": "bad_hour",
    "05/02/2024,00:00,HB_NORTH,1.0,N": "bad_hour",
    "05/02/2024,-1:00,HB_NORTH,1.0,N": "bad_hour",
    "05/02/2024,02:30,HB_NORTH,1.0,N": "bad_hour",
    "05/02/2024,two,HB_NORTH,1.0,N": "bad_hour",
    "05/02/2024,999999,HB_NORTH,1.0,N": "bad_hour",
    "05/02/2024,\u0661,HB_NORTH,1.0,N": "bad_hour",
    "05/02/2024,,HB_NORTH,1.0,N": "bad_hour",
    "13/45/2024,02:00,HB_NORTH,1.0,N": "bad_date",
    "02/30/2024,02:00,HB_NORTH,1.0,N": "bad_date",
    "2024-05-02,02:00,HB_NORTH,1.0,N": "bad_date",
    ",02:00,HB_NORTH,1.0,N": "bad_date",
    "05/01/2024,02:00,HB_NORTH,1.0,N": "foreign_day",
    "05/02/2023,02:00,HB_NORTH,1.0,N": "foreign_day",
    "05/02/2024,02:00,,1.0,N": "blank_key: settlement_point",
    '05/02/2024,02:00,"  ",1.0,N': "blank_key: settlement_point",
    "05/02/2024,02:00,HB_NORTH,,N": "missing_value: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,   ,N": "missing_value: settlement_point_price",
    "05/02/2024,02:00,HB_NORTH,1.0,X": "bad_flag",
    "05/02/2024,02:00,HB_NORTH,1.0,": "bad_flag",
    "05/02/2024,02:00,HB_NORTH,1.0,n": "bad_flag",
    DAM_SPP_HEADER: "repeated_header",
    "05/02/2024,02:00,HB\0NORTH,1.0,N": "nul_byte",
    '05/02/2024,02:00, "HB_NORTH",n/a,N': "bad_number: settlement_point_price",
    '05/02/2024,02:00,HB_NORTH, "1,234.5",N': "bad_number: settlement_point_price",
    "05/02/2024x,02:00,HB_NORTH,1.0,N": "bad_date",
    "05/02/2024 00:04:60,02:00,HB_NORTH,1.0,N": "bad_date",
    '05/02/2024,02:00,"HB_NORTH,1.0,N': "bad_quotes",
}


@pytest.mark.parametrize("row", ROW_FAULTS, ids=lambda row: row.encode("unicode_escape").decode())
def test_a_bad_row_is_rejected_alone_with_its_line_its_text_and_its_reason(tmp_path, row):
    run = run_dam(tmp_path, [DAM_SPP_HEADER, FIRST, row, LAST])
    assert prices(run) == HEALTHY_ROWS
    assert run.ledger("dam_spp", 2024) == ONE_ROW_REJECTED
    assert run.rejected["dam_spp", 2024].rows(named=True) == [
        {"file": NAME, "line": 3, "raw_text": row, "reason": ROW_FAULTS[row]}
    ]
    found = [(f["severity"], f["count"], f["message"], f["examples"]) for f in run.findings("rejected_rows")]
    assert found == [("warning", 1, f"1 row rejected: {ROW_FAULTS[row]}", [f"{NAME} line 3"])]


def test_a_row_that_is_not_utf8_is_rejected_alone(tmp_path):
    lines = [DAM_SPP_HEADER.encode(), FIRST.encode(), b"05/02/2024,02:00,HB_\xff\xfe,1.0,N", LAST.encode(), b""]
    run = run_dam(tmp_path, b"\n".join(lines))
    assert prices(run) == HEALTHY_ROWS
    assert run.ledger("dam_spp", 2024) == ONE_ROW_REJECTED
    assert run.reasons("dam_spp", 2024) == [(3, "not_utf8")]
    assert run.rejected["dam_spp", 2024]["raw_text"].to_list() == ["05/02/2024,02:00,HB_\ufffd\ufffd,1.0,N"]


def test_every_bad_row_at_once(tmp_path):
    """All of them in one file: as many rejects as bad rows, each at its own line, in the order of the file."""
    rows = list(ROW_FAULTS)
    run = run_dam(tmp_path, [DAM_SPP_HEADER, FIRST, *rows, LAST])
    assert prices(run) == HEALTHY_ROWS
    assert run.ledger("dam_spp", 2024) == (2, 2, 0, 3 + len(rows), 3, 0, 0, len(rows))
    assert run.reasons("dam_spp", 2024) == [(i, ROW_FAULTS[row]) for i, row in enumerate(rows, start=3)]
    assert run.rejected["dam_spp", 2024]["raw_text"].to_list() == rows


RT_FAULTS = {
    "05/02/2024,1,7,HB_NORTH,HU,1.0,N": "bad_interval",
    "05/02/2024,1,0,HB_NORTH,HU,1.0,N": "bad_interval",
    "05/02/2024,1,,HB_NORTH,HU,1.0,N": "bad_interval",
    "05/02/2024,1,\u0662,HB_NORTH,HU,1.0,N": "bad_interval",
    "05/02/2024,25,1,HB_NORTH,HU,1.0,N": "bad_hour",
    "05/02/2024,1,1,HB_NORTH,,1.0,N": "blank_key: settlement_point_type",
    "05/02/2024,1,1,,HU,1.0,N": "blank_key: settlement_point",
    "05/01/2024,24,4,HB_NORTH,HU,1.0,N": "foreign_day",
}


@pytest.mark.parametrize("row", RT_FAULTS, ids=lambda row: row.encode("unicode_escape").decode())
def test_a_bad_quarter_hour_row_is_rejected_alone(tmp_path, row):
    name = rt_spp_name("20240502_0015")
    files = {name: [RT_SPP_HEADER, "05/02/2024,1,1,HB_WEST,HU,30.5,N", row]}
    files[rt_spp_name("20240502_0030")] = [RT_SPP_HEADER, "05/02/2024,1,2,HB_WEST,HU,31.5,N"]
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["rt_spp"])
    assert run.annual["rt_spp", 2024]["settlement_point_price"].to_list() == [30.5, 31.5]
    assert run.ledger("rt_spp", 2024) == (2, 2, 0, 3, 2, 0, 0, 1)
    assert run.rejected["rt_spp", 2024].rows() == [(name, 3, row, RT_FAULTS[row])]


@pytest.mark.parametrize("stamp", ["05/02/2024", "05/02/2024 24:00:00", "05/02/2024 00:60:00", "", "never"])
def test_a_sced_stamp_that_is_none_is_rejected(tmp_path, stamp):
    name = cdr(12300, "20240502.000521", "LMPSROSNODENP6788_20240502_000519.csv")
    rows = [
        "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP",
        "05/02/2024 00:05:19,N,A,     -1.50",
        f"{stamp},N,B,2",
    ]
    run = run_pipeline(write_raw(tmp_path / "raw", {name: rows}), tmp_path / "out", ["rt_lmp"])
    assert run.annual["rt_lmp", 2024].select("sced_timestamp", "lmp").rows() == [(utc("2024-05-02T05:05:19"), -1.5)]
    assert run.ledger("rt_lmp", 2024) == (1, 1, 0, 2, 1, 0, 0, 1)
    assert run.reasons("rt_lmp", 2024) == [(3, "bad_date")]


HEALTHY_FORMS = {
    "CRLF": f"{DAM_SPP_HEADER}\r\n{FIRST}\r\n{LAST}\r\n",
    "mixed line ends": f"{DAM_SPP_HEADER}\r\n{FIRST}\n{LAST}\r\n",
    "byte-order mark": f"\ufeff{DAM_SPP_HEADER}\n{FIRST}\n{LAST}\n",
    "byte-order mark and CRLF": f"\ufeff{DAM_SPP_HEADER}\r\n{FIRST}\r\n{LAST}\r\n",
    "no final newline": f"{DAM_SPP_HEADER}\n{FIRST}\n{LAST}",
    "many final newlines": f"{DAM_SPP_HEADER}\n{FIRST}\n{LAST}\n\n\n",
    "blank lines": f"\n\n{DAM_SPP_HEADER}\n\n{FIRST}\n\n\n{LAST}\n",
    "lines of blanks": f"  \n\t\n{DAM_SPP_HEADER}\n   \n{FIRST}\n\t\n{LAST}\n ",
    "lone CR": f"{DAM_SPP_HEADER}\r{FIRST}\r{LAST}\r",
    "lone CR, no end": f"{DAM_SPP_HEADER}\r{FIRST}\r{LAST}",
    "lone CR, byte-order mark, blank lines": f"\ufeff\r\r{DAM_SPP_HEADER}\r\r{FIRST}\r{LAST}\r\r",
    "lone CR after the header only": f"{DAM_SPP_HEADER}\r{FIRST}\n{LAST}\n",
    "all line ends": f"{DAM_SPP_HEADER}\n{FIRST}\r{LAST}\r\n",
    "CR before CRLF": f"{DAM_SPP_HEADER}\r\r\n{FIRST}\r\r\n{LAST}\r\r\n",
    "no header, lone CR": f"{FIRST}\r{LAST}\r",
    "blanks before quotes": 'DeliveryDate, "HourEnding", "SettlementPoint", "SettlementPointPrice", "DSTFlag"\n'
    '05/02/2024, "01:00", "HB_NORTH",  "30.5", "N"\n "05/02/2024", "24:00","HB_NORTH","31.5","N"\n',
    "no header": f"{FIRST}\n{LAST}\n",
    "no header, byte-order mark, CRLF": f"\ufeff{FIRST}\r\n{LAST}\r\n",
    "all quoted": '"DeliveryDate","HourEnding","SettlementPoint","SettlementPointPrice","DSTFlag"\n'
    '"05/02/2024","01:00","HB_NORTH","30.5","N"\n"05/02/2024","24:00","HB_NORTH","31.5","N"\n',
    "padded": "DeliveryDate , HourEnding,SettlementPoint  ,SettlementPointPrice,DSTFlag    \n"
    "05/02/2024, 01:00, HB_NORTH,      30.5,N \n 05/02/2024 ,24:00 ,HB_NORTH  ,31.5   , N\n",
    "moved columns": "DSTFlag,SettlementPointPrice,DeliveryDate,SettlementPoint,HourEnding\n"
    "N,30.5,05/02/2024,HB_NORTH,01:00\nN,31.5,05/02/2024,HB_NORTH,24:00\n",
    "short hours": f"{DAM_SPP_HEADER}\n05/02/2024,1,HB_NORTH,30.5,N\n05/02/2024,24:00,HB_NORTH,31.50,N\n",
    "other header case": f"{DAM_SPP_HEADER.upper()}\n{FIRST}\n{LAST}\n",
    "header with spaces": "Delivery Date,Hour Ending,Settlement Point,Settlement Point Price,DST Flag\n"
    f"{FIRST}\n{LAST}\n",
}


@pytest.mark.parametrize("form", HEALTHY_FORMS)
def test_a_file_that_only_looks_odd_loses_no_row(tmp_path, form):
    run = run_dam(tmp_path, HEALTHY_FORMS[form])
    assert run.ledger("dam_spp", 2024) == NO_ROW_REJECTED
    assert prices(run) == HEALTHY_ROWS
    frame = run.annual["dam_spp", 2024]
    assert frame["interval_start"].to_list() == [utc("2024-05-02T05"), utc("2024-05-03T04"), utc("2024-05-03T05")]
    assert frame["settlement_point"].to_list() == ["HB_NORTH"] * 3
    assert frame["dst_flag"].to_list() == [False] * 3
    assert run.findings("rejected_rows") == run.findings("unreadable_file") == []


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f"\ufeff\r\n{DAM_SPP_HEADER}\r\n\r\n{FIRST}\r\nbad\r\n{LAST}", 5),
        (f"{FIRST}\nbad\n{LAST}", 2),
        (f"  \n{DAM_SPP_HEADER}\nbad\n{FIRST}\n{LAST}", 3),
        (f"{DAM_SPP_HEADER}\n{FIRST}\n{LAST}\nbad", 4),
    ],
)
def test_a_rejected_row_bears_its_line_in_the_raw_file(tmp_path, content, line):
    run = run_dam(tmp_path, content)
    assert run.rejected["dam_spp", 2024].rows() == [(NAME, line, "bad", "ragged_line: 1 fields instead of 5")]
    assert run.ledger("dam_spp", 2024) == ONE_ROW_REJECTED
    assert prices(run) == HEALTHY_ROWS


def test_an_unknown_column_is_drift_and_costs_no_row(tmp_path):
    rows = ["DeliveryDate,Surprise,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag"]
    rows += ["05/02/2024,99.9,01:00,HB_NORTH,30.5,N", "05/02/2024,x y,24:00,HB_NORTH,31.5,N"]
    run = run_dam(tmp_path, rows)
    assert run.ledger("dam_spp", 2024) == NO_ROW_REJECTED
    assert prices(run) == HEALTHY_ROWS
    found = [(f["severity"], f["dataset"], f["year"], f["count"], f["examples"]) for f in run.findings("drift")]
    assert found == [("warning", "dam_spp", 2024, 1, [NAME])]
    assert run.findings("drift")[0]["message"].startswith("unknown column Surprise:")


def test_a_known_column_is_never_filled_from_its_neighbour_where_an_era_lacks_it(tmp_path):
    header = "SCEDTimestamp,RepeatedHourFlag,ASType"
    files = {
        cdr(24891, "20260501.000502", "MCPCNP6332_20260501_000500.csv"): [
            f"{header},MCPC",
            "05/01/2026 00:05:00,N,REGUP,1.5",
        ],
        cdr(24891, "20260901.000502", "MCPCNP6332_20260901_000500.csv"): [
            f"{header},CappedMCPC,UncappedMCPC",
            "09/01/2026 00:05:00,N,REGUP,2.5,3.5",
        ],
    }
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["rt_mcpc_sced"])
    frame = run.annual["rt_mcpc_sced", 2026]
    assert frame.select("mcpc", "capped_mcpc", "uncapped_mcpc").rows() == [(1.5, None, None), (None, 2.5, 3.5)]


def test_a_price_beyond_plausible_bounds_stays_and_is_named(tmp_path):
    run = run_dam(tmp_path, [DAM_SPP_HEADER, "05/02/2024,01:00,HB_NORTH,-99999.25,N", LAST])
    assert prices(run) == [(1, -99999.25), (24, 31.5), (1, 20.5)]
    found = [(f["severity"], f["count"], f["message"]) for f in run.findings("range")]
    assert [entry[:2] for entry in found] == [("warning", 1), ("warning", 1)]
    assert any("outside [-2000.0, 10000.0]" in message for _, _, message in found), "of the column's bounds"
    assert any("below the offer floor" in message for _, _, message in found), "and of the market"


def test_bad_rows_in_many_files_are_found_whatever_the_batches(tmp_path):
    """Forty files read together, two of them with a bad row, one with a quoted row: the fast way must give way."""
    files = {dam_spp_name(f"2024-01-{d:02d}"): [DAM_SPP_HEADER, f"01/{d:02d}/2024,01:00,A,{d},N"] for d in range(1, 31)}
    files[dam_spp_name("2024-01-07")].append("01/07/2024,02:00,A,x,N")
    files[dam_spp_name("2024-01-19")].append("01/19/2024,02:00,A,1")
    files[dam_spp_name("2024-01-20")].append('"01/20/2024","02:00","A","20.5","N"')
    write_raw(tmp_path / "raw", files)
    for batch_mb in (500, 1, 30):
        run = run_pipeline(tmp_path / "raw", tmp_path / f"out{batch_mb}", ["dam_spp"], batch_mb)
        assert run.ledger("dam_spp", 2024) == (30, 30, 0, 33, 31, 0, 0, 2)
        frame = run.rejected["dam_spp", 2024].select(pl.col("file").str.slice(30, 8), "line", "reason")
        assert frame.rows() == [
            ("20240106", 3, "bad_number: settlement_point_price"),
            ("20240118", 3, "ragged_line: 4 fields instead of 5"),
        ]
        assert run.annual["dam_spp", 2024]["settlement_point_price"].sum() == 465 + 20.5


SPLIT_PRICES = {
    "rt_mcpc_sced": (24891, "MCPCNP6332", "SCEDTimestamp,RepeatedHourFlag,ASType", ",REGUP", "MCPC", "mcpc"),
    "rt_lmp_bus": (11485, "LMPBUSNP6787", "SCEDTimestamp,RepeatedHourFlag,ElectricalBus", ",B1", "LMP", "lmp"),
    "sced_system_lambda": (13114, "SCEDSYSLAMBDANP6322", "SCEDTimeStamp,RepeatedHourFlag", "", "SystemLambda", None),
}


def split_price_file(dataset, run_of, published, header, prices):
    """Return a file of one SCED run on 2026-09-01 with these price columns."""
    report, friendly, labels, entity, _, _ = SPLIT_PRICES[dataset]
    name = cdr(report, f"20260901.{published}", f"{friendly}_20260901_{run_of}00.csv")
    return {name: [f"{labels},{header}", f"09/01/2026 {run_of[:2]}:{run_of[2:]}:00,N{entity},{prices}"]}


@pytest.mark.parametrize("dataset", SPLIT_PRICES)
@pytest.mark.parametrize("renamed", [False, True], ids=["blank", "renamed"])
def test_a_row_without_any_price_of_its_era_is_rejected_and_replaces_no_good_one(tmp_path, dataset, renamed):
    head, column = SPLIT_PRICES[dataset][4], SPLIT_PRICES[dataset][5] or "system_lambda"
    pair = f"Capped{head},Uncapped{head}"
    files = split_price_file(dataset, "0005", "000502", pair, "2.5,3.5")
    files |= split_price_file(dataset, "0010", "001002", pair, "4.5,")
    later = (f"Final{head},Raw{head}", "9.5,9.5") if renamed else (pair, ",")
    files |= split_price_file(dataset, "0005", "000902", *later)
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", [dataset])
    frame = run.annual[dataset, 2026]
    assert frame.select(column, f"capped_{column}", f"uncapped_{column}").rows() == [
        (None, 2.5, 3.5),
        (None, 4.5, None),
    ]
    assert run.ledger(dataset, 2026) == (3, 3, 0, 3, 2, 0, 0, 1)
    word = f"missing_value: one of {column}, capped_{column}, uncapped_{column}"
    assert run.reasons(dataset, 2026) == [(2, word)]
    assert len(run.findings("drift")) == renamed  # the new header is named


@pytest.mark.parametrize("dataset", SPLIT_PRICES)
def test_the_price_of_the_older_era_is_enough(tmp_path, dataset):
    head, column = SPLIT_PRICES[dataset][4], SPLIT_PRICES[dataset][5] or "system_lambda"
    files = split_price_file(dataset, "0005", "000502", head, "2.5") | split_price_file(
        dataset, "0010", "001002", head, ""
    )
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", [dataset])
    assert run.annual[dataset, 2026][column].to_list() == [2.5]
    assert run.ledger(dataset, 2026) == (2, 2, 0, 2, 1, 0, 0, 1)

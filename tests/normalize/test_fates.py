"""Which row of a key is written when ERCOT published it more than once, and where the others went."""

from datetime import datetime

import polars as pl
import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    gzip_bytes,
    run_pipeline,
    utc,
    write_raw,
    zip_bytes,
)
from postings import ESR, ESR_HEADER, ESR_ROW, HOUR_1, HOUR_2, annual_bytes, day_ahead, prices, run_dam


def test_a_later_publication_replaces_other_values_and_repeats_equal_ones(tmp_path):
    files = {
        dam_spp_name("2024-05-02", "123000"): day_ahead("1.0", "2.0", "3.0"),
        dam_spp_name("2024-05-02", "140000"): day_ahead("1.0", "2.5", "3.0"),
    }
    run = run_dam(tmp_path, files)
    assert prices(run) == [1.0, 2.5, 3.0]
    assert run.ledger("dam_spp", 2024) == (2, 2, 0, 6, 3, 2, 1, 0)
    replaced = run.revisions["dam_spp", 2024].rows(named=True)
    assert replaced == [
        {
            "delivery_date": datetime(2024, 5, 2).date(),
            "interval_start": utc("2024-05-02T06"),
            "interval_end": utc("2024-05-02T07"),
            "hour_ending": 2,
            "dst_flag": False,
            "settlement_point": "HB_NORTH",
            "settlement_point_price": 2.0,
            "publication_old": datetime(2024, 5, 1, 12, 30),
            "publication_new": datetime(2024, 5, 1, 14, 0),
        }
    ]
    found = [(f["severity"], f["dataset"], f["year"], f["count"]) for f in run.findings("revision")]
    assert found == [("info", "dam_spp", 2024, 1)]


def test_the_place_of_a_line_decides_nothing_between_files(tmp_path):
    """The row that is replaced stands further down in its file, and its folder comes last."""
    files = {
        f"z/{dam_spp_name('2024-05-02', '123000')}": [DAM_SPP_HEADER, HOUR_2.format(5), HOUR_1.format(1)],
        f"a/{dam_spp_name('2024-05-02', '140000')}": [DAM_SPP_HEADER, HOUR_1.format(2)],
    }
    run = run_dam(tmp_path, files)
    assert prices(run) == [2.0, 5.0]
    assert run.revisions["dam_spp", 2024]["settlement_point_price"].to_list() == [1.0]


def test_the_same_value_in_another_spelling_is_a_duplicate(tmp_path):
    files = {
        dam_spp_name("2024-05-02", "123000"): [DAM_SPP_HEADER, "05/02/2024,01:00,HB_NORTH,      7.50,N"],
        dam_spp_name("2024-05-02", "140000"): [DAM_SPP_HEADER, '"05/02/2024","1:00","HB_NORTH","7.5","N"'],
    }
    run = run_dam(tmp_path, files)
    assert run.ledger("dam_spp", 2024) == (2, 2, 0, 2, 1, 1, 0, 0)
    assert run.revisions["dam_spp", 2024].height == 0


def test_milliseconds_decide(tmp_path):
    files = {
        dam_spp_name("2024-05-02", "123000"): day_ahead("1.0"),
        dam_spp_name("2024-05-02", "123000002"): day_ahead("2.0"),
        dam_spp_name("2024-05-02", "123000001"): day_ahead("3.0"),
    }
    run = run_dam(tmp_path, files)
    assert prices(run) == [2.0]
    assert run.ledger("dam_spp", 2024) == (3, 3, 0, 3, 1, 0, 2, 0)
    stamps = run.revisions["dam_spp", 2024].sort("publication_old").select("publication_old", "publication_new").rows()
    newest = datetime(2024, 5, 1, 12, 30, 0, 2000)
    assert stamps == [(datetime(2024, 5, 1, 12, 30), newest), (datetime(2024, 5, 1, 12, 30, 0, 1000), newest)]


@pytest.mark.parametrize("nested", [False, True], ids=["zip", "zip in a zip"])
def test_the_stamp_of_a_container_counts(tmp_path, nested):
    """The member is older by its own name, but was republished in a zip of a later stamp."""
    member = dam_spp_name("2024-05-02", "110000")
    inner = zip_bytes({member: day_ahead("2.0")})
    outer = zip_bytes({"inner.zip": inner}) if nested else inner
    files = {
        dam_spp_name("2024-05-02", "123000"): day_ahead("1.0"),
        dam_spp_name("2024-05-02", "150000", "_csv.zip"): outer,
    }
    run = run_dam(tmp_path, files)
    assert prices(run) == [2.0]
    assert run.revisions["dam_spp", 2024]["publication_new"].to_list() == [datetime(2024, 5, 1, 15)]


def test_the_stamp_of_a_member_counts_in_an_older_container(tmp_path):
    files = {
        dam_spp_name("2024-05-02", "123000"): day_ahead("1.0"),
        dam_spp_name("2024-05-02", "110000", "_csv.zip"): zip_bytes(
            {dam_spp_name("2024-05-02", "160000"): day_ahead("2.0")}
        ),
    }
    run = run_dam(tmp_path, files)
    assert prices(run) == [2.0]
    assert run.revisions["dam_spp", 2024]["publication_new"].to_list() == [datetime(2024, 5, 1, 16)]


def test_a_retry_replaces_the_first_posting(tmp_path):
    first = cdr(12301, "20230608.154702", "SPPHLZNP6905_20230608_1545.csv")
    retry = cdr(12301, "20230608.161500123", "SPPHLZNP6905_retry_20230608_1545_csv.zip")
    member = cdr(12301, "20230608.161500123", "SPPHLZNP6905_retry_20230608_1545.csv")
    row = "06/08/2023,16,3,HB_NORTH,HU,{},N"
    files = {
        first: [RT_SPP_HEADER, row.format(1), row.format(5).replace("NORTH,HU", "WEST,HU")],
        retry: zip_bytes({member: [RT_SPP_HEADER, row.format(2)]}),
    }
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["rt_spp"])
    assert prices(run, "rt_spp", 2023) == [2.0, 5.0]
    assert run.ledger("rt_spp", 2023) == (2, 2, 0, 3, 2, 0, 1, 0)


def test_one_name_under_two_types_is_two_rows(tmp_path):
    name = cdr(12301, "20240502.001502", "SPPHLZNP6905_20240502_0015.csv")
    rows = ["05/02/2024,1,1,LZ_NORTH,LZ,1.0,N", "05/02/2024,1,1,LZ_NORTH,LZEW,2.0,N"]
    run = run_pipeline(write_raw(tmp_path / "raw", {name: [RT_SPP_HEADER, *rows]}), tmp_path / "out", ["rt_spp"])
    assert run.annual["rt_spp", 2024].select("settlement_point_type", "settlement_point_price").rows() == [
        ("LZ", 1.0),
        ("LZEW", 2.0),
    ]


@pytest.mark.parametrize(
    ("order", "winner"),
    [
        (["{}.csv", "{}_CORRECTION.csv"], 2.0),
        (["{}_CORRECTION.csv", "{}_SUPPLEMENTAL.csv"], 2.0),
        (["{}.csv", "{}_SUPPLEMENTAL.csv"], 2.0),
        (["{}_CORRECTION.csv", "{}_SUPPLEMENTAL_CORRECTION.csv"], 2.0),
    ],
)
def test_a_supplement_goes_before_a_correction_before_the_regular_posting(tmp_path, order, winner):
    """Each pair also with the lesser one in a container that was published later: rank goes before time."""
    lesser, better = (pattern.format(ESR) for pattern in order)
    late = cdr(13052, "20260901.120000", "60_DAY_SCED_DISCLOSURE.zip")
    files = {
        f"a/{late}": zip_bytes({lesser: [ESR_HEADER, ESR_ROW.format(1)]}),
        f"b/{better}": [ESR_HEADER, ESR_ROW.format(2)],
    }
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["sced_esr"])
    assert run.annual["sced_esr", 2025]["hsl"].to_list() == [winner]
    assert run.ledger("sced_esr", 2025) == (2, 2, 0, 2, 1, 0, 1, 0)
    assert run.revisions["sced_esr", 2025]["hsl"].to_list() == [1.0]


def test_a_container_says_supplement_for_its_members(tmp_path):
    outer = "60d_ESR_Data_in_SCED_02032026_thru_02182026_SUPPLEMENTAL.zip"
    files = {
        f"z/{ESR}_CORRECTION.csv": [ESR_HEADER, ESR_ROW.format(1)],
        f"a/{outer}": zip_bytes({f"{ESR}.csv": [ESR_HEADER, ESR_ROW.format(2)]}),
    }
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["sced_esr"])
    assert run.annual["sced_esr", 2025]["hsl"].to_list() == [2.0]


def test_a_folder_named_supplemental_says_nothing(tmp_path):
    early, late = dam_spp_name("2024-05-02", "123000"), dam_spp_name("2024-05-02", "140000")
    run = run_dam(tmp_path, {f"SUPPLEMENTAL/{early}": day_ahead("1.0"), f"a/{late}": day_ahead("2.0")})
    assert prices(run) == [2.0]


def test_of_one_publication_the_last_member_name_wins(tmp_path):
    stamp = "20240501.123000"
    files = {
        f"z/{cdr(12331, stamp, 'DAMSPNP4190_A.csv')}": day_ahead("1.0"),
        f"a/{cdr(12331, stamp, 'DAMSPNP4190_C.csv')}": day_ahead("3.0"),
        f"m/{cdr(12331, stamp, 'DAMSPNP4190_B.csv')}": day_ahead("2.0"),
    }
    run = run_dam(tmp_path, files)
    assert prices(run) == [3.0]
    assert run.revisions["dam_spp", 2024]["publication_new"].to_list() == [datetime(2024, 5, 1, 12, 30)] * 2


def test_equal_names_with_other_contents_give_the_same_bytes_whichever_folder_is_which(tmp_path):
    name, one, two = dam_spp_name("2024-05-02"), day_ahead("1.0", "9.0"), day_ahead("2.0", "9.0")
    first = annual_bytes(tmp_path, "first", {f"a/{name}": one, f"b/{name}": two})
    second = annual_bytes(tmp_path, "second", {f"a/{name}": two, f"b/{name}": one})
    third = annual_bytes(tmp_path, "third", {f"q/r/s/{name}": two, name: one})
    assert first == second == third
    alone = annual_bytes(tmp_path, "alone", {name: one}), annual_bytes(tmp_path, "other", {name: two})
    assert first[0] in [found[0] for found in alone]


def test_the_wrapping_of_a_file_leaves_no_trace_in_the_rollup(tmp_path):
    name, body = dam_spp_name("2024-05-02"), day_ahead("1.0", "2.0", "-3.5")
    zipped = dam_spp_name("2024-05-02", ending="_csv.zip")
    plain = annual_bytes(tmp_path, "plain", {name: body})
    assert annual_bytes(tmp_path, "gz", {f"x/{name}.gz": gzip_bytes(body)}) == plain
    assert annual_bytes(tmp_path, "zip", {f"y/{zipped}": zip_bytes({name: body})}) == plain
    assert annual_bytes(tmp_path, "reversed", {name: [body[0], *reversed(body[1:])]}) == plain


def test_one_file_in_two_folders_is_read_twice_and_written_once(tmp_path):
    name, body = dam_spp_name("2024-05-02"), day_ahead("1.0", "2.0")
    run = run_dam(tmp_path, {f"a/{name}": body, f"b/{name}": body})
    assert prices(run) == [1.0, 2.0]
    assert run.ledger("dam_spp", 2024) == (2, 2, 0, 4, 2, 2, 0, 0)


def test_lines_of_one_key_in_one_file_have_one_winner(tmp_path):
    rows = [HOUR_1.format(1), HOUR_2.format(5), HOUR_1.format(1), HOUR_2.format(6), HOUR_2.format(6)]
    run = run_dam(tmp_path, {dam_spp_name("2024-05-02"): [DAM_SPP_HEADER, *rows]})
    assert prices(run) == [1.0, 6.0]
    assert run.ledger("dam_spp", 2024) == (1, 1, 0, 5, 2, 2, 1, 0)
    assert run.revisions["dam_spp", 2024]["settlement_point_price"].to_list() == [5.0]


def test_versions_of_a_day_are_settled_together_whatever_lies_between_them(tmp_path, monkeypatch):
    """The two postings of a day are the first and the last file of the tree, and days are read one at a time."""
    monkeypatch.setattr("ercot.normalize.batch.GROUP_BYTES", 1)
    files = {
        f"m{d:02d}/{dam_spp_name(f'2024-05-{d:02d}')}": [DAM_SPP_HEADER, f"05/{d:02d}/2024,01:00,A,{d},N"]
        for d in range(1, 9)
    }
    files[f"z/{dam_spp_name('2024-05-01', '150000')}"] = [DAM_SPP_HEADER, "05/01/2024,01:00,A,100,N"]
    files[f"0/{dam_spp_name('2024-05-08', '110000')}"] = [DAM_SPP_HEADER, "05/08/2024,01:00,A,-100,N"]
    run = run_dam(tmp_path, files)
    assert prices(run) == [100.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert run.ledger("dam_spp", 2024) == (10, 10, 0, 10, 8, 0, 2, 0)


OFFERS_HEADER = (
    "Delivery Date,Hour Ending,QSE,DME,Generation Resource Name,Multi-Hour Block Flag,"
    "BLOCK INDICATOR1,PRICE1 REGUP,QUANTITY MW1"
)
OFFER = "05/02/2025,{},QABC,,GEN_{},N,V,{},10"


def test_of_reports_without_a_key_a_whole_member_replaces_another(tmp_path):
    """Equal rows within the winner stay; rows of the loser are duplicates where the winner has an equal row."""
    old, new = (
        "60d_DAM_Generation_Resource_ASOffers-01-JUL-25.csv",
        "60d_DAM_Generation_Resource_ASOffers-01-JUL-25_CORRECTION.csv",
    )
    files = {
        old: [OFFERS_HEADER, OFFER.format(1, "A", 1), OFFER.format(1, "B", 2), OFFER.format(2, "A", 3)],
        new: [OFFERS_HEADER, OFFER.format(1, "A", 1), OFFER.format(1, "A", 1), OFFER.format(1, "B", 7)],
    }
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["dam_gen_as_offers"])
    assert run.critical() == []
    frame = run.annual["dam_gen_as_offers", 2025]
    assert frame.select("hour_ending", "resource_name", "price1_regup").rows() == [
        (1, "GEN_A", 1.0),
        (1, "GEN_A", 1.0),
        (1, "GEN_B", 7.0),
    ]
    assert run.ledger("dam_gen_as_offers", 2025) == (2, 2, 0, 6, 3, 1, 2, 0)
    replaced = run.revisions["dam_gen_as_offers", 2025].sort("hour_ending")
    assert replaced.select("hour_ending", "resource_name", "price1_regup").rows() == [
        (1, "GEN_B", 2.0),
        (2, "GEN_A", 3.0),
    ]


def test_one_member_without_a_key_in_two_folders_is_written_once(tmp_path):
    name, rows = (
        "60d_DAM_Generation_Resource_ASOffers-01-JUL-25.csv",
        [OFFER.format(1, "A", 1), OFFER.format(1, "A", 1)],
    )
    files = {f"{folder}/{name}": [OFFERS_HEADER, *rows] for folder in "ab"}
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["dam_gen_as_offers"])
    assert run.annual["dam_gen_as_offers", 2025]["price1_regup"].to_list() == [1.0, 1.0]
    assert run.ledger("dam_gen_as_offers", 2025) == (2, 2, 0, 4, 2, 2, 0, 0)


CORRECTIONS_HEADER = "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag"


def test_corrections_are_put_on_top_and_count_in_no_ledger_but_their_own(tmp_path):
    """One file corrects two years; the last correction time wins; the first published price is kept."""
    rows = [
        "05/02/2024,1,HB_NORTH,1.0,1.5,05/20/2024 10:00:00,N",
        "05/02/2024,1,HB_NORTH,1.5,1.7,05/21/2024 10:00:00,N",
        "12/31/2023,24,HB_NORTH,8.0,8.5,05/20/2024 10:00:00,N",
        "13/31/2023,24,HB_NORTH,8.0,8.5,05/20/2024 10:00:00,N",
    ]
    files = {
        dam_spp_name("2024-05-02"): day_ahead("1.0", "2.0"),
        dam_spp_name("2023-12-31"): [DAM_SPP_HEADER, "12/31/2023,24:00,HB_NORTH,8.0,N"],
        cdr(13044, "20240522.090000", "pricecorrection_DAM_SPP_20240522.csv"): [CORRECTIONS_HEADER, *rows],
    }
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["dam_spp", "dam_spp_corrections"])
    assert run.critical() == []
    shown = pl.col("settlement_point_price", "settlement_point_price_original")
    assert run.annual["dam_spp", 2024].select(shown).rows() == [(1.7, 1.0), (2.0, None)]
    assert run.annual["dam_spp", 2023].select(shown).rows() == [(8.5, 8.0)]
    assert run.ledger("dam_spp", 2024) == (1, 1, 0, 2, 2, 0, 0, 0)
    assert run.ledger("dam_spp_corrections", 2023) == (1, 1, 0, 2, 1, 0, 0, 1)
    assert run.ledger("dam_spp_corrections", 2024) == (0, 0, 0, 2, 2, 0, 0, 0)

"""What to download: the report, the name of the file, the days of publication and the page, for all that is missing."""

import csv
import io
import json
from datetime import date

from archives import SPRING, dam, note, simulated
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.catalog.products import PRODUCTS
from ercot.core.paths import ResultPaths
from ercot.coverage.causes import evidence_of, missing_with_causes
from ercot.coverage.patterns import file_name
from ercot.coverage.wanted import COLUMNS, main, wanted, write_wanted
from ercot.raw.file_names import NameReader
from ercot.raw.receipts import absence_of, receipts_digest


def rows_of(tmp_path, files, datasets, losses=(), **how) -> list[dict]:
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", datasets, **how)
    absence, rejected = absence_of(tmp_path / "raw"), run.report["files"]["rejected"]
    known = evidence_of(NameReader(DATASETS), rejected, run.plan.unclaimed, run.verified, losses, absence)
    return wanted(DATASETS, missing_with_causes(DATASETS, run.due, known), rejected, absence)


def test_a_missing_day(tmp_path):
    (row,) = rows_of(tmp_path, dam("2024-05-01", "2024-05-03"), ["dam_spp"])
    assert row == {
        "dataset": "dam_spp",
        "delivery_date": "2024-05-02",
        "missing": "day",
        "emil": "NP4-190-CD",
        "report_type": "12331",
        "file_name": "cdr.00012331.*.20240501.*.DAMSPNP4190*",
        "posted_from": "2024-05-01",
        "posted_until": "2024-05-02",
        "address": "https://www.ercot.com/mp/data-products/data-product-details?id=NP4-190-CD",
        "receipt": "",
        "action": "download",
        "cause": "not_here",
        "reason": "",
    }
    assert tuple(row) == COLUMNS


def test_a_missing_interval_and_a_missing_run(tmp_path):
    files = (
        simulated("rt_spp", SPRING, points=3) | simulated("rt_lmp", SPRING) | simulated("sced_system_lambda", SPRING)
    )
    interval = next(name for name in files if "SPPHLZNP6905_20240310_0315" in name)
    run = [name for name in files if "LMPSROSNODENP6788_20240310_05" in name][3]
    left = {name: data for name, data in files.items() if name not in (interval, run)}
    of_run, of_interval = rows_of(tmp_path, left, ["rt_spp", "rt_lmp", "sced_system_lambda"])
    assert of_interval["missing"] == "2024-03-10T08:00:00+00:00"  # 03:00 CDT, the first after the clock is set
    assert of_interval["file_name"] == "cdr.00012301.*.SPPHLZNP6905_20240310_0315*"
    assert (of_interval["posted_from"], of_interval["posted_until"]) == ("2024-03-10", "2024-03-11")
    assert of_run["file_name"] == "cdr.00012300.*.LMPSROSNODENP6788_20240310_05*"
    assert of_run["missing"].startswith("2024-03-10T10:15:")


def test_a_missing_disclosure(tmp_path):
    files = simulated("dam_gen", SPRING) | note("20240601.000000")
    row = rows_of(tmp_path, files, ["dam_gen"])[0]
    assert (row["file_name"], row["report_type"]) == ("60d_DAM_Gen_Resource_Data-10-MAY-24*.csv", "13051")
    assert (row["delivery_date"], row["posted_from"]) == ("2024-03-11", "2024-05-10")


def test_a_rejected_file(tmp_path):
    broken = {f"below/{dam_spp_name('2024-05-02')}": [DAM_SPP_HEADER.replace("SettlementPointPrice", "Word"), "a"]}
    of_day, of_file = rows_of(tmp_path, dam("2024-05-01", "2024-05-03") | broken, ["dam_spp"])
    assert (of_day["missing"], of_file["missing"]) == ("day", "file")
    assert of_file["file_name"] == dam_spp_name("2024-05-02")
    assert of_file["delivery_date"] == of_day["delivery_date"] == "2024-05-02"
    assert of_file["reason"].startswith(f"below/{dam_spp_name('2024-05-02')}: ")


def test_a_container_of_no_known_dataset(tmp_path):
    files = dam("2024-05-01") | {"bundle.zip": b"x" * 100}
    (row,) = rows_of(tmp_path, files, ["dam_spp"])
    assert (row["dataset"], row["emil"], row["address"], row["file_name"]) == ("", "", "", "bundle.zip")


def test_every_dataset_has_a_file_name_and_a_product():
    for dataset in DATASETS.values():
        assert dataset.emil in PRODUCTS, dataset.id
        assert "*" in file_name(dataset, date(2025, 12, 6)), dataset.id


def test_the_command_prints_both_forms(tmp_path, capsys):
    rows = rows_of(tmp_path, dam("2024-05-01", "2024-05-03"), ["dam_spp"])
    write_wanted(ResultPaths(tmp_path / "out").report("wanted.csv"), rows)
    main([str(tmp_path / "out")])
    assert list(csv.DictReader(io.StringIO(capsys.readouterr().out))) == rows
    main([str(tmp_path / "out"), "--format", "json"])
    assert json.loads(capsys.readouterr().out) == rows


def test_nothing_wanted_is_a_header(tmp_path):
    write_wanted(tmp_path / "wanted.csv", [])
    assert (tmp_path / "wanted.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_receipts_are_seen_where_a_fetch_puts_them(tmp_path):
    assert receipts_digest(tmp_path) == ""
    write_raw(tmp_path, {"NP4-190-CD/2024-05/receipt.json": "{}", "other/2024-05/receipt.json": "{}"})
    first = receipts_digest(tmp_path)
    write_raw(tmp_path, {"NP4-190-CD/2024-05/receipt.json": "{ }"})
    assert len({"", first, receipts_digest(tmp_path)}) == 3


def test_a_receipt_says_that_ercot_lists_nothing(tmp_path):
    """May is listed to its end and all of it is here, so what is missing was not posted; of June nothing is known."""
    files = dam("2024-05-01", "2024-05-03", "2024-06-10", "2024-06-12")
    raw = {
        f"NP4-190-CD/{name.split('.')[3][:4]}-{name.split('.')[3][4:6]}/{name}": lines for name, lines in files.items()
    }
    month = {"emil": "NP4-190-CD", "month": "2024-05", "complete": True}
    month |= {"listed_until": "2024-06-05T00:00:00", "documents": []}
    raw["NP4-190-CD/2024-05/receipt.json"] = json.dumps(month)
    states = {row["delivery_date"]: row["receipt"] for row in rows_of(tmp_path, raw, ["dam_spp"])}
    assert (states["2024-05-02"], states["2024-06-11"]) == ("not_posted", "not_here")


def test_a_file_that_was_read_once_and_is_rejected_now_is_to_be_put_back(tmp_path):
    broken = {dam_spp_name("2024-05-02"): ["junk"]}
    losses = [{"dataset": "dam_spp", "days": ["2024-05-02"]}]
    of_day, of_file = rows_of(tmp_path, dam("2024-05-01", "2024-05-03") | broken, ["dam_spp"], losses)
    assert (of_day["cause"], of_day["action"]) == ("lost", "put_back")
    assert (of_file["cause"], of_file["action"]) == ("rejected_file", "put_back")


def test_what_is_to_be_downloaded_comes_first(tmp_path):
    files, losses = dam("2024-05-01", "2024-05-04"), [{"dataset": "dam_spp", "days": ["2024-05-02"]}]
    rows = rows_of(tmp_path, files, ["dam_spp"], losses)
    assert [(row["delivery_date"], row["action"]) for row in rows] == [
        ("2024-05-03", "download"),
        ("2024-05-02", "put_back"),
    ]

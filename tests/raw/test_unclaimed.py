"""Ignored files that were meant to be read are told from those that are none of ours."""

import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_LMP_HEADER,
    cdr,
    dam_spp_name,
    gzip_bytes,
    run_pipeline,
    write_raw,
    zip_bytes,
)

from ercot.catalog import DATASETS
from ercot.planning.plan import make_plan

DAM = "dam_spp"
GOOD = dam_spp_name("2024-05-02")
BODY = [DAM_SPP_HEADER, "05/02/2024,01:00,HB_NORTH,1.5,N"]
ROW_3 = [DAM_SPP_HEADER, "05/03/2024,01:00,HB_NORTH,2.5,N"]
OTHER = dam_spp_name("2024-05-03")
MEMBER = "60d_DAM_Gen_Resource_Data-01-JUL-25"


def found_in(tmp_path, files):
    """Run files beside a good one; return the files named as unclaimed and as ignored without more, by message."""
    run = run_pipeline(write_raw(tmp_path / "raw", {GOOD: BODY} | files), tmp_path / "out", [DAM])
    assert run.critical() == []
    assert run.ledger(DAM, 2024) == (1, 1, 0, 1, 1, 0, 0, 0)
    unclaimed, ignored = run.findings("unclaimed_file"), run.findings("ignored")
    assert {f["severity"] for f in unclaimed} <= {"warning"}
    assert {f["severity"] for f in ignored} <= {"info"}
    named = sum(f["count"] for f in (*unclaimed, *ignored))
    assert run.report["files"]["ignored"] == sorted(run.report["files"]["ignored"])
    assert len(run.report["files"]["ignored"]) == named
    return {f["message"]: f["examples"] for f in unclaimed}, [name for f in ignored for name in f["examples"]]


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        (f"Copy of {OTHER}", DAM),
        (f"a/Copy of 446428299.{OTHER}", DAM),
        (f"{OTHER}.crdownload", DAM),
        (f"{OTHER}.part", DAM),
        (f"Copy of {OTHER.replace('.csv', '_csv.zip')}.crdownload", DAM),
        (f"Kopie von {MEMBER}.csv", "dam_gen"),
        (f"{MEMBER}.csv.download", "dam_gen"),
        ("old CompleteCOP_03022014.csv", "cop_snapshot"),
        (f"backup 2024-05-02 ext.00012331.{'0' * 16}.20240502.051231658.DAMSPNP4190.csv", DAM),
    ],
)
def test_a_name_that_holds_a_known_one_is_a_warning(tmp_path, name, dataset):
    claims, ignored = found_in(tmp_path, {name: ROW_3})
    assert list(claims.values()) == [[f"{name} ({dataset})"]]
    (message,) = claims
    assert message.startswith(
        "1 file not read, since the name has something in front of ERCOT's own or another ending: restore ERCOT's"
    )
    assert ignored == []


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("prices.csv", list),
        ("a/prices 2024.CSV", list),
        ("prices.csv.gz", gzip_bytes),
        ("mine.zip", lambda body: zip_bytes({"in/prices.csv": body})),
        ("mine.zip", lambda body: zip_bytes({"in.zip": zip_bytes({"prices.csv.gz": gzip_bytes(body)})})),
    ],
)
def test_the_header_of_a_known_report_under_another_name_is_a_warning(tmp_path, name, pack):
    claims, ignored = found_in(tmp_path, {name: pack(ROW_3)})
    ((message, (shown,)),) = claims.items()
    assert message.startswith("1 file not read, with the header of a known report under a name that is none of ERCOT's")
    assert shown.startswith(name)
    assert shown.endswith("(dam_spp)")
    assert ignored == []


@pytest.mark.parametrize("part", ["RTM_MCPC_SCED", "RTM_ShadowPrice", "RTM_SOGLMP", "RTM_SOGPRICE"])
def test_corrections_that_no_dataset_reads_are_a_warning(tmp_path, part):
    dam = cdr(13044, "20240603.120000", "pricecorrection_DAM_EBLMP_20240502_to_20240502_NP4196.csv")
    rtm = cdr(13045, "20240603.120000", f"pricecorrection_{part}_20240502_to_20240502_NP4197.csv")
    claims, ignored = found_in(tmp_path, {f"1/{dam}": "a,b\n1,2\n", "x.zip": zip_bytes({rtm: "a,b\n1,2\n"})})
    ((message, shown),) = claims.items()
    assert message.startswith("2 files of price corrections that no dataset reads, so those prices stay uncorrected")
    assert shown == [f"1/{dam}", f"x.zip!{rtm}"]
    assert ignored == []


def test_all_other_files_are_ignored_without_more(tmp_path):
    names = {
        "readme.txt": "x",
        "prices.csv": "a,b\n1,2\n",
        "more.csv": f"{DAM_SPP_HEADER},Surprise\n05/02/2024,1,A,1,N,x\n",
        "less.csv": "DeliveryDate,HourEnding\n05/02/2024,1\n",
        "data.csv": "05/02/2024,01:00,HB_NORTH,1.5,N\n",
        "empty.csv": "",
        "long.csv": "DeliveryDate" * 100_000,
        f"{cdr(99999, '20240502.123000', 'SOMETHING.csv')}": "a,b\n1,2\n",
        OTHER.replace(".csv", "_xml.zip"): "x",
        OTHER.replace(".csv", ".xml"): "x",
        f"Copy of {OTHER.replace('.csv', '_xml.zip')}": "x",
        f"__MACOSX/._{OTHER}": "\0\5\26\7",
        "60d_DAM_Gen_Resource_DataX-01-JUL-25.csv": "a\n",
        "2d_Agg_AS_Offers-01-MAY-24.csv": "a\n",
    }
    claims, ignored = found_in(tmp_path, names)
    assert claims == {}
    assert len(ignored) == 5
    run_again = run_pipeline(tmp_path / "raw", tmp_path / "out", [DAM])
    assert run_again.report["files"]["ignored"] == sorted(names)


def test_the_look_at_a_header_is_remembered(tmp_path, monkeypatch):
    raw = write_raw(tmp_path / "raw", {GOOD: BODY, "prices.csv": ROW_3, "lmp.csv": [RT_LMP_HEADER]})
    first = run_pipeline(raw, tmp_path / "out", [DAM]).findings("unclaimed_file")

    def refuse(*_, **__):
        raise AssertionError("a file was opened again")

    monkeypatch.setattr("ercot.raw.containers.reader.MemberReader.read", refuse)
    plan = make_plan(raw, tmp_path / "out" / "interim", DATASETS, [DAM], None, 500)
    assert plan.unclaimed == [["lmp.csv", "header", "rt_lmp"], ["prices.csv", "header", "dam_spp"]]
    assert first[0]["examples"] == ["lmp.csv (rt_lmp)", "prices.csv (dam_spp)"]


def test_a_copy_of_a_browser_is_read_and_repeats_the_rows(tmp_path):
    """A name that goes on behind ERCOT's is still a name of ERCOT's."""
    again = GOOD.replace(".csv", " (1).csv")
    run = run_pipeline(write_raw(tmp_path / "raw", {GOOD: BODY, again: BODY}), tmp_path / "out", [DAM])
    assert run.ledger(DAM, 2024) == (2, 2, 0, 2, 1, 1, 0, 0)
    assert run.findings("unclaimed_file") == []

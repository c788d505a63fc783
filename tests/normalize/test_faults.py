"""Files that are broken, wrapped or not ours: each has one fate, and its neighbours lose nothing by it."""

import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_SPP_HEADER,
    as_bytes,
    cdr,
    dam_spp_name,
    gzip_bytes,
    rt_spp_name,
    run_pipeline,
    write_raw,
    zip_bytes,
)

DAM, RT = "dam_spp", "rt_spp"
DAM_GOOD = [DAM_SPP_HEADER, "05/03/2024,01:00,HB_NORTH,20.5,N", "05/03/2024,02:00,HB_NORTH,21.5,N"]
RT_GOOD = [RT_SPP_HEADER, "05/03/2024,1,1,HB_NORTH,HU,20.5,N", "05/03/2024,1,1,LZ_NORTH,LZ,21.5,N"]
HEALTHY = {DAM: {dam_spp_name("2024-05-03"): DAM_GOOD}, RT: {rt_spp_name("20240503_0015"): RT_GOOD}}
DAM_DAY = [DAM_SPP_HEADER, "05/02/2024,01:00,HB_NORTH,30.5,N", "05/02/2024,02:00,HB_NORTH,31.5,N"]
RT_DAY = [RT_SPP_HEADER, "05/02/2024,1,1,HB_NORTH,HU,30.5,N", "05/02/2024,1,1,LZ_NORTH,LZ,31.5,N"]
DAY = {DAM: DAM_DAY, RT: RT_DAY}
HEALTHY_ONLY = (1, 1, 0, 2, 2, 0, 0, 0)
ONE_FILE_REJECTED = (2, 1, 1, 2, 2, 0, 0, 0)
BOTH_FILES_READ = (2, 2, 0, 4, 4, 0, 0, 0)


def name(dataset, ending):
    """Return the name of the report of 2 May 2024."""
    return dam_spp_name("2024-05-02", ending=ending) if dataset == DAM else rt_spp_name("20240502_0015", ending=ending)


def run_beside_healthy(tmp_path, dataset, files):
    """Run files beside a healthy one of the next day, which must come out whole; no finding may be critical."""
    run = run_pipeline(write_raw(tmp_path / "raw", HEALTHY[dataset] | files), tmp_path / "out")
    assert run.critical() == []
    prices = run.annual[dataset, 2024]["settlement_point_price"].to_list()
    assert prices[-2:] == [20.5, 21.5]
    return run


def flipped(data: bytes, at: bytes) -> bytes:
    """Return data with one bit of the first occurrence of ``at`` flipped."""
    place = data.index(at)
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


PAGE = "<!DOCTYPE html><html><body>Please log in</body></html>"
FILE_FAULTS = {
    "empty file": ("", "empty_file: there is nothing in it"),
    "only line ends": ("\r\n\r\n\n", "empty_file: there is nothing in it"),
    "only blanks": ("  \n \n", "empty_file: there is nothing in it"),
    "HTML page": (PAGE, "not_csv: it is an HTML or XML page"),
    "HTML page after a blank line": ("\r\n  " + PAGE, "not_csv: it is an HTML or XML page"),
    "numeric headers": (
        "0,1,2,3,4,5,6\n05/02/2024,1,1,A,HU,1.0,N\n",
        "numeric_header: the columns are numbered instead of named",
    ),
    "quotes of the header": (
        '"DeliveryDate,HourEnding\n1,2\n',
        "unknown_header: the quotes of the first line do not match",
    ),
    "UTF-16": (f"{DAM_SPP_HEADER}\n".encode("utf-16"), "not_csv: there are NUL bytes in its first line"),
}


@pytest.mark.parametrize("dataset", [DAM, RT])
@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_a_file_that_is_no_report_is_rejected_with_its_reason(tmp_path, dataset, fault):
    content, reason = FILE_FAULTS[fault]
    run = run_beside_healthy(tmp_path, dataset, {f"a/{name(dataset, '.csv')}": content})
    assert run.ledger(dataset, 2024) == ONE_FILE_REJECTED
    shown = f"a/{name(dataset, '.csv')}"
    assert run.report["files"]["rejected"] == [{"file": shown, "dataset": dataset, "reason": reason}]
    assert run.rejected[dataset, 2024].height == 0
    findings = run.findings("unreadable_file")
    assert [(f["dataset"], f["year"], f["severity"], f["count"]) for f in findings] == [(dataset, 2024, "warning", 1)]


HEADER_FAULTS = {
    "nothing known": ("Foo,Bar\n1,2\n", "unknown_header: no column of dam_spp in 'Foo,Bar'"),
    "no price": (
        "DeliveryDate,HourEnding,SettlementPoint,DSTFlag\n05/02/2024,01:00,A,N\n",
        "missing_column: the header lacks settlement_point_price",
    ),
    "no date, no hour": (
        "SettlementPoint,SettlementPointPrice,DSTFlag\nA,1.0,N\n",
        "missing_column: the header lacks delivery_date, hour_ending",
    ),
    "a column twice": (
        "DeliveryDate,HourEnding,SettlementPoint,SettlementPoint,SettlementPointPrice,DSTFlag\n05/02/2024,01:00,A,B,1,N\n",
        "duplicate_column: settlement_point stands twice in the header",
    ),
    "a column in two spellings": (
        "DeliveryDate,HourEnding,SettlementPoint,Settlement Point,SettlementPointPrice,DSTFlag\n"
        "05/02/2024,01:00,A,B,1,N\n",
        "duplicate_column: settlement_point stands twice in the header",
    ),
    "no header and too many fields": (
        "05/02/2024,01:00,A,1.0,N,7\n",
        "no_header: the first line is data, and 6 fields do not make the columns certain",
    ),
}


@pytest.mark.parametrize("fault", HEADER_FAULTS)
def test_a_header_that_lacks_or_repeats_a_column_rejects_the_file(tmp_path, fault):
    content, reason = HEADER_FAULTS[fault]
    run = run_beside_healthy(tmp_path, DAM, {name(DAM, ".csv"): content})
    assert run.ledger(DAM, 2024) == ONE_FILE_REJECTED
    assert run.report["files"]["rejected"] == [{"file": name(DAM, ".csv"), "dataset": DAM, "reason": reason}]


def test_a_report_under_the_name_of_another_is_rejected(tmp_path):
    content = "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\n05/02/2024 00:05:00,N,A,1\n"
    run = run_beside_healthy(tmp_path, RT, {name(RT, ".csv"): content})
    assert run.ledger(RT, 2024) == ONE_FILE_REJECTED
    reason = "unknown_header: no column of rt_spp in 'SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP'"
    assert run.report["files"]["rejected"] == [{"file": name(RT, ".csv"), "dataset": RT, "reason": reason}]


@pytest.mark.parametrize("dataset", [DAM, RT])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda good: zip_bytes(good)[:-40], "unreadable: File is not a zip file"),
        (lambda good: b"", "unreadable: File is not a zip file"),
        (lambda good: zip_bytes({}), "unreadable: no CSV inside"),
        (lambda good: zip_bytes({"readme.txt": "nothing"}), "unreadable: no CSV inside"),
        (lambda good: zip_bytes({"report.xml": "<a/>"}), "unreadable: no CSV inside"),
    ],
    ids=["truncated", "empty", "without members", "without CSV", "with XML only"],
)
def test_a_zip_that_holds_no_report_counts_as_one_rejected_file(tmp_path, dataset, content, reason):
    shown = f"a/{name(dataset, '_csv.zip')}"
    run = run_beside_healthy(tmp_path, dataset, {shown: content({name(dataset, ".csv"): DAY[dataset]})})
    assert run.ledger(dataset, 2024) == ONE_FILE_REJECTED
    assert run.report["files"]["rejected"] == [{"file": shown, "dataset": dataset, "reason": reason}]


@pytest.mark.parametrize("dataset", [DAM, RT])
def test_a_flipped_bit_in_a_zip_rejects_its_member(tmp_path, dataset):
    shown, member = name(dataset, "_csv.zip"), name(dataset, ".csv")
    broken = flipped(zip_bytes({member: DAY[dataset]}, stored=True), b"30.5")
    run = run_beside_healthy(tmp_path, dataset, {shown: broken})
    assert run.ledger(dataset, 2024) == ONE_FILE_REJECTED
    reason = f"unreadable: Bad CRC-32 for file '{member}'"
    assert run.report["files"]["rejected"] == [{"file": f"{shown}!{member}", "dataset": dataset, "reason": reason}]


@pytest.mark.parametrize("dataset", [DAM, RT])
def test_a_truncated_gzip_is_rejected(tmp_path, dataset):
    run = run_beside_healthy(tmp_path, dataset, {name(dataset, ".csv.gz"): gzip_bytes(DAY[dataset])[:-12]})
    assert run.ledger(dataset, 2024) == ONE_FILE_REJECTED
    reason = "unreadable: Compressed file ended before the end-of-stream marker was reached"
    assert run.report["files"]["rejected"] == [{"file": name(dataset, ".csv.gz"), "dataset": dataset, "reason": reason}]


@pytest.mark.parametrize("dataset", [DAM, RT])
def test_a_gzip_with_a_flipped_bit_in_its_checksum_is_rejected(tmp_path, dataset):
    good = gzip_bytes(DAY[dataset])
    run = run_beside_healthy(
        tmp_path, dataset, {name(dataset, ".csv.gz"): good[:-8] + bytes([good[-8] ^ 1]) + good[-7:]}
    )
    assert run.ledger(dataset, 2024) == ONE_FILE_REJECTED
    assert run.report["files"]["rejected"][0]["reason"].startswith("unreadable: CRC check failed")


WRAPPINGS = {
    "csv": lambda member, body: (".csv", as_bytes(body)),
    "csv.gz": lambda member, body: (".csv.gz", gzip_bytes(body)),
    "zip": lambda member, body: ("_csv.zip", zip_bytes({member: body})),
    "zip of a gzip": lambda member, body: ("_csv.zip", zip_bytes({f"{member}.gz": gzip_bytes(body)})),
    "zip with folders": lambda member, body: ("_csv.zip", zip_bytes({f"deep/er/{member}": body})),
    "zip of zips": lambda member, body: ("_csv.zip", zip_bytes({"inner.zip": zip_bytes({member: body})})),
    "upper case": lambda member, body: ("_CSV.ZIP", zip_bytes({member.upper(): body})),
}


@pytest.mark.parametrize("dataset", [DAM, RT])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_report_is_read_however_it_is_wrapped(tmp_path, dataset, wrapping):
    ending, content = WRAPPINGS[wrapping](name(dataset, ".csv"), DAY[dataset])
    run = run_beside_healthy(tmp_path, dataset, {f"x/{name(dataset, ending)}": content})
    assert run.ledger(dataset, 2024) == BOTH_FILES_READ
    assert run.annual[dataset, 2024]["settlement_point_price"].to_list() == [30.5, 31.5, 20.5, 21.5]
    assert run.report["files"] == {"ignored": [], "rejected": []}


def test_a_zip_of_an_unknown_name_with_several_members_gives_each_its_own_fate(tmp_path):
    """Two datasets, a broken member, a nested zip that is broken, and two members of no report."""
    members = {
        name(DAM, ".csv"): DAM_DAY,
        name(RT, ".csv"): RT_DAY,
        rt_spp_name("20240502_0030"): PAGE,
        dam_spp_name("2024-05-04", ending="_csv.zip"): b"no zip",
        "notes.txt": "notes",
        cdr(12301, "20240502.001502", "SPPHLZNP6905_20240502_0015.xml"): "<a/>",
    }
    run = run_beside_healthy(tmp_path, DAM, {"archive.zip": zip_bytes(members)})
    assert run.ledger(DAM, 2024) == (3, 2, 1, 4, 4, 0, 0, 0)
    assert run.ledger(RT, 2024) == (2, 1, 1, 2, 2, 0, 0, 0)
    nested = f"archive.zip!{dam_spp_name('2024-05-04', ending='_csv.zip')}"
    page = f"archive.zip!{rt_spp_name('20240502_0030')}"
    assert sorted(run.report["files"]["rejected"], key=lambda entry: entry["dataset"]) == [
        {"file": nested, "dataset": DAM, "reason": "unreadable: File is not a zip file"},
        {"file": page, "dataset": RT, "reason": "not_csv: it is an HTML or XML page"},
    ]
    xml = f"archive.zip!{cdr(12301, '20240502.001502', 'SPPHLZNP6905_20240502_0015.xml')}"
    assert run.report["files"]["ignored"] == sorted([xml, "archive.zip!notes.txt"])


def test_a_container_of_no_known_name_that_cannot_be_opened_counts_without_a_dataset(tmp_path):
    inner = {"a.zip": b"no zip", name(DAM, ".csv"): DAM_DAY}
    run = run_beside_healthy(tmp_path, DAM, {"x/archive.zip": b"no zip", "y/bundle.zip": zip_bytes(inner)})
    assert run.ledger(None, None) == (2, 0, 2, 0, 0, 0, 0, 0)
    assert run.ledger(DAM, 2024) == BOTH_FILES_READ
    assert run.report["files"]["rejected"] == [
        {"file": "x/archive.zip", "dataset": None, "reason": "unreadable: File is not a zip file"},
        {"file": "y/bundle.zip!a.zip", "dataset": None, "reason": "unreadable: File is not a zip file"},
    ]
    assert [(f["dataset"], f["severity"], f["count"]) for f in run.findings("unreadable_file")] == [
        (None, "warning", 2)
    ]


def test_another_report_inside_a_zip_is_read_as_what_its_own_name_says(tmp_path):
    """Also where the name of the zip alone fixes report and day."""
    stranger = dam_spp_name("2024-05-04")
    bodies = {stranger: [DAM_SPP_HEADER, "05/04/2024,01:00,HB_NORTH,40.5,N"]}
    files = {name(RT, "_csv.zip"): zip_bytes(bodies | {name(RT, ".csv"): RT_DAY})}
    run = run_beside_healthy(tmp_path, RT, files)
    assert run.ledger(RT, 2024) == BOTH_FILES_READ
    assert run.ledger(DAM, 2024) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.annual[DAM, 2024]["settlement_point_price"].to_list() == [40.5]
    assert run.report["files"]["rejected"] == []


def test_a_stranger_in_a_zip_that_is_opened_goes_to_its_own_report(tmp_path):
    members = {name(DAM, ".csv"): DAM_DAY, name(RT, ".csv"): RT_DAY}
    run = run_beside_healthy(tmp_path, DAM, {name(DAM, "_csv.zip"): zip_bytes(members)})
    assert run.ledger(DAM, 2024) == BOTH_FILES_READ
    assert run.ledger(RT, 2024) == HEALTHY_ONLY
    assert run.report["files"]["rejected"] == []


def test_what_is_no_report_is_listed_as_ignored(tmp_path):
    names = [
        "readme.txt",
        "a/prices.csv",
        f"b/{cdr(99999, '20240502.123000', 'SOMETHING.csv')}",
        f"c/{name(RT, '_xml.zip')}",
        f"c/{name(DAM, '.xml')}",
        "d/2d_Agg_AS_Offers-01-MAY-24.csv",
        "d/48h_Agg_Load-01-MAY-24.csv",
        "d/60d_dam_gen_resources_20241129_20241201.csv",
        "e/cdr.00012331.0000000000000000.20249902.123000.DAMSPNP4190.csv",
        f"f/{name(DAM, '.csv.part')}",
    ]
    run = run_beside_healthy(tmp_path, DAM, dict.fromkeys(names, "DeliveryDate,HourEnding\n05/02/2024,1\n"))
    assert run.report["files"] == {"ignored": sorted(names), "rejected": []}
    assert run.ledger(DAM, 2024) == HEALTHY_ONLY
    assert len(run.report["ledger"]) == 1
    found = [(f["severity"], f["count"], f["message"]) for f in run.findings("ignored")]
    assert found == [("info", len(names) - 1, f"{len(names) - 1} files of no known report")]
    assert [f["examples"] for f in run.findings("unclaimed_file")] == [[f"{names[-1]} (dam_spp)"]]


def test_an_unknown_zip_without_anything_in_it_is_not_dropped_silently(tmp_path):
    run = run_beside_healthy(tmp_path, DAM, {"x/empty.zip": zip_bytes({})})
    listed = run.report["files"]["ignored"] + [entry["file"] for entry in run.report["files"]["rejected"]]
    assert listed == ["x/empty.zip"]


def test_a_file_with_a_header_and_no_row_is_read_and_gives_an_empty_rollup(tmp_path):
    files = {dam_spp_name("2023-05-02"): f"{DAM_SPP_HEADER}\n", name(DAM, ".csv"): DAM_SPP_HEADER}
    run = run_beside_healthy(tmp_path, DAM, files)
    assert run.ledger(DAM, 2023) == (1, 1, 0, 0, 0, 0, 0, 0)
    assert run.annual[DAM, 2023].height == 0
    assert run.annual[DAM, 2023].schema == run.annual[DAM, 2024].schema
    assert run.ledger(DAM, 2024) == (2, 2, 0, 2, 2, 0, 0, 0)


@pytest.mark.parametrize("day", ["01/01/0001", "01/01/3992"])
def test_a_date_of_no_possible_year_does_not_found_a_rollup(tmp_path, day):
    rows = [DAM_SPP_HEADER, f"{day},01:00,HB_NORTH,1,N", "05/02/2024,01:00,HB_NORTH,2,N"]
    run = run_beside_healthy(tmp_path, DAM, {name(DAM, ".csv"): rows})
    assert list(run.annual) == [(DAM, 2024)]
    assert run.ledger(DAM, 2024) == (2, 2, 0, 4, 3, 0, 0, 1)
    assert run.reasons(DAM, 2024) == [(2, "foreign_day")]

"""Quotes: a line end within them is part of its row, and one that is not closed takes no other row with it."""

import pytest
from helpers import run_pipeline, write_raw

EOC = "60d_SCED_EOC_Updates_in_OpHour-10-APR-25.csv"
EOC_HEADER = "Delivery Date,Delivery Hour,Resource Name,Reason,Count of Updates During Operating Hour"


def run_eoc(tmp_path, content):
    """Run one file of curve updates, whose reasons are free text."""
    run = run_pipeline(write_raw(tmp_path / "raw", {EOC: content}), tmp_path / "out", ["sced_eoc_updates"])
    assert run.critical() == []
    frame = run.annual["sced_eoc_updates", 2025]
    return run, frame.select("hour_ending", "resource_name", "reason").rows()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("reason", ["fuel{0}price", "a{0}b{0}c, d", "{0}x", 'said ""no""{0}{0}twice', "a{0}1,2{0}b"])
def test_a_line_end_within_quotes_is_part_of_its_row(tmp_path, reason, end):
    """The rows after it bear the numbers of their own lines."""
    text = reason.format(end)
    rows = [f'02/09/2025,1,A,"{text}",3', "02/09/2025,2,A,x,3", "02/09/2025,3,A,x,n/a", "02/09/2025,4,A,y,1"]
    run, found = run_eoc(tmp_path, end.join([EOC_HEADER, *rows, ""]))
    plain = reason.format("\n").replace('""', '"').strip()
    assert found == [(1, "A", plain), (2, "A", "x"), (4, "A", "y")]
    assert run.ledger("sced_eoc_updates", 2025) == (1, 1, 0, 4, 3, 0, 0, 1)
    bad = "bad_number: count_of_updates_during_operating_hour"
    line = 4 + reason.count("{0}")
    assert run.rejected["sced_eoc_updates", 2025].rows() == [(EOC, line, "02/09/2025,3,A,x,n/a", bad)]


def test_a_rejected_row_of_several_lines_is_shown_whole_from_its_first_line(tmp_path):
    rows = ['02/09/2025,1,A,"one', "", 'two",n/a', "02/09/2025,2,A,x,3", '02/09/2025,26,"A', 'B",x,3']
    run, found = run_eoc(tmp_path, [EOC_HEADER, *rows])
    assert found == [(2, "A", "x")]
    assert run.ledger("sced_eoc_updates", 2025) == (1, 1, 0, 3, 1, 0, 0, 2)
    assert run.rejected["sced_eoc_updates", 2025].rows() == [
        (EOC, 2, '02/09/2025,1,A,"one\n\ntwo",n/a', "bad_number: count_of_updates_during_operating_hour"),
        (EOC, 6, '02/09/2025,26,"A\nB",x,3', "bad_hour"),
    ]


def test_a_line_end_in_the_first_field_is_part_of_its_row(tmp_path):
    name = "Settlement_Points_01012025_000000.csv"
    header = (
        "ELECTRICAL_BUS,NODE_NAME,PSSE_BUS_NAME,VOLTAGE_LEVEL,SUBSTATION,SETTLEMENT_LOAD_ZONE,RESOURCE_NODE,"
        "HUB_BUS_NAME,HUB,PSSE_BUS_NUMBER"
    )
    rows = ['"0001', 'B",N,P,138,S,LZ,,,,7', "0002,N,P,138,S,LZ,,,,8"]
    run = run_pipeline(write_raw(tmp_path / "raw", {name: [header, *rows]}), tmp_path / "out", ["settlement_points"])
    assert run.annual["settlement_points", 2025].select("electrical_bus", "psse_bus_number").rows() == [
        ("0001\nB", "7"),
        ("0002", "8"),
    ]


@pytest.mark.parametrize(
    ("rows", "lines", "kept"),
    [
        (['02/09/2025,1,A,"x,3', "02/09/2025,2,A,x,3", '02/09/2025,3,A,y",3'], [2], [2, 3]),
        (['02/09/2025,1,A,"x,3', "02/09/2025,2,A,x,3"], [2], [2]),
        (['02/09/2025,1,A,"x', "more", '02/09/2025,2,A"x,3'], [2, 3, 4], []),
        (['02/09/2025,1,A,"x', *["more"] * 98, 'end",3'], [], [1]),
        (['02/09/2025,1,A,"x', *["more"] * 99, 'end",3'], [*range(2, 103)], []),
    ],
    ids=["closed by a later row", "never closed", "not a whole row", "100 lines", "101 lines"],
)
def test_a_quote_that_is_not_closed_takes_no_other_row_with_it(tmp_path, rows, lines, kept):
    run, found = run_eoc(tmp_path, [EOC_HEADER, *rows])
    assert [hour for hour, _, _ in found] == kept
    assert [line for line, _ in run.reasons("sced_eoc_updates", 2025)] == lines
    count = len(lines) + len(kept)
    assert run.ledger("sced_eoc_updates", 2025) == (1, 1, 0, count, len(kept), 0, 0, len(lines))

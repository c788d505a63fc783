"""How hours without a flag are numbered is a matter of each file: on two days, by UTC and ledgers worked out by hand.

9 March 2025 starts at 06:00 UTC and has no 02:00 (08:00 UTC is 03:00 local). 3 November 2024 starts at 05:00 UTC, has
01:00 at 06:00 and again at 07:00 UTC, and ends at 06:00 UTC.
"""

from collections import Counter
from datetime import timedelta

import pytest
from helpers import run_pipeline, utc, write_raw
from turned_days import LONG_DAY, SHORT_DAY

from ercot.normalize.numbering import BY_CLOCK, COUNTED, UNSURE, by_labels

HEADER = "Delivery Date,Hour Ending,Resource Name,Resource Status"
HE03_ABSENT, HE02_ABSENT = [1, 2, *range(4, 25)], [1, 3, *range(4, 25)]
COUNTED_23, COUNTED_25 = list(range(1, 24)), list(range(1, 26))


def file_of(day, hours, names=("A",), mark="", status="ON", odd=()):
    """Return a 60-day file with a row of each resource an hour, and odd rows (hour, resource, or a whole line)."""
    rows = [f"{day[0]},{hour},{name},{status}" for hour in hours for name in names]
    rows += [row if isinstance(row, str) else f"{day[0]},{row[0]},{row[1]},{status}" for row in odd]
    return {f"60d_DAM_Gen_Resource_Data-{day[1]}{mark}.csv": [HEADER, *rows]}


def run_gen(tmp_path, day, *files):
    """Run files of one day; return the run, and (resource, hour) -> hours since the day's first."""
    merged = {name: lines for file in files for name, lines in file.items()}
    run = run_pipeline(write_raw(tmp_path / "raw", merged), tmp_path / "out", ["dam_gen"])
    assert run.critical() == []
    frame = run.annual["dam_gen", int(day[0][-4:])]
    assert (frame["interval_end"] - frame["interval_start"] == timedelta(hours=1)).all()
    rows = frame.select("resource_name", "hour_ending", "interval_start").rows()
    return run, {(name, hour): (start - day[2]) / timedelta(hours=1) for name, hour, start in rows}


def map_ordered(labels, names=("A",)):
    """Return the places of labels that follow each other without a gap."""
    return {(name, hour): place for place, hour in enumerate(labels) for name in names}


# --- two files of one day ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regular", [COUNTED_23, HE03_ABSENT, HE02_ABSENT], ids=["counted", "no HE03", "no HE02"])
@pytest.mark.parametrize("correction", [COUNTED_23, HE03_ABSENT, HE02_ABSENT], ids=["counted", "no HE03", "no HE02"])
def test_two_files_of_the_short_day_are_each_read_in_their_own_numbering(tmp_path, regular, correction):
    """The correction has other resources too, so that rows of both files are in the rollup."""
    first = file_of(SHORT_DAY, regular, names="AB")
    second = file_of(SHORT_DAY, correction, names="BC", mark="_CORRECTION", status="OFF")
    run, places = run_gen(tmp_path, SHORT_DAY, first, second)
    assert places == map_ordered(regular, "A") | map_ordered(correction, "BC")
    # of B, hours whose label is the same in both files differ by status too
    assert run.ledger("dam_gen", 2025) == (2, 2, 0, 4 * 23, 3 * 23, 0, 23, 0)
    assert run.reasons("dam_gen", 2025) == []


def test_two_files_of_the_long_day_are_each_read_in_their_own_numbering(tmp_path):
    first = file_of(LONG_DAY, range(1, 25), names="AB")
    second = file_of(LONG_DAY, COUNTED_25, names="BC", mark="_CORRECTION", status="OFF")
    run, places = run_gen(tmp_path, LONG_DAY, first, second)
    assert places == {("A", 1): 0} | map_ordered(COUNTED_25, "BC")
    assert run.ledger("dam_gen", 2024) == (2, 2, 0, 98, 51, 0, 1, 46)
    assert run.reasons("dam_gen", 2024) == [(line, "ambiguous_hour") for line in range(4, 50)]


def test_the_day_before_and_after_are_read_by_the_clock_beside_a_numbered_day(tmp_path):
    before, after = ("03/08/2025", "07-MAY-25", utc("2025-03-08T06")), ("03/10/2025", "09-MAY-25", utc("2025-03-10T05"))
    run, _ = run_gen(tmp_path, before, file_of(before, [2, 3, 24]), file_of(SHORT_DAY, COUNTED_23), file_of(after, [2]))
    frame = run.annual["dam_gen", 2025]
    starts = frame.select("interval_start").to_series().to_list()
    assert starts[:3] == [utc("2025-03-08T07"), utc("2025-03-08T08"), utc("2025-03-09T05")]
    assert starts[3:-1] == [SHORT_DAY[2] + timedelta(hours=i) for i in range(23)]
    assert starts[-1] == utc("2025-03-10T06")


# --- rows that are rejected for another reason ------------------------------------------------------------------------

WAYS_TO_SPOIL = {
    "bad_number: lsl": "{day},{hour},A,ON,x",
    "blank_key: resource_name": "{day},{hour},,ON,1",
    "ragged_line: 4 fields instead of 5": "{day},{hour},A,1",
    "ragged_line: 6 fields instead of 5": "{day},{hour},A,ON,1,",
    "bad_quotes": '{day},{hour},"A,ON,1',
    "nul_byte": "{day},{hour},A\0,ON,1",
}


@pytest.mark.parametrize("reason", WAYS_TO_SPOIL)
@pytest.mark.parametrize("hour", [1, 2, 3, 7, 23])
def test_a_rejected_row_counts_for_the_numbering_of_the_short_day(tmp_path, hour, reason):
    """Without the row of label 2 a file of 1..23 looked like one without HE02."""
    lines = [f"{SHORT_DAY[0]},{h},A,ON,1" for h in COUNTED_23]
    lines[hour - 1] = WAYS_TO_SPOIL[reason].format(day=SHORT_DAY[0], hour=hour)
    name = f"60d_DAM_Gen_Resource_Data-{SHORT_DAY[1]}.csv"
    run, places = run_gen(tmp_path, SHORT_DAY, {name: [f"{HEADER},LSL", *lines]})
    assert places == {("A", h): h - 1 for h in COUNTED_23 if h != hour}
    assert run.ledger("dam_gen", 2025) == (1, 1, 0, 23, 22, 0, 0, 1)
    assert run.reasons("dam_gen", 2025) == [(hour + 1, reason)]


@pytest.mark.parametrize("reason", WAYS_TO_SPOIL)
@pytest.mark.parametrize("hour", [1, 2, 25])
def test_a_rejected_row_counts_for_the_numbering_of_the_long_day(tmp_path, hour, reason):
    lines = [f"{LONG_DAY[0]},{h},A,ON,1" for h in COUNTED_25]
    lines[hour - 1] = WAYS_TO_SPOIL[reason].format(day=LONG_DAY[0], hour=hour)
    name = f"60d_DAM_Gen_Resource_Data-{LONG_DAY[1]}.csv"
    run, places = run_gen(tmp_path, LONG_DAY, {name: [f"{HEADER},LSL", *lines]})
    assert places == {("A", h): h - 1 for h in COUNTED_25 if h != hour}
    assert run.reasons("dam_gen", 2024) == [(hour + 1, reason)]


# --- stray labels -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["AB", "ABC", "ABCD"])
@pytest.mark.parametrize("stray", [24, 25])
def test_a_stray_label_moves_no_other_row_of_a_short_day_that_is_counted(tmp_path, stray, names):
    run, places = run_gen(tmp_path, SHORT_DAY, file_of(SHORT_DAY, COUNTED_23, names, odd=[(stray, "A")]))
    assert places == map_ordered(COUNTED_23, names)
    rows = 23 * len(names)
    assert run.ledger("dam_gen", 2025) == (1, 1, 0, rows + 1, rows, 0, 0, 1)
    assert run.reasons("dam_gen", 2025) == [(rows + 2, "bad_hour")]


def test_a_25_moves_no_other_row_of_a_short_day_of_one_row_an_hour(tmp_path):
    run, places = run_gen(tmp_path, SHORT_DAY, file_of(SHORT_DAY, [*COUNTED_23, 25]))
    assert places == map_ordered(COUNTED_23)
    assert run.reasons("dam_gen", 2025) == [(25, "bad_hour")]


@pytest.mark.parametrize("labels", [HE03_ABSENT, HE02_ABSENT], ids=["no HE03", "no HE02"])
@pytest.mark.parametrize("names", ["A", "ABC"])
def test_a_stray_25_moves_no_other_row_of_a_short_day_by_the_clock(tmp_path, labels, names):
    run, places = run_gen(tmp_path, SHORT_DAY, file_of(SHORT_DAY, labels, names, odd=[(25, "A")]))
    assert places == map_ordered(labels, names)
    assert run.reasons("dam_gen", 2025) == [(23 * len(names) + 2, "bad_hour")]


def test_a_stray_label_of_the_missing_hour_is_rejected_alone(tmp_path):
    run, places = run_gen(tmp_path, SHORT_DAY, file_of(SHORT_DAY, HE03_ABSENT, "ABC", odd=[(3, "A")]))
    assert places == map_ordered(HE03_ABSENT, "ABC")
    assert run.reasons("dam_gen", 2025) == [(71, "nonexistent_hour")]


@pytest.mark.parametrize("names", ["AB", "ABC"])
def test_a_stray_25_makes_no_numbering_of_the_long_day(tmp_path, names):
    """Which pass the labels after the first hour belong to is still not said: they are not guessed."""
    run, places = run_gen(tmp_path, LONG_DAY, file_of(LONG_DAY, range(1, 25), names, odd=[(25, "A")]))
    assert places == {(name, 1): 0 for name in names}
    rows = 24 * len(names)
    lost = [(line, "ambiguous_hour") for line in range(2 + len(names), rows + 2)]
    assert run.reasons("dam_gen", 2024) == [*lost, (rows + 2, "bad_hour")]
    assert run.ledger("dam_gen", 2024) == (1, 1, 0, rows + 1, len(names), 0, 0, rows + 1 - len(names))


def test_a_25_of_most_resources_is_an_hour(tmp_path):
    odd = [(25, "A"), (25, "B")]
    _, places = run_gen(tmp_path, LONG_DAY, file_of(LONG_DAY, range(1, 25), "ABC", odd=odd))
    assert places == map_ordered(range(1, 25), "ABC") | {("A", 25): 24, ("B", 25): 24}


def test_a_25_that_may_be_a_misprint_of_the_label_that_is_missing_is_not_guessed(tmp_path):
    labels = [25 if hour == 15 else hour for hour in range(1, 25)]
    run, places = run_gen(tmp_path, LONG_DAY, file_of(LONG_DAY, labels))
    assert places == {("A", 1): 0}
    expected = [(label + 1, "ambiguous_hour") for label in range(2, 25)]
    expected[13] = (16, "bad_hour")
    assert run.reasons("dam_gen", 2024) == expected


@pytest.mark.parametrize(
    "labels",
    [[1, *range(3, 24)], [1, 2, *range(4, 24)], [1, 2, 5, 6], [3]],
    ids=["no 2 and no 24", "no 3 and no 24", "few", "the missing hour alone"],
)
def test_what_fits_both_numberings_alike_is_not_guessed(tmp_path, labels):
    run, places = run_gen(tmp_path, SHORT_DAY, file_of(SHORT_DAY, labels))
    assert places == {("A", hour): hour - 1 for hour in labels if hour < 3}
    lost = [(line, "ambiguous_hour") for line, hour in enumerate(labels, start=2) if hour > 2]
    assert run.reasons("dam_gen", 2025) == lost
    assert run.ledger("dam_gen", 2025) == (1, 1, 0, len(labels), len(places), 0, 0, len(lost))


@pytest.mark.parametrize(
    ("spring", "rows", "expected"),
    [
        (True, {2: 9, 3: 9, 23: 9, 24: 4}, COUNTED),
        (True, {2: 9, 3: 4, 23: 9, 24: 9}, BY_CLOCK),
        (True, {2: 4, 3: 9, 23: 9, 24: 9}, BY_CLOCK),
        (True, dict.fromkeys(range(1, 25), 7), BY_CLOCK),
        (True, {2: 1, 3: 1, 24: 1}, UNSURE[True]),
        (True, {24: 1}, BY_CLOCK),
        (True, {}, UNSURE[True]),
        (False, {3: 5, 4: 5, 25: 2}, UNSURE[False]),
        (False, {3: 5, 4: 5, 25: 3}, COUNTED),
        (False, {3: 1, 25: 1}, COUNTED),
        (False, dict.fromkeys(range(1, 26), 1), COUNTED),
        (False, dict.fromkeys(range(2, 26), 1), UNSURE[False]),
        (False, {}, UNSURE[False]),
    ],
)
def test_the_numbering_that_most_rows_fit_decides(spring, rows, expected):
    assert by_labels(Counter(rows), spring) == expected


# --- reports of a file an interval ------------------------------------------------------------------------------------

RT_HEADER = "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice"


def interval_files(hours, flag=""):
    """Return a file for each quarter of some hours of 9 March 2025, named after its end."""
    files = {}
    for hour in hours:
        for quarter in (1, 2, 3, 4):
            end = f"20250309_{hour - 1 + quarter // 4:02d}{15 * quarter % 60:02d}"
            name = f"cdr.00012301.0000000000000000.{end.replace('_', '.')}02.SPPHLZNP6905_{end}.csv"
            row = f"03/09/2025,{hour},{quarter},A,HU,{hour}.{quarter}{',' + flag if flag else ''}"
            files[name] = [RT_HEADER + ",DSTFlag" * bool(flag), row]
    return files


@pytest.mark.parametrize(
    ("labels", "flag"), [(HE03_ABSENT, ""), (HE02_ABSENT, ""), (COUNTED_23, ""), (HE03_ABSENT, "N"), (HE02_ABSENT, "N")]
)
def test_files_of_one_interval_each_are_read_together(tmp_path, labels, flag):
    files = interval_files([hour for hour in labels if hour < 24], flag)
    if 24 in labels:  # the last quarter is in a file named after the next day
        row = f"03/09/2025,24,1,A,HU,24.1{',' + flag if flag else ''}"
        name = "cdr.00012301.0000000000000000.20250309.231502.SPPHLZNP6905_20250309_2315.csv"
        files[name] = [RT_HEADER + ",DSTFlag" * bool(flag), row]
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["rt_spp"])
    frame = run.annual["rt_spp", 2025]
    count = 92 if 24 not in labels else 89
    assert frame["interval_start"].to_list() == [SHORT_DAY[2] + timedelta(minutes=15 * i) for i in range(count)]
    assert frame["settlement_point_price"].to_list()[4] == labels[1] + 0.1
    assert run.ledger("rt_spp", 2025) == (count, count, 0, count, count, 0, 0, 0)

"""How a file numbers its quarter hours on a day on which the clock is set."""

from collections import Counter
from datetime import timedelta

import pytest
from helpers import run_pipeline, write_raw
from turned_days import LONG_DAY, SHORT_DAY

from ercot.normalize.numbering import BY_CLOCK, COUNTED, UNSURE, by_stamps

# --- metered energy, by the number of the quarter hour ----------------------------------------------------------------

SMNE = "Interval Time,Interval Number,Resource Code,Interval Value"


def clock_time(minutes):
    """Return the last second of the quarter hour that ends so many minutes after midnight on the wall."""
    return f"{(minutes * 60 - 1) // 3600:02d}:{(minutes * 60 - 1) // 60 % 60:02d}:59"


def smne_file(day, rows, mark=""):
    """Return a file of (number, minutes after midnight at its end on the wall, unit)."""
    lines = [f"{day[0]} {clock_time(end)},{number},{unit},{number}.25" for number, end, unit in rows]
    return {f"60d_SCED_SMNE_GEN_RES-{day[1]}{mark}.csv": [SMNE, *lines]}


def counted_rows(day, unit="A"):
    """Return the 92 or 100 rows of a day that counts its quarter hours, stamped by the wall."""
    if day is SHORT_DAY:
        return [(n, 15 * n + (60 if n > 8 else 0), unit) for n in range(1, 93)]
    return [(n, 15 * n - (60 if n > 8 else 0), unit) for n in range(1, 101)]


def by_clock_rows(day, unit="A"):
    """Return the rows of a day that numbers its quarter hours by the clock: 96 numbers, in March without 9..12."""
    return [(n, 15 * n, unit) for n in range(1, 97) if day is not SHORT_DAY or not 9 <= n <= 12]


def run_smne(tmp_path, day, *files):
    merged = {name: lines for file in files for name, lines in file.items()}
    run = run_pipeline(write_raw(tmp_path / "raw", merged), tmp_path / "out", ["sced_smne"])
    assert run.critical() == []
    frame = run.annual["sced_smne", int(day[0][-4:])]
    rows = frame.select("resource_code", "interval_number", "interval_start").rows()
    return run, {(unit, number): (start - day[2]) / timedelta(minutes=15) for unit, number, start in rows}


@pytest.mark.parametrize(("day", "count", "stray"), [(SHORT_DAY, 92, 93), (SHORT_DAY, 92, 96), (SHORT_DAY, 92, 97)])
def test_a_stray_number_moves_no_other_quarter_hour(tmp_path, day, count, stray):
    rows = [*counted_rows(day), (stray, 1440, "A")]
    run, places = run_smne(tmp_path, day, smne_file(day, rows))
    assert places == {("A", n): n - 1 for n in range(1, count + 1)}
    assert run.reasons("sced_smne", 2025) == [(count + 2, "bad_interval")]
    assert run.ledger("sced_smne", 2025) == (1, 1, 0, count + 1, count, 0, 0, 1)


def test_two_files_of_the_short_day_number_their_quarter_hours_each_in_its_own_way(tmp_path):
    first = smne_file(SHORT_DAY, counted_rows(SHORT_DAY, "A"))
    second = smne_file(SHORT_DAY, by_clock_rows(SHORT_DAY, "B"), mark="_CORRECTION")
    run, places = run_smne(tmp_path, SHORT_DAY, first, second)
    expected = {("A", n): n - 1 for n in range(1, 93)}
    assert places == expected | {("B", n): n - (1 if n < 9 else 5) for n, _, _ in by_clock_rows(SHORT_DAY)}
    assert run.ledger("sced_smne", 2025) == (2, 2, 0, 184, 184, 0, 0, 0)


def test_two_files_of_the_long_day_number_their_quarter_hours_each_in_its_own_way(tmp_path):
    """96 numbers by the clock do not say which pass of the repeated hour they leave out."""
    first = smne_file(LONG_DAY, counted_rows(LONG_DAY, "A"))
    second = smne_file(LONG_DAY, by_clock_rows(LONG_DAY, "B"), mark="_CORRECTION")
    run, places = run_smne(tmp_path, LONG_DAY, first, second)
    expected = {("A", n): n - 1 for n in range(1, 101)}
    assert places == expected | {("B", n): n - 1 for n in range(1, 5)}
    assert run.reasons("sced_smne", 2024) == [(line, "ambiguous_hour") for line in range(6, 98)]
    assert run.ledger("sced_smne", 2024) == (2, 2, 0, 196, 104, 0, 0, 92)


def test_stamps_that_fit_both_numberings_alike_decide_nothing(tmp_path):
    rows = [(1, 15, "A"), (20, 300, "A"), (21, 375, "A")]  # the second by the clock, the third counted
    run, places = run_smne(tmp_path, SHORT_DAY, smne_file(SHORT_DAY, rows))
    assert places == {("A", 1): 0}
    assert run.reasons("sced_smne", 2025) == [(3, "ambiguous_hour"), (4, "ambiguous_hour")]


@pytest.mark.parametrize(
    ("spring", "rows", "expected"),
    [
        (True, {1: 3, -1: 1}, COUNTED),
        (True, {1: 1, -1: 3}, BY_CLOCK),
        (True, {1: 2, -1: 2}, UNSURE[True]),
        (True, {0: 4}, COUNTED),
        (False, {1: 1}, COUNTED),
        (False, {-1: 1}, UNSURE[False]),
    ],
)
def test_the_numbering_that_most_stamps_fit_decides(spring, rows, expected):
    assert by_stamps(Counter(rows), spring) == expected

"""Reports without a repeated-hour flag on the days when the clock is set, against UTC worked out by hand."""

from datetime import timedelta

import pytest
from helpers import run_pipeline, utc, write_raw

FALL, SPRING = "11/03/2024", "03/09/2025"  # 25 hours from 05:00 UTC, 23 hours from 06:00 UTC
FALL_FILE, SPRING_FILE = "02-JAN-25", "08-MAY-25"
FALL_START, SPRING_START = utc("2024-11-03T05"), utc("2025-03-09T06")
FALL_END, SPRING_END = utc("2024-11-04T06"), utc("2025-03-10T05")

REPORTS = {
    "dam_gen": ("60d_DAM_Gen_Resource_Data", "Delivery Date,Hour Ending,Resource Name", "{day},{hour},A_G1"),
    "cop_snapshot": (
        "60d_COP_Adjustment_Period_Snapshot",
        "Delivery Date,QSE Name,Resource Name,Hour Ending",
        "{day},QAEN,A_G1,{hour:02d}:00",
    ),
    "sasm_gen_as_offers": (
        "60d_SASM_Generation_Resource_AS_Offers",
        "Delivery Date,SASM ID,Hour Ending,Resource Name",
        "{day},11/03/2024 01:30:13,{hour:02d},A_G1",
    ),
    "sced_eoc_updates": (
        "60d_SCED_EOC_Updates_in_OpHour",
        "Delivery Date,Delivery Hour,Resource Name,Reason,Count of Updates During Operating Hour",
        "{day},{hour},A_G1,x; y,2",
    ),
}


def run_hours(tmp_path, dataset, day, file, hours):
    """Run a file with one row an hour; return the run and the starts by hour."""
    stem, header, row = REPORTS[dataset]
    lines = [header, *(row.format(day=day, hour=hour) for hour in hours)]
    run = run_pipeline(write_raw(tmp_path / "raw", {f"{stem}-{file}.csv": lines}), tmp_path / "out", datasets=[dataset])
    assert run.critical() == []
    frame = run.annual[dataset, 2024 if day == FALL else 2025]
    assert (frame["interval_end"] - frame["interval_start"] == timedelta(hours=1)).all()
    return run, dict(zip(frame["hour_ending"], frame["interval_start"], strict=True))


def hours_from(start, labels):
    return {label: start + timedelta(hours=i) for i, label in enumerate(labels)}


@pytest.mark.parametrize("dataset", REPORTS)
def test_november_numbered_to_25_counts_hours(tmp_path, dataset):
    run, starts = run_hours(tmp_path, dataset, FALL, FALL_FILE, range(1, 26))
    assert starts == hours_from(FALL_START, range(1, 26))
    assert (starts[2], starts[3], starts[25]) == (utc("2024-11-03T06"), utc("2024-11-03T07"), utc("2024-11-04T05"))
    assert run.ledger(dataset, 2024) == (1, 1, 0, 25, 25, 0, 0, 0)


@pytest.mark.parametrize("dataset", REPORTS)
def test_november_labelled_to_24_tells_only_its_first_hour(tmp_path, dataset):
    run, starts = run_hours(tmp_path, dataset, FALL, FALL_FILE, range(1, 25))
    assert starts == {1: FALL_START}
    assert run.ledger(dataset, 2024) == (1, 1, 0, 24, 1, 0, 0, 23)
    assert run.reasons(dataset, 2024) == [(line, "ambiguous_hour") for line in range(3, 26)]
    assert run.findings("rejected_rows")[0]["severity"] == "warning"


@pytest.mark.parametrize("dataset", REPORTS)
@pytest.mark.parametrize(
    "labels",
    [range(1, 24), [1, 2, *range(4, 25)], [1, *range(3, 25)]],
    ids=["numbered to 23", "without hour 3", "without hour 2"],
)
def test_march_counts_hours_or_leaves_one_out(tmp_path, dataset, labels):
    run, starts = run_hours(tmp_path, dataset, SPRING, SPRING_FILE, labels)
    assert starts == hours_from(SPRING_START, labels)
    assert max(starts.values()) == utc("2025-03-10T04")
    assert run.ledger(dataset, 2025) == (1, 1, 0, 23, 23, 0, 0, 0)


def test_march_with_all_24_labels_has_one_hour_too_many(tmp_path):
    run, starts = run_hours(tmp_path, "dam_gen", SPRING, SPRING_FILE, range(1, 25))
    labels = [1, 2, *range(4, 25)]
    assert starts == hours_from(SPRING_START, labels)
    assert run.ledger("dam_gen", 2025) == (1, 1, 0, 24, 23, 0, 0, 1)
    assert run.reasons("dam_gen", 2025) == [(4, "nonexistent_hour")]


def test_hour_25_is_no_hour_of_any_other_day(tmp_path):
    stem, header, row = REPORTS["dam_gen"]
    lines = [header, *(row.format(day="11/04/2024", hour=hour) for hour in (24, 25))]
    run = run_pipeline(
        write_raw(tmp_path / "raw", {f"{stem}-03-JAN-25.csv": lines}), tmp_path / "out", datasets=["dam_gen"]
    )
    assert run.annual["dam_gen", 2024]["interval_start"].to_list() == [utc("2024-11-05T05")]
    assert run.reasons("dam_gen", 2024) == [(3, "bad_hour")]


# --- metered energy, by the number of the quarter hour ----------------------------------------------------------------

SMNE = "Interval Time,Interval Number,Resource Code,Interval Value"


def smne_rows(day, numbers, start, zone_hours):
    """Return rows as ERCOT stamps them: the last second of the quarter hour by the wall clock, without a flag."""
    rows = []
    for number in numbers:
        end = start + timedelta(minutes=15 * number, seconds=-1)
        local = end + timedelta(hours=zone_hours(end))
        rows.append(f"{local:%m/%d/%Y %H:%M:%S},{number},A_UNIT,{number}.25")
    assert all(row.startswith(day) for row in rows)
    return [SMNE, *rows]


def run_smne(tmp_path, file, lines, year):
    name = f"60d_SCED_SMNE_GEN_RES-{file}.csv"
    run = run_pipeline(write_raw(tmp_path / "raw", {name: lines}), tmp_path / "out", datasets=["sced_smne"])
    assert run.critical() == []
    return run, run.annual["sced_smne", year]


@pytest.mark.parametrize(
    ("day", "file", "count", "start", "end", "turn"),
    [
        ("05/02/2025", "01-JUL-25", 96, utc("2025-05-02T05"), utc("2025-05-03T05"), None),
        (FALL, FALL_FILE, 100, FALL_START, FALL_END, utc("2024-11-03T07")),
        (SPRING, SPRING_FILE, 92, SPRING_START, SPRING_END, utc("2025-03-09T08")),
    ],
    ids=["96", "100", "92"],
)
def test_metered_energy_goes_by_its_number(tmp_path, day, file, count, start, end, turn):
    summer_first = day == FALL

    def zone_hours(moment):
        if turn is None:
            return -5
        return -5 if (moment < turn) == summer_first else -6

    run, frame = run_smne(tmp_path, file, smne_rows(day, range(1, count + 1), start, zone_hours), start.year)
    assert frame["interval_start"].to_list() == [start + timedelta(minutes=15 * i) for i in range(count)]
    assert frame["interval_end"].to_list()[-1] == end
    assert frame["interval_number"].to_list() == list(range(1, count + 1))
    assert frame["interval_value"].to_list() == [i + 0.25 for i in range(1, count + 1)]
    assert run.ledger("sced_smne", start.year) == (1, 1, 0, count, count, 0, 0, 0)
    assert [gap for gap in run.findings("gap") if "intervals" in gap["message"]] == []


def test_equal_stamps_of_the_repeated_hour_are_told_apart_by_number(tmp_path):
    lines = [SMNE, f"{FALL} 01:14:59,5,A_UNIT,1.5", f"{FALL} 01:14:59,9,A_UNIT,2.5"]
    _, frame = run_smne(tmp_path, FALL_FILE, lines, 2024)
    assert frame["interval_start"].to_list() == [utc("2024-11-03T06"), utc("2024-11-03T07")]
    assert frame["interval_time_cpt"].n_unique() == 1


@pytest.mark.parametrize(
    ("day", "file", "number"), [("05/02/2025", "01-JUL-25", 97), (SPRING, SPRING_FILE, 93), (FALL, FALL_FILE, 101)]
)
def test_a_number_beyond_the_day_is_rejected(tmp_path, day, file, number):
    lines = [SMNE, f"{day} 00:14:59,1,A_UNIT,1.5", f"{day} 23:59:59,{number},A_UNIT,2.5"]
    year = int(day[-4:])
    run, frame = run_smne(tmp_path, file, lines, year)
    assert frame.height == 1
    assert run.reasons("sced_smne", year) == [(3, "bad_interval")]

"""What is expected and when: by publication lag, by the user's limits, SCED runs by count and by other datasets."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from archives import SPRING, dam, note, simulated
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.catalog.lags import LAGS, lag_of, last_due
from ercot.catalog.model import Coverage
from ercot.coverage.due import Limits
from ercot.coverage.times import times_lacking

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
CENTRAL = ZoneInfo("America/Chicago")


def gaps(tmp_path, files, datasets, **how) -> list[tuple]:
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", datasets, **how)
    return [(f["dataset"], f["year"], f["count"], f["examples"]) for f in run.findings("gap")]


# Publication lags


def test_every_dataset_that_promises_something_has_a_lag():
    for dataset in DATASETS.values():
        assert (lag_of(dataset) is None) == (dataset.coverage is Coverage.EVENTS), dataset.id
        assert dataset.coverage is Coverage.EVENTS or {source.name_day for source in dataset.sources} <= set(LAGS)


@pytest.mark.parametrize(
    ("name", "clock", "due"),
    [
        ("dam_spp", "2024-05-01T14:29", "2024-05-01"),
        ("dam_spp", "2024-05-01T14:30", "2024-05-02"),
        ("rt_spp", "2024-05-01T00:19", "2024-04-30"),
        ("rt_spp", "2024-05-01T00:20", "2024-05-01"),
        ("rt_lmp", "2024-05-01T00:10", "2024-05-01"),
        ("dam_gen", "2024-06-30T11:59", "2024-04-30"),  # 1 May is sixty days before 30 June
        ("dam_gen", "2024-06-30T12:00", "2024-05-01"),
        ("cop_snapshot", "2024-06-30T12:00", "2024-05-01"),
        ("peaker_net_margin", "2024-05-02T23:59", "2024-04-30"),
        ("peaker_net_margin", "2024-05-03T00:00", "2024-05-01"),
        ("dam_spp_yearly", "2025-01-31T23:59", "2023-12-31"),
        ("dam_spp_yearly", "2025-02-01T00:00", "2024-12-31"),
    ],
)
def test_the_last_day_that_is_due(name, clock, due):
    step = timedelta(minutes={"rt_spp": 15, "rt_lmp": 5}.get(name, 0))
    assert last_due(lag_of(DATASETS[name]), datetime.fromisoformat(clock), step) == date.fromisoformat(due)


def test_all_disclosures_of_a_current_archive_are_complete(tmp_path):
    """Each was said to miss the sixty days that ERCOT had not published yet: of thirty reports 1,800 false ones."""
    names = [d.id for d in DATASETS.values() if d.emil in ("NP3-966-ER", "NP3-965-ER", "NP1-301", "NP3-991-EX")]
    names = [name for name in names if DATASETS[name].last_day is None]
    assert len(names) == 29
    first = date(2026, 6, 1)
    files = simulated("dam_spp", first, first + 62 * DAY)
    for name in names:
        files |= simulated(name, first, first + DAY)  # published until 1 August, the last prices too
    assert gaps(tmp_path, files, [*names, "dam_spp"]) == []


def test_a_disclosure_is_due_after_sixty_days(tmp_path):
    first = date(2026, 6, 1)
    files = simulated("dam_gen", first, first + 4 * DAY) | simulated("dam_spp", first, first + 64 * DAY)
    gone = next(name for name in files if "Gen_Resource" in name and "01-AUG-26" in name)
    assert gaps(tmp_path, {name: data for name, data in files.items() if name != gone}, ["dam_gen", "dam_spp"]) == [
        ("dam_gen", 2026, 1, ["2026-06-02"])
    ]


def test_the_clock_is_the_newest_publication_of_any_file(tmp_path):
    files = dam("2024-05-01")
    assert gaps(tmp_path / "a", files, ["dam_spp"]) == []
    later = files | note("20240503.142959")
    assert gaps(tmp_path / "b", later, ["dam_spp"]) == [("dam_spp", 2024, 2, ["2024-05-02 to 2024-05-03"])]
    later = files | note("20240503.143000")
    assert gaps(tmp_path / "c", later, ["dam_spp"]) == [("dam_spp", 2024, 3, ["2024-05-02 to 2024-05-04"])]


def test_years_after_the_last_file_are_due_too(tmp_path):
    found = gaps(tmp_path, dam("2023-12-31") | note("20250101.000000"), ["dam_spp"])
    assert found == [
        ("dam_spp", 2024, 366, ["2024-01-01 to 2024-12-31"]),
        ("dam_spp", 2025, 1, ["2025-01-01"]),
    ]


def test_a_day_that_is_there_is_expected_whole_before_it_is_due(tmp_path):
    assert gaps(tmp_path, dam("2024-05-01", hours=range(1, 24)), ["dam_spp"]) == [
        ("dam_spp", 2024, 1, ["2024-05-01: 1 from 2024-05-02 04:00Z"])
    ]


def test_the_current_day_of_real_time_prices_is_expected_up_to_the_newest_publication(tmp_path):
    whole = simulated("rt_spp", date(2024, 5, 1), points=3)
    files = dict(list(whole.items())[:40])
    assert gaps(tmp_path / "a", files, ["rt_spp"]) == []
    gone = list(files)[30]
    assert "_20240501_0745" in gone
    left = {name: data for name, data in files.items() if name != gone}
    assert gaps(tmp_path / "b", left, ["rt_spp"]) == [("rt_spp", 2024, 1, ["2024-05-01: 1 from 2024-05-01 12:30Z"])]


def test_a_current_day_without_a_row_lacks_what_was_due(tmp_path):
    files = simulated("rt_spp", date(2024, 5, 1), points=3) | note("20240502.010600")
    assert gaps(tmp_path, files, ["rt_spp"]) == [("rt_spp", 2024, 4, ["2024-05-02: 4 from 2024-05-02 05:00Z"])]


def test_nothing_is_due_of_events(tmp_path):
    files = simulated("dam_spp_corrections", date(2024, 4, 2), points=3)
    assert gaps(tmp_path, files | note("20250101.000000"), ["dam_spp_corrections"]) == []


# Limits


def test_expectation_starts_and_ends_where_the_user_says(tmp_path):
    files = dam("2024-05-02", "2024-05-05") | note("20240601.000000")
    limits = Limits(date(2024, 5, 1), date(2024, 5, 7))
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["dam_spp"], limits=limits)
    (gap,) = run.findings("gap")
    assert gap["message"] == "5 operating days missing between 2024-05-01 and 2024-05-07"
    assert gap["examples"] == ["2024-05-01", "2024-05-03 to 2024-05-04", "2024-05-06 to 2024-05-07"]


def test_expectation_does_not_end_later_than_what_is_due(tmp_path):
    assert gaps(tmp_path, dam("2024-05-02"), ["dam_spp"], limits=Limits(None, date(2030, 1, 1))) == []


def test_days_before_the_expected_ones_lack_nothing(tmp_path):
    files = dam("2024-05-02", hours=range(1, 9)) | dam("2024-05-05")
    assert gaps(tmp_path, files, ["dam_spp"], limits=Limits(date(2024, 5, 5), None)) == []


def test_the_first_day_is_that_of_the_whole_tree_whatever_years_are_selected(tmp_path):
    files = dam("2023-12-30", "2023-12-31", "2024-01-03")
    assert gaps(tmp_path, files, ["dam_spp"], years={2024}) == [("dam_spp", 2024, 2, ["2024-01-01 to 2024-01-02"])]


# Files with a header only


def test_a_header_only_file_is_named_beside_the_gap(tmp_path):
    files = dam("2024-05-01", "2024-05-03") | {dam_spp_name("2024-05-02"): [DAM_SPP_HEADER]}
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["dam_spp"])
    (gap,) = run.findings("gap")
    assert gap["message"] == (
        "1 operating day missing between 2024-05-01 and 2024-05-03; of 1 day there is a file with a header only"
    )
    assert gap["examples"] == [f"2024-05-02: {dam_spp_name('2024-05-02')} has a header and no row", "2024-05-02"]


# SCED runs


def runs(day: date, every: int = 5, seconds: int = 13) -> list[datetime]:
    start = datetime(day.year, day.month, day.day, 5 if 3 < day.month < 11 else 6, tzinfo=UTC)
    return [start + timedelta(minutes=i, seconds=seconds) for i in range(0, 1440, every)]


def test_half_of_the_runs_of_a_day_are_missing():
    there = runs(date(2024, 6, 1), every=10)
    lacking = times_lacking(DATASETS["rt_lmp"], date(2024, 6, 1), there)
    assert lacking == [run.replace(second=0) + timedelta(minutes=5) for run in there]


@pytest.mark.parametrize("seconds", [0, 13, 150, 298])
def test_runs_at_any_second_are_complete(seconds):
    day = date(2024, 6, 1)
    assert times_lacking(DATASETS["rt_lmp"], day, runs(day, seconds=seconds)) == []


def test_a_run_may_slip_into_the_next_hour_and_one_may_be_added():
    day = date(2024, 6, 1)
    there = runs(day)
    there[36] -= timedelta(seconds=30)  # 02:59:43: that hour has thirteen, the next eleven
    assert times_lacking(DATASETS["rt_lmp"], day, [*there, there[100] + timedelta(minutes=2)]) == []


def test_one_run_of_each_hour_is_missing():
    there = [run for run in runs(date(2024, 6, 1)) if run.minute != 25]
    lacking = times_lacking(DATASETS["rt_lmp"], date(2024, 6, 1), there)
    assert (len(lacking), {time.minute for time in lacking}) == (24, {25})


def test_an_hour_without_runs_is_missing_alone():
    there = [run for i, run in enumerate(runs(date(2024, 6, 1))) if not 36 <= i < 48 and i != 100]
    lacking = times_lacking(DATASETS["rt_lmp"], date(2024, 6, 1), there)
    assert [time.hour for time in lacking] == [8] * 12


def test_quarter_hourly_snapshots_are_counted_by_their_cadence():
    there = runs(date(2024, 6, 1), every=15)
    assert times_lacking(DATASETS["sced_gen"], date(2024, 6, 1), there) == []
    assert len(times_lacking(DATASETS["sced_gen"], date(2024, 6, 1), there[::2])) == 48
    since = runs(date(2026, 6, 1), every=15)  # every run since the new market
    assert len(times_lacking(DATASETS["sced_gen"], date(2026, 6, 1), since)) == 192


def test_a_lost_run_is_named_where_another_dataset_has_it(tmp_path):
    files = simulated("rt_lmp", SPRING, points=2) | simulated("sced_system_lambda", SPRING)
    names = [name for name in files if "LMPSROSNODE" in name]
    assert gaps(tmp_path / "a", files, ["rt_lmp", "sced_system_lambda"]) == []
    gone = names[100]
    run = run_pipeline(
        write_raw(tmp_path / "raw", {name: data for name, data in files.items() if name != gone}),
        tmp_path / "out",
        ["rt_lmp", "sced_system_lambda"],
    )
    (gap,) = run.findings("gap")
    assert gap["message"].startswith("1 run missing on 1 day between")
    (time,) = next(w.times[SPRING] for w in run.due if w.dataset == "rt_lmp")
    local = time.astimezone(CENTRAL)
    assert f"NP6788_{local:%Y%m%d_%H%M%S}" in gone


def test_half_of_the_runs_are_counted_to_the_last_one_with_another_dataset(tmp_path):
    files = simulated("rt_lmp", SPRING, points=2) | simulated("sced_system_lambda", SPRING)
    half = set([name for name in files if "LMPSROSNODE" in name][1:-3:2])
    left = {name: data for name, data in files.items() if name not in half}
    ((dataset, year, count, _),) = gaps(tmp_path, left, ["rt_lmp", "sced_system_lambda"])
    assert (dataset, year, count) == ("rt_lmp", 2024, len(half))


def test_a_snapshot_of_a_quarter_hour_names_runs_and_not_the_other_way_round(tmp_path):
    """The disclosure has one run in three: it lacks nothing, and knows of a run that the prices lack."""
    files = simulated("rt_lmp", SPRING, points=2) | simulated("sced_gen", SPRING, points=2)
    names, until = ["rt_lmp", "sced_gen"], Limits(None, SPRING)
    assert gaps(tmp_path / "a", files, names, limits=until) == []
    snapshots = run_pipeline(tmp_path / "a" / "raw", tmp_path / "a" / "out", names).annual["sced_gen", 2024]
    run = snapshots["sced_timestamp"].unique().sort()[20].astimezone(CENTRAL)
    left = {name: data for name, data in files.items() if f"NP6788_{run:%Y%m%d_%H%M%S}" not in name}
    assert len(left) == len(files) - 1
    assert [g[:3] for g in gaps(tmp_path / "b", left, names, limits=until)] == [("rt_lmp", 2024, 1)]

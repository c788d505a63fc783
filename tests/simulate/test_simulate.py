"""The simulator: names, labels and text as ERCOT prints them, and a truth that stands on its own."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise

import polars as pl
import pytest
from simulated import FALL, PLAIN, RTC, SAMPLES, SPRING, a_day_of, ask, fields

from ercot.catalog import DATASETS
from ercot.simulate.files import file_bytes
from ercot.simulate.values.entities import settlement_points, site
from ercot.simulate.values.labels import slots_of
from ercot.simulate.values.table import day_table

# Labels


@pytest.mark.parametrize(
    ("dataset_id", "plain", "spring", "fall"),
    [("dam_spp", 24, 23, 25), ("rt_spp", 96, 92, 100), ("sced_smne", 96, 92, 100)],
)
def test_a_day_has_as_many_intervals_as_it_has_hours(dataset_id, plain, spring, fall):
    counted = [day_table(ask(dataset_id, day), day)["interval_start"].n_unique() for day in (PLAIN, SPRING, FALL)]
    assert counted == [plain, spring, fall]


def test_runs_come_every_five_minutes_with_a_few_extra():
    counted = [day_table(ask("rt_lmp", d), d)["sced_timestamp"].n_unique() for d in (PLAIN, SPRING, FALL)]
    assert 288 <= counted[0] <= 300
    assert 276 <= counted[1] <= 288
    assert 300 <= counted[2] <= 313


def test_disclosed_runs_are_quarter_hourly_until_co_optimization():
    before = day_table(ask("sced_gen", PLAIN, points=2), PLAIN)["sced_timestamp"].unique()
    after = day_table(ask("sced_gen", RTC, points=2), RTC)["sced_timestamp"].n_unique()
    runs = day_table(ask("rt_lmp", PLAIN, points=2), PLAIN)["sced_timestamp"].unique()
    assert (len(before), after >= 288) == (96, True)
    assert set(before) <= set(runs), "the same runs in every report"


def test_only_the_second_pass_is_flagged():
    table = day_table(ask("dam_spp", FALL, points=1), FALL)
    assert table["hour_ending"].to_list() == [1, 2, 2, *range(3, 25)]
    assert table.filter("dst_flag")["interval_start"].to_list() == [datetime(2024, 11, 3, 7, tzinfo=UTC)]
    text = [row[1::3] for row in fields(file_bytes(ask("dam_spp", FALL, points=1), FALL))[1:5]]
    assert text == [["01:00", "N"], ["02:00", "N"], ["02:00", "Y"], ["03:00", "N"]]


@pytest.mark.parametrize(
    ("labels", "hours"),
    [("clock", [1, 2, *range(4, 25)]), ("end", [1, *range(3, 25)]), ("numbered", list(range(1, 24)))],
)
def test_the_short_day_in_each_convention(labels, hours):
    table = day_table(ask("dam_gen", SPRING, points=1, spring_labels=labels), SPRING)
    assert table["hour_ending"].to_list() == hours
    assert table["interval_start"].to_list() == [datetime(2024, 3, 10, 6 + n, tzinfo=UTC) for n in range(18)] + [
        datetime(2024, 3, 11, n, tzinfo=UTC) for n in range(5)
    ]


def test_a_report_without_flag_numbers_the_long_day():
    table = day_table(ask("cop_snapshot", FALL, points=1), FALL)
    assert table["hour_ending"].to_list() == list(range(1, 26))
    assert fields(file_bytes(ask("cop_snapshot", FALL, points=1), FALL))[-1][3] == "25:00"


def test_the_flag_can_be_left_out_and_the_labels_kept():
    request = ask("dam_spp", FALL, points=1, flagged=False, fall_labels="flag")
    printed = fields(file_bytes(request, FALL))
    assert printed[0] == ["DeliveryDate", "HourEnding", "SettlementPoint", "SettlementPointPrice"]
    assert [row[1] for row in printed[1:4]] == ["01:00", "02:00", "02:00"]


@pytest.mark.parametrize(
    ("dataset_id", "day", "labels", "start"),
    [  # by hand: Central Standard Time is UTC - 6 h, Central Daylight Time UTC - 5 h
        ("rt_spp", PLAIN, {"hour_ending": 1, "delivery_interval": 1}, datetime(2024, 7, 4, 5)),
        ("rt_spp", PLAIN, {"hour_ending": 24, "delivery_interval": 4}, datetime(2024, 7, 5, 4, 45)),
        ("rt_spp", date(2024, 1, 15), {"hour_ending": 9, "delivery_interval": 3}, datetime(2024, 1, 15, 14, 30)),
        ("rt_spp", FALL, {"hour_ending": 2, "delivery_interval": 2, "dst_flag": False}, datetime(2024, 11, 3, 6, 15)),
        ("rt_spp", FALL, {"hour_ending": 2, "delivery_interval": 2, "dst_flag": True}, datetime(2024, 11, 3, 7, 15)),
        ("rt_spp", FALL, {"hour_ending": 3, "delivery_interval": 1}, datetime(2024, 11, 3, 8)),
        ("rt_spp", SPRING, {"hour_ending": 2, "delivery_interval": 4}, datetime(2024, 3, 10, 7, 45)),
        ("rt_spp", SPRING, {"hour_ending": 4, "delivery_interval": 1}, datetime(2024, 3, 10, 8)),
        ("sced_smne", FALL, {"interval_number": 9}, datetime(2024, 11, 3, 7)),
        ("sced_smne", FALL, {"interval_number": 100}, datetime(2024, 11, 4, 5, 45)),
    ],
)
def test_utc_starts_worked_out_by_hand(dataset_id, day, labels, start):
    table = day_table(ask(dataset_id, day, points=1), day)
    matching = table.filter(*(pl.col(name) == value for name, value in labels.items()))
    assert matching["interval_start"].to_list() == [start.replace(tzinfo=UTC)]


def test_the_stamps_of_runs_are_central_time_in_the_file_and_utc_in_the_truth():
    request = ask("rt_lmp", FALL, points=1)
    table, printed = day_table(request, FALL), fields(file_bytes(request, FALL))[1:]
    for (stamp, flag, *_), moment in zip(printed, table["sced_timestamp"], strict=True):
        local = datetime.strptime(stamp, "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC)
        late = flag == "Y" or local.hour >= 2
        assert (moment - local).total_seconds() == (6 if late else 5) * 3600


def test_slots_meet_without_gap():
    for dataset_id in ("dam_spp", "rt_spp"):
        for day in (PLAIN, SPRING, FALL):
            slots = slots_of(DATASETS[dataset_id], day)
            assert all(a.end == b.start for a, b in pairwise(slots))


# Text


@pytest.mark.parametrize("dataset_id", DATASETS)
def test_every_era_prints_its_header(dataset_id):
    dataset = DATASETS[dataset_id]
    for day in dataset.eras():
        printed = fields(file_bytes(ask(dataset_id, day, points=2), day))
        assert printed[0] == dataset.header_on(day)
        assert {len(row) for row in printed} == {len(printed[0])}


@pytest.mark.parametrize("dataset_id", DATASETS)
def test_rows_are_those_of_the_truth_and_keys_are_unique(dataset_id):
    dataset = DATASETS[dataset_id]
    day = a_day_of(dataset)
    table = day_table(ask(dataset_id, day, points=40), day)
    assert len(fields(file_bytes(ask(dataset_id, day, points=40), day))) == table.height + 1
    for column in dataset.columns:
        if column.required and column.name in table.columns:
            assert table[column.name].null_count() == 0, column.name
        if column.low is not None and column.name in table.columns:
            assert not (table[column.name] < column.low).any(), column.name
            assert not (table[column.name] > column.high).any(), column.name
    if dataset.key:
        assert not table.select(dataset.key).is_duplicated().any()


def test_the_printed_numbers_are_the_true_ones():
    for dataset_id in ("rt_spp", "sced_gen", "dam_shadow_prices"):
        request = ask(dataset_id, PLAIN, points=30)
        table, (header, *rows) = day_table(request, PLAIN), fields(file_bytes(request, PLAIN))
        numbers = {c.header_on(PLAIN): c.name for c in DATASETS[dataset_id].columns if c.kind.value == "float"}
        for place, text in enumerate(header):
            if text in numbers:
                printed = [float(row[place]) if row[place].strip() else None for row in rows]
                assert printed == table[numbers[text]].to_list(), text


@pytest.mark.parametrize(
    ("dataset_id", "day", "line"),
    [
        ("rt_spp", PLAIN, r"07/04/2024,1,1,[A-Z0-9_]+,[A-Z_]+,-?\d+(\.\d\d?)?,N"),
        ("rt_lmp", PLAIN, r"07/04/2024 00:00:\d\d,N,[A-Z0-9_]+,(?=.{12}$) *-?\d+\.\d\d"),
        ("dam_spp", PLAIN, r"07/04/2024,01:00,[A-Z0-9_]+, -?\d+(\.\d\d?)?,N"),
        ("dam_mcpc", PLAIN, r"07/04/2024,01:00,ECRS,\d+(\.\d\d?)?,N"),
        ("dam_gen", PLAIN, r'"07/04/2024","1",("[^"]*",){45}"[^"]*"'),
        ("dam_system_lambda", PLAIN, r"07/04/2024,1:00,-?[\d.]+,N"),
        ("sced_smne", PLAIN, r'"07/04/2024 00:14:59","1","[A-Z0-9_]+","[\d.]+"'),
        ("peaker_net_margin", PLAIN, r"07/04/2024 16:00:00, +\d+\.\d\d"),
        ("rt_mcpc", RTC, r"09/02/2026,1,1,N,ECRS,[\d.]+"),
    ],
)
def test_a_line_looks_like_ercots(dataset_id, day, line):
    assert re.fullmatch(line, file_bytes(ask(dataset_id, day), day).decode().splitlines()[1])


@pytest.mark.parametrize(
    ("dataset_id", "sample"),
    [
        ("rt_spp", "*/cdr.00012301.*20260929*.csv"),
        ("rt_lmp", "*/cdr.00012300.*20260625*.csv"),
        ("dam_spp", "*/cdr.00012331.*20260928*.csv"),
        ("dam_mcpc", "*/cdr.00012329.*.csv"),
        ("dam_gen", "*/60d_DAM_Gen_Resource_Data-21-FEB-25.csv"),
        ("dam_energy_bids", "*/60d_DAM_EnergyBids-21-FEB-25.csv"),
        ("sced_dsr_load", "*/60d_SCED_DSR_Load_Data-10-APR-25.csv"),
        ("cop_snapshot", "*/60d_COP_Adjustment_Period_Snapshot-01-JUL-25.csv"),
    ],
)
def test_lines_have_the_shape_of_real_ones(dataset_id, sample):
    if not SAMPLES.is_dir():
        pytest.skip("the folder of real samples is not beside this repository")
    real = next(SAMPLES.glob(sample)).read_text().splitlines()
    day = datetime.strptime(re.search(r"\d\d/\d\d/\d{4}", real[1])[0], "%m/%d/%Y").date()
    ours = file_bytes(ask(dataset_id, day, points=60), day).decode().splitlines()
    assert ours[0] == real[0]
    assert {_shape(line) for line in real[1:]} & {_shape(line) for line in ours[1:]}


def _shape(line: str) -> str:
    """Reduce a line to quotes, commas, leading blanks and kinds of characters."""
    return re.sub(r"(?<=,) +", "_", re.sub(r"-?[A-Za-z0-9_.]+", "x", re.sub(r'""', '"x"', line)))


# Entities and values


def test_points_are_as_many_as_asked_for_and_zones_come_twice():
    for count in (1, 2, 3, 10, 60, 950):
        pairs = settlement_points(count)
        assert len(set(pairs)) == count
        assert list(pairs) == sorted(pairs)
    kinds = {name: {kind for n, kind in settlement_points(950) if n == name} for name in ("LZ_NORTH", "DC_E")}
    assert kinds == {"LZ_NORTH": {"LZ", "LZEW"}, "DC_E": {"LZ_DC", "LZ_DCEW"}}
    assert len({site(n) for n in range(3000)}) == 3000


def test_prices_have_a_shape_and_some_are_negative():
    table = day_table(ask("rt_spp", PLAIN, points=200), PLAIN)
    by_hour = table.group_by("hour_ending").agg(pl.median("settlement_point_price")).sort("hour_ending")
    assert by_hour["settlement_point_price"].arg_max() + 1 in range(17, 22)
    assert 0.01 < (table["settlement_point_price"] < 0).mean() < 0.1


def test_wide_disclosures_are_sparse():
    table = day_table(ask("sced_gen", RTC, points=100), RTC)
    assert table["sced1_curve_price35"].null_count() == table.height
    assert 0 < table["sced1_curve_price5"].null_count() < table.height
    assert len(DATASETS["sced_gen"].header_on(RTC)) == 195


def test_reports_agree_with_each_other():
    market = day_table(ask("dam_mcpc", PLAIN), PLAIN).filter(ancillary_type="REGUP")
    awards = day_table(ask("dam_gen", PLAIN, points=40), PLAIN).drop_nulls("regup_mcpc")
    both = awards.join(market, on="interval_start")
    assert both.height > 100
    assert (both["regup_mcpc"] == both["mcpc"]).all()
    prices = day_table(ask("rt_spp", PLAIN, points=80), PLAIN)
    fixes = day_table(ask("rt_spp_corrections", PLAIN, points=80), PLAIN)
    both = fixes.join(prices, on=["interval_start", "settlement_point", "settlement_point_type"])
    assert both.height == fixes.height > 0
    assert (both["original"] == both["settlement_point_price"]).all()


def test_services_follow_the_day():
    before, after = (day_table(ask("dam_mcpc", date(2023, 6, d)), date(2023, 6, d)) for d in (9, 10))
    assert before["ancillary_type"].unique(maintain_order=True).to_list() == ["NSPIN", "REGDN", "REGUP", "RRS"]
    assert after.height == 5 * 24

"""Simulated file names: those that ERCOT gives."""

import re
from datetime import date, datetime

import pytest
from simulated import FALL, PLAIN, SPRING, ask, names

from ercot.simulate.files import files_of_day

# Names


def test_quarter_hours_are_named_by_their_end_and_published_two_minutes_later():
    found = names(ask("rt_spp", PLAIN))
    assert len(found) == 96
    pattern = r"cdr\.00012301\.0{16}\.(\d{8})\.(\d{6})\.SPPHLZNP6905_(\d{8})_(\d{4})\.csv"
    first, last = (re.fullmatch(pattern, found[n]) for n in (0, -1))
    assert (first[3], first[4], last[3], last[4]) == ("20240704", "0015", "20240705", "0000")
    assert last[1] == "20240705"
    assert "000100" <= last[2] < "000300"


def test_the_folder_is_the_title_that_ercot_gives_the_report():
    path = files_of_day(ask("rt_spp", PLAIN), PLAIN)[0].path
    assert path.startswith("Settlement_Point_Prices_at_Resource_Nodes,_Hubs_and_Load_Zones/cdr.")


def test_the_second_pass_of_the_repeated_hour_is_named_extra():
    found = names(ask("rt_spp", FALL))
    extra = [re.search(r"_(\d{8}_\d{4}xhr)", name)[1] for name in found if "xhr" in name]
    assert extra == ["20241103_0115xhr", "20241103_0130xhr", "20241103_0145xhr", "20241103_0200xhr"]
    assert len({re.search(r"SPPHLZ.*", name)[0] for name in found}) == 100


def test_no_name_holds_a_time_that_the_clock_skips():
    stamps = [re.search(r"_(\d{8})_(\d{4})", name)[2] for name in names(ask("rt_spp", SPRING))]
    assert "0145" in stamps
    assert stamps[stamps.index("0145") + 1] == "0300"
    assert not [stamp for stamp in stamps if stamp.startswith("02")]


def test_runs_are_named_by_their_second_and_published_two_seconds_later():
    found = names(ask("rt_lmp", PLAIN, points=2))
    inner = [
        re.fullmatch(r"cdr\.00012300\.0{16}\.(\d{8}\.\d{6})\.LMPSROSNODENP6788_(\d{8}_\d{6})\.csv", n) for n in found
    ]
    published, run = (datetime.strptime(inner[5][n].replace("_", "."), "%Y%m%d.%H%M%S") for n in (1, 2))
    assert (published - run).seconds == 2
    assert len({match[2][-2:] for match in inner}) > 3, "odd seconds"


@pytest.mark.parametrize(
    ("dataset_id", "day", "name"),
    [
        ("dam_spp", date(2024, 7, 4), "cdr.00012331.0000000000000000.20240703.123000.DAMSPNP4190.csv"),
        ("dam_mcpc", date(2024, 7, 4), "cdr.00012329.0000000000000000.20240703.123000.DAMCPCNP4188.csv"),
        ("dam_gen", date(2024, 12, 23), "60d_DAM_Gen_Resource_Data-21-FEB-25.csv"),
        ("sced_gen", date(2026, 7, 8), "60d_SCED_Gen_Resource_Data-06-SEP-26.csv"),
        ("cop_snapshot", date(2025, 5, 2), "60d_COP_Adjustment_Period_Snapshot-01-JUL-25.csv"),
        ("peaker_net_margin", date(2018, 8, 19), "cdr.00012348.0000000000000000.20180819.160000.PNMNP4790.csv"),
    ],
)
def test_a_daily_report_has_the_name_that_ercot_gave_it(dataset_id, day, name):
    assert names(ask(dataset_id, day)) == [name]


def test_an_older_name_can_be_asked_for():
    assert names(ask("cop_snapshot", date(2014, 9, 25), source=1)) == ["CompleteCOP_09252014.csv"]

"""Operating plans: without a header in the first years, and complete with all updates."""

from datetime import datetime

import pytest
from disclosed import quoted, run_of
from helpers import utc

COP_2014 = [
    quoted("09/25/2014", "QAEN", "DECKER_DPG1", "01:00", "OFF", "325", "50", "326", "49", "1", "2", "3", "4"),
    quoted("09/25/2014", "QAEN", "DECKER_DPG1", "24:00", "ON", "84.6", "50", "326", "49", "", "2", "3", "4"),
]
COP_2014_COLUMNS = ["high_sustained_limit", "low_sustained_limit", "high_emergency_limit", "low_emergency_limit"]
COP_2014_COLUMNS += ["reg_up", "reg_down", "rrs", "nspin"]


def test_a_plan_without_header_is_read_by_the_header_of_its_day(tmp_path):
    run = run_of(tmp_path, {"CompleteCOP_11242014.csv": COP_2014}, "cop_snapshot")
    frame = run.annual["cop_snapshot", 2014]
    assert frame["interval_start"].to_list() == [utc("2014-09-25T05"), utc("2014-09-26T04")]
    assert frame["status"].to_list() == ["OFF", "ON"]
    assert frame.select(COP_2014_COLUMNS).rows() == [
        (325.0, 50.0, 326.0, 49.0, 1.0, 2.0, 3.0, 4.0),
        (84.6, 50.0, 326.0, 49.0, None, 2.0, 3.0, 4.0),
    ]
    later = ["rrspfr", "rrsffr", "rrsufr", "ecrs", "minimum_soc", "maximum_soc", "hour_beginning_planned_soc"]
    assert all(frame[name].null_count() == 2 for name in later)
    assert run.ledger("cop_snapshot", 2014) == (1, 1, 0, 2, 2, 0, 0, 0)


@pytest.mark.parametrize("more", [1, 2])  # fourteen columns are of no era, fifteen of a later one
def test_a_plan_without_header_and_with_more_columns_is_refused(tmp_path, more):
    lines = [line + ',"9"' * more for line in COP_2014]
    run = run_of(tmp_path, {"CompleteCOP_11242014.csv": lines}, "cop_snapshot")
    assert run.ledger("cop_snapshot", 2014) == (1, 0, 1, 0, 0, 0, 0, 0)
    assert "no_header" in run.report["files"]["rejected"][0]["reason"]
    assert run.annual["cop_snapshot", 2014].height == 0


# --- names and containers ---------------------------------------------------------------------------------------------

PLAN = "Delivery Date,QSE Name,Resource Name,Hour Ending,Status,RRS,Cancel Flag,Update Time,Submit Time"


def test_complete_cop_is_all_updates_and_its_stamps_stay_local(tmp_path):
    files = {
        "60d_Complete_COP-08-FEB-19.csv": [
            PLAN,
            "12/10/2018,QAEN,A_UNIT1,7:00,ON,0,N,12/3/2018 11:41,12/3/2018 11:40",
            "12/10/2018,QAEN,A_UNIT1,7:00,ON,1.25,Y,12/3/2018 12:10,12/3/2018 11:41",
        ],
        "60d_COP_All_Updates-02-JAN-26.csv": [
            PLAN.replace("RRS,", "ECRS,"),
            "11/03/2025,QAEN,A_UNIT1,1:00,ON,0.50,N,11/02/2025 01:30:15,11/02/2025 01:30:14",
        ],
    }
    run = run_of(tmp_path, files, "cop_updates", "cop_snapshot")
    assert ("cop_snapshot", 2018) not in run.annual
    old, new = run.annual["cop_updates", 2018], run.annual["cop_updates", 2025]
    assert old["interval_start"].to_list() == [utc("2018-12-10T12")] * 2
    assert old["update_time_cpt"].to_list() == [datetime(2018, 12, 3, 11, 41), datetime(2018, 12, 3, 12, 10)]
    assert old["submit_time_cpt"].to_list() == [datetime(2018, 12, 3, 11, 40), datetime(2018, 12, 3, 11, 41)]
    assert old.select("rrs", "ecrs", "cancel_flag").rows() == [(0.0, None, "N"), (1.25, None, "Y")]
    assert new["update_time_cpt"].to_list() == [datetime(2025, 11, 2, 1, 30, 15)]
    assert new.select("rrs", "ecrs").row(0) == (None, 0.5)

"""The page on settlement points: its code gives each price the type, zone and hub of its point on its day."""

import re
from datetime import date
from pathlib import Path

import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_LMP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    rt_spp_name,
    run_pipeline,
    write_raw,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settlement_points.md"
HEADER = (
    "ELECTRICAL_BUS,NODE_NAME,PSSE_BUS_NAME,VOLTAGE_LEVEL,SUBSTATION,SETTLEMENT_LOAD_ZONE,"
    "RESOURCE_NODE,HUB_BUS_NAME,HUB,PSSE_BUS_NUMBER"
)
OLD_MAP = [
    HEADER,
    "B1,N,P,138,SUB,LZ_NORTH,RN_A,,,1",
    "B2,N,P,345,SUB,LZ_WEST,,HBUS,HB_WEST,2",
    "B3,N,P,345,SUB,LZ_WEST,RN_GONE,HBUS,HB_WEST,3",
]
NEW_MAP = [
    HEADER,
    "B1,N,P,138,SUB,LZ_SOUTH,RN_A,,,1",
    "B2,N,P,345,SUB,LZ_WEST,RN_B,HBUS,HB_WEST,2",
    "B3,N,P,345,SUB,LZ_NORTH,RN_B,,,3",
]
POINTS = ("HB_WEST", "LZ_WEST", "RN_A", "RN_B", "RN_GONE")
DAYS = ("2025-01-01", "2025-03-03", "2025-03-04")  # the map of 15 December 2024, its last day, the new map's first


def dam_file(day: str) -> list[str]:
    year, month, of_month = day.split("-")
    return [DAM_SPP_HEADER, *(f"{month}/{of_month}/{year},01:00,{p},{i}.0,N" for i, p in enumerate(POINTS))]


@pytest.fixture
def results(tmp_path, monkeypatch):
    files = {dam_spp_name(day): dam_file(day) for day in (*DAYS, "2024-12-14")}
    files |= {
        "Settlement_Points_12152024_101112.csv": OLD_MAP,
        "Settlement_Points_03042025_101112.csv": NEW_MAP,
        rt_spp_name("20250304_0015"): [RT_SPP_HEADER, *(f"03/04/2025,1,1,{p},X,1.0,N" for p in POINTS)],
        cdr(12300, "20250304.000015", "LMPSROSNODENP6788_20250304_000011.csv"): [
            RT_LMP_HEADER,
            *(f"03/04/2025 00:00:11,N,{p},1.0" for p in POINTS),
        ],
    }
    datasets = ["dam_spp", "rt_spp", "rt_lmp", "settlement_points"]
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "results", datasets=datasets)
    assert run.critical() == []
    monkeypatch.chdir(tmp_path)
    return run


def snippet() -> dict:
    """Run the code of the page in the current folder and return what it defines."""
    (code,) = re.findall(r"^```python\n(.+?)^```", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)
    defined: dict = {}
    exec(compile(code, PAGE.name, "exec"), defined)
    return defined


OLD = [("HU", None, "HB_WEST"), ("LZ", "LZ_WEST", None), ("RN", "LZ_NORTH", None), (None, None, None)]
OLD += [("RN", "LZ_WEST", "HB_WEST")]
NEW = [("HU", None, "HB_WEST"), ("LZ", "LZ_WEST", None), ("RN", "LZ_SOUTH", None), ("RN", "LZ_NORTH", "HB_WEST")]
NEW += [(None, None, None)]


def test_each_price_takes_the_posting_of_its_day(results):
    frame = snippet()["prices"].collect()
    assert frame["settlement_point"].to_list() == list(POINTS) * 3
    assert frame["settlement_point_price"].to_list() == [0.0, 1.0, 2.0, 3.0, 4.0] * 3
    assert frame["valid_from"].to_list() == [date(2024, 12, 15)] * 10 + [date(2025, 3, 4)] * 5
    assert frame.select("type", "zone", "hub").rows() == OLD + OLD + NEW


@pytest.mark.parametrize("dataset", ["rt_spp", "rt_lmp"])
def test_it_works_on_the_other_prices(results, dataset):
    page = snippet()
    frame = page["with_points"](results.annual[dataset, 2025].lazy(), page["points"]).collect()
    assert frame.select("type", "zone", "hub").rows() == NEW


def test_a_price_before_the_first_posting_has_no_zone(results):
    page = snippet()
    frame = page["with_points"](results.annual["dam_spp", 2024].lazy(), page["points"]).collect()
    assert frame.select("valid_from", "type", "zone", "hub").rows() == [(None,) * 4] * 5

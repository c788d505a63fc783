"""The way back from rows with corrected prices and from derived rows."""

import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    run_pipeline,
    write_raw,
)
from traced import line_at, raw_of

from ercot.core.files import write_json
from ercot.product.lineage import main, trace_derived
from ercot.rollup.derive import derive
from ercot.rollup.derived_tables import DERIVED
from ercot.workflow.settings import UserError

CORRECTION = "cdr.00013044.0000000000000000.2024060{}.120000.pricecorrection_DAM_SPP_20240603_to_20240603_NP4196.csv"
CORRECTED = "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag"


def test_a_corrected_price_leads_to_the_correction_too(tmp_path, capsys):
    row = "06/03/2024,5,HB_NORTH,5.00,6{0}.50,06/0{0}/2024 11:00:00,N"
    files = {CORRECTION.format(day): [CORRECTED, row.format(day)] for day in (4, 5)}
    published = {dam_spp_name("2024-06-03"): [DAM_SPP_HEADER, "06/03/2024,05:00,HB_NORTH,5.00,N"]}
    raw = write_raw(tmp_path / "raw", files | published)
    run_pipeline(raw, tmp_path / "out", ["dam_spp", "dam_spp_corrections"])
    write_json(tmp_path / "out/interim/run.json", {"raw_dir": str(raw)})
    main(
        ["dam_spp", "interval_start=2024-06-03T09:00Z", "settlement_point=HB_NORTH", "--results", str(tmp_path / "out")]
    )
    told = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(fate, file, number) for fate, file, number, *_ in told] == [
        ("written", dam_spp_name("2024-06-03"), "line 2"),
        ("correction", CORRECTION.format(5), "line 2"),
        ("correction", CORRECTION.format(4), "line 2"),
    ]
    with pytest.raises(SystemExit, match="does not say which raw folder it was made from: give --raw"):
        main(["dam_spp", "interval_start=2024-06-03T10:00Z", "--results", str(tmp_path / "other")])


# --- derived rollups and rejected rows -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    """An hour and a bit of real-time prices with a spoiled row, the day-ahead prices of that day, and their spread."""
    folder = tmp_path_factory.mktemp("derived lineage")
    quarters = [(7, q, f"2024060{3}.{6 if q < 4 else 7:02d}{15 * q % 60:02d}03") for q in range(1, 5)]
    quarters.append((8, 1, "20240603.071503"))
    files = {
        cdr(12301, stamp, f"SPP_{stamp[:8]}_{stamp[9:13]}.csv"): [
            RT_SPP_HEADER,
            f"06/03/2024,{hour},{quarter},HB_NORTH,HU,{hour}{quarter}.0,N",
            f"06/03/2024,{hour},{quarter},LZ_WEST,LZ,{'x' if quarter == 2 else ''}1.0,N",
        ]
        for hour, quarter, stamp in quarters
    }
    hours = [
        f"06/03/2024,{hour:02d}:00,{point},{hour}.5,N" for hour in range(1, 25) for point in ("HB_NORTH", "LZ_WEST")
    ]
    files[dam_spp_name("2024-06-03", "123000")] = [DAM_SPP_HEADER, *hours]
    write_raw(folder / "raw", files)
    made = run_pipeline(folder / "raw", folder / "results", ["dam_spp", "rt_spp"])
    for name in ("rt_spp_hourly", "dart_spread"):
        target = folder / "results/derived" / name / "2024.parquet"
        target.parent.mkdir(parents=True)
        sources = {
            s: folder / f"results/{'derived' if s in DERIVED else 'annual'}/{s}/2024.parquet"
            for s in DERIVED[name].sources
        }
        derive(DERIVED[name], 2024, sources, target)
    return made


HOUR = {"interval_start": "2024-06-03T11:00Z"}  # hour ending 7 in summer time


def test_a_derived_row_leads_to_the_raw_rows_of_all_its_sources(derived):
    found = trace_derived(
        raw_of(derived), derived.results, DERIVED["dart_spread"], HOUR | {"settlement_point": "HB_NORTH"}
    )
    assert [(row["dataset"], row["fate"], row["text"]) for row in found] == [
        *(("rt_spp", "written", f"06/03/2024,7,{quarter},HB_NORTH,HU,7{quarter}.0,N") for quarter in range(1, 5)),
        ("dam_spp", "written", "06/03/2024,07:00,HB_NORTH,7.5,N"),
    ]
    for row in found:
        assert line_at(raw_of(derived), row["file"], row["line"]) == row["text"]


def test_rejected_rows_that_name_the_key_are_shown_once(derived):
    found = trace_derived(
        raw_of(derived), derived.results, DERIVED["rt_spp_hourly"], HOUR | {"settlement_point": "LZ_WEST"}
    )
    assert [(row["fate"], row["text"]) for row in found] == [
        ("written", "06/03/2024,7,1,LZ_WEST,LZ,1.0,N"),
        ("rejected (bad_number: settlement_point_price)", "06/03/2024,7,2,LZ_WEST,LZ,x1.0,N"),
        ("written", "06/03/2024,7,3,LZ_WEST,LZ,1.0,N"),
        ("written", "06/03/2024,7,4,LZ_WEST,LZ,1.0,N"),
    ]


def test_a_key_of_which_there_is_a_rejected_row_alone_is_explained(derived, capsys):
    folders = ["--raw", str(raw_of(derived)), "--results", str(derived.results)]
    main(["rt_spp", "interval_start=2024-06-03T11:15Z", "settlement_point=LZ_WEST", *folders])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("rejected (bad_number: settlement_point_price)\t")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ({"settlement_point": "HB_NORTH"}, "give interval_start too"),
        ({"interval_start": "2024-06-03T23:00Z"}, "dart_spread has no row of 2024-06-03T23:00Z"),
        (HOUR | {"price": "1"}, "price is no key column of dart_spread"),
    ],
)
def test_mistakes_with_derived_rollups_are_told(derived, key, message):
    with pytest.raises(UserError, match=message):
        trace_derived(raw_of(derived), derived.results, DERIVED["dart_spread"], key)

"""Every row of a rollup leads back to its raw line, its rivals included; mistakes of the user are one line."""

import gzip
import io
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_LMP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    gzip_bytes,
    run_pipeline,
    write_raw,
    zip_bytes,
)

from ercot.catalog import DATASETS
from ercot.core.files import write_json
from ercot.product.lineage import main, trace, trace_derived
from ercot.rollup.derive import derive
from ercot.rollup.derived_tables import DERIVED
from ercot.tables.time_columns import time_key
from ercot.workflow.settings import UserError

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
LONG_DAY = [(hour, "N") for hour in (1, 2)] + [(2, "Y")] + [(hour, "N") for hour in range(3, 25)]
OFFERS_HEADER = "Delivery Date,Hour Ending,QSE,Generation Resource Name,PRICE1 REGUP"
OFFERS = "60d_DAM_Generation_Resource_ASOffers-01-JUL-25"


def day_ahead(bump: float = 0.0) -> list[str]:
    """Return the day on which the clock is set back; every third price depends on ``bump``."""
    rows = [
        f"11/03/2024,{hour:02d}:00,{point},{hour + bump * (hour % 3 == 0):.2f},{flag}"
        for hour, flag in LONG_DAY
        for point in ("HB_NORTH", "LZ_WEST")
    ]
    return [DAM_SPP_HEADER, *rows]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A tree of every wrapping, with a duplicate, a revision, a bad row, blank lines and CRLF."""
    folder = tmp_path_factory.mktemp("lineage")
    first, later = dam_spp_name("2024-11-03", "123000"), dam_spp_name("2024-11-03", "150000")
    crlf = "\r\n".join(["", day_ahead()[0], "", *day_ahead()[1:20], "bad", *day_ahead()[20:]])
    runs = [f"11/03/2024 01:05:{second},{flag},{p},{second}" for p in "AB" for second, flag in ((17, "N"), (18, "Y"))]
    quarter = "11/03/2024,24,4,HB_NORTH,HU,{},N"
    files = {
        f"a/{first}": crlf,
        f"b/{dam_spp_name('2024-11-03', '150000', '_csv.zip')}": zip_bytes({f"deep/{later}": day_ahead(0.5)}),
        f"c/{first}.gz": gzip_bytes(day_ahead()),
        "x/old.zip": zip_bytes(
            {
                "in.zip": zip_bytes({cdr(12300, "20241103.010519", "LMP_20241103_010517.csv"): [RT_LMP_HEADER, *runs]}),
                cdr(12301, "20241104.000002", "SPP_20241104_0000.csv"): [RT_SPP_HEADER, quarter.format(1.5)],
                cdr(12301, "20241104.000003", "SPP_20241104_0000.csv"): [RT_SPP_HEADER, quarter.format(1.5)],
            }
        ),
        f"{OFFERS}.csv": [OFFERS_HEADER, "05/02/2025,1,QA,GEN,1.0", "05/02/2025,1,QA,GEN,2.0"],
        f"{OFFERS}_CORRECTION.csv": [OFFERS_HEADER, "05/02/2025,1,QA,GEN,1.0", "05/02/2025,1,QA,GEN,3.0"],
    }
    write_raw(folder / "raw", files)
    return run_pipeline(folder / "raw", folder / "results", ["dam_spp", "rt_spp", "rt_lmp", "dam_gen_as_offers"])


def raw_of(built) -> Path:
    return built.results.parent / "raw"


def line_at(root: Path, label: str, number: int) -> str:
    """Return a line of a raw member, found by nothing but its name."""
    path, *steps = label.split("!")
    data = (root / path).read_bytes()
    for step in steps:
        data = zipfile.ZipFile(io.BytesIO(data)).read(step)
    if label.endswith(".gz"):
        data = gzip.decompress(data)
    return data.decode().replace("\r\n", "\n").split("\n")[number - 1]


def key_of(dataset, row: dict) -> dict[str, str]:
    """Return the key of a row as the command takes it."""
    names = dataset.key or (time_key(dataset),)
    return {name: row[name].isoformat() if hasattr(row[name], "isoformat") else row[name] for name in names}


PRICES = {
    "dam_spp": (3, "settlement_point_price", "{:.2f}"),
    "rt_lmp": (3, "lmp", "{:.0f}"),
    "rt_spp": (5, "settlement_point_price", "{}"),
}


@pytest.mark.parametrize("name", PRICES)
def test_the_named_line_holds_the_row(built, name):
    dataset, frame = DATASETS[name], built.annual[name, 2024]
    rows = list(frame.iter_rows(named=True))
    for row in random.Random(1).sample(rows, min(len(rows), 25)):
        found = trace(raw_of(built), built.results, dataset, key_of(dataset, row))
        assert [source["fate"] for source in found].count("written") == 1
        assert found[0]["fate"] == "written"
        place, column, form = PRICES[name]
        assert found[0]["text"].split(",")[place] == form.format(row[column])
        assert row["settlement_point"] in found[0]["text"]
        for source in found:
            assert line_at(raw_of(built), source["file"], source["line"]) == source["text"]


def test_every_raw_row_of_a_day_is_found_once(built):
    """All that the ledger counts as written, duplicate or superseded, each at a place of its own."""
    dataset = DATASETS["dam_spp"]
    found = []
    for (start,) in built.annual["dam_spp", 2024].select("interval_start").unique().rows():
        found += trace(raw_of(built), built.results, dataset, {"interval_start": start.isoformat()})
    fates = [source["fate"] for source in found]
    counted = built.ledger("dam_spp", 2024)
    assert tuple(fates.count(fate) for fate in ("written", "duplicate", "superseded")) == counted[4:7]
    assert len({(source["file"], source["line"]) for source in found}) == len(found) == counted[3] - counted[7]


def test_rivals_are_listed_with_their_fate_and_publication(built):
    key = {"interval_start": "2024-11-03T08:00Z", "settlement_point": "LZ_WEST"}
    found = trace(raw_of(built), built.results, DATASETS["dam_spp"], key)
    first, later = dam_spp_name("2024-11-03", "123000"), dam_spp_name("2024-11-03", "150000")
    assert [(s["fate"], s["published"], s["text"]) for s in found] == [
        ("written", "20241102150000000", "11/03/2024,03:00,LZ_WEST,3.50,N"),
        ("superseded", "20241102123000000", "11/03/2024,03:00,LZ_WEST,3.00,N"),
        ("superseded", "20241102123000000", "11/03/2024,03:00,LZ_WEST,3.00,N"),
    ]
    zipped = f"b/{dam_spp_name('2024-11-03', '150000', '_csv.zip')}!deep/{later}"
    assert [s["file"] for s in found] == [zipped, f"c/{first}.gz", f"a/{first}"], "equal files in reverse order"


def test_the_two_passes_of_the_repeated_hour_lead_to_two_lines(built):
    texts = [
        trace(raw_of(built), built.results, DATASETS["dam_spp"], {"interval_start": t, "settlement_point": "HB_NORTH"})[
            0
        ]
        for t in ("2024-11-03T06:00Z", "2024-11-03T07:00Z")
    ]
    assert [source["text"][-1] for source in texts] == ["N", "Y"]


def test_rows_without_a_key_are_found_by_their_time(built):
    found = trace(raw_of(built), built.results, DATASETS["dam_gen_as_offers"], {"interval_start": "2025-05-02T05:00Z"})
    assert [(s["fate"], s["text"][-3:], "CORRECTION" in s["file"]) for s in found] == [
        ("written", "1.0", True),
        ("written", "3.0", True),
        ("duplicate", "1.0", False),
        ("superseded", "2.0", False),
    ]


def test_the_command_prints_one_line_a_source(built, capsys):
    folders = ["--raw", str(raw_of(built)), "--results", str(built.results)]
    main(["rt_spp", "interval_start=2024-11-04T05:45:00+00:00", "settlement_point=HB_NORTH", *folders])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["written", "duplicate"]
    assert lines[0].endswith("line 2\tpublished 20241104000003000\t11/03/2024,24,4,HB_NORTH,HU,1.5,N")


MISTAKES = {
    "no such row": (["dam_spp", "interval_start=2024-11-03T08:00Z", "settlement_point=X"], "no raw row has that key"),
    "no such day": (["dam_spp", "interval_start=2019-11-03T08:00Z"], "no batch of dam_spp holds 2019-11-03"),
    "no time": (["dam_spp", "settlement_point=HB_NORTH"], "give interval_start too"),
    "bad time": (["dam_spp", "interval_start=yesterday"], "interval_start=yesterday is no time"),
    "no key column": (["dam_spp", "interval_start=2024-11-03T08:00Z", "price=1"], "price is no key column of dam_spp"),
    "no sign": (["dam_spp", "HB_NORTH"], "write HB_NORTH as column=value"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(built, mistake):
    arguments, message = MISTAKES[mistake]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--raw", str(raw_of(built)), "--results", str(built.results)])
    assert str(ended.value).startswith(f"ercot: {message}")
    assert "\n" not in str(ended.value)


def test_mistakes_reach_the_shell_without_a_traceback(tmp_path):
    command = [sys.executable, "-m", "ercot.cli", "lineage"]
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    for arguments in (["dam_spp", "interval_start=2024-11-03T08:00Z"], ["no_such", "a=b"], ["dam_spp"]):
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, env=environment, cwd=tmp_path)
        assert done.returncode != 0
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert len([line for line in done.stderr.splitlines() if not line.startswith(("usage:", " "))]) == 1


def test_a_raw_file_that_is_gone_is_a_mistake(built, tmp_path):
    with pytest.raises(UserError, match="is no key column"):
        trace(tmp_path, built.results, DATASETS["dam_spp"], {"nothing": "1"})
    key = {"interval_start": "2024-11-03T08:00Z"}
    with pytest.raises(UserError, match="cannot be used: unreadable: No such file or directory"):
        trace(tmp_path, built.results, DATASETS["dam_spp"], key)


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

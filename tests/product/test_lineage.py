"""Every row of a rollup leads back to its raw line, its rivals included; mistakes of the user are one line."""

import os
import random
import subprocess
import sys

import pytest
from helpers import (
    dam_spp_name,
)
from traced import SCRIPTS, key_of, line_at, raw_of

from ercot.catalog import DATASETS
from ercot.product.lineage import main, trace
from ercot.workflow.settings import UserError

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

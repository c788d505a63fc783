"""What is added in one place, or two, works everywhere: one of each is added to a copy of the library."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from ercot.core.code import LIBRARY

ROOT = LIBRARY.parents[1]
SUPPORT = ROOT / "tests/support"
# Runs a small tree through the library and prints what is known of each finding, gap and rejected row.
TRY = """
import json
from dataclasses import replace
from pathlib import Path
import polars as pl
import yaml
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw
from report_material import finding, facts_of, verified_year, window
from ercot.catalog import DATASETS
from ercot.catalog.clocks import Clock
from ercot.checks.accepted import read_entries
from ercot.coverage.causes import evidence_of, missing_with_causes
from ercot.coverage.wanted import wanted
from ercot.normalize.local_time import read_labels, to_utc
from ercot.raw.file_names import NameReader
from ercot.report.content import ReportInput, gather
from ercot.report.html.page import page
from ercot.workflow.settings import UserError, read_settings

def rows(day):
    month, number = day[5:7], day[8:]
    return [DAM_SPP_HEADER, *(f"{month}/{number}/2024,{hour:02}:00,HB_WEST,{hour}.0,N" for hour in range(1, 25))]

files = {dam_spp_name(day): rows(day) for day in ("2024-05-01", "2024-05-03")}
files[dam_spp_name("2024-05-03")][5] = "05/03/2024,05:00,HB_WEST,123456789.0,N"
run = run_pipeline(write_raw(Path("raw"), files), Path("out"), ["dam_spp"])
known = evidence_of(NameReader(DATASETS), [], run.plan.unclaimed, run.verified, [], lambda dataset, day: "")
missing = missing_with_causes(DATASETS, run.due, known)
by_halves = replace(DATASETS["rt_spp"], clock=Clock.HALF_HOUR)
printed = {"delivery_date": "05/01/2024", "hour_ending": "1", "delivery_interval": "2", "dst_flag": "N"}
usual = {"_counted": pl.lit(False), "_sure": pl.lit(24, dtype=pl.Int8), "_taken": pl.lit(False)}  # no hour is turned
placed = to_utc(by_halves, read_labels(by_halves, pl.DataFrame(printed)).with_columns(**usual))
defaults = yaml.safe_load(Path("config/config.yaml").read_text())
try:
    refused = read_settings(defaults | {"shown": 0}, DATASETS)
except UserError as mistake:
    refused = str(mistake)
content = gather(ReportInput(run.report, run.verified, run.due, ["dam_spp"], missing=missing), DATASETS)
print(json.dumps({
    "severities": {f["check"]: f["severity"] for f in run.report["findings"]},
    "reasons": run.rejected["dam_spp", 2024]["reason"].to_list(),
    "causes": [row["cause"] for row in wanted(DATASETS, missing, [], lambda dataset, day: "")],
    "page": page(content, []),
    "half_hour": placed.select(pl.col("interval_start", "interval_end").dt.to_string("iso:strict")).row(0),
    "shown": [read_settings(defaults, DATASETS).shown, refused],
    "accepted": len(read_entries([{"dataset": "dam_spp", "check": "too_round", "years": [2024], "reason": "r"}])),
}))
"""
ADDED = {
    # a check: its record, and the place that finds it
    "scripts/ercot/core/severity.py": (
        '    "revision": Check(',
        '    "too_round": Check("warning", "look twice"),\n    "revision": Check(',
    ),
    "scripts/ercot/checks/verify.py": (
        "    findings = [\n",
        '    findings = [\n        Finding(dataset.id, year, "too_round", 1, "prices are round"),\n',
    ),
    # a reason for rejecting a row: its sentence, and the place that knows
    "scripts/ercot/core/reasons.py": (
        "OF_ROWS = {\n",
        'OF_ROWS = {\n    "absurd_price": "no price can be that high",\n',
    ),
    "scripts/ercot/normalize/day_group.py": (
        "    if dataset.one_of:\n",
        '    yield "absurd_price", (frame["settlement_point_price"] > 1e6).fill_null(False)\n    if dataset.one_of:\n',
    ),
    # a cause of gaps: its record with the others, and when it holds
    "scripts/ercot/coverage/causes.py": (
        "CAUSES = (",
        'HOLIDAY = Cause("holiday", Action.DOWNLOAD, "of a holiday", "nobody\'s", "enjoy it")\nCAUSES = (HOLIDAY, ',
        "    checks = (\n",
        "    checks = (\n        (HOLIDAY, lambda: day.day == 2),\n",
    ),
    # a clock: its record, and how its labels are read
    "scripts/ercot/catalog/clocks.py": (
        "    RUN = ClockFacts(\n",
        """    HALF_HOUR = ClockFacts(
        name="half hour",
        meaning="operating day, hour ending and half",
        printed=("delivery_date", "hour_ending", "delivery_interval", "dst_flag"),
        columns=INTERVAL + HOUR_ENDING + (("delivery_interval", SMALL),) + DST_FLAG,
        key="interval_start",
        day="delivery_date",
        minutes=30,
    )
    RUN = ClockFacts(
""",
    ),
    "scripts/ercot/normalize/local_time.py": (
        "READINGS = {\n",
        "READINGS = {\n    Clock.HALF_HOUR: _of_interval(Clock.HALF_HOUR, read_hour, _intervals),\n",
    ),
    # a key of the configuration: its rule and meaning, and its default
    "scripts/ercot/workflow/settings.py": (
        "    accepted_findings: ",
        '    shown: int = field(metadata=key("Rows of a table.", type="integer", minimum=1))\n    accepted_findings: ',
    ),
    "config/config.yaml": ("fail_on: critical\n", "fail_on: critical\n\n# Rows of a table.\nshown: 12\n"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict:
    """Return what the changed library says of the small tree."""
    copy = tmp_path_factory.mktemp("copy")
    for part in ("scripts", "config"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for module, changes in ADDED.items():
        path = copy / module
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            text = path.read_text()
            assert text.count(old) == 1, module
            path.write_text(text.replace(old, new))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(copy / "scripts"), str(SUPPORT)])}
    call = [sys.executable, "-c", TRY]
    done = subprocess.run(call, cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
class TestOneOfEachIsAdded:
    def test_a_check_has_its_severity_and_its_advice_and_can_be_accepted(self, found):
        assert found["severities"]["too_round"] == "warning"
        assert found["accepted"] == 1
        assert "look twice" in found["page"]

    def test_a_reason_rejects_the_row_and_is_explained(self, found):
        assert found["reasons"] == ["absurd_price"]
        assert "no price can be that high" in found["page"]

    def test_a_cause_is_on_the_page_and_in_the_list(self, found):
        assert found["causes"] == ["holiday", "rejected_rows"]  # of the second, the hour of the third's rejected row
        assert "of a holiday" in found["page"]

    def test_a_clock_is_read(self, found):
        # the second half of the first hour; Central Daylight Time is UTC-5
        assert found["half_hour"] == ["2024-05-01T05:30:00.000000+00:00", "2024-05-01T06:00:00.000000+00:00"]

    def test_a_key_of_the_configuration_is_read_and_checked(self, found):
        assert found["shown"] == [12, "config: shown: 0 is less than the minimum of 1 (Rows of a table.)"]


@pytest.mark.slow
def test_a_folder_of_the_results_is_renamed_in_one_place(tmp_path):
    """Rules, jobs, the page, the database and the commands all take it from core/paths.py."""
    clone, raw, results = tmp_path / "clone", tmp_path / "raw", tmp_path / "results"
    clone.mkdir()
    for part in ("Snakefile", "rules", "scripts", "config", "envs", "profiles", "report", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, clone / part)
    paths = clone / "scripts/ercot/core/paths.py"
    paths.write_text(paths.read_text().replace('DERIVED_TABLES = "annual"', 'DERIVED_TABLES = "yearly"'))
    environment = os.environ | {"PYTHONPATH": str(clone / "scripts")}

    def run(*call: str) -> str:
        done = subprocess.run([sys.executable, "-m", *call], cwd=clone, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("ercot.simulate", str(raw), "--dataset", "dam_spp", "--from", "2024-05-01", "--points", "3")
    run("snakemake", "--cores", "2", "--config", f"raw_dir={raw}", f"results_dir={results}")
    assert [path.name for path in sorted((results / "yearly/dam_spp").iterdir())] == ["2024.parquet", "schema.json"]
    assert not (results / "annual").exists()
    query = (
        f"import duckdb; print(duckdb.connect('{results}/ercot.duckdb').sql('select count(*) from dam_spp').fetchall())"
    )
    asked = subprocess.run([sys.executable, "-c", query], capture_output=True, text=True)
    assert asked.stdout == "[(72,)]\n", asked.stderr
    assert "yearly/dam_spp" in (results / "reports/index.html").read_text()
    assert "  yearly/dam_spp/2024.parquet\n" in (results / "SHA256SUMS").read_text()

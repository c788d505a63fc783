"""Results explain themselves to somebody who has nothing but the folder: views, data package, checksums, an audit."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from frictionless import Package
from tests.workflow.conftest import DAYS, ROOT, Workspace, dam_spp, write_tree

from ercot.tables.row_groups import row_groups

pytestmark = pytest.mark.slow

CORRECTION = "cdr.00013044.0000000000000000.20240105.120000.pricecorrection_DAM_SPP_20240101_to_20240101_NP4196.csv"
CORRECTED = """DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag
01/01/2024,5,LZ_WEST,6.00,61.50,01/05/2024 11:00:00,N
"""
REVISED = DAYS[1]  # 2023-12-31, published at 12:30 and at 15:00 of the day before


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Workspace:
    """Four days of two reports, of which one was published twice and one price corrected."""
    workspace = Workspace(tmp_path_factory.mktemp("product"))
    write_tree(workspace.raw)
    name, text = dam_spp(REVISED, "150000", bump=100.0)
    (workspace.raw / name).write_text(text)
    (workspace.raw / CORRECTION).write_text(CORRECTED)
    run = workspace.snakemake()
    assert run.code == 0, run.text
    return workspace


@pytest.fixture
def copied(built, tmp_path) -> Workspace:
    shutil.copytree(built.path, tmp_path / "copy")
    return Workspace(tmp_path / "copy")


def ask(results: Path, query: str, folder: Path = Path("/")) -> list[tuple]:
    """Ask in a process that begins in another folder."""
    code = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).sql(sys.argv[2]).pl().write_json())"
    command = [sys.executable, "-c", code, str(results / "ercot.duckdb"), query]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [tuple(row.values()) for row in json.loads(done.stdout)]


# --- checksums and data package --------------------------------------------------------------------------------------


def test_every_table_has_its_checksum(built):
    lines = (built.results / "SHA256SUMS").read_text().splitlines()
    sums = {name: sha256 for sha256, name in (line.split("  ") for line in lines)}
    tables = [p for kind in ("annual", "rejected", "revisions") for p in (built.results / kind).rglob("*.parquet")]
    assert {path.relative_to(built.results).as_posix() for path in tables} <= set(sums)
    assert {"datapackage.json", "README.md", "schemas/registry.json", "reports/verification.json"} <= set(sums)
    for name, sha256 in sums.items():
        assert hashlib.sha256((built.results / name).read_bytes()).hexdigest() == sha256, name
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=built.results, check=True)


def test_the_data_package_is_valid_and_describes_every_rollup(built):
    described = json.loads((built.results / "datapackage.json").read_text())
    assert Package.validate_descriptor(described).valid
    resources = {resource["path"]: resource for resource in described["resources"]}
    files = sorted((built.results / "annual").rglob("*.parquet"))
    assert sorted(resources) == [path.relative_to(built.results).as_posix() for path in files]
    for path in files:
        resource = resources[path.relative_to(built.results).as_posix()]
        assert resource["bytes"] == path.stat().st_size
        assert resource["hash"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        assert resource["rows"] == pl.read_parquet(path).height
        assert [field["name"] for field in resource["schema"]["fields"]] == pl.read_parquet_schema(path).names()
    prices = resources["annual/dam_spp/2024.parquet"]["schema"]
    assert prices["primaryKey"] == ["interval_start", "settlement_point"]
    assert {f["name"]: f.get("unit") for f in prices["fields"]}["settlement_point_price"] == "$/MWh"


def test_a_rollup_explains_itself(built):
    raw = pq.read_metadata(built.results / "annual/dam_spp/2024.parquet").metadata[b"ercot"]
    told = json.loads(raw)
    assert (told["dataset"], told["report"]) == ("dam_spp", "NP4-190-CD")
    assert told["key"] == ["interval_start", "settlement_point"]
    price = next(column for column in told["columns"] if column["name"] == "settlement_point_price")
    assert (price["unit"], price["headers"]) == ("$/MWh", ["SettlementPointPrice"])


# --- the database ----------------------------------------------------------------------------------------------------


def test_views_hold_all_years_with_local_times_and_comments(built):
    count = "select count(*), min(interval_start_local), max(interval_start_local) from dam_spp"
    assert ask(built.results, count) == [(4 * 24 * 3, "2023-12-30 00:00:00", "2024-01-02 23:00:00")]
    comment = "select comment from duckdb_columns() where table_name = 'dam_spp' and column_name = '{}'"
    (told,) = ask(built.results, comment.format("settlement_point_price"))
    assert "[$/MWh]" in told[0]
    (title,) = ask(built.results, "select comment from duckdb_views() where view_name = 'dam_spp'")
    assert "NP4-190-CD" in title[0]
    sums = "sum(rows_written)::int, sum(rows_superseded)::int, bool_and(balanced)"
    ledger = f"select {sums} from ledger where dataset = 'dam_spp'"
    assert ask(built.results, ledger) == [(288, 72, True)]
    coverage = "select day::varchar, rows from coverage where dataset = 'dam_spp' order by day"
    assert ask(built.results, coverage) == [(day.isoformat(), 72) for day in DAYS]
    assert ask(built.results, "select count(*) >= 1 from findings where \"check\" = 'revision'") == [(True,)]


def test_after_a_move_a_variable_says_where_the_results_are(built, tmp_path):
    shutil.copytree(built.results, tmp_path / "it's moved")
    moved = duckdb.connect(str(tmp_path / "it's moved/ercot.duckdb"), read_only=True)
    moved.execute("set variable results = $1", [str(tmp_path / "it's moved")])
    shutil.rmtree(tmp_path / "it's moved/annual/dam_spp")
    with pytest.raises(duckdb.IOException, match="it's moved"):
        moved.sql("from dam_spp").fetchall()
    assert moved.sql("select count(*) from dam_mcpc").fetchall() == [(4 * 24 * 2,)]


def test_a_copy_does_not_read_another_state_of_the_results(built, tmp_path):
    """The folder that it was copied from is still there and has been built anew since."""
    for name in ("first", "copy"):
        shutil.copytree(built.results, tmp_path / name)
    later = tmp_path / "first/datapackage.json"
    later.write_text(later.read_text().replace('"rows": 144', '"rows": 145'))
    with duckdb.connect(str(tmp_path / "copy/ercot.duckdb"), read_only=True) as copy:
        copy.execute("set variable results = $1", [str(tmp_path / "first")])
        with pytest.raises(duckdb.InvalidInputException, match="do not belong together: set variable results"):
            copy.sql("select count(*) from dam_spp").fetchall()
        copy.execute("set variable results = $1", [str(tmp_path / "copy")])
        assert copy.sql("select count(*) from dam_spp").fetchall() == [(288,)]


def test_the_readme_of_the_folder_works_as_it_stands(built):
    """Its SQL and its command run as written, and name what is in the folder."""
    text = (built.results / "README.md").read_text()
    assert re.search(
        r"^\| dam_spp \| Day-ahead settlement point prices \| NP4-190-CD \| 2023 to 2024 \| 288 \|$", text, re.M
    )
    query, moved, as_of = re.findall(r"```sql\n(.*?)```", text, re.S)
    with duckdb.connect(str(built.results / "ercot.duckdb"), read_only=True) as database:
        database.execute(moved.replace("/where/this/folder/is/now", str(built.results)))
        assert database.sql(query).pl().height == 24
        assert database.sql(as_of).pl().height == 288
        assert database.sql("select count(*) > 3 from readme").fetchall() == [(True,)]
    (command,) = re.findall(r"```sh\nercot (.*?)\n```", text)
    call = [sys.executable, "-m", "ercot.cli", *command.split()]
    done = subprocess.run(call, cwd=built.results, capture_output=True, text=True)
    assert re.search(r"DAMSPNP4190\.csv\tline \d+\t.*HB_HOUSTON", done.stdout), done.stderr


def test_the_command_of_another_release_opens_it(built):
    command = [Path(sys.executable).with_name("duckdb"), "-readonly", "-csv", "-noheader"]
    query = "select count(*) from dam_spp_as_of(timestamp '2024-02-01')"
    done = subprocess.run([*command, built.results / "ercot.duckdb", query], cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "288"), done.stderr


def test_views_do_not_read_what_no_raw_file_stands_behind(copied):
    """A year left over from other raw files, damaged besides, which the run does not build and must not read."""
    for path in copied.raw.rglob("*20231*"):
        path.unlink()
    damaged = copied.results / "revisions" / "dam_spp" / "2023.parquet"
    damaged.write_bytes(damaged.read_bytes().replace(b"delivery_date", b"felivery_date"))
    for name in ("dam_spp", "dam_mcpc"):
        (copied.results / "annual" / name / "2023.parquet").write_bytes(b"damaged")
    run = copied.snakemake()
    assert "ercot: product" not in run.text, run.text  # a line that tells of an error
    findings = json.loads((copied.results / "reports/verification.json").read_text())["findings"]
    assert {finding["check"] for finding in findings if finding["severity"] == "critical"} == {"stale"}
    for rows in ("dam_spp", "dam_spp_as_of(timestamp '2024-02-01')"):
        assert ask(copied.results, f"select distinct year(delivery_date) as y from {rows}") == [(2024,)]
    then = copied.path / "then.parquet"
    done = as_of("dam_spp", "2024-02-01", "--results", copied.results, "--output", then)
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(then)["delivery_date"].dt.year().unique().to_list() == [2024]


# --- as of -----------------------------------------------------------------------------------------------------------


def as_of(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "ercot.cli", "as-of", *map(str, arguments)]
    library = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
    return subprocess.run(command, capture_output=True, text=True, env=library)


@pytest.mark.parametrize(
    ("moment", "rows", "revised", "corrected"),
    [
        ("2023-12-30 12:29:59", 288 - 72, None, 6.0),  # that day was not published yet
        ("2023-12-30 12:30:00", 288, 3.0, 6.0),  # hour 1 of AEEC, the third point: 1 + 2
        ("2023-12-30 14:59:59", 288, 3.0, 6.0),
        ("2023-12-30 15:00:00", 288, 103.0, 6.0),
        ("2024-01-05 10:59:59", 288, 103.0, 6.0),
        ("2024-01-05 11:00:00", 288, 103.0, 61.5),
    ],
)
def test_prices_as_of_a_publication_time(built, tmp_path, moment, rows, revised, corrected):
    done = as_of("dam_spp", moment, "--results", built.results, "--output", tmp_path / "then.parquet")
    assert done.returncode == 0, done.stderr
    then = pl.read_parquet(tmp_path / "then.parquet")
    assert then.height == rows
    price = pl.col("settlement_point_price")
    of_day = then.filter(delivery_date=REVISED, hour_ending=1).sort("settlement_point").select(price).to_series()
    first = of_day.first()
    assert first == revised
    of_point = then.filter(delivery_date=DAYS[2], hour_ending=5, settlement_point="LZ_WEST")
    assert of_point["settlement_point_price"].to_list() == [corrected]
    macro = duckdb.connect(str(built.results / "ercot.duckdb"), read_only=True)
    macro.execute("set timezone = 'UTC'")
    assert macro.sql(f"from dam_spp_as_of(timestamp '{moment}')").pl().equals(then)


def test_mistakes_in_one_line(built):
    for words, reason in ((("dam_xyz", "2024-01-01"), "no rollup of 'dam_xyz'"), (("dam_spp", "noon"), "is no time")):
        done = as_of(*words, "--results", built.results)
        assert done.returncode != 0
        assert (reason in done.stderr, done.stderr.count("\n")) == (True, 1)


def test_a_damaged_rollup_is_told_in_one_line(copied):
    (copied.results / "annual/dam_spp/2023.parquet").write_bytes(b"damaged")
    done = as_of("dam_spp", "2024-01-01", "--results", copied.results, "--output", copied.path / "then.parquet")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "annual/dam_spp/2023.parquet" in done.stderr
    assert not (copied.path / "then.parquet").exists()


# --- the audit -------------------------------------------------------------------------------------------------------


def test_the_audit_names_a_flipped_byte_and_builds_nothing(copied):
    run = copied.snakemake("audit")
    assert run.code == 0, run.text
    assert "files as written" in run.text
    path = copied.results / "annual/dam_spp/2023.parquet"
    content = bytearray(path.read_bytes())
    (group,) = row_groups(path)
    content[group.begin + group.length - 5] ^= 1  # in the last column
    path.write_bytes(content)
    run = copied.snakemake("audit")
    assert run.code != 0
    where = "annual/dam_spp/2023.parquet: row group 0, column settlement_point_price_original: the page checksum"
    assert where in run.text
    assert run.jobs == {"audit": 1}
    assert path.read_bytes() == bytes(content)
    path.unlink()
    assert "2023.parquet: cannot be read: No such file" in copied.snakemake("audit").text
    assert not path.exists()


def test_a_second_run_has_nothing_to_do_and_a_deleted_sum_comes_back(copied):
    assert "Nothing to be done" in copied.snakemake().text
    before = (copied.results / "SHA256SUMS").read_bytes()
    (copied.results / "SHA256SUMS").unlink()
    assert copied.snakemake().jobs == {"product": 1, "verdict": 1, "all": 1}
    assert (copied.results / "SHA256SUMS").read_bytes() == before

"""The Python and SQL of README.md and docs/product.md, run as they stand, on results that have what they name."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from tests.workflow.conftest import ROOT, Workspace

from ercot.simulate import Request
from ercot.simulate.files import files_of_day

pytestmark = pytest.mark.slow

DAY = date(2024, 6, 3)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Workspace:
    """A day of day-ahead and real-time prices, with one row that cannot be used."""
    workspace = Workspace(tmp_path_factory.mktemp("snippets"))
    for file in (f for name in ("dam_spp", "rt_spp") for f in files_of_day(Request(name, DAY, DAY, points=20), DAY)):
        path = workspace.raw / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    spoiled = sorted(workspace.raw.rglob("*SPPHLZNP6905_20240603_0815*"))[0]
    spoiled.write_text(spoiled.read_text().replace(",HB_NORTH,", ",,", 1))
    run = workspace.snakemake()
    assert run.code == 0, run.text
    return workspace


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def run(code: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readme_shows_rejected_rows_and_prices(built):
    rejected, prices = blocks("README.md", "python")
    shown = run(rejected, built.path)
    assert re.search(r"SPPHLZNP6905_20240603_0815\S* line \d+: blank_key: settlement_point: 06/03/2024,", shown)
    mean = duckdb.sql(
        f"select avg(settlement_point_price) from '{built.results}/annual/dam_spp/2024.parquet' "
        "where settlement_point = 'HB_HOUSTON'"
    ).fetchall()
    assert f"{mean[0][0]:.3f}"[:5] in run(prices, built.path)


def test_the_page_of_the_product_explains_and_asks(built):
    explained, asked = blocks("docs/product.md", "python")
    assert "('settlement_point_price', '$/MWh', ['SettlementPointPrice'])" in run(explained, built.path)
    shown = run(asked, built.path)
    assert "24 rows" in shown
    assert "Day-ahead price of the hour [$/MWh]" in shown


def test_the_sql_of_the_page_is_understood(built):
    (moved,) = blocks("docs/product.md", "sql")
    database = duckdb.connect(str(built.results / "ercot.duckdb"), read_only=True)
    database.execute(moved.replace("/data/results", str(built.results)))
    direct = duckdb.sql(f"select count(*) from '{built.results}/annual/dam_spp/2024.parquet'").fetchall()
    assert database.sql("select count(*) from dam_spp").fetchall() == direct

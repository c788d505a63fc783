"""The tutorial and the recipes, done as they are written, in a copy of the repository."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import polars as pl
import pytest
from patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"bench-data", "benchmarks", "data", "logs", "results", "tests"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\w+\.\w+)\n")  # a block whose first line names a file is to be saved under that name

pytestmark = pytest.mark.slow


class Reader:
    """Somebody who does what a page says and notes what the terminal prints."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}

    def follow(self, page: str) -> list[str]:
        """Save the files and run the commands of a page; returns what each block of commands printed."""
        printed = []
        for language, text in BLOCK.findall((ROOT / "docs" / page).read_text()):
            if named := FILE.match(text):
                (self.folder / named[1]).write_text(text)
            elif language == "sh":
                printed.append(self.run(text))
            else:
                assert language == "text", f"{page}: a {language} block that says no file name"
        return printed

    def run(self, commands: str) -> str:
        done = subprocess.run(
            ["sh", "-ec", commands],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        return done.stdout


def reader_in(clone: Path) -> Reader:
    """Return somebody with a clone in which `make setup` has been run: its Python is the one that runs the tests."""
    for part in ROOT.iterdir():
        if part.name not in LEFT_OUT and not part.name.startswith("."):
            copy = shutil.copytree if part.is_dir() else shutil.copy
            copy(part, clone / part.name)
    tools = clone / ".venv/bin"
    tools.mkdir(parents=True)
    for tool, call in (("python", ""), ("snakemake", " -m snakemake"), ("ercot", " -m ercot.cli")):
        (tools / tool).write_text(f'#!/bin/sh\nexec "{sys.executable}"{call} "$@"\n')
        (tools / tool).chmod(0o755)
    (clone / ".venv/.installed").touch()
    return Reader(clone)


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Reader:
    return reader_in(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def tutorial(reader) -> list[str]:
    return reader.follow("tutorial.md")


@pytest.fixture(scope="module")
def calls():
    """A web service that notes what it is told."""
    heard = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", heard
    server.shutdown()


def test_the_tutorial_ends_with_a_chart(reader, tutorial):
    chart = (reader.folder / "chart.svg").read_text()
    assert chart.startswith("<svg")
    assert "HB_HOUSTON, hourly prices" in chart
    assert chart.count("mark-line") >= 1
    *_, verification, widest, _, changed = tutorial
    assert verification.startswith("# ")
    assert "shape: (10, 4)" in widest
    assert "0 rows only in the old, 0 only in the new, 102 changed (settlement_point_price 102)" in changed


def test_the_recipes_work(reader, tutorial, calls):
    address, heard = calls
    reader.environment["WEBHOOK"] = address
    before = (reader.folder / "results/annual/rt_spp/2024.parquet").stat().st_mtime_ns
    told, new_year, moved = reader.follow("recipes.md")
    assert re.match(r"ERCOT, findings: \d+\n", told)
    assert [call["text"] for call in heard] == [told.strip()]
    assert "rt_spp 2024: 1 file rejected" in told, "the broken zip of the demo"
    assert "\nercot: failed: " in told
    assert new_year.splitlines()[-1] == "schema.json"
    added = pl.read_parquet(reader.folder / "results/annual/dam_spp/2025.parquet")
    assert added["delivery_date"].n_unique() == 2
    assert (reader.folder / "other-disk/ercot-results/annual/rt_spp/2024.parquet").stat().st_mtime_ns == before
    assert "Nothing to be done" in moved

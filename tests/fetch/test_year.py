"""A year of five products from a server with every fault, by runs that are killed on the way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from patience import PATIENCE

from ercot.catalog import DATASETS
from ercot.raw.receipts import classify, read_receipts

from .conftest import environment
from .handler import KEY, PASSWORD, USER
from .standin import FAULTS, Doc, Standin, by_month
from .world import CORRECTIONS, DAM, DATASET_IDS, DAY_AHEAD, NOT_POSTED, SCED, YEAR, read_documents, write_year

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MINUTE = 1.0  # seconds of a minute of the stand-in
KILLED_AT = (250, 1100)  # documents in the raw tree when a run is killed
APART = (("rt_spp", *CORRECTIONS), (*DAY_AHEAD, *DAM, *SCED))  # datasets of two fetches that run at once
PAGES, LIMITS = 60, {"NP6-905-CD": 40, "NP3-966-ER": 25, "NP3-965-ER": 25, "NP4-190-CD": 500}


class Fetches:
    """Runs of the fetch workflow on one raw tree."""

    def __init__(self, folder: Path, server: Standin):
        self.folder, self.server, self.raw = folder, server, folder / "raw"
        self.texts: list[str] = []

    def start(self, datasets: tuple[str, ...], *arguments: str, folder: str = "one") -> subprocess.Popen:
        (self.folder / folder).mkdir(exist_ok=True)
        keys = {"raw_dir": self.raw, "datasets": f"[{','.join(datasets)}]", "since": YEAR, "until": YEAR}
        keys |= {"calls_per_minute": 25 * 60 / MINUTE, "timeout_seconds": 1} | self.server.urls
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflows/fetch.smk"), "--cores", "2"]
        command += ["--workflow-profile", str(ROOT / "profiles/default")]
        command += ["--directory", str(self.folder / folder), *arguments, "--config"]
        command += [f"{key}={value}" for key, value in keys.items()]
        printed = (self.folder / f"{folder}.txt").open("a")
        return subprocess.Popen(
            command, cwd=ROOT, env=environment(self.folder), stdout=printed, stderr=printed, start_new_session=True
        )

    def run(self, datasets: tuple[str, ...], *arguments: str) -> tuple[int, str]:
        before = self.printed("one")
        code = self.start(datasets, *arguments).wait(PATIENCE)
        return code, self.printed("one").removeprefix(before)

    def printed(self, folder: str) -> str:
        path = self.folder / f"{folder}.txt"
        return path.read_text() if path.exists() else ""

    def files(self) -> dict[tuple[str, str], dict[str, bytes]]:
        """Return all files of the raw tree but the receipts, by product and month."""
        found = {}
        for path in self.raw.glob("NP*/*/*"):
            if path.name != "receipt.json":
                found.setdefault((path.parts[-3], path.parts[-2]), {})[path.name] = path.read_bytes()
        return found

    def kill_both_at(self, documents: int) -> None:
        """Let two fetches run at once, and kill them with all their jobs when so many documents are there."""
        runs = [self.start(datasets, folder=f"part{n}") for n, datasets in enumerate(APART)]
        deadline = time.monotonic() + PATIENCE
        while sum(1 for path in self.raw.glob("NP*/*/*.zip")) < documents:
            assert time.monotonic() < deadline
            assert any(run.poll() is None for run in runs), self.printed("part0") + self.printed("part1")
            time.sleep(0.02)
        for run in runs:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
            run.wait(PATIENCE)


@pytest.fixture(scope="module")
def documents(tmp_path_factory) -> list[Doc]:
    root = tmp_path_factory.mktemp("year")
    write_year(root)
    return read_documents(root)


@pytest.fixture(scope="module")
def fetched(documents, tmp_path_factory):
    """The raw tree after two kills and as many whole runs as it took, with what had to hold on the way."""
    server = Standin(documents, faults=FAULTS, minute=MINUTE, page_size=PAGES, limits=LIMITS)
    server.bundled, server.no_bundle = {"NP6-905-CD", "NP4-190-CD"}, {"2023-05", "2023-06", "2023-09"}
    server.start()
    fetches = Fetches(tmp_path_factory.mktemp("fetch"), server)
    ids = {(doc.emil, doc.month, doc.name): doc.doc_id for doc in documents}
    asked_again = []
    for documents_there in KILLED_AT:
        fetches.kill_both_at(documents_there)
        names = [(*place, name) for place, files in fetches.files().items() for name in files]
        there = {ids[name] for name in names if not name[-1].endswith(".part")}  # a write that the kill cut short
        asked_again.append((len(server.asked), there))
    ends = []
    for _ in range(3):
        ends.append(fetches.run(DATASET_IDS))
        if ends[-1][0] == 0:
            break
    yield fetches, server, asked_again, ends
    server.stop()


def test_it_ends_with_exactly_the_documents_of_the_server(fetched, documents):
    fetches, _, _, ends = fetched
    assert ends[-1][0] == 0, ends[-1][1]
    assert fetches.files() == by_month(documents)
    assert not (fetches.raw / ".fetch").exists()
    outside = {path.name for path in fetches.folder.iterdir()}
    assert outside == {"raw", "state", "one", "part0", "part1", "one.txt", "part0.txt", "part1.txt"}


def test_every_fault_was_met(fetched):
    _, server, _, _ = fetched
    assert {fault for fault in FAULTS if not server.fired[fault]} == set()


def test_the_account_keeps_its_pace(fetched):
    _, server, _, _ = fetched
    assert server.over_limit == 0
    assert server.most_calls_a_minute() <= 30


def test_nothing_is_asked_for_that_was_had(fetched):
    _, server, asked_again, _ = fetched
    for since, had in asked_again:
        assert len(had) > 200
        assert had & {doc_id for doc_id, _ in server.asked[since:]} == set()


def test_one_token_serves_all_jobs(fetched):
    _, server, _, _ = fetched
    assert server.logins <= server.fired["expired token"] + 2


def test_the_last_line_says_what_came_and_what_is_not_posted(fetched):
    _, _, _, ends = fetched
    lines = [line for line in ends[-1][1].splitlines() if line.startswith("ercot: ")]
    assert re.match(r"ercot: [\d,]+ documents? came \(", lines[-1])
    assert f"NP4-190-CD of {NOT_POSTED[0]}, {NOT_POSTED[1]}," in lines[-1]


def test_a_further_run_asks_for_nothing(fetched):
    fetches, server, _, _ = fetched
    before = len(server.calls)
    code, text = fetches.run(DATASET_IDS)
    assert code == 0
    assert "Nothing to be done" in text
    code, text = fetches.run(DATASET_IDS, "-n")
    assert code == 0
    assert "fetch_month" not in text
    assert len(server.calls) == before


def test_no_secret_is_in_any_file_output_or_address(fetched):
    fetches, server, _, _ = fetched
    for path in fetches.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (USER, PASSWORD, KEY):
                assert secret.encode() not in content, path
            if "secret" in content.decode("latin-1"):  # a token of the stand-in
                assert path.suffix == ".token"
                assert path.stat().st_mode & 0o077 == 0
                assert path.parent.stat().st_mode & 0o077 == 0
    assert len(list((fetches.folder / "state").rglob("*.token"))) == 1
    for address in server.addresses:
        assert not any(word in address for word in (PASSWORD, KEY, USER, "secret"))


def test_receipts_tell_the_days_that_were_not_posted(fetched):
    fetches, _, _, _ = fetched
    receipts = read_receipts(fetches.raw)
    for day in NOT_POSTED:
        assert classify(receipts, DATASETS["dam_spp"], day) == "not_posted"
    assert classify(receipts, DATASETS["dam_mcpc"], NOT_POSTED[0]) == "not_here"
    assert classify(receipts, DATASETS["dam_spp"], date(YEAR + 1, 3, 7)) == "not_here"


def test_the_workflow_on_it_reports_the_gaps_of_the_server_alone(fetched, tmp_path):
    fetches, _, _, _ = fetched
    keys = {"raw_dir": fetches.raw, "results_dir": tmp_path / "results", "datasets": "dam_spp", "years": YEAR}
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
    command += ["--directory", str(tmp_path), "--config", *(f"{k}={v}" for k, v in keys.items())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "results/reports/verification.json").read_text())
    assert not [name for name in report["files"]["ignored"] if "receipt" in name]
    assert report["files"]["rejected"] == []
    gaps = [f for f in report["findings"] if f["check"] == "gap"]
    assert len(gaps) == 1
    assert gaps[0]["count"] == len(NOT_POSTED)
    assert all(any(str(day) in str(example) for example in gaps[0]["examples"]) for day in NOT_POSTED)

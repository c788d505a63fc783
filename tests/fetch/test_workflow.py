"""The fetch workflow as a user meets it: what it asks for, what it says, how it ends."""

import json
import logging
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from patience import PATIENCE

from ercot.fetch.bar import FetchBar, telling
from ercot.fetch.settings import central_now

from .conftest import ACCOUNT, CALLS_PER_MINUTE, environment, interval_docs
from .handler import KEY, PASSWORD, USER
from .standin import FAULTS, by_month

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DOCS = interval_docs(datetime(2024, 8, 1, 0, 15), 30)


def run(folder: Path, *arguments: str, account: dict | None = None, **config):
    """Run the workflow in a folder as a user does; return the exit code, the text and its lines that are ours."""
    keys = {"raw_dir": folder / "raw", "datasets": "rt_spp", "since": "2024-08-01", "until": "2024-08-02"}
    keys |= {"calls_per_minute": CALLS_PER_MINUTE, "timeout_seconds": 60} | config
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflows/fetch.smk"), "--cores", "1"]
    command += ["--workflow-profile", str(ROOT / "profiles/default")]
    command += ["--directory", str(folder), *arguments, "--config", *(f"{key}={value}" for key, value in keys.items())]
    around = {name: value for name, value in environment(folder).items() if name not in ACCOUNT}
    around |= ACCOUNT if account is None else account
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, timeout=PATIENCE)
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    for secret in (USER, PASSWORD, KEY):
        assert secret not in text
    return done.returncode, text, [line for line in text.splitlines() if line.startswith("ercot: ")]


def test_a_month_and_the_same_again(tmp_path, serve):
    server = serve(DOCS)
    code, text, lines = run(tmp_path, **server.urls)
    assert code == 0, text
    assert lines[0].startswith("ercot: 1 month of 1 product: at most about 2,976 documents")
    assert lines[-1].startswith("ercot: 30 documents came (0.0 MB) in 1 month; not posted: NP6-905-CD of 2024-08-02")
    files = {path.name: path.read_bytes() for path in (tmp_path / "raw/NP6-905-CD/2024-08").glob("*.zip")}
    assert files == by_month(DOCS)["NP6-905-CD", "2024-08"]
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["NP6-905-CD"]
    assert json.loads((tmp_path / "raw/NP6-905-CD/2024-08/receipt.json").read_text())["complete"]

    calls = len(server.calls)
    code, text, lines = run(tmp_path, **server.urls)
    assert code == 0
    assert "Nothing to be done" in text
    assert lines[-1].startswith("ercot: nothing to fetch: all months asked for are complete")
    assert len(server.calls) == calls


def test_a_dry_run_lists_the_months_and_needs_neither_account_nor_server(tmp_path):
    code, text, _ = run(tmp_path, "-n", account={}, until="2024-09-10")
    assert code == 0, text
    assert "fetch NP6-905-CD 2024-08" in text
    assert "fetch NP6-905-CD 2024-09" in text
    assert not (tmp_path / "raw").exists()


def test_without_an_account_one_line(tmp_path):
    code, _, lines = run(tmp_path, account={})
    assert code != 0
    assert len(lines) == 1
    assert "register at https://apiexplorer.ercot.com" in lines[0]
    assert "source=mis" in lines[0]


def test_a_wrong_password_is_tried_once_for_all_jobs(tmp_path, serve):
    server = serve(DOCS)
    wrong = ACCOUNT | {"ERCOT_API_PASSWORD": "wr0ng-secret"}
    code, text, lines = run(tmp_path, account=wrong, until="2024-12-31", **server.urls)
    assert code != 0
    assert len(lines) == 1
    assert "ERCOT does not accept ERCOT_API_USERNAME and ERCOT_API_PASSWORD" in lines[0]
    assert "wr0ng-secret" not in text
    assert server.logins == 1


def test_a_document_that_cannot_be_had_fails_the_run_and_is_named(tmp_path, serve):
    server = serve(DOCS, never={DOCS[4].doc_id})
    code, text, lines = run(tmp_path, **server.urls)
    assert code != 0
    assert "29 documents came" in lines[-1]
    assert "1 document could not be had (first: listed, but the download fails: refused with status 404" in lines[-1]
    assert lines[-1].endswith("give the same command again: it asks only for what is missing")
    server.never.clear()
    code, text, lines = run(tmp_path, **server.urls)
    assert code == 0, text
    assert "1 document came" in lines[-1]


def test_an_outage_fails_the_run_in_one_line_a_job(tmp_path, serve):
    server = serve(DOCS)
    run(tmp_path, **server.urls)  # leaves a token behind
    server.stop()
    code, text, lines = run(tmp_path, since="2024-09-05", until="2024-09-06", **server.urls)
    assert code != 0
    assert "no connection to 127.0.0.1" in text
    assert "1 month not finished, as told above; give the same command again" in lines[-1]


def test_the_mis_alone_needs_no_account(tmp_path, serve):
    now = central_now()
    docs = interval_docs(now.replace(minute=0, second=0) - timedelta(days=1), 20)
    server = serve(docs, on_mis={doc.doc_id for doc in docs})
    day = (now - timedelta(days=1)).date()
    code, text, lines = run(
        tmp_path, account={}, source="mis", since=day - timedelta(days=400), until=day, **server.urls
    )
    assert code == 0, text
    assert "20 documents came" in lines[-1]
    assert "older postings are not there: NP6-905-CD from" in lines[-1]
    assert not server.calls


def test_days_of_which_nothing_is_left_are_a_mistake(tmp_path):
    code, _, lines = run(tmp_path, account={}, source="mis", since=2015, until=2015)
    assert code != 0
    assert len(lines) == 1
    assert "nothing of rt_spp from 2015-01-01 to 2015-12-31" in lines[0]


def test_lint_finds_nothing(tmp_path):
    code, text, _ = run(tmp_path, "--lint", account={})
    assert code == 0, text
    assert "good condition" in text


def test_every_fault_has_a_test_of_its_own():
    assert len(set(FAULTS)) == len(FAULTS) >= 19


def test_the_bar_shows_documents_bytes_and_time_left(tmp_path, monkeypatch):
    log = str(tmp_path / "a.log")
    monkeypatch.setenv("ERCOT_BARS", "1")
    bar = FetchBar({log: 500, str(tmp_path / "b.log"): 1500}, logging.getLogger("nobody"))
    said = []
    telling(said.append, log)(250, 250, 5_000_000)
    bar.look()
    (task,) = bar._bars.tasks
    assert task.fields["told"] == "250 of about 1,750 documents, 5.0 MB"
    assert (task.completed, task.total) == (250, 1750)
    assert not said


def test_elsewhere_a_job_says_now_and_then_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.delenv("ERCOT_BARS", raising=False)
    monkeypatch.setattr("ercot.fetch.bar.LINE_SECONDS", 0)
    said = []
    telling(said.append, str(tmp_path / "a.log"))(10, 250, 5_000_000)
    assert said == ["10 of 250 documents, 5.0 MB"]
    assert not os.listdir(tmp_path)

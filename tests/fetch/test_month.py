"""A month from the stand-in, one fault at a time: it ends with the server's documents, byte for byte."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from patience import PATIENCE

from ercot.catalog.products import PRODUCTS
from ercot.fetch.month import fetch_month
from ercot.fetch.servers.clients import open_clients
from ercot.fetch.servers.lookup import Lookup
from ercot.fetch.store import Place
from ercot.workflow.settings import UserError

from . import handler
from .conftest import ACCOUNT, NOW, environment, interval_docs
from .standin import FAULTS, SCHEDULE, by_month

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DOCS = interval_docs(datetime(2024, 8, 1, 0, 15), 90)
TRUTH = by_month(DOCS)["NP6-905-CD", "2024-08"]
ODD = {"bundle lacks one", "bundle refused"}  # these meet bundles alone
RARE = {*ODD, "single web page"}


def receipt(desk, month="2024-08"):
    return json.loads((desk.raw_dir / "NP6-905-CD" / month / "receipt.json").read_text())


def test_a_month_without_faults(desk, serve):
    server = serve(DOCS, page_size=40, limits={"NP6-905-CD": 25})
    came = desk.fetch(server)
    assert (came.came, came.listed, came.failed, came.complete) == (90, 90, 0, True)
    assert desk.files() == TRUTH
    paths = [path for _, _, path in server.calls]
    assert paths.count("archive/np6-905-cd") == 3  # pages of 40
    assert paths.count("archive/np6-905-cd/download") == 4  # batches of 25


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_on_its_own(desk, serve, monkeypatch, fault):
    first, every = SCHEDULE.get(fault, (1, 2))
    monkeypatch.setitem(SCHEDULE, fault, (1 if fault in RARE else min(first, 2), max(every, 3)))
    monkeypatch.setattr(handler, "NOT_READY_EACH", 41)
    bundled = {"NP6-905-CD"} if fault in ODD else set()
    faults = ("lacks one", fault) if fault == "single web page" else (fault,)
    server = serve(DOCS, faults=faults, page_size=40, limits={"NP6-905-CD": 25}, bundled=bundled)
    for _ in range(2):  # of a document that is not ready the second run has to take care
        came = desk.fetch(server)
        if came.complete:
            break
    assert server.fired[fault], "the fault was never met"
    assert came.complete, came
    assert desk.files() == TRUTH
    assert not server.over_limit
    assert not list((desk.raw_dir / ".fetch").rglob("*.part"))
    assert not list(desk.raw_dir.parent.glob("cdr*")), "a name led out of the raw tree"


def test_an_old_month_comes_as_a_bundle(desk, serve):
    server = serve(DOCS, bundled={"NP6-905-CD"})
    assert desk.fetch(server).complete
    assert desk.files() == TRUTH
    assert {document["via"] for document in receipt(desk)["documents"]} == {"bundle"}
    assert not [path for _, _, path in server.calls if path == "archive/np6-905-cd/download"]


def test_the_receipt_says_what_is_there(desk, serve):
    server = serve(DOCS)
    desk.fetch(server)
    content = receipt(desk)
    assert (content["emil"], content["month"], content["complete"]) == ("NP6-905-CD", "2024-08", True)
    assert content["listed_until"] == "2024-09-01T00:00:00"
    assert [d["posted"] for d in content["documents"]] == [d.posted.isoformat() for d in DOCS]
    for document, doc in zip(content["documents"], DOCS, strict=True):
        assert document["doc_id"] == doc.doc_id
        assert document["name"] == doc.name
        assert document["bytes"] == len(doc.data)
        assert document["sha256"] == hashlib.sha256(doc.data).hexdigest()
        assert document["via"] == "archive"


def test_a_document_that_cannot_be_had_is_in_the_receipt_and_asked_for_again(desk, serve):
    lost = DOCS[7].doc_id
    server = serve(DOCS, never={lost}, limits={"NP6-905-CD": 60})
    came = desk.fetch(server)
    assert (came.came, came.failed, came.complete) == (89, 1, False)
    assert "404" in came.reason
    (absent,) = [d for d in receipt(desk)["documents"] if "sha256" not in d]
    assert absent["doc_id"] == lost
    assert "404" in absent["reason"]
    assert receipt(desk)["complete"] is False

    server.never.clear()
    before = len(server.asked)
    assert desk.fetch(server).complete
    assert {doc_id for doc_id, _ in server.asked[before:]} == {lost}
    assert desk.files() == TRUTH


def test_many_that_fail_do_not_cost_a_call_each(desk, serve):
    server = serve(DOCS, never={doc.doc_id for doc in DOCS})
    came = desk.fetch(server)
    assert came.failed == 90
    assert len(server.calls) < 110


def test_what_could_not_be_had_before_comes_last(desk, serve, monkeypatch):
    monkeypatch.setattr("ercot.fetch.month.PATIENCE", 8)
    server = serve(DOCS[:40], never={doc.doc_id for doc in DOCS[:25]})
    had = [desk.fetch(server).had for _ in range(14)]
    assert had[0] < 15  # patience ran out among those that cannot be had
    assert had[-1] == 15
    assert desk.files() == {doc.name: doc.data for doc in DOCS[25:40]}


def test_a_file_that_was_deleted_is_asked_for_again(desk, serve):
    server = serve(DOCS, page_size=40)
    early = datetime(2024, 8, 20)  # the month still grows: it is not complete
    assert not desk.fetch(server, now=early).complete
    (desk.raw_dir / "NP6-905-CD/2024-08" / DOCS[3].name).unlink()
    before = len(server.asked)
    desk.fetch(server, now=early)
    assert [doc_id for doc_id, _ in server.asked[before:]] == [DOCS[3].doc_id]
    assert desk.files() == TRUTH


def test_a_complete_month_costs_no_call(desk, serve):
    server = serve(DOCS)
    desk.fetch(server)
    clients = open_clients(desk.settings(server), with_api=True)
    lookup = Lookup(True, 1000, {}, (), NOW)
    before = len(server.calls)
    place = Place(desk.raw_dir, "NP6-905-CD", "2024-08")
    assert fetch_month(place, PRODUCTS["NP6-905-CD"], lookup, clients, 1000.0, NOW, lambda *_: None).complete
    assert len(server.calls) == before


@pytest.mark.parametrize(
    ("now", "complete"),
    [("2024-08-20T00:00:00", False), ("2024-09-02T00:00:00", False), ("2024-09-04T00:00:00", True)],
)
def test_a_month_is_complete_three_days_after_it_ended(desk, serve, now, complete):
    server = serve(DOCS)
    now = datetime.fromisoformat(now)
    assert desk.fetch(server, now=now).complete is complete
    assert receipt(desk)["listed_until"] == min(now, datetime(2024, 9, 1)).isoformat()


def test_postings_of_the_last_second_and_of_the_first_of_the_next_month(desk, serve):
    edge = [datetime(2024, 8, 31, 23, 59, 59, 910_000), datetime(2024, 9, 1)]
    docs = [replace(doc, posted=posted) for doc, posted in zip(DOCS[:2], edge, strict=True)]
    server = serve(docs)
    desk.fetch(server)
    assert set(desk.files()) == {docs[0].name}
    desk.fetch(server, "2024-09")
    assert set(desk.files("2024-09")) == {docs[1].name}


def test_two_documents_of_one_name_are_both_kept(desk, serve):
    docs = [DOCS[0], replace(DOCS[1], name=DOCS[0].name), replace(DOCS[2], name=DOCS[0].name, data=DOCS[0].data)]
    server = serve(docs)
    assert desk.fetch(server).complete
    names = [DOCS[0].name, f"{docs[1].doc_id}.{DOCS[0].name}", f"{docs[2].doc_id}.{DOCS[0].name}"]
    assert desk.files() == dict(zip(names, (doc.data for doc in docs), strict=True))


def test_the_newest_days_come_from_the_mis_joined_by_id(desk, serve):
    newest = {doc.doc_id for doc in DOCS[-10:]}
    server = serve(DOCS, on_mis={doc.doc_id for doc in DOCS[-30:]}, not_in_api=newest)
    came = desk.fetch(server, now=datetime(2024, 8, 3))
    assert (came.came, came.failed) == (90, 0)
    assert desk.files() == TRUTH
    via = {document["doc_id"]: document["via"] for document in receipt(desk)["documents"]}
    assert {doc_id for doc_id, way in via.items() if way == "mis"} == newest


def test_the_mis_has_what_the_api_lists_and_cannot_give_yet(desk, serve):
    late = DOCS[-1].doc_id
    server = serve(DOCS, never={late}, on_mis={late}, limits={"NP6-905-CD": 30})
    came = desk.fetch(server, now=datetime(2024, 8, 3))
    assert came.failed == 0
    assert desk.files() == TRUTH


def test_without_an_account_the_mis_gives_what_it_shows(desk, serve, monkeypatch):
    for name in ACCOUNT:
        monkeypatch.delenv(name)
    server = serve(DOCS, on_mis={doc.doc_id for doc in DOCS[-30:]})
    came = desk.fetch(server, source="mis", now=datetime(2024, 8, 6))
    assert desk.files() == {doc.name: doc.data for doc in DOCS[-30:]}
    assert not came.complete
    assert not server.calls
    assert server.logins == 0


def test_nightly_fetches_from_the_mis_add_up_to_a_complete_month(desk, serve):
    server = serve(DOCS[:20])
    for day, complete in ((2, False), (8, False), (14, False), (20, False), (26, False)):
        now = datetime(2024, 8, day, 1)
        server.on_mis = {doc.doc_id for doc in DOCS if now - timedelta(days=7) < doc.posted <= now}
        assert desk.fetch(server, source="mis", now=now).complete is complete
    server.on_mis = set()
    assert not desk.fetch(server, source="mis", now=datetime(2024, 9, 1)).complete
    assert desk.fetch(server, source="mis", now=datetime(2024, 9, 5)).complete
    assert desk.files() == {doc.name: doc.data for doc in DOCS[:20]}


def test_a_hole_between_two_fetches_from_the_mis_leaves_the_month_open(desk, serve):
    server = serve(DOCS[:9], on_mis={doc.doc_id for doc in DOCS[:9]})
    desk.fetch(server, source="mis", now=datetime(2024, 8, 5))
    for now in (datetime(2024, 8, 20), datetime(2024, 9, 5)):
        assert not desk.fetch(server, source="mis", now=now).complete


def test_the_api_alone_will_do_while_the_mis_gives_no_answer(desk, serve):
    server = serve(DOCS[:20], mis_down=True)
    assert desk.fetch(server, now=datetime(2024, 8, 3)).came == 20


def test_a_product_that_nobody_can_be_asked_for_is_a_mistake(desk, serve):
    server = serve(DOCS[:20], in_api={"NP4-190-CD"})
    with pytest.raises(UserError, match="leave source at auto"):
        desk.fetch(server, source="api")
    assert not (desk.raw_dir / "NP6-905-CD").exists()


def test_batches_are_as_large_as_bytes_allow(desk, serve, monkeypatch):
    size = len(DOCS[0].data)
    monkeypatch.setattr("ercot.fetch.month.RESPONSE_BYTES", 30.5 * size)
    monkeypatch.setattr("ercot.fetch.month.BUNDLE_BYTES", 89 * 1000)  # the month is expected to have 90 times 1000
    server = serve(DOCS, bundled={"NP6-905-CD"})
    assert desk.fetch(server).complete
    paths = [path for _, _, path in server.calls]
    assert "bundle/np6-905-cd/download" not in paths
    first = int(30.5 * size // 1000)  # by the expected size; then by that of those that came
    assert paths.count("archive/np6-905-cd/download") == 1 + -(-(90 - first) // 30)


def test_two_processes_do_not_fetch_the_same_month_twice(desk, serve):
    server = serve(DOCS)
    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(lambda _: desk.fetch(server).came, range(2)))
    assert sorted(came) == [0, 90]
    assert len(server.asked) == 90


MEMORY = """
import re, sys
from pathlib import Path
from ercot.fetch.servers.clients import open_clients
from ercot.fetch.servers.lookup import Lookup
from ercot.fetch.month import fetch_month
from ercot.fetch.store import Place
from ercot.catalog.products import PRODUCTS
from tests.fetch.conftest import NOW, Desk
desk = Desk(Path(sys.argv[1]))
server = type("Server", (), {"urls": dict(zip(("api_url", "login_url", "mis_url"), sys.argv[2:])), "faults": ()})
clients = open_clients(desk.settings(server), with_api=True)
place, product = Place(desk.raw_dir, "NP6-905-CD", "2024-08"), PRODUCTS["NP6-905-CD"]
came = fetch_month(place, product, Lookup(True, 1000, {}, (), NOW), clients, 1000.0, NOW, lambda *_: None)
print(came.came, int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_a_response_is_never_in_memory(desk, serve, tmp_path):
    """Two documents in one response, of some kilobytes and of 60 MB, take about the same memory."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of memory is read from /proc, which this system lacks")
    used = []
    for size in (1, 30_000_000):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a.csv", os.urandom(size))
        server = serve([replace(doc, data=packed.getvalue()) for doc in DOCS[:2]])
        command = [sys.executable, "-c", MEMORY, str(tmp_path / f"raw{size}"), *server.urls.values()]
        around = environment(tmp_path) | {"PYTHONPATH": f"{ROOT / 'scripts'}:{ROOT}"}
        done = subprocess.run(command, env=around, capture_output=True, text=True, timeout=PATIENCE)
        came, megabytes = map(int, done.stdout.split())
        assert came == 2, done.stderr
        used.append(megabytes)
    assert used[1] - used[0] < 20


def test_a_product_that_the_api_lacks_comes_from_the_mis(desk, serve):
    server = serve(DOCS[:20], in_api={"NP4-190-CD"}, on_mis={doc.doc_id for doc in DOCS[:20]})
    desk.fetch(server, now=datetime(2024, 8, 3))
    assert desk.files() == {doc.name: doc.data for doc in DOCS[:20]}
    assert {document["via"] for document in receipt(desk)["documents"]} == {"mis"}

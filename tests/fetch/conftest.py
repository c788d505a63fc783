"""Documents for the stand-in, and a fetch of a month within the test's own process."""

import io
import os
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ercot.catalog.products import PRODUCTS
from ercot.fetch.month import Outcome, fetch_month
from ercot.fetch.servers.clients import open_clients
from ercot.fetch.servers.lookup import look_up
from ercot.fetch.settings import KEY as KEY_NAME
from ercot.fetch.settings import PASSWORD as PASSWORD_NAME
from ercot.fetch.settings import USERNAME, FetchSettings
from ercot.fetch.store import Place

from .handler import KEY, PASSWORD, USER
from .standin import Doc, Standin

ACCOUNT = {USERNAME: USER, PASSWORD_NAME: PASSWORD, KEY_NAME: KEY}
MINUTE = 0.5  # seconds of a minute of the stand-in; a fetch at 25 calls a minute then makes 3000 in a real one
CALLS_PER_MINUTE = 25 * 60 / MINUTE
NOW = datetime(2024, 9, 20, 12)


def interval_docs(first: datetime, count: int, emil: str = "NP6-905-CD") -> list[Doc]:
    """Return documents of real-time prices, one each quarter of an hour, with a line that tells them apart."""
    docs, report = [], PRODUCTS[emil].report_type
    for number in range(count):
        posted = first + timedelta(minutes=15 * number, seconds=2)
        stem = f"cdr.{report:08}.{0:016}.{posted:%Y%m%d.%H%M%S}.SPPHLZNP6905_{posted:%Y%m%d_%H%M}"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{stem}.csv", f"number {number}\n" + "x" * 400)
        docs.append(Doc(emil, report, 1_000_000_000 + number, f"{stem}_csv.zip", posted, packed.getvalue()))
    return docs


@dataclass
class Desk:
    """A raw tree, and a fetch of one month from a stand-in."""

    raw_dir: Path

    def settings(self, server: Standin, source: str = "auto") -> FetchSettings:
        span = date(2024, 8, 1), date(2024, 8, 31)
        timeout = 1.0 if "hang" in server.faults else 60.0  # a busy machine may take seconds to answer
        speed = {"calls_per_minute": CALLS_PER_MINUTE, "timeout_seconds": timeout}
        return FetchSettings(self.raw_dir, ("rt_spp",), *span, source, **server.urls, **speed)

    def fetch(
        self, server: Standin, month: str = "2024-08", emil: str = "NP6-905-CD", now: datetime = NOW, **how
    ) -> Outcome:
        """Fetch a month as a job does."""
        clients = open_clients(self.settings(server, **how), with_api=True)
        lookup = look_up(PRODUCTS[emil], [month], clients.api, clients.mis, now)
        place = Place(self.raw_dir, emil, month)
        return fetch_month(place, PRODUCTS[emil], lookup, clients, 1000.0, now, lambda *_: None)

    def files(self, month: str = "2024-08", emil: str = "NP6-905-CD") -> dict[str, bytes]:
        """Return all files of a month but its receipt."""
        folder = self.raw_dir / emil / month
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "receipt.json"}


@pytest.fixture(autouse=True)
def _account(tmp_path, monkeypatch):
    """An account in the environment, a state folder of the test's own, and no proxy before loopback."""
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path / "raw")


@pytest.fixture
def serve():
    """Start stand-ins that end with the test."""
    started = []

    def start(docs: list[Doc], **how) -> Standin:
        started.append(Standin(docs, minute=MINUTE, **how).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a fetch that is a process of its own."""
    return os.environ | ACCOUNT | {"XDG_STATE_HOME": str(tmp_path / "state"), "NO_PROXY": "127.0.0.1"}

"""Pace, log-in and calls: what holds whatever the server does."""

import io
import shutil
import ssl
import subprocess
import sys
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from patience import PATIENCE

from ercot.fetch.servers import login, pace
from ercot.fetch.servers.calls import Caller, Refused, Unanswered, json_body
from ercot.fetch.servers.clients import open_clients, open_login
from ercot.fetch.servers.pace import Pace, state_file
from ercot.fetch.settings import PASSWORD as PASSWORD_NAME
from ercot.workflow.settings import UserError

from .conftest import interval_docs
from .handler import KEY, PASSWORD, USER

DOCS = interval_docs(datetime(2024, 8, 1, 0, 15), 6)
SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"

TURNS = """
import sys, time
from pathlib import Path
from ercot.fetch.servers.pace import Pace
pace = Pace(Path(sys.argv[1]), 0.05)
for _ in range(12):
    pace.wait()
    print(time.time())
"""


def test_processes_share_their_turns(tmp_path):
    command = [sys.executable, "-c", TURNS, str(tmp_path / "x.pace")]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(SCRIPTS)}) for _ in range(3)
    ]
    turns = sorted(float(line) for run in runs for line in run.communicate(timeout=PATIENCE)[0].split())
    assert len(turns) == 36
    # 36 turns take 35 intervals; a late one may come closer to the next, but none comes before its time.
    assert all(turn >= turns[0] + 0.05 * (n - 2) for n, turn in enumerate(turns))


class Clock:
    """A clock that only moves when it is told to, in place of the module `time`."""

    def __init__(self, now: float):
        self.now = now
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize(("ahead", "slept"), [(-1, 0), (5, 5), (299, 299), (301, 0), (1e6, 0)])
def test_a_turn_far_ahead_comes_from_a_clock_that_was_set_back(tmp_path, monkeypatch, ahead, slept):
    clock = Clock(1e9)
    monkeypatch.setattr(pace, "time", clock)
    path = tmp_path / "x.pace"
    path.write_text(str(clock.now + ahead))
    Pace(path, 0.5).wait()
    assert clock.slept == [slept]
    assert float(path.read_text()) == clock.now + slept + 0.5


def test_state_is_for_its_owner_alone(tmp_path):
    path = state_file("token", "https://somewhere", USER)
    assert USER not in str(path)
    assert path.parent.stat().st_mode & 0o077 == 0
    with pytest.raises(FileNotFoundError):
        path.stat()
    Pace(path, 0.01).wait()
    assert path.stat().st_mode & 0o077 == 0


def test_a_wrong_password_is_one_line_and_one_try(desk, serve, monkeypatch):
    server = serve(DOCS)
    monkeypatch.setenv(PASSWORD_NAME, "wr0ng-secret")
    with pytest.raises(UserError) as told:
        open_login(desk.settings(server)).token()
    assert "ERCOT does not accept ERCOT_API_USERNAME and ERCOT_API_PASSWORD" in str(told.value)
    assert "wr0ng-secret" not in str(told.value)
    assert server.logins == 1


def test_a_wrong_key_is_one_line_and_few_calls(desk, serve, monkeypatch):
    server = serve(DOCS)
    monkeypatch.setenv("ERCOT_PUBLIC_API_SUBSCRIPTION_KEY", "wr0ng-secret")
    with pytest.raises(UserError) as told:
        desk.fetch(server)
    assert "ERCOT_PUBLIC_API_SUBSCRIPTION_KEY" in str(told.value)
    assert "wr0ng-secret" not in str(told.value)
    assert len(server.calls) <= 3


def test_a_token_is_renewed_before_it_ends(desk, serve, monkeypatch):
    clock = Clock(1e9)
    monkeypatch.setattr(login, "time", clock)
    server = serve(DOCS, token_seconds=3600)
    clients = open_clients(desk.settings(server), with_api=True)
    for seconds, logins in ((0, 1), (3299, 1), (3301, 2), (6599, 2), (6602, 3)):  # five minutes before each ends
        clock.now = 1e9 + seconds
        clients.api.products()
        assert server.logins == logins
    assert not server.fired["expired token"]


def test_a_second_process_uses_the_same_token(desk, serve):
    server = serve(DOCS)
    for _ in range(3):
        open_clients(desk.settings(server), with_api=True).api.products()
    assert server.logins == 1


def test_a_netrc_of_the_user_is_left_out(desk, serve, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = serve(DOCS, on_mis={DOCS[0].doc_id})
    clients = open_clients(desk.settings(server), with_api=True)
    assert clients.api.products()
    assert len(clients.mis.documents(12301, 2)) == 1


class Answers:
    """A session that answers with given statuses and headers."""

    def __init__(self, monkeypatch, *answers):
        self.left, self.headers = list(answers), {}
        monkeypatch.setattr(requests.Session, "request", lambda session, method, url, **how: self.answer(how))

    def answer(self, how):
        self.how = how
        status, headers = self.left.pop(0)
        response = requests.Response()
        response.status_code, response.raw = status, io.BytesIO(b'{"a": 1}')
        response.headers.update(headers)
        return response


@pytest.mark.parametrize(
    ("after", "least", "most"),
    [("2", 2, 2), ("86400", 60, 60), ("0", 2.4, 4.8), ("soon", 2.4, 4.8), ("-5", 2.4, 4.8), ("", 2.4, 4.8),
     ("Wed, 21 Oct 2099 07:28:00 GMT", 60, 60)],
)  # fmt: skip
def test_retry_after_is_honoured_and_never_trusted_alone(tmp_path, monkeypatch, after, least, most):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(Pace, "wait", lambda pace: None)
    Answers(monkeypatch, (429, {"Retry-After": after}), (200, {}))
    assert Caller(Pace(tmp_path / "p", 2.4), 1).call("GET", "https://x/y", json_body) == {"a": 1}
    assert max(least, 2.4) <= slept[0] <= max(most, 4.8)


def test_pauses_grow_to_a_minute(tmp_path, monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(Pace, "wait", lambda pace: None)
    Answers(monkeypatch, *[(502, {})] * 12)
    with pytest.raises(Unanswered, match="status 502"):
        Caller(Pace(tmp_path / "p", 2.4), 1).call("GET", "https://x/y", json_body)
    assert len(slept) == 11
    assert slept[4] > 30
    assert max(slept) <= 60


def test_others_wait_while_the_server_has_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    Answers(monkeypatch, (429, {"Retry-After": "50"}), (200, {}))
    Caller(Pace(tmp_path / "p", 2.4), 1).call("GET", "https://x/y", json_body)
    assert float((tmp_path / "p").read_text()) > time.time() + 45


def test_a_redirect_does_not_carry_the_secrets_away(desk, serve, monkeypatch):
    server = serve(DOCS)
    settings = desk.settings(server)
    open_login(settings).token()
    answers = Answers(monkeypatch, (302, {"Location": "https://elsewhere"}))
    with pytest.raises(Refused):
        open_clients(settings, with_api=True).api.products()
    assert answers.how["allow_redirects"] is False


def test_a_certificate_that_is_not_trusted_ends_it(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise requests.exceptions.SSLError(f"{PASSWORD} {KEY}")

    monkeypatch.setattr(requests.Session, "request", refuse)
    with pytest.raises(UserError) as told:
        Caller(Pace(tmp_path / "p", 0.01), 1).call("GET", "https://x/y", json_body)
    assert str(told.value) == "the certificate of x is not trusted; nothing was sent"


def test_tls_is_verified(tmp_path):
    """A server that nobody vouches for gets no request: neither headers nor a body."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("there is no openssl to make a certificate with")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    key, certificate = str(tmp_path / "key"), str(tmp_path / "certificate")
    subprocess.run([openssl, *made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(UserError, match="the certificate of localhost is not trusted"):
        Caller(Pace(tmp_path / "p", 0.01), 5).call("GET", f"https://localhost:{server.server_port}/", json_body)
    server.shutdown()
    server.server_close()
    assert asked == []


def test_what_the_library_raises_is_not_printed(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise requests.exceptions.InvalidHeader(f"Invalid header value: {KEY}")

    monkeypatch.setattr(requests.Session, "request", refuse)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(Unanswered) as told:
        Caller(Pace(tmp_path / "p", 0.001), 1).call("GET", "https://x/y", json_body)
    assert KEY not in str(told.value)


def test_the_token_file_keeps_no_password(desk, serve):
    server = serve(DOCS)
    open_login(desk.settings(server)).token()
    (kept,) = (desk.raw_dir.parent / "state").rglob("*.token")
    assert PASSWORD not in kept.read_text()
    assert login.CLIENT not in kept.read_text()

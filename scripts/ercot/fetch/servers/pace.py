"""The pace of an account: turns for calls, shared by all processes of this user on the machine.

In: a file that all of them use, seconds between calls. Out: `wait` returns when it is one's turn. The file holds the
time of the next free turn and is locked while it is read and written, so that turns never come closer together,
however many processes there are and whenever one is killed.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ercot.workflow.settings import UserError

LONGEST = 300.0  # seconds that a turn can lie ahead; more comes from a clock that was set back


class Pace:
    """Turns at least ``interval`` seconds apart."""

    def __init__(self, path: Path, interval: float):
        self.interval = interval
        self._path = path

    def wait(self) -> None:
        """Return when it is this call's turn."""
        with locked(self._path) as file:
            now = time.time()
            turn = max(now, _next_turn(file, now))
            _write(file, turn + self.interval)
        time.sleep(max(0.0, turn - now))

    def hold(self, seconds: float) -> None:
        """Hold all requests for some seconds: the server asked for it."""
        with locked(self._path) as file:
            now = time.time()
            _write(file, max(now + min(seconds, LONGEST), _next_turn(file, now)))


def state_folder() -> Path:
    """Return the folder for what the fetches of this user share; others cannot look into it."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    folder = Path(base) / "ercot-fetch"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror}; set XDG_STATE_HOME to another folder") from None
    return folder


def state_file(kind: str, *of: str) -> Path:
    """Return the file of some kind for an account or a server, by a digest that does not give them away."""
    return state_folder() / f"{hashlib.sha256(chr(0).join(of).encode()).hexdigest()[:20]}.{kind}"


@contextmanager
def locked(path: Path) -> Iterator:
    """Hand out a file of which no other process is in the possession; the system frees it however a process ends."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        with suppress(OSError):  # a file system that knows no locks
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _next_turn(file, now: float) -> float:
    try:
        turn = float(file.read() or 0)
    except ValueError:
        return now
    return turn if turn <= now + LONGEST else now


def _write(file, turn: float) -> None:
    file.seek(0)
    file.truncate()
    file.write(repr(turn))
    file.flush()

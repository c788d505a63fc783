"""What a killed run leaves behind: Snakemake's lock, and jobs that work on without it, here or on a cluster.

Two jobs on the same output would be in each other's way, and a lock of nobody would stop the next run. Whoever holds
the lock of the results folder knows that no run is at work there, so nobody has to be asked.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from ercot.core.wording import counted

SECONDS_TO_END = 60  # Slurm gives a cancelled job half a minute, where a site has not set it otherwise
RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")  # ends the name that a run gives to all its jobs


def clear_leftovers(state: Path, results: Path) -> str | None:
    """Clear away what a killed run left behind; return one line about it, None where there was nothing.

    Only for the process that holds the lock of ``results``. ``state`` is Snakemake's folder: its lock files name the
    files of a run.
    """
    locks = list((state / "locks").glob("*.lock"))
    stale = [lock for lock in locks if _names_file_below(lock, results)]
    if not stale:
        return None
    here = _end_orphans(state / "scripts")
    in_slurm = _cancel(Path.cwd()) if stale == locks else []  # else they may belong to a run on other results
    for lock in stale:
        lock.unlink(missing_ok=True)
    done = [
        "removed its lock",
        f"ended {counted(len(here), 'job')} that it left running" if here else "",
        f"cancelled {counted(len(in_slurm), 'job')} that it left in Slurm: {', '.join(in_slurm)}" if in_slurm else "",
    ]
    return f"the last run was killed: {', '.join(filter(None, done))}"


def _names_file_below(lock: Path, results: Path) -> bool:
    """Say whether a lock file of Snakemake names a file of these results; no other run has business with those."""
    try:
        return any(Path(line).is_relative_to(results) for line in lock.read_text().splitlines())
    except OSError:
        return False


def _end_orphans(scripts: Path) -> list[int]:
    """Kill the scripts of Snakemake that lost the process that started them; a script of a live run still has it.

    What they were writing had not taken its place yet.
    """
    orphans = [pid for pid in _processes() if _runs_from(pid, scripts) and b"snakemake" not in _command(_parent(pid))]
    for pid in orphans:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    _wait(lambda: any(_runs_from(pid, scripts) for pid in orphans))
    return orphans


def _processes() -> list[int]:
    """Return the processes of this machine; none where the system does not list them in /proc."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _runs_from(pid: int, scripts: Path) -> bool:
    return any(part.startswith(f"{scripts}/".encode()) for part in _command(pid).split(b"\0"))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _cancel(folder: Path) -> list[str]:
    """Cancel the Slurm jobs that a run in this folder submitted, return their numbers once they are gone.

    Snakemake's own marks do not lead to them: a job that has begun overwrites the mark which has its number.
    """
    left = _in_slurm(folder)
    if left:
        subprocess.run(["scancel", *left], capture_output=True, check=False)
        _wait(lambda: _in_slurm(folder))
    return left


def _in_slurm(folder: Path) -> list[str]:
    """Return the Slurm jobs that were submitted from a folder and are named as Snakemake's plugin names them."""
    if not shutil.which("squeue"):
        return []
    asked = ["squeue", "--me", "--noheader", "--format=%i|%j|%Z"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    jobs = [line.split("|", 2) for line in listed.splitlines()]
    return sorted(number for number, name, where in jobs if RUN_ID.search(name) and Path(where) == folder)


def _wait(busy) -> None:
    until = time.monotonic() + SECONDS_TO_END
    while busy() and time.monotonic() < until:
        time.sleep(0.5)

"""What a killed run leaves behind: Snakemake's lock, and jobs that work on without it, here or on a cluster.

Two jobs on the same output would be in each other's way, and a lock of nobody would stop the next run. Whoever holds
the lock of the results folder knows that no run is at work there, so nobody has to be asked.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from base64 import urlsafe_b64decode
from contextlib import suppress
from pathlib import Path

SECONDS_TO_END = 60  # Slurm gives a cancelled job half a minute, where a site has not set it otherwise


def clear_leftovers(state: Path, results: Path) -> str | None:
    """Clear away what a killed run left behind; return one line about it, None where there was nothing.

    Only for the process that holds the lock of ``results``. ``state`` is Snakemake's folder: its lock files name the
    files of a run, its marks of incomplete outputs name the jobs on a cluster.
    """
    stale = [path for path in (state / "locks").glob("*.lock") if _names_file_below(path, results)]
    here = _end_orphans(state / "scripts") if stale else []
    on_cluster = _cancel(_marked_jobs(state / "incomplete", results))
    for path in stale:
        path.unlink(missing_ok=True)
    done = [
        "removed its lock" if stale else "",
        f"ended {len(here)} jobs that it left running" if here else "",
        f"cancelled the jobs {', '.join(on_cluster)} that it left in Slurm" if on_cluster else "",
    ]
    return f"the last run was killed: {', '.join(filter(None, done))}" if any(done) else None


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


def _marked_jobs(marks: Path, results: Path) -> set[str]:
    """Return the numbers that a cluster gave to the jobs whose outputs Snakemake marked as incomplete.

    The path of a mark is the output's in base 64, cut into folders that begin with @ where it is long.
    """
    jobs = set()
    for mark in filter(Path.is_file, marks.rglob("*")):
        with suppress(OSError, ValueError, KeyError):
            output = urlsafe_b64decode("".join(part.lstrip("@") for part in mark.relative_to(marks).parts)).decode()
            number = json.loads(mark.read_text())["external_jobid"]
            if number and Path(output).is_relative_to(results):
                jobs.add(str(number))
    return jobs


def _cancel(jobs: set[str]) -> list[str]:
    """Cancel those of some Slurm jobs that were submitted from this folder and are not done; wait until they are."""
    alive = _in_slurm(jobs)
    if alive:
        subprocess.run(["scancel", *alive], capture_output=True, check=False)
        _wait(lambda: _in_slurm(jobs))
    return alive


def _in_slurm(jobs: set[str]) -> list[str]:
    if not jobs or not shutil.which("squeue"):
        return []
    asked = ["squeue", "--me", "--noheader", "--format=%i|%Z"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    folders = dict(line.split("|", 1) for line in listed.splitlines())
    return sorted(job for job in jobs if folders.get(job) == os.getcwd())


def _wait(busy) -> None:
    until = time.monotonic() + SECONDS_TO_END
    while busy() and time.monotonic() < until:
        time.sleep(0.5)

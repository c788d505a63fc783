"""The environment of the tests with the S3 plugin on top, and an S3 endpoint on loopback: moto, an emulator."""

import fcntl
import os
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "envs/requirements-s3.txt"


@pytest.fixture(scope="session")
def tools() -> Path:
    """Install what is pinned into .venv-s3, once; return its programs. Skip where it cannot be installed."""
    folder = ROOT / ".venv-s3"
    stamp = folder / ".installed"
    with open(PINS) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of pytest may want it at the same time
        if not stamp.exists() or stamp.read_text() != PINS.read_text():
            install(folder)
            stamp.write_text(PINS.read_text())
    return folder / "bin"


def install(folder: Path) -> None:
    """Make the environment; --no-deps and the check as in the Makefile: the pins have to be complete."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, capture_output=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "installed_base": str(folder)})
    (Path(packages) / "requirements.pth").write_text(sysconfig.get_path("purelib"))  # what is installed here already
    pip = [folder / "bin/python", "-m", "pip", "--no-input"]
    done = subprocess.run([*pip, "install", "--quiet", "--no-deps", "-r", PINS], capture_output=True, text=True)
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "no reason given")
        pytest.skip(f"envs/requirements-s3.txt cannot be installed: {reason}")
    subprocess.run([*pip, "check"], check=True)


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def emulator(tools: Path, **variables: str):
    """Start moto, yield its address, stop it."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [tools / "moto_server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=os.environ | variables, **quiet)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(address):
            assert process.poll() is None, "moto_server ended"
            assert time.monotonic() < deadline, "moto_server does not answer"
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answers(address: str) -> bool:
    """Tell whether something listens there."""
    try:
        urlopen(f"{address}/moto-api/data.json", timeout=5).close()
    except URLError:
        return False
    return True


@pytest.fixture(scope="session")
def endpoint(tools):
    """The address of an emulator that lets everybody in."""
    with emulator(tools) as address:
        yield address


@dataclass
class Publishing:
    """Results in a folder, and the workflow that publishes them to one endpoint."""

    path: Path
    tools: Path
    endpoint: str
    store: str

    @property
    def results(self) -> Path:
        return self.path / "results"

    def run(self, **options: str) -> subprocess.CompletedProcess:
        """Publish, as a user would."""
        settings = {"endpoint": self.endpoint, "store": self.store} | options
        command = [self.tools / "python", "-m", "snakemake", "--snakefile", ROOT / "workflows/publish.smk"]
        command += ["--cores", "2", "--storage-s3-endpoint-url", settings["endpoint"], "--storage-s3-retries", "1"]
        command += ["--config", f"store={settings['store']}", "results_dir=results"]
        keys = {"SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "somebody", "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "secret"}
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.run(
            command, cwd=self.path, env=os.environ | keys, text=True, timeout=PATIENCE, check=False, **output
        )

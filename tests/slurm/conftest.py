"""A real Slurm of one node on this machine, and runs of the workflow that submit to it."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
LOG_LINES = 60  # of a log of Slurm that a failed test shows
DAYS = [date(2023, 12, 30) + timedelta(days=i) for i in range(4)]  # over the turn of a year


def until(condition, seconds: float = PATIENCE):
    """Wait until something has come true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.1)
    return found


@dataclass
class Cluster:
    """Slurm, as `start` left it in a folder."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a command to this Slurm."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": path}

    def ask(self, *command: str) -> str:
        """Run a command of Slurm, return what it prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout.strip()

    def jobs(self, *states: str) -> list[str]:
        """Return the numbers of the jobs that are in one of some states."""
        return self.ask("squeue", "--noheader", "--format=%i", f"--states={','.join(states)}").split()

    def set_node(self, state: str) -> None:
        """Drain or resume the node."""
        name = self.ask("sinfo", "--noheader", "--format=%n")
        self.ask("scontrol", "update", f"nodename={name}", f"state={state}", "reason=test")

    def stop_controller(self) -> None:
        """End slurmctld, and wait until it is gone."""
        pid = int((self.folder / "slurmctld.pid").read_text())
        os.kill(pid, 15)
        until(lambda: not Path(f"/proc/{pid}").exists())

    def start_controller(self) -> None:
        """Start slurmctld again."""
        subprocess.run(["slurmctld"], env=self.environment, check=True, timeout=PATIENCE)


@pytest.fixture(scope="session")
def cluster():
    """Start Slurm for the tests of this session; skip them where that is not possible."""
    if os.geteuid() != 0:
        pytest.skip("a Slurm of one's own needs root")
    missing = [name for name in ("slurmctld", "slurmd", "munged") if not shutil.which(name)]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: apt-get install slurm-wlm munge")
    folder = Path(tempfile.mkdtemp(prefix="ercot-slurm-"))
    started = subprocess.run([HERE / "start", folder], capture_output=True, text=True, timeout=PATIENCE)
    try:
        assert started.returncode == 0, started.stderr
        yield Cluster(folder)
    finally:
        subprocess.run([HERE / "stop", folder], check=False, timeout=PATIENCE)
    shutil.rmtree(folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show the end of Slurm's own logs with a test that failed: they are gone with the folder otherwise."""
    report = yield
    if report.failed and (cluster := getattr(item, "funcargs", {}).get("cluster")):
        for log in sorted(cluster.folder.glob("log/*.log")):
            report.sections.append((log.name, "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])))
    return report


def write_raw(raw: Path) -> None:
    """Write a small raw tree: ancillary prices of some days, price = the hour."""
    raw.mkdir(parents=True)
    for day in DAYS:
        rows = [f"{day:%m/%d/%Y},{hour:02}:00,{kind},{hour}.5,N" for hour in range(1, 25) for kind in ("NSPIN", "RRS")]
        name = f"cdr.00012329.0000000000000000.{day - timedelta(days=1):%Y%m%d}.123000.DAMCPCNP4188.csv"
        (raw / name).write_text("\n".join(["DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag", *rows]) + "\n")


@dataclass
class Head:
    """A run: the process on the login node, and what it prints."""

    process: subprocess.Popen
    log: Path

    @property
    def text(self) -> str:
        return self.log.read_text()

    def end(self) -> int:
        """Wait for the end of the run."""
        return self.process.wait(PATIENCE)

    @property
    def account(self) -> list[str]:
        """The lines that are the workflow's own."""
        return [line.removeprefix("ercot: ") for line in self.text.splitlines() if line.startswith("ercot: ")]


@dataclass
class Workspace:
    """A working directory with a raw tree and results, on a cluster or on this machine alone."""

    path: Path
    cluster: Cluster | None
    heads: list[Head] = field(default_factory=list)

    @property
    def raw(self) -> Path:
        return self.path / "data" / "raw"  # Snakemake looks for plugins in the folders that lie where it is started

    def start(self, *arguments: str, years: str = "[2023]", **variables: str) -> Head:
        """Start a run through the profile, asking often; without a cluster on this machine."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", self.path]
        if self.cluster:
            command += ["--workflow-profile", ROOT / "profiles/slurm", "--slurm-status-command", "squeue"]
            command += ["--slurm-init-seconds-before-status-checks", "8", "--latency-wait", "10"]
        else:
            command += ["--cores", "2"]
        command += [*arguments, "--config", f"raw_dir={self.raw}", "datasets=dam_mcpc", f"years={years}"]
        log = self.path / f"head{len(self.heads)}.log"
        environment = (self.cluster.environment if self.cluster else os.environ) | variables
        with open(log, "w") as output:
            self.heads.append(
                Head(subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment), log)
            )
        return self.heads[-1]

    def run(self, *arguments: str, **options: str) -> Head:
        """Run to the end, which has to be a good one."""
        head = self.start(*arguments, **options)
        assert head.end() == 0, head.text
        return head

    def digests(self) -> dict[str, str]:
        """The SHA-256 of each rollup, by its path below the results."""
        files = sorted((self.path / "results/annual").rglob("*.parquet"))
        return {f.relative_to(self.path).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


@pytest.fixture
def workspace(cluster, tmp_path):
    """A working directory with a raw tree whose runs go to Slurm; none is left at work."""
    made = Workspace(tmp_path, cluster)
    write_raw(made.raw)
    yield made
    for head in made.heads:
        head.process.kill()
    cluster.set_node("resume")
    cluster.ask("scancel", "--user=root")


@pytest.fixture(scope="session")
def local_digests(tmp_path_factory):
    """The rollups that a run on this machine makes of the same raw tree, without Slurm."""
    folder = tmp_path_factory.mktemp("local")
    made = Workspace(folder, None)
    write_raw(made.raw)
    made.run("annual", years="all")
    return made.digests()

"""What breaks first when the workflow grows: plan and run graphs of its shape whose jobs only touch their outputs.

    python bench/scale.py 10000 [--jobs 200] [--subsample 400] [--run]

The graph is that of the workflow: batches with a manifest as input and four outputs, rollups over the batches of a year
with four outputs, one check for each rollup, one report over all checks. Nothing is computed, so that what is measured
is Snakemake alone: the time to plan, its memory, the rate at which jobs pass through it, and the files of its records.
`--run` also runs the jobs on this machine. Everything happens in a temporary folder.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BATCHES_A_YEAR = 12  # as a dataset with one batch a month

SNAKEFILE = """
YEARS = range({years})
BATCHES = range({batches})
STEMS = "i/{{d}}-{{b}}."
PARTS = ("parquet", "ledger", "rejected", "revisions")

rule all:
    input: "report", expand("a/{{d}}.parquet", d=YEARS)

rule normalize:
    input: "m/{{d}}-{{b}}.manifest"
    output: *(f"{{STEMS}}{{part}}" for part in PARTS)
    resources: mem_mb=lambda wildcards, attempt: 1000 * attempt
    message: "normalize {{wildcards.d}} {{wildcards.b}}"
    shell: "touch {{output}}"

rule roll_up:
    input: lambda w: [f"i/{{w.d}}-{{b}}.{{part}}" for b in BATCHES for part in ("parquet", "rejected", "revisions")]
    output: "a/{{d}}.parquet", "a/{{d}}.rejected", "a/{{d}}.revisions", "a/{{d}}.account"
    message: "roll up {{wildcards.d}}"
    shell: "touch {{output}}"

rule check:
    input: "a/{{d}}.parquet", "a/{{d}}.account", lambda w: [f"i/{{w.d}}-{{b}}.ledger" for b in BATCHES]
    output: "c/{{d}}"
    message: "check {{wildcards.d}}"
    shell: "touch {{output}}"

rule report:
    input: expand("c/{{d}}", d=YEARS)
    output: "report"
    shell: "touch {{output}}"
"""


def main(jobs: int, at_once: int, run: bool, subsample: int) -> None:
    """Build a graph of about ``jobs`` jobs, and measure."""
    years = max(1, jobs // (BATCHES_A_YEAR + 2))
    with tempfile.TemporaryDirectory(prefix="ercot-scale-") as name:
        folder = Path(name)
        (folder / "m").mkdir()
        for dataset in range(years):
            for batch in range(BATCHES_A_YEAR):
                (folder / f"m/{dataset}-{batch}.manifest").touch()
        (folder / "Snakefile").write_text(SNAKEFILE.format(years=years, batches=BATCHES_A_YEAR))
        total = years * (BATCHES_A_YEAR + 2) + 2
        seconds, peak = snakemake(folder, "--dry-run")
        print(f"{total} jobs: plan {seconds:.0f} s, {peak:.0f} MB")
        if run:
            seconds, peak = snakemake(folder, "--cores", str(at_once), subsample=subsample)
            records = sum(len(files) for _, _, files in os.walk(folder / ".snakemake/metadata"))
            print(f"  run {seconds:.0f} s ({total / seconds:.0f} jobs a second), {peak:.0f} MB, {records} record files")
            seconds, peak = snakemake(folder, "--dry-run")
            print(f"  plan when all is done {seconds:.0f} s, {peak:.0f} MB")


def snakemake(folder: Path, *arguments: str, subsample: int = 400) -> tuple[float, float]:
    """Run Snakemake with the settings of the profiles; return seconds and the peak of its memory in MB."""
    command = [sys.executable, "-m", "snakemake", "--quiet", "all", "--scheduler", "greedy", *arguments]
    command += ["--scheduler-subsample", str(subsample)]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(errors[-2000:])
    return time.monotonic() - began, usage.ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", type=int)
    parser.add_argument("--jobs", dest="at_once", type=int, default=2, help="jobs at once (default: 2)")
    parser.add_argument("--subsample", type=int, default=400, help="jobs looked at in a turn (default: 400)")
    parser.add_argument("--run", action="store_true", help="run them, too")
    options = parser.parse_args()
    main(options.jobs, options.at_once, options.run, options.subsample)

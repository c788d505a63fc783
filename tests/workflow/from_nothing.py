"""Build a raw tree from nothing in one process, without Snakemake and without origins: what any run has to end as.

    python from_nothing.py RAW RESULTS KEY=VALUE…

prints the state as JSON. The library is that of PYTHONPATH, so that another clone is built by its own code.
"""

import hashlib
import json
import sys
from pathlib import Path

import yaml
from helpers import run_pipeline

from ercot.catalog import DATASETS
from ercot.core.code import LIBRARY
from ercot.core.files import write_json
from ercot.core.paths import ResultPaths
from ercot.core.severity import at_or_above
from ercot.tables.schema import describe
from ercot.workflow.settings import read_settings

CONFIG = LIBRARY.parents[1] / "config"
TABLES = ("annual", "rejected", "revisions")


def build(raw: Path, results: Path, config: dict) -> dict:
    """Build all tables and the findings; return their state."""
    settings = read_settings(yaml.safe_load((CONFIG / "config.yaml").read_text()) | config, DATASETS)
    run = run_pipeline(raw, results, list(settings.datasets), settings.batch_mb, settings.years)
    for dataset in run.plan.batches:
        write_json(ResultPaths(results).sheet(dataset), describe(DATASETS[dataset]))
    passed = not at_or_above(run.report["findings"], settings.fail_on)
    return state(results, json.loads(json.dumps(run.report)), passed)


def state(results: Path, report: dict, passed: bool) -> dict:
    """Return the digest of every table and data sheet, and what the report says."""
    files = sorted(path for kind in TABLES for path in results.glob(f"{kind}/*/[!.]*"))
    digests = {str(p.relative_to(results)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    return {"tables": digests, "report": report, "passed": passed}


if __name__ == "__main__":
    raw, results, *pairs = sys.argv[1:]
    print(
        json.dumps(
            build(
                Path(raw),
                Path(results),
                {key: yaml.safe_load(value) for key, value in (pair.split("=", 1) for pair in pairs)},
            )
        )
    )

"""run.json: which run made the report, with which settings, from which raw tree."""

import tomllib
from datetime import UTC, datetime
from importlib import metadata

from ercot.core.code import LIBRARY
from ercot.core.files import read_json
from ercot.core.paths import ResultPaths


def read_run(paths: ResultPaths) -> dict:
    """Return the content of run.json: what planning noted of the run, the time, and the version of the workflow."""
    noted = read_json(paths.run_notes)
    head = {"ended": datetime.now(UTC).isoformat(timespec="seconds"), "version": workflow_version()}
    return head | noted


def workflow_version() -> str:
    """Return the version of the workflow that lies beside this file, or of the installed one."""
    try:
        return tomllib.loads((LIBRARY.parents[1] / "pyproject.toml").read_text())["project"]["version"]
    except (OSError, KeyError):
        return _installed()


def _installed() -> str:
    try:
        return metadata.version("ercot")
    except metadata.PackageNotFoundError:
        return "unknown"

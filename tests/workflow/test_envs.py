"""The pip inputs, the lock and the conda environment say the same versions, and none of them says where to get them."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
ENVS = ROOT / "envs"

# Where conda-forge's name is not the one pip knows.
PIP_NAME = {"pandera-polars": "pandera", "python-duckdb": "duckdb", "python-isal": "isal"}

ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-[if] ", re.MULTILINE)

# Installs, plans and runs the jobs, so it is not in the environment that the jobs run in.
OUTSIDE_THE_JOBS = {"jsonschema", "pyyaml", "rich", "setuptools", "snakemake", "snakemake-executor-plugin-slurm"}


def pins(lines):
    """Name -> version; every line has to be an exact pin, of a package that is not pinned elsewhere."""
    found = {}
    for line in lines:
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"not an exact version: {line}"
        assert name not in found, f"twice: {line}"
        found[name] = specifier.version
    return found


def pip_pins(name):
    lines = [line.partition("#")[0].strip() for line in (ENVS / name).read_text().splitlines()]
    return pins(line for line in lines if line and not line.startswith("-r "))


def conda_pins():
    return pins(yaml.safe_load((ENVS / "ercot.yaml").read_text())["dependencies"])


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_the_lock_holds_every_direct_dependency_at_its_version(name):
    assert pip_pins(name).items() <= pip_pins("requirements.txt").items()


def test_what_publishing_takes_beside_the_lock_is_in_no_other_version_there():
    assert pip_pins("requirements-s3.txt").keys().isdisjoint(pip_pins("requirements.txt"))


def test_conda_has_the_libraries_of_the_jobs_at_the_same_versions():
    conda = {PIP_NAME.get(name, name): version for name, version in conda_pins().items() if name != "python"}
    pip = {name: version for name, version in pip_pins("requirements.in").items() if name not in OUTSIDE_THE_JOBS}
    assert conda == pip


def test_conda_has_the_python_that_the_code_is_written_for():
    target = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["target-version"]
    assert "py" + conda_pins()["python"].removesuffix(".*").replace(".", "") == target


@pytest.mark.parametrize("path", sorted(ENVS.iterdir()), ids=lambda path: path.name)
def test_no_registry_address(path):
    assert not ADDRESS.search(path.read_text())

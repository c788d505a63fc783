"""The configuration, checked: a mistake is one line that says what is wrong and what to write instead."""

import re
from dataclasses import dataclass, field, fields
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from math import isfinite
from pathlib import Path
from typing import Any

from ercot.catalog.model import Dataset
from ercot.checks.accepted import Acceptance, read_entries
from ercot.core.paths import ResultPaths

RANGE = re.compile(r"(\d{4})\s*-\s*(\d{4})")
# In a path of outputs: a pattern to polars, a wildcard to Snakemake, the beginning of a URL to pyarrow, two lines.
UNFIT = re.compile(r"[*?\[\n]|\{.*\}|^[^/]*:")


class UserError(Exception):
    """Something the user can mend; the message says how."""


def key(description: str, **rule) -> dict[str, Any]:
    """Declare a key of the configuration: what it means, and the JSON schema that its value keeps."""
    return {"rule": rule, "description": description}


@dataclass(frozen=True)
class Settings:
    """The configuration of a run: one field a key, as `read_settings` makes it of the value that keeps the rule."""

    raw_dir: Path = field(
        metadata=key(
            "Folder with ERCOT's raw files, of any depth and with any folder names. It is only read.",
            type="string",
            minLength=1,
        )
    )
    results_dir: Path = field(
        metadata=key(
            "Folder for all that the workflow writes. Two runs at a time need two folders.", type="string", minLength=1
        )
    )
    datasets: tuple[str, ...] = field(
        metadata=key(
            "Dataset ids to build, such as [dam_spp, rt_spp], or all. Price corrections are added where their prices "
            "are selected.",
            type="array",
            minItems=1,
            items={"type": "string"},
        )
    )
    years: frozenset[int] | None = field(
        metadata=key(
            "Years of the operating day to build, such as [2023, 2024], or all.",
            type="array",
            minItems=1,
            items={"type": "integer", "minimum": 2010, "maximum": 2100},
        )
    )
    batch_mb: float = field(
        metadata=key(
            "Raw megabytes of one batch at most, by which the catalog picks a day, week, month, quarter or year; less "
            "than 33 is as 33, since no batch is shorter than a row group.",
            type="number",
            exclusiveMinimum=0,
        )
    )
    fail_on: str = field(
        metadata=key(
            "The least severity of a finding that makes a run exit with an error after all outputs are built: "
            "critical, warning or never.",
            type="string",
            enum=["critical", "warning", "never"],
        )
    )
    expect_from: date | None = field(
        metadata=key(
            "First operating day that should be there, such as 2014-05-01; null is the first one of each dataset.",
            type=["string", "null"],
        )
    )
    expect_until: date | None = field(
        metadata=key(
            "Last operating day that should be there, where ERCOT had published more; null is all that it had.",
            type=["string", "null"],
        )
    )
    accepted_findings: tuple[Acceptance, ...] = field(
        metadata=key(
            "YAML file with findings that you have looked at and accept, see config/README.md; null is none.",
            type=["string", "null"],
            minLength=1,
        )
    )

    @property
    def paths(self) -> ResultPaths:
        """Where the outputs lie."""
        return ResultPaths(self.results_dir)


KEYS = {each.name: each.metadata for each in fields(Settings)}


def read_settings(config: dict, catalog: dict[str, Dataset]) -> Settings:
    """Check a configuration as Snakemake hands it over (numbers, lists of text, or text) and return it typed.

    Raises `UserError` with one line for the first thing that is wrong.
    """
    for name in config:
        if name not in KEYS:
            raise UserError(f"config: there is no key '{name}'{_suggest(name, KEYS)}; the keys are {', '.join(KEYS)}")
    plain = {name: _plain(name, value, catalog) for name, value in config.items()}
    _check(plain)
    unknown = [name for name in plain["datasets"] if name not in catalog]
    if unknown:
        hint = _suggest(unknown[0], catalog) or "; run with datasets=all or see docs/data_dictionary.md"
        raise UserError(f"config: there is no dataset '{unknown[0]}'{hint}")
    typed = {
        "raw_dir": _folder("raw_dir", plain["raw_dir"]),
        "results_dir": _folder("results_dir", plain["results_dir"]),
        "datasets": _with_corrections(plain["datasets"], catalog),
        "years": None if config["years"] == "all" else frozenset(plain["years"]),
        "batch_mb": float(plain["batch_mb"]),
        "accepted_findings": _accepted(plain["accepted_findings"]),
    }
    return Settings(**plain | typed | _expected(plain))


def _expected(plain: dict) -> dict[str, date | None]:
    """Return the days between which gaps are looked for."""
    days = {}
    for key in ("expect_from", "expect_until"):
        try:
            days[key] = plain[key] and date.fromisoformat(plain[key])
        except ValueError:
            raise UserError(f"config: {key}: {plain[key]} is no day; write it as 2024-01-01, or null") from None
    if None not in days.values() and days["expect_until"] < days["expect_from"]:
        raise UserError(f"config: expect_until: {plain['expect_until']} is before expect_from {plain['expect_from']}")
    return days


def _accepted(path: str | None) -> tuple[Acceptance, ...]:
    """Read the file of findings that are accepted."""
    import yaml

    if path is None:
        return ()
    try:
        return read_entries(yaml.safe_load(Path(path).expanduser().read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"config: accepted_findings: cannot read {path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise UserError(f"config: accepted_findings: {path} is no YAML{line}") from None
    except ValueError as error:
        raise UserError(f"config: accepted_findings: {path}: {error}") from None


def _folder(key: str, path: str) -> Path:
    """Return a folder; ``~`` is the home folder. Names of outputs that other programs take for patterns are refused."""
    if key == "results_dir" and (odd := UNFIT.search(path)):
        raise UserError(
            f"config: {key}: {path!r} holds {odd[0]!r}, which other programs read as a pattern; choose another"
        )
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise UserError(f"config: {key}: there is no home folder {Path(path).parts[0]}") from None


def _plain(key: str, value, catalog: dict[str, Dataset]):
    """Bring the forms that the command line allows to those of the schema."""
    if key == "datasets":
        chosen = ["*"] if value == "all" else _listed(value)
        return [name for pattern in chosen for name in _matching(pattern, catalog)]
    if key == "years":
        return [2010] if value == "all" else [year for part in _listed(value) for year in _years(part)]
    if "null" in KEYS[key]["rule"]["type"]:
        return None if value in (None, "", "null", "None") else str(value)
    return str(value) if key in ("raw_dir", "results_dir") and isinstance(value, int) else value


def _matching(pattern, catalog: dict[str, Dataset]) -> list:
    """Return the datasets that a pattern such as ``dam_*`` names; a name that matches none is left for the check."""
    return [name for name in catalog if fnmatchcase(name, str(pattern))] or [pattern]


def _years(part) -> list:
    """Return the years of ``2024`` or ``2014-2017``; what is neither is left for the check."""
    ends = RANGE.fullmatch(part.strip()) if isinstance(part, str) else None
    if not ends or int(ends[2]) - int(ends[1]) not in range(100):
        return [_whole(part)]
    return list(range(int(ends[1]), int(ends[2]) + 1))


def _listed(value) -> list:
    if isinstance(value, str):
        return [part.strip() for part in value.strip("[]").split(",")]
    return list(value) if isinstance(value, list | tuple) else [value]


def _whole(year):
    return int(year) if isinstance(year, str) and year.strip().isdigit() else year


def _check(plain: dict) -> None:
    import jsonschema

    for name, declared in KEYS.items():
        meaning = declared["description"]
        if name not in plain:
            raise UserError(f"config: the key '{name}' is missing ({meaning})")
        if isinstance(plain[name], float) and not isfinite(plain[name]):
            raise UserError(f"config: {name}: {plain[name]} is no number ({meaning})")
        faults = sorted(jsonschema.Draft202012Validator(declared["rule"]).iter_errors(plain[name]), key=str)
        if faults:
            raise UserError(f"config: {name}: {faults[0].message} ({meaning})")


def _with_corrections(chosen: list[str], catalog: dict[str, Dataset]) -> tuple[str, ...]:
    needed = {c.dataset for name in chosen if (c := catalog[name].corrections) and c.dataset in catalog}
    return tuple(name for name in catalog if name in needed or name in chosen)


def _suggest(word: str, known) -> str:
    close = get_close_matches(str(word), list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""

"""The configuration, checked: a mistake is one line that says what is wrong and what to write instead."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from math import isfinite
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.checks.accepted import Acceptance, read_entries
from ercot.core.paths import ResultPaths

RANGE = re.compile(r"(\d{4})\s*-\s*(\d{4})")
OPTIONAL = ("expect_from", "expect_until", "accepted_findings")
# In a path of outputs: a pattern to polars, a wildcard to Snakemake, the beginning of a URL to pyarrow, two lines.
UNFIT = re.compile(r"[*?\[\n]|\{.*\}|^[^/]*:")


class UserError(Exception):
    """Something the user can mend; the message says how."""


@dataclass(frozen=True)
class Settings:
    """The configuration of a run."""

    raw_dir: Path
    results_dir: Path
    datasets: tuple[str, ...]  # with the corrections of the selected prices
    years: frozenset[int] | None  # None: all
    batch_mb: float
    fail_on: str
    expect_from: date | None
    expect_until: date | None
    accepted: tuple[Acceptance, ...]  # findings that count no more

    @property
    def paths(self) -> ResultPaths:
        """Where the outputs lie."""
        return ResultPaths(self.results_dir)


def read_settings(config: dict, schema: dict, catalog: dict[str, Dataset]) -> Settings:
    """Check a configuration as Snakemake hands it over (numbers, lists of text, or text) and return it typed.

    Raises `UserError` with one line for the first thing that is wrong.
    """
    known = schema["properties"]
    for key in config:
        if key not in known:
            raise UserError(f"config: there is no key '{key}'{_suggest(key, known)}; the keys are {', '.join(known)}")
    plain = {key: _plain(key, value, catalog) for key, value in config.items()}
    _check(plain, schema)
    unknown = [name for name in plain["datasets"] if name not in catalog]
    if unknown:
        hint = _suggest(unknown[0], catalog) or "; run with datasets=all or see docs/data_dictionary.md"
        raise UserError(f"config: there is no dataset '{unknown[0]}'{hint}")
    return Settings(
        raw_dir=_folder("raw_dir", plain["raw_dir"]),
        results_dir=_folder("results_dir", plain["results_dir"]),
        datasets=_with_corrections(plain["datasets"], catalog),
        years=None if config["years"] == "all" else frozenset(plain["years"]),
        batch_mb=float(plain["batch_mb"]),
        fail_on=plain["fail_on"],
        **_expected(plain),
        accepted=_accepted(plain["accepted_findings"]),
    )


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
    if key in OPTIONAL:
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


def _check(plain: dict, schema: dict) -> None:
    import jsonschema

    for key, rule in schema["properties"].items():
        if key not in plain:
            raise UserError(f"config: the key '{key}' is missing ({rule['description']})")
        if isinstance(plain[key], float) and not isfinite(plain[key]):
            raise UserError(f"config: {key}: {plain[key]} is no number ({rule['description']})")
        faults = sorted(jsonschema.Draft202012Validator(rule).iter_errors(plain[key]), key=str)
        if faults:
            raise UserError(f"config: {key}: {faults[0].message} ({rule['description']})")


def _with_corrections(chosen: list[str], catalog: dict[str, Dataset]) -> tuple[str, ...]:
    needed = {c.dataset for name in chosen if (c := catalog[name].corrections) and c.dataset in catalog}
    return tuple(name for name in catalog if name in needed or name in chosen)


def _suggest(word: str, known) -> str:
    close = get_close_matches(str(word), list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""

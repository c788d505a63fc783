"""The configuration of a fetch and the secrets of the environment, checked.

In: what Snakemake hands over, the schema, the catalog, the environment. Out: typed settings and credentials. A mistake
is one line that says what to write instead; no secret is ever part of one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ercot.catalog.model import Dataset
from ercot.workflow.settings import UserError

USERNAME, PASSWORD, KEY = "ERCOT_API_USERNAME", "ERCOT_API_PASSWORD", "ERCOT_PUBLIC_API_SUBSCRIPTION_KEY"
REGISTRATION = "https://apiexplorer.ercot.com"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CENTRAL = ZoneInfo("America/Chicago")


@dataclass(frozen=True)
class Credentials:
    """An account of the public API. Its fields never appear when it is printed."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    key: str = field(repr=False)


@dataclass(frozen=True)
class FetchSettings:
    """What to fetch, from where, and how fast."""

    raw_dir: Path
    datasets: tuple[str, ...]
    since: date  # operating days, both inclusive
    until: date
    source: str  # auto, api or mis
    api_url: str
    login_url: str
    mis_url: str
    calls_per_minute: float
    timeout_seconds: float


def central_now() -> datetime:
    """Return the wall clock of ERCOT, to the second."""
    return datetime.now(CENTRAL).replace(tzinfo=None, microsecond=0)


def check_config(config: dict, schema: dict) -> None:
    """Hold a configuration against the schema; `UserError` with one line for the first thing that is wrong."""
    known = schema["properties"]
    for key in config:
        if key not in known:
            raise UserError(f"config: there is no key '{key}'{_suggest(key, known)}; the keys are {', '.join(known)}")
    _check(_plain(config), schema)


def read_fetch_settings(config: dict, catalog: Mapping[str, Dataset], today: date) -> FetchSettings:
    """Return a checked configuration typed; `UserError` for what a schema cannot tell: names, days, addresses."""
    plain = _plain(config)
    chosen = list(catalog) if plain["datasets"] == ["all"] else plain["datasets"]
    unknown = [name for name in chosen if name not in catalog]
    if unknown:
        raise UserError(f"config: there is no dataset '{unknown[0]}'{_suggest(unknown[0], catalog)}")
    since = _day("since", plain["since"], last=False)
    until = _day("until", plain["until"], last=True) if plain["until"] else today
    if until < since:
        raise UserError(f"config: until: {until} is before since, which is {since}")
    urls = {key: _url(key, plain[key]) for key in ("api_url", "login_url", "mis_url")}
    numbers = {key: float(plain[key]) for key in ("calls_per_minute", "timeout_seconds")}
    return FetchSettings(Path(plain["raw_dir"]), tuple(chosen), since, until, plain["source"], **urls, **numbers)


def read_credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """Return the account that the environment holds; `UserError` that says how to get one where it holds none."""
    values = [environment.get(name, "").strip() for name in (USERNAME, PASSWORD, KEY)]
    absent = [name for name, value in zip((USERNAME, PASSWORD, KEY), values, strict=True) if not value]
    if absent:
        raise UserError(
            f"{' and '.join(absent)} must be set in the environment: register at {REGISTRATION} (free) and subscribe "
            "to the Public API there; without an account the public MIS still has the newest days: --config source=mis"
        )
    if not values[2].isascii() or not values[2].isprintable():
        raise UserError(f"{KEY} holds characters that no subscription key has; copy it again from {REGISTRATION}")
    return Credentials(*values)


def _plain(config: dict) -> dict:
    """Bring the forms that the command line allows to those of the schema."""
    texts = {key: None if config[key] is None else str(config[key]) for key in ("raw_dir", "since", "until")}
    return config | texts | {"datasets": _listed(config["datasets"])}


def _listed(value) -> list | None:
    if isinstance(value, str):
        return [part.strip() for part in value.strip("[]").split(",")]
    return value


def _check(plain: dict, schema: dict) -> None:
    import jsonschema

    for key, rule in schema["properties"].items():
        faults = sorted(jsonschema.Draft202012Validator(rule).iter_errors(plain.get(key)), key=str)
        if faults:
            example = f", such as {key}={rule['examples'][0]}" if "examples" in rule else ""
            given = "is not given" if plain.get(key) is None else faults[0].message
            raise UserError(f"config: {key}: {given} ({rule['description']}){example}")


def _day(key: str, text: str, last: bool) -> date:
    """Read a day, or the first or last one of a year."""
    try:
        return date(int(text), 12 if last else 1, 31 if last else 1) if len(text) == 4 else date.fromisoformat(text)
    except ValueError:
        raise UserError(f"config: {key}: '{text}' is no day such as 2024-01-31, nor a year such as 2024") from None


def _url(key: str, text: str) -> str:
    """Refuse what would send secrets over an open line."""
    parts = urlsplit(text)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not safe or not parts.hostname or parts.username or parts.password:
        raise UserError(f"config: {key} must be an address that begins with https:// and holds no name or password")
    return text.rstrip("/")


def _suggest(word: str, known) -> str:
    close = get_close_matches(str(word), list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""

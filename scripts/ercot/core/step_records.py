"""What passes between steps as JSON: written with a version, read as a declared form."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ercot.core.files import write_json

VERSION = 1  # of all forms together; a key that comes later is declared `NotRequired` instead
Form = TypeVar("Form")


def write_record(path: Path | str, record: Mapping[str, Any]) -> None:
    """Write a record, whole or not at all."""
    write_json(path, {"version": VERSION, **record})


def read_record(path: Path | str, form: type[Form]) -> Form:
    """Read a record as a form: a TypedDict, or a dataclass. Keys that the form does not have are passed over.

    Raises `OSError`, and `ValueError` for what is no JSON, of another version, or not of that form.
    """
    content = msgspec.json.decode(Path(path).read_bytes())
    version = content.get("version", VERSION) if isinstance(content, dict) else None
    if version != VERSION:
        raise ValueError(f"{path} is of version {version}, this is version {VERSION}")
    return msgspec.convert(content, form)

"""The code behind a step of the workflow: its script and every module that it imports, found from the imports.

What a module imports and the digest of its syntax are kept by the digest of its text, where Python keeps what it
compiled: to parse all modules takes a tenth of the time in which Snakemake starts.
"""

import ast
import json
import os
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ercot.core.files import digest, read_gzip, write_gzip_if_changed

LIBRARY = Path(__file__).resolve().parents[1]
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
MOST_KEPT = 2000  # modules as they were at any time
DECLARATIONS = LIBRARY / "catalog" / "reports"  # the digest of a single declaration stands for them


def lend_library() -> None:
    """Let the jobs of a workflow import this library, whatever other one is installed in their environment."""
    paths = [str(LIBRARY.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))


@lru_cache(maxsize=64)
def code_digest(entry: Path) -> str:
    """Return the digest of a script with all modules of this library that it imports, at any depth.

    Comments, docstrings and layout do not count. Files that are no code but lie in an imported package (templates) do.
    """
    already = len(_kept())
    modules = sorted(imported_modules(entry))
    packages = {module.parent for module in modules if module.is_relative_to(LIBRARY)}
    others = sorted({path for package in packages for path in _companions(package)})
    text = "".join([_read(module).syntax for module in modules])
    if len(_kept()) > already:
        _keep()
    return digest(text.encode(), *(path.read_bytes() for path in others))


def imported_modules(entry: Path) -> set[Path]:
    """Return the files of a script and of all modules of this library that it imports, at any depth."""
    found, pending = set(), [entry]
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            pending += _read(path).imports
    return found


class _Module(NamedTuple):
    """What a file of code is."""

    imports: tuple[Path, ...]  # the modules of this library that it imports itself, with the packages they lie in
    syntax: str  # digest of its syntax tree without comments and docstrings


@lru_cache(maxsize=256)
def _read(path: Path) -> _Module:
    source, kept = path.read_bytes(), _kept()
    text = digest(source)
    if text not in kept:
        kept[text] = _parse(source)
    names, syntax = kept[text]
    return _Module(tuple(file for name in names for file in _files_of(name)), syntax)


def _parse(source: bytes) -> tuple[list[str], str]:
    """Return the dotted names that some code imports, and the digest of its syntax."""
    tree, names = ast.parse(source), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return sorted(names), digest(ast.dump(tree).encode())


def _kept_at() -> Path:
    return LIBRARY / "__pycache__" / f"code.{sys.implementation.cache_tag}.json.gz"


def _made_by() -> str:
    """Return what the kept digests follow from beside the text of a module: this module, and Python's parser."""
    return digest(Path(__file__).read_bytes(), sys.version.encode())


@lru_cache(maxsize=1)
def _kept() -> dict[str, tuple[list[str], str]]:
    """Return what earlier runs have parsed, by the digest of the text; those of long ago are forgotten all at once."""
    with suppress(ValueError, KeyError, TypeError):
        content = json.loads(read_gzip(_kept_at()) or b"{}")
        if content["made_by"] == _made_by() and len(content["modules"]) < MOST_KEPT:
            return content["modules"]
    return {}


def _keep() -> None:
    """Keep what was parsed, unless nothing may be written here."""
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            write_gzip_if_changed(_kept_at(), json.dumps({"made_by": _made_by(), "modules": _kept()}).encode())


@lru_cache(maxsize=2048)
def _files_of(name: str) -> tuple[Path, ...]:
    """Return the file of a dotted name and those of the packages above it; none where it is no module of ours."""
    package, *parts = name.split(".")
    if package != LIBRARY.name:
        return ()
    folders = [LIBRARY.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
    candidates = [*(folder / "__init__.py" for folder in folders), folders[-1].with_suffix(".py")]
    return tuple(path for path in candidates if path.is_file() and not path.is_relative_to(DECLARATIONS))


@lru_cache(maxsize=64)
def _companions(package: Path) -> tuple[Path, ...]:
    """Return the files of a package that are no code, those in its plain subfolders included."""
    folders = [package, *(f for f in package.iterdir() if f.is_dir() and not list(f.glob("*.py")))]
    files = [path for folder in folders if folder.name != "__pycache__" for path in folder.iterdir() if path.is_file()]
    return tuple(path for path in files if path.suffix not in (".py", ".pyc"))

"""The code behind a step is what its script imports; prose does not count, everything else does."""

import ast
import gzip
import json
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from ercot.catalog import DATASETS
from ercot.catalog.clocks import Clock
from ercot.catalog.model import Coverage, DayFrom, Kind
from ercot.core import code
from ercot.core.code import LIBRARY, code_digest, imported_modules
from ercot.planning.plan import declaration_digest, engine_digest

pytestmark = pytest.mark.slow

SCRIPTS = sorted(LIBRARY.parent.glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_modules_are_those_that_python_imports_and_those_that_functions_import_later(script):
    show = "import sys, runpy; runpy.run_path(sys.argv[1], run_name='entry'); print('\\n'.join(map(str, (\
getattr(m, '__file__', None) for n, m in sys.modules.items() if n.split('.')[0] == 'ercot'))))"
    done = subprocess.run(
        [sys.executable, "-c", show, script],
        env={"PYTHONPATH": str(LIBRARY.parent), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {Path(line) for line in done.stdout.splitlines()}
    declared = {path for path in loaded if path.is_relative_to(code.DECLARATIONS)}
    found = imported_modules(script)
    assert loaded - declared <= found
    later = found - loaded - {script}
    assert later <= {path for module in found for path in imports_in_functions(module)}


def imports_in_functions(module: Path) -> set[Path]:
    """Return the modules that are imported only when a function runs, with all that they import."""
    inner = [
        node
        for function in ast.walk(ast.parse(module.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ercot")
    ]
    names = {name for node in inner for name in (node.module, *(f"{node.module}.{a.name}" for a in node.names))}
    paths = {LIBRARY.parent.joinpath(*name.split(".")).with_suffix(".py") for name in names}
    return {found for path in paths if path.exists() for found in imported_modules(path)}


def test_every_import_of_the_library_is_by_its_full_name():
    """A relative one would not be found, nor one by a name that is computed: of declarations and commands alone."""
    computed = set()
    for path in (*LIBRARY.rglob("*.py"), *SCRIPTS):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path
            if isinstance(node, ast.Attribute) and node.attr == "import_module":
                computed.add(path.relative_to(LIBRARY.parent).as_posix())
    assert computed == {"ercot/cli.py", "ercot/catalog/__init__.py"}


def test_declarations_are_imported_by_the_catalog_alone():
    """What else is in their modules shows in no digest, so nothing else may use it."""
    behind_steps = set().union(*map(imported_modules, SCRIPTS))
    users = [path for path in behind_steps if "ercot.catalog.reports" in path.read_text()]
    assert [path.relative_to(LIBRARY).as_posix() for path in users] == []


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the scripts, whose digests are computed anew after each change."""
    scripts = tmp_path / "scripts"
    shutil.copytree(LIBRARY.parent, scripts, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    monkeypatch.setattr(code, "LIBRARY", scripts / "ercot")
    monkeypatch.setattr(code, "DECLARATIONS", scripts / "ercot" / "catalog" / "reports")

    def digests() -> dict[str, str]:
        forget()
        return {path.stem: code_digest(path) for path in sorted(scripts.glob("*.py"))}

    yield scripts, digests
    forget()


def forget() -> None:
    """Start anew, as another process does."""
    for cached in (code.code_digest, code._read, code._companions, code._files_of, code._kept):
        cached.cache_clear()


def changed(copied, module: str, change) -> set[str]:
    """Return the scripts whose digest another text of a module changes."""
    scripts, digests = copied
    before, path = digests(), scripts / module
    text = change(path.read_text())
    assert text != path.read_text()
    path.write_text(text)
    after = digests()
    return {name for name in before if before[name] != after[name]}


def test_the_digest_does_not_depend_on_where_the_clone_lies(copied, monkeypatch):
    _, digests = copied
    here = digests()
    monkeypatch.undo()
    forget()
    assert here["normalize"] == code_digest(LIBRARY.parent / "normalize.py")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "# A comment.\n\n\n" + text,
        lambda text: text.replace('"""', '"""Other words. ', 1),
        lambda text: text.replace("\n    return ", "\n    # why\n    return "),
        lambda text: text.replace('    """Return ', '    """Give back '),
    ],
    ids=["comment", "docstring of the module", "comment in functions", "docstrings of functions"],
)
def test_prose_does_not_count(copied, change):
    assert changed(copied, "ercot/tables/schema.py", change) == set()


@pytest.mark.parametrize(
    ("module", "old", "new", "least", "never"),
    [
        ("ercot/tables/schema.py", "Kind.INTEGER: pl.Int32", "Kind.INTEGER: pl.Int64", {"normalize", "rollup"}, set()),
        (
            "ercot/core/severity.py",
            '"gap": Check("warning"',
            '"gap": Check("info"',
            {"report", "verdict"},
            {"rollup", "derive"},
        ),
        ("ercot/facts/integrity.py", "rows lack", "lines lack", {"rollup"}, {"report"}),
        ("ercot/report/html/templates/style.css", "color", "colour", {"report"}, {"normalize", "rollup", "verdict"}),
        ("rollup.py", "finding", "remark", {"rollup"}, {"normalize", "report"}),
        ("ercot/rollup/derived_tables.py", "TOP_HOURS = 4", "TOP_HOURS = 5", {"derive"}, {"normalize", "rollup"}),
    ],
)
def test_a_changed_constant_function_template_or_wording_counts_where_it_is_used(
    copied, module, old, new, least, never
):
    found = changed(copied, module, lambda text: text.replace(old, new))
    assert least <= found
    assert not found & never


def test_a_text_that_is_no_docstring_counts(copied):
    found = changed(copied, "ercot/core/wording.py", lambda text: text.replace('"s"', '"z"'))
    assert {"normalize", "rollup", "report", "verdict"} <= found


def test_what_was_parsed_is_kept_and_parsed_again_where_its_text_changed(copied, monkeypatch):
    scripts, digests = copied
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    first, parsed, parse = digests(), [], code._parse
    monkeypatch.setattr(code, "_parse", lambda source: parsed.append(source) or parse(source))
    assert digests() == first
    assert parsed == [], "all was kept"
    changed_text = (scripts / "rollup.py").read_text().replace("finding", "remark")
    (scripts / "rollup.py").write_text(changed_text)
    after = digests()
    assert parsed == [changed_text.encode()]
    code._kept_at().unlink()
    assert digests() == after, "the same from nothing"


@pytest.mark.parametrize("how", ["cut short", "no JSON", "not ours", "of another module", "too many"])
def test_kept_digests_that_cannot_be_used_are_made_again(copied, monkeypatch, how):
    _, digests = copied
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    first, kept = digests(), code._kept_at()
    wrong = json.loads(gzip.decompress(kept.read_bytes()))
    wrong["modules"] = {text: [names, "wrong"] for text, (names, _) in wrong["modules"].items()}
    if how == "too many":
        monkeypatch.setattr(code, "MOST_KEPT", len(wrong["modules"]))
    elif how != "cut short":
        wrong["made_by"] = "other"
    contents = {"no JSON": b"{", "not ours": b"[]"}
    packed = gzip.compress(contents.get(how, json.dumps(wrong).encode()))
    kept.write_bytes(packed[: len(packed) // 2] if how == "cut short" else packed)
    assert digests() == first


def test_nothing_is_kept_where_python_keeps_nothing(copied, monkeypatch):
    _, digests = copied
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    digests()
    assert not code._kept_at().exists()


DATASET = DATASETS["dam_spp"]
PROSE = {"title": "Other words", "emil": "NP0", "quirks": ("odd",)}
OTHER = {
    "id": "x",
    "sources": (),
    "clock": next(clock for clock in Clock if clock is not DATASET.clock),
    "columns": DATASET.columns[1:],
    "key": (),
    "first_day": DATASET.first_day.replace(year=2030),
    "mb_per_day": (),
    "last_day": DATASET.first_day,
    "evidence": ((DATASET.first_day, next(iter(DATASETS["dam_spp"].evidence), None)), 1),
    "day_from": next(day for day in DayFrom if day is not DATASET.day_from),
    "coverage": next(coverage for coverage in Coverage if coverage is not DATASET.coverage),
    "run_minutes": (1,),
    "corrections": None,
    "order": ("x",),
    "one_of": ("x",),
}


def test_prose_of_a_declaration_reads_no_raw_file_again_but_writes_what_shows_it():
    worded = replace(DATASET, columns=tuple(replace(column, meaning="Other words") for column in DATASET.columns))
    for other in (worded, *(replace(DATASET, **{name: value}) for name, value in PROSE.items())):
        assert engine_digest(other) == engine_digest(DATASET)
        assert declaration_digest(other) != declaration_digest(DATASET)


@pytest.mark.parametrize("name", [field.name for field in fields(DATASET) if field.name not in PROSE])
def test_everything_else_of_a_declaration_counts(name):
    other = replace(DATASET, **{name: OTHER[name]})
    assert engine_digest(other) != engine_digest(DATASET)
    assert declaration_digest(other) != declaration_digest(DATASET)


@pytest.mark.parametrize(
    ("name", "value"), [("name", "x"), ("kind", Kind.DATE), ("unit", "x"), ("required", True), ("low", 0.5)]
)
def test_a_changed_column_counts(name, value):
    last = replace(DATASET.columns[-1], **{name: value})
    other = replace(DATASET, columns=(*DATASET.columns[:-1], last))
    assert other != DATASET
    assert engine_digest(other) != engine_digest(DATASET)


def test_a_declaration_is_told_from_its_values_alone():
    """No address of an object in memory may be among them: the digest would be another one in each run."""
    assert not [name for name, dataset in DATASETS.items() if " at 0x" in repr(dataset)]

"""Jobs start without the libraries that they do not need, or only need where there are corrections and the like."""

import subprocess
import sys

import pytest

from ercot.core.code import LIBRARY

pytestmark = pytest.mark.slow

SCRIPTS = LIBRARY.parent
LOADED = "print(*{name.partition('.')[0] for name in sys.modules})"


def loaded_by(program: str, *arguments: str) -> set[str]:
    """Run a program in a process of its own; return the packages that it has then loaded."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{LOADED}", *arguments],
        env={"PYTHONPATH": str(SCRIPTS), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("script", "needed", "unneeded"),
    [
        ("normalize", {"polars", "pyarrow"}, {"pandas", "duckdb", "jinja2"}),
        ("rollup", {"polars"}, {"pyarrow", "pandas", "duckdb", "jinja2"}),
        ("reconcile", {"polars"}, {"pyarrow", "pandas", "duckdb", "jinja2"}),
        ("report", {"polars", "jinja2"}, {"pyarrow", "pandas", "duckdb"}),
        ("header_registry", {"ercot"}, {"polars", "pyarrow", "numpy"}),
        ("verdict", {"ercot"}, {"polars", "pyarrow", "numpy"}),
    ],
)
def test_a_job_starts_without_what_it_does_not_need(script, needed, unneeded):
    found = loaded_by("import runpy, sys; runpy.run_path(sys.argv[1])", str(SCRIPTS / f"{script}.py"))
    assert needed <= found
    assert not unneeded & found


def test_pandera_validates_without_pandas():
    found = loaded_by(
        "import sys, polars as pl\n"
        "from ercot.catalog import DATASETS\n"
        "from ercot.tables.schema import annual_table\n"
        "from ercot.tables.table import validate\n"
        "table = annual_table(DATASETS['dam_spp'])\n"
        "assert validate(table, pl.DataFrame(schema=table.types)) == []"
    )
    assert {"pandera", "polars"} <= found
    assert not {"pandas", "hypothesis", "pyarrow"} & found


def test_a_job_collects_its_own_garbage_and_none_of_what_it_imported():
    loaded_by(
        "import ercot.core.process, gc, sys\n"
        "from ercot.core.garbage import collect_garbage\n"
        "assert not gc.isenabled()\n"
        "collect_garbage()\n"
        "assert gc.isenabled() and gc.get_freeze_count()"
    )


def test_a_program_that_imports_the_library_keeps_its_own_settings():
    loaded_by(
        "import gc, sys\n"
        "from ercot.core.garbage import collect_garbage\n"
        "collect_garbage()\n"
        "assert gc.isenabled() and not gc.get_freeze_count()"
    )


@pytest.mark.parametrize("when", ["before", "within", "in the Snakefile"])
def test_duckdb_prints_nothing_at_the_end_of_a_process(when):
    """It tells of all that no garbage collection took from it."""
    steps = ["import ercot.core.process, duckdb", "from ercot.core.garbage import collect_garbage", "collect_garbage()"]
    if when == "within":
        steps = ["import ercot.core.process", *steps[1:], "import duckdb"]
    if when == "in the Snakefile":
        steps = ["from ercot.core.garbage import leave_the_rest", "leave_the_rest()", "import duckdb"]
    program = "\n".join([*steps, "assert duckdb.sql('select 1').fetchall() == [(1,)]"])
    environment = {"PYTHONPATH": str(SCRIPTS), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")

"""Packages import only what stands before them in the list of docs/architecture.md; none is too large to read."""

import ast
import re

from ercot.core.code import LIBRARY

ROOT = LIBRARY.parents[1]
BESIDE = {"fetch", "simulate"}  # programs of their own: nothing imports them, and not each other
MOST_MODULES = 12
MOST_LINES = 300
MOST_IN_FUNCTION = 30
TOP = {"cli", "__init__"}


def order():
    """The packages in the order of the table."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+)` \|", text.split("## I want to")[0], flags=re.MULTILINE)


def packages():
    return sorted(path.parent.name for path in LIBRARY.glob("*/__init__.py"))


def imported(path):
    """The packages of the library that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (name.split(".")[1] for name in names if name.startswith("ercot."))


def arrows():
    for path in LIBRARY.rglob("*.py"):
        own = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
        for other in imported(path):
            if own not in TOP and other != own:
                yield own, other, path.name


def test_the_list_names_every_package():
    assert sorted([*order(), *BESIDE]) == packages()


def test_no_import_goes_against_the_order():
    place = {name: number for number, name in enumerate(order())}
    of_main = [(own, other, name) for own, other, name in arrows() if own not in BESIDE]
    assert len(of_main) > 100
    assert [arrow for arrow in of_main if arrow[1] in BESIDE or place[arrow[1]] > place[arrow[0]]] == []


def test_what_stands_beside_imports_no_other_such():
    assert [arrow for arrow in arrows() if {*arrow[:2]} <= BESIDE] == []


def test_no_folder_holds_more_than_a_dozen_modules():
    folders = {path.parent for path in LIBRARY.rglob("__init__.py")}
    count = {f.name: len([p for p in f.glob("*.py") if p.name not in ("__init__.py", "__main__.py")]) for f in folders}
    assert {name: number for name, number in count.items() if number > MOST_MODULES} == {}


def functions(path):
    """Name and lines of each function, from the first statement below its docstring on."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node, clean=False) is not None
            body = node.body[documented:] or node.body
            yield f"{path.name}: {node.name}", node.end_lineno - body[0].lineno + 1


def test_no_module_has_more_than_three_hundred_lines_and_no_function_more_than_thirty():
    """The functions of catalog/reports declare columns: their length is that of a header."""
    modules = list((ROOT / "scripts").rglob("*.py"))
    assert {p.name: n for p in modules if (n := len(p.read_text().splitlines())) > MOST_LINES} == {}
    readable = [path for path in modules if path.parent.parent.name != "reports"]
    assert {name: n for path in readable for name, n in functions(path) if n > MOST_IN_FUNCTION} == {}

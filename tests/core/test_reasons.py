"""Every reason in the code is in the list that explains them, and the list has no other."""

import ast
import re
from pathlib import Path

from ercot.core.reasons import OF_FILES, OF_ROWS, meaning_of

LIBRARY = Path(__file__).resolve().parents[2] / "scripts/ercot"


def texts(node: ast.AST) -> list[str]:
    """Return the string constants below a node, of a formatted one the beginning."""
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def trees(*packages: str) -> list[ast.AST]:
    return [ast.parse(path.read_text()) for name in packages for path in sorted((LIBRARY / name).glob("*.py"))]


def reasons_of_files() -> set[str]:
    calls = [n for tree in trees("raw", "normalize") for n in ast.walk(tree) if isinstance(n, ast.Call)]
    raised = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "UnreadableFile"]
    return {text.partition(":")[0] for call in raised for text in texts(call)[:1]}


def test_the_reasons_of_files_are_those_of_the_list():
    assert reasons_of_files() | {"unreadable"} == set(OF_FILES)


def test_the_reasons_of_rows_stand_in_the_code():
    words = {text for tree in trees("normalize") for text in texts(tree)}
    assert {name for name in OF_ROWS if not any(re.match(rf"{name}(: |$)", word) for word in words)} <= {
        "blank_key",  # followed by a name that is put in
        "missing_value",
    }


def test_a_reason_is_found_by_its_name():
    assert meaning_of("bad_number: mw").startswith("a number is expected")
    assert meaning_of("ragged_line: 3 fields instead of 5").startswith("the line has more or fewer fields")
    assert meaning_of("settlement_point_price") == ""

"""What the name of a file or member says of its form, and how members are named in reports."""

from collections.abc import Sequence

MemberPath = tuple[str, ...]  # the names to go through inside a container; () is the file itself


def is_zip(name: str) -> bool:
    """Say whether a name is that of a zip."""
    return name[-4:].lower() == ".zip"


def is_csv(name: str) -> bool:
    """Say whether a name is that of a CSV, plain or gzipped."""
    return name[-7:].lower().endswith((".csv", ".csv.gz"))


def is_workbook(name: str) -> bool:
    """Say whether a name is that of a workbook, of which each sheet is a member."""
    return name[-5:].lower() == ".xlsx"


def is_sheet(steps: Sequence[str]) -> bool:
    """Say whether a member is a sheet; ``steps`` are the names of its file and of what is gone through inside."""
    return len(steps) > 1 and is_workbook(steps[-2])


def is_table(steps: Sequence[str]) -> bool:
    """Say whether a member holds rows: it is a CSV or a sheet."""
    return is_csv(steps[-1]) or is_sheet(steps)


def is_container(steps: Sequence[str]) -> bool:
    """Say whether a member holds others: it is a zip or a workbook."""
    return (is_zip(steps[-1]) or is_workbook(steps[-1])) and not is_sheet(steps)


def base_name(name: str) -> str:
    """Return the last part of a member's name, whatever slashes the archive used."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def label(path: str, member_path: MemberPath) -> str:
    """Return how reports name a member: the path below the raw folder, then each step inside, set off by ``!``.

    What does not print (line ends, bytes that are no UTF-8, marks that turn the direction of writing) is escaped.
    """
    shown = "!".join((path, *member_path))
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)

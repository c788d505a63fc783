"""A look into a file whose name does not say enough: its members, their datasets and operating days."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from ercot.catalog.model import DayFrom
from ercot.raw.containers.names import MemberPath, base_name, is_container, is_csv, is_sheet, is_table, is_workbook
from ercot.raw.containers.reader import MemberReader
from ercot.raw.file_names import Name, NameReader, is_xml
from ercot.raw.header import UnreadableFile
from ercot.raw.operating_days import HEAD_BYTES, days_in, resolve_dataset
from ercot.raw.tree import File
from ercot.raw.unclaimed import Claim, claim_by_header, claim_by_name


class Inspection(NamedTuple):
    """What a look into a file found: one member, its dataset if any, its days, or why it cannot be read.

    ``claim`` says of an ignored member why it was probably meant.
    """

    member_path: MemberPath
    dataset: str | None
    days: tuple[date, ...]
    fault: str | None
    claim: Claim | None = None


def inspect(raw_dir: Path, names: NameReader, file: File, name: Name) -> list[Inspection]:
    """Return what each member of a file is; a file that is no container has one, itself."""
    reader = MemberReader(raw_dir)
    inside = reader.member_paths(file.path) if is_container([file.base]) else [((), None)]
    found = [f for member_path, fault in inside if (f := _inspect_path(reader, names, file, member_path, fault))]
    if name.candidates and not any(inspection.dataset for inspection in found):
        return [Inspection((), name.candidates[0][0].id, (name.day,), None)]  # normalizing it says what it lacks
    return found or [Inspection((), None, (), None)]


def _inspect_path(
    reader: MemberReader, names: NameReader, file: File, member_path: MemberPath, fault: UnreadableFile | None
) -> Inspection | None:
    """Say what a member is, None for a blank sheet; the innermost name that is that of a report counts."""
    bases = [file.base, *map(base_name, member_path)]
    name = names.read_innermost(bases)
    if fault and not (is_workbook(bases[-1]) and not name.candidates):
        known = len(name.candidates) == 1
        return Inspection(
            member_path, name.candidates[0][0].id if known else None, (name.day,) if known else (), str(fault)
        )
    if name.candidates and is_table((file.path, *member_path)) and not is_xml(bases[-1]):
        return _inspect_member(reader, file, member_path, name)
    return Inspection(member_path, None, (), None, _claim(reader, names, file, member_path, bases[-1]))


def _claim(reader: MemberReader, names: NameReader, file: File, member_path: MemberPath, base: str) -> Claim | None:
    """Say why an ignored member was probably meant; of a CSV under a name of no report its header is looked at."""
    by_name = claim_by_name(names, base)
    if by_name or is_xml(base) or not is_csv(base):
        return by_name
    try:
        return claim_by_header(names.datasets, reader.read(file.path, member_path, limit=HEAD_BYTES))
    except UnreadableFile:
        return None


def _inspect_member(reader: MemberReader, file: File, member_path: MemberPath, name: Name) -> Inspection | None:
    """Tell the dataset and the days of a member; one that cannot be read keeps the day of its name.

    A blank sheet is nothing: None.
    """
    dataset, days = name.candidates[0][0], []
    if not name.sure:
        try:
            head = reader.read(file.path, member_path, limit=HEAD_BYTES)
            if not head and is_sheet((file.path, *member_path)):
                return None
            dataset = resolve_dataset(name.candidates, head)
            whole = dataset.day_from is DayFrom.ROWS and len(head) == HEAD_BYTES
            days = days_in(dataset, reader.pieces(file.path, member_path) if whole else [head])
        except UnreadableFile:
            days = []
    return Inspection(member_path, dataset.id, tuple(days) or (name.day,), None)

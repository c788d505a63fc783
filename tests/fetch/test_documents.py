"""Lists, names and zips: what holds whatever the server sends."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from ercot.fetch.download import fault_of, name_of, unpack
from ercot.fetch.servers.calls import Unanswered
from ercot.fetch.servers.listing import Listed, Page, read_whole_list

# lists


def listed(*ids):
    return tuple(Listed(i, "x", datetime(2024, 8, 1)) for i in ids)


def test_a_list_that_shifts_is_read_again():
    pages = iter([
        Page(3, 2, listed(3, 2)), Page(4, 2, listed(2, 1)),  # 4 came in between
        Page(4, 2, listed(4, 3)), Page(4, 2, listed(2, 1)),
    ])  # fmt: skip
    assert [d.doc_id for d in read_whole_list(lambda number: next(pages))] == [4, 3, 2, 1]


def test_a_document_that_fell_between_two_pages_is_noticed():
    pages = iter([
        Page(4, 2, listed(4, 3)), Page(3, 2, listed(1)),  # 4 was withdrawn: 2 moved to the first page
        Page(3, 2, listed(3, 2)), Page(3, 2, listed(1)),
    ])  # fmt: skip
    assert [d.doc_id for d in read_whole_list(lambda number: next(pages))] == [3, 2, 1]


def test_a_list_that_never_agrees_is_refused():
    with pytest.raises(Unanswered, match="6 times"):
        read_whole_list(lambda number: Page(5, 1, listed(1, 2)))


def test_a_document_that_is_always_listed_twice_is_taken_once():
    assert len(read_whole_list(lambda number: Page(3, 1, listed(1, 2, 2)))) == 2


def test_an_empty_list_is_empty():
    assert read_whole_list(lambda number: Page(0, 0, ())) == []


# names and zips


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


CSV = "cdr.00012331.0000000000000000.20251230.123326.DAMSPNP4190"
# given by the server, members of the zip, name it is kept under
NAMES = [
    (f"77.{CSV}_csv.zip", [f"{CSV}.csv"], f"{CSV}_csv.zip"),
    (f"{CSV}_csv.zip", [f"{CSV}.csv"], f"{CSV}_csv.zip"),
    (f"../../{CSV}_csv.zip", [f"{CSV}.csv"], f"{CSV}_csv.zip"),
    (f"..\\..\\{CSV}_csv.zip", [f"{CSV}.csv"], f"{CSV}_csv.zip"),
    ("zip", [f"{CSV}.csv"], f"{CSV}_csv.zip"),
    ("DAMSPNP4190_csv", [f"{CSV}.csv"], f"{CSV}_csv.zip"),
    ("60_Day_SCED_Disclosure", ["a.csv", "b.csv"], "77.60_Day_SCED_Disclosure.zip"),
    ("receipt.json", ["a.csv", "b.csv"], "77.receipt_json.zip"),
    (".bashrc", ["a.csv", "b.csv"], "77.bashrc.zip"),
    ("..", ["../../x.csv"], "x_csv.zip"),
    ("a\x00b\n.zip", ["a.csv", "b.csv"], "77.a_b__zip.zip"),
    ("", ["a.csv", "b.csv"], "77.zip"),
    ("x" * 300 + ".zip", ["a.csv", "b.csv"], f"77.{'x' * 100}.zip"),
]


@pytest.mark.parametrize(("given", "members", "kept"), NAMES)
def test_names_of_the_server_stay_in_the_folder(tmp_path, given, members, kept):
    path = zipped(tmp_path / "77.part", dict.fromkeys(members, b"x"))
    assert name_of(77, given, path) == kept


def test_a_bundle_with_bare_ids_is_named_after_what_it_holds(tmp_path):
    inner = zipped(tmp_path / "inner", {f"{CSV}.csv": b"x"}).read_bytes()
    outer = zipped(tmp_path / "outer", {"5.zip": inner, "6.zip": inner, "readme.txt": b"no"})
    arrived = list(unpack(outer, {5, 7}, tmp_path))
    assert [(a.doc_id, a.name, a.fault) for a in arrived] == [(5, f"{CSV}_csv.zip", None)]


def test_a_document_that_is_broken_at_ercot_is_told(tmp_path):
    inner = bytearray(zipped(tmp_path / "inner", {"a.csv": b"x" * 100}).read_bytes())
    inner[60] ^= 0xFF
    outer = zipped(tmp_path / "outer", {"5.a_csv.zip": bytes(inner), "6.b_csv.zip": b"PK\x03\x04 no", "7.c.zip": b"no"})
    faults = {a.doc_id: a.fault for a in unpack(outer, {5, 6, 7}, tmp_path)}
    assert faults == {5: "its zip fails the CRC test", 6: "its zip cannot be read", 7: "it is no zip"}
    assert fault_of(zipped(tmp_path / "whole", {"a.csv": b"x"}), "a.zip") is None

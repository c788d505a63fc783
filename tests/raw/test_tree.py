"""What is listed of a raw folder, whatever names and rights it has, and when two listings are told apart."""

import os
from pathlib import Path

import pytest
from helpers import deny, write_raw

from ercot.raw.tree import list_tree


def listed(raw) -> list[tuple[str, int, int]]:
    return [tuple(file) for file in list_tree(raw).files()]


def slowly_listed(raw) -> set[tuple[str, int, int]]:
    """What `os.walk` finds, which lists in another way."""
    paths = (Path(folder, name) for folder, _, names in os.walk(raw) for name in names)
    return {(str(path.relative_to(raw)), path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


def test_any_name_is_listed_once_with_its_size_and_time(tmp_path):
    names = ["b.csv", "a.csv", "a/z.csv", "a b/é.csv", "a/new\nline.csv", "A.csv", "a/b/c/d.csv", "a-b/x|y\\z 1.csv"]
    write_raw(tmp_path, {name: "x" * position for position, name in enumerate(names)})
    no_text = os.fsencode(tmp_path) + b"/\xff.csv"
    with open(no_text, "wb") as file:
        file.write(b"12345")
    os.utime(tmp_path / "a.csv", ns=(1, 1_700_000_000_123_456_789))
    found = listed(tmp_path)
    assert set(found) == slowly_listed(tmp_path)
    assert len(found) == len(names) + 1
    assert ("a.csv", 1, 1_700_000_000_123_456_789) in found
    assert ("\udcff.csv", 5, os.stat(no_text).st_mtime_ns) in found


def test_links_are_followed_and_no_folder_is_listed_twice(tmp_path):
    raw = write_raw(tmp_path / "raw", {"a/x.csv": "1"})
    write_raw(tmp_path / "far", {"y.csv": "12", "deep/z.csv": "123"})
    (raw / "far").symlink_to(tmp_path / "far")
    (raw / "far-again").symlink_to(tmp_path / "far")
    (raw / "a" / "loop").symlink_to(raw)
    (raw / "single.csv").symlink_to(tmp_path / "far" / "y.csv")
    (raw / "nowhere.csv").symlink_to(tmp_path / "nothing")
    assert [(path, size) for path, size, _ in listed(raw)] == [
        ("nowhere.csv", 0),
        ("single.csv", 2),
        ("a/x.csv", 1),
        ("far/y.csv", 2),
        ("far/deep/z.csv", 3),
    ]


def test_a_folder_that_cannot_be_listed_is_named_and_the_raw_folder_itself_must_be_there(tmp_path, monkeypatch):
    raw = write_raw(tmp_path / "raw", {"a/x.csv": "1", "shut/y.csv": "1"})
    deny(monkeypatch, {"shut"}, "open")
    tree = list_tree(raw)
    assert [file.path for file in tree.files()] == ["a/x.csv"]
    assert tree.refused == [("shut/", "unreadable: Permission denied")]
    for wrong, error in ((tmp_path / "nothing", FileNotFoundError), (raw / "a/x.csv", NotADirectoryError)):
        with pytest.raises(error):
            list_tree(wrong)


def test_folders_inside_one_that_may_only_be_listed_are_named_as_unreadable(tmp_path, monkeypatch):
    """Without the right to enter a folder its names can be read, but nothing behind them."""
    raw = write_raw(tmp_path / "raw", {"half/x.csv": "1", "half/inside/y.csv": "1", "half/inside-2/z.csv": "1"})
    deny(monkeypatch, {"inside", "inside-2", "x.csv"}, "open", "stat")
    tree = list_tree(raw)
    assert [tuple(file) for file in tree.files()] == [("half/x.csv", 0, 0)]
    assert [folder for folder, _ in tree.refused] == ["half/inside/", "half/inside-2/"]


def test_any_change_of_a_tree_changes_its_digest(tmp_path):
    raw = write_raw(tmp_path / "raw", {"a/x.csv": "1", "a/y.csv": "1", "b/z.csv": "1"})
    for path in (raw / "a/x.csv", raw / "a/y.csv", raw / "b/z.csv"):
        os.utime(path, ns=(0, 10**18))
    digests = [list_tree(raw).digest()]
    assert list_tree(raw).digest() == digests[0]
    changes = (
        lambda: os.utime(raw / "a/x.csv", ns=(0, 10**18 + 1)),
        lambda: (raw / "a/x.csv").write_text("12"),
        lambda: (raw / "a/x.csv").rename(raw / "a/w.csv"),
        lambda: (raw / "a/y.csv").rename(raw / "b/y.csv"),
        lambda: (raw / "b/z.csv").unlink(),
        lambda: (raw / "nowhere").symlink_to(raw / "nothing"),
    )
    for change in changes:
        change()
        digests.append(list_tree(raw).digest())
    assert len(set(digests)) == len(changes) + 1

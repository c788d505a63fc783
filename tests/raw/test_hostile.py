"""Raw files that mean harm: each costs bounded memory and time, is named with its reason, and harms no neighbour."""

import gzip
import io
import os
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest
from counted_calls import counting_calls
from helpers import DAM_SPP_HEADER, write_raw, zip_bytes
from hostile import (
    CSV,
    GZ,
    LINES,
    MIB,
    ROW,
    ZEROS,
    ZIP,
    crc_of,
    deflated,
    many_of,
    measured,
    reasons,
    run_beside_healthy,
    zip_of,
)

from ercot.raw.containers import reader as source
from ercot.raw.containers.reader import MemberReader
from ercot.raw.header import UnreadableFile


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "make", "reason", "mib"),
    [
        (ZIP, lambda: zip_of(CSV, deflated(ZEROS, 1100), 1100 * MIB), "unreadable: larger than 1024 MiB", 100),
        (ZIP, lambda: zip_of(CSV, deflated(ZEROS, 1100), 1000), "unreadable: bad CRC or size of", 100),
        (ZIP, lambda: zip_of(CSV, deflated(ZEROS, 1), 1000 * MIB), "unreadable: bad CRC or size of", 1100),
        (GZ, lambda: deflated(ZEROS, 1100, 31), "unreadable: larger than 1024 MiB", 1300),
        (
            ZIP,
            lambda: zip_of(CSV, deflated(ZEROS, 900), 900 * MIB, crc_of(ZEROS, 900)),
            "unknown_header: the first line is longer than 1 MiB",
            2000,
        ),
        (GZ, lambda: deflated(b"a" * MIB, 500, 31), "unknown_header: the first line is longer than 1 MiB", 1200),
        (GZ, lambda: deflated(b"\n" * MIB, 500, 31), "empty_file: there is nothing in it", 1200),
        (GZ, lambda: deflated(b"," * MIB, 10, 31), "unknown_header: the first line is longer than 1 MiB", 300),
    ],
    ids=["large", "declared too small", "declared too large", "gzip", "just allowed", "line", "line ends", "columns"],
)  # fmt: skip
def test_a_bomb_is_a_rejected_file_and_memory_stays_bounded(tmp_path, name, make, reason, mib):
    found = measured(tmp_path, {name: make()})
    assert [text[: len(reason)] for text in found["files"]] == [reason]
    assert found["kept"] == 1
    assert found["mib"] < mib
    assert found["seconds"] < 30


@pytest.mark.slow
def test_two_gigabytes_on_one_line_are_not_read(tmp_path):
    write_raw(tmp_path / "raw", {CSV: f"{DAM_SPP_HEADER}\n{ROW}"})
    os.truncate(tmp_path / "raw" / CSV, 2 << 30)
    found = measured(tmp_path, {})
    assert found["files"] == ["unreadable: larger than 1024 MiB"]
    assert found["mib"] < 100


@pytest.mark.slow
def test_a_row_of_a_quarter_gigabyte_is_one_rejected_row(tmp_path):
    data = b"".join([f"{DAM_SPP_HEADER}\n{ROW}\n05/02/2024,02:00,".encode(), b"x" * (250 * MIB), b",y,1,N\n"])
    found = measured(tmp_path, {GZ: gzip.compress(data, 1)})
    assert found["rows"] == ["ragged_line: 6 fields instead of 5"]
    assert found["kept"] == 2
    assert found["mib"] < 2500


@pytest.mark.slow
def test_a_row_of_a_million_fields_is_one_rejected_row(tmp_path):
    found = measured(tmp_path, {CSV: f"{DAM_SPP_HEADER}\n{ROW}\n{',' * 1_000_000}\n"})
    assert found["rows"] == ["ragged_line: 1000001 fields instead of 5"]
    assert (found["kept"], found["files"]) == (2, [])
    assert found["mib"] < 500


@pytest.mark.slow
def test_a_hundred_members_that_inflate_to_gigabytes_are_not_held_together(tmp_path):
    body = deflated(LINES, 200)
    header = f"{DAM_SPP_HEADER}\n".encode()
    crc = zlib.crc32(header)
    for _ in range(200):
        crc = zlib.crc32(LINES, crc)
    first = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = first.compress(header) + first.flush(zlib.Z_FULL_FLUSH) + body
    inner = {f"{i}/{CSV}": packed for i in range(60)}
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w") as archive:
        for name in inner:
            archive.writestr(name, b"")
    data = many_of(inner, len(header) + 200 * len(LINES), crc)
    reader_limit = source.MAX_TOGETHER // MIB
    found = [
        str(data) if isinstance(data, UnreadableFile) else len(data)
        for _, data in MemberReader(write_raw(tmp_path / "raw", {ZIP: data})).members(ZIP, ())
    ]
    held = sum(size for size in found if isinstance(size, int))
    assert held < source.MAX_TOGETHER + source.MAX_MEMBER_BYTES
    assert found[-1] == f"unreadable: what the file holds is more than {reader_limit} MiB"


# Zips that are not what they seem


def test_zips_within_zips_end_somewhere(tmp_path, monkeypatch):
    """Ten zips in each of ten, five deep, and many more members than there may be."""
    bomb = zip_bytes({CSV: [DAM_SPP_HEADER, ROW]})
    for _ in range(5):
        bomb = zip_bytes({f"{i}.zip": bomb for i in range(10)}, stored=True)
    monkeypatch.setattr(source, "MAX_MEMBERS", 300)
    run, calls = counting_calls(lambda: run_beside_healthy(tmp_path, {"bomb.zip": bomb, ZIP: bomb}))
    assert calls < 2_000_000  # a look at each of the 200,000 leaves would take several times as many
    assert set(reasons(run)) == {"unreadable: zips nested more than 4 deep", "unreadable: more than 300 members"}
    assert len(reasons(run)) < 1000


def test_a_hundred_thousand_empty_members_are_each_looked_at_a_few_times(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{i}.txt"), b"")
        archive.writestr(CSV, f"{DAM_SPP_HEADER}\n{ROW}\n")
    run, calls = counting_calls(lambda: run_beside_healthy(tmp_path, {"many.zip": buffer.getvalue()}))
    assert calls < 60 * 100_000
    assert run.ledger("dam_spp", 2024) == (2, 2, 0, 2, 2, 0, 0, 0)
    assert len(run.report["files"]["ignored"]) == 100_000


def test_overlapping_members_are_rejected_by_name(tmp_path):
    """Two entries of the directory share one member: the quick way to a bomb without much compression."""
    good = many_of({CSV: deflated(f"{DAM_SPP_HEADER}\n{ROW}\n".encode(), 1)}, 99, 1)
    body = f"{DAM_SPP_HEADER}\n{ROW}\n".encode()
    one = zip_of(CSV, deflated(body, 1), len(body), zlib.crc32(body))
    start = one.index(b"PK\x01\x02")
    entry = one[start : one.index(b"PK\x05\x06")]
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 3, 3, 3 * len(entry), start, 0)
    assert good[:4] == one[:4]
    run = run_beside_healthy(tmp_path, {ZIP: one[:start] + 3 * entry + end})
    assert run.ledger("dam_spp", 2024) == (4, 2, 2, 2, 2, 0, 0, 0)
    assert set(reasons(run)) == {"unreadable: it overlaps the next member, as in a zip bomb"}


def test_members_of_one_name_are_all_read(tmp_path):
    """A zip may hold a name twice; zipfile hands out the last one, and the rows of the first would be lost."""
    one = [DAM_SPP_HEADER, ROW]
    other = [DAM_SPP_HEADER, ROW.replace("01:00", "02:00")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for lines in (one, other, other):
            archive.writestr(CSV, "\n".join(lines))
    run = run_beside_healthy(tmp_path, {ZIP: buffer.getvalue()})
    assert run.ledger("dam_spp", 2024) == (4, 4, 0, 4, 3, 1, 0, 0)


def test_a_member_without_a_name_is_ignored(tmp_path):
    good = zip_bytes({CSV: [DAM_SPP_HEADER, ROW], "x": "y"}, stored=True)
    run = run_beside_healthy(tmp_path, {"odd.zip": good.replace(b"x", b"\0")})
    assert run.ledger("dam_spp", 2024) == (2, 2, 0, 2, 2, 0, 0, 0)
    assert run.report["files"]["ignored"] == ["odd.zip!"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_read(tmp_path, method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(CSV, f"{DAM_SPP_HEADER}\n{ROW}\n")
    data = buffer.getvalue()
    assert run_beside_healthy(tmp_path / "good", {ZIP: data}).ledger("dam_spp", 2024) == (2, 2, 0, 2, 2, 0, 0, 0)
    start = 30 + len(CSV)
    broken = data[: start + 12] + bytes(b ^ 0x55 for b in data[start + 12 : start + 30]) + data[start + 30 :]
    run = run_beside_healthy(tmp_path / "bad", {ZIP: broken})
    assert run.ledger("dam_spp", 2024) == (2, 1, 1, 1, 1, 0, 0, 0)
    assert reasons(run)[0].startswith("unreadable: ")


def patched(data: bytes, at: int, at_central: int, value: int) -> bytes:
    """Return a zip of one member with a 16-bit field changed in both of its headers."""
    central = data.index(b"PK\x01\x02")
    changed = bytearray(data)
    changed[at : at + 2] = changed[central + at_central : central + at_central + 2] = struct.pack("<H", value)
    return bytes(changed)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [((6, 8, 1), "is encrypted, password required"), ((8, 10, 93), "compression"), ((8, 10, 99), "compression")],
    ids=["encrypted", "zstd", "unknown method"],
)
def test_a_member_that_cannot_be_unpacked_is_rejected_by_name(tmp_path, fields, reason):
    run = run_beside_healthy(tmp_path, {ZIP: patched(zip_bytes({CSV: [DAM_SPP_HEADER, ROW]}), *fields)})
    assert run.ledger("dam_spp", 2024) == (2, 1, 1, 1, 1, 0, 0, 0)
    assert run.report["files"]["rejected"][0]["file"] == f"{ZIP}!{CSV}"
    assert reason in reasons(run)[0]


@pytest.mark.parametrize("prefix", ["../../", "/", "C:\\", "..\\..\\", "a/../../../"])
def test_a_member_that_points_elsewhere_is_read_and_nothing_is_written_there(tmp_path, prefix):
    run = run_beside_healthy(tmp_path / "in", {ZIP: zip_bytes({f"{prefix}{CSV}": [DAM_SPP_HEADER, ROW]})})
    assert run.ledger("dam_spp", 2024) == (2, 2, 0, 2, 2, 0, 0, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["out", "raw"]
    assert not (Path("/") / CSV).exists()

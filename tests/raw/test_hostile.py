"""Raw files that mean harm: each costs bounded memory and time, is named with its reason, and harms no neighbour."""

import gzip
import io
import json
import os
import struct
import subprocess
import sys
import time
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest
from helpers import DAM_SPP_HEADER, RT_SPP_HEADER, dam_spp_name, rt_spp_name, run_pipeline, write_raw, zip_bytes
from workbooks import xlsx_bytes

from ercot.raw.containers import reader as source
from ercot.raw.containers.names import label
from ercot.raw.containers.reader import MemberReader
from ercot.raw.header import UnreadableFile

HERE = Path(__file__).resolve()
HEALTHY = {dam_spp_name("2024-05-03"): [DAM_SPP_HEADER, "05/03/2024,01:00,HB_NORTH,20.5,N"]}
ROW = "05/02/2024,01:00,HB_NORTH,30.5,N"
CSV, ZIP, GZ = (dam_spp_name("2024-05-02", ending=ending) for ending in (".csv", "_csv.zip", ".csv.gz"))
MIB = 1 << 20


def run_beside_healthy(tmp_path, files):
    """Run hostile files beside a healthy one, whose row must come out; nothing may be critical."""
    run = run_pipeline(write_raw(tmp_path / "raw", HEALTHY | files), tmp_path / "out", ["dam_spp", "rt_spp"])
    assert run.critical() == []
    assert run.annual["dam_spp", 2024]["settlement_point_price"].to_list()[-1] == 20.5
    assert all(row["balanced"] for row in run.report["ledger"])
    return run


def reasons(run) -> list[str]:
    """Return why files were rejected, in the order of their names."""
    return [entry["reason"] for entry in run.report["files"]["rejected"]]


# Memory and time: each case runs in a process of its own that may not take more than so much memory.

MEASURED = """
import json, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
from helpers import run_pipeline
run_pipeline(Path(sys.argv[2]), Path(sys.argv[3]), ["rt_spp"])
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
run = run_pipeline(Path(sys.argv[1]), Path(sys.argv[3]), ["dam_spp", "rt_spp"])
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({
    "mib": (after - before) / 1024,
    "seconds": time.monotonic() - started,
    "files": [entry["reason"] for entry in run.report["files"]["rejected"]],
    "rows": [reason for (reason,) in run.rejected["dam_spp", 2024].select("reason").unique().rows()],
    "kept": run.annual["dam_spp", 2024].height,
}))
"""


def measured(tmp_path, files) -> dict:
    """Run hostile files in a process with limited memory; return what it took and what it said."""
    write_raw(tmp_path / "raw", HEALTHY | files)
    row = "05/02/2024,1,1,HB_NORTH,HU,30.5,N"
    write_raw(tmp_path / "warm", {rt_spp_name("20240502_0015"): [RT_SPP_HEADER, row]})  # so that all is imported
    paths = [str(HERE.parents[2] / "scripts"), str(HERE.parents[1] / "support")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-c", MEASURED, *(str(tmp_path / name) for name in ("raw", "warm", "out"))]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def deflated(piece: bytes, times: int, wbits: int = -15) -> bytes:
    """Deflate the same bytes many times over without ever holding them."""
    packer = zlib.compressobj(1, zlib.DEFLATED, wbits)
    return b"".join([*(packer.compress(piece) for _ in range(times)), packer.flush()])


def zip_of(name: str, packed: bytes, size: int, crc: int = 0, method: int = 8) -> bytes:
    """Return a zip of one member, written by hand so that it may say anything of it."""
    encoded = name.encode()
    facts = struct.pack("<HHHHHIII", 20, 0, method, 0, 0x2821, crc, len(packed), size)
    local = b"PK\x03\x04" + facts + struct.pack("<HH", len(encoded), 0) + encoded + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHHHII", len(encoded), 0, 0, 0, 0, 0, 0)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + len(encoded), len(local), 0)
    return local + central + encoded + end


def crc_of(piece: bytes, times: int) -> int:
    """Return the checksum of the same bytes many times over."""
    crc = 0
    for _ in range(times):
        crc = zlib.crc32(piece, crc)
    return crc


ZEROS = bytes(MIB)
LINES = (f"{ROW}\n" * (MIB // len(ROW)))[: MIB // 2].encode()


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


def many_of(members: dict[str, bytes], size: int, crc: int) -> bytes:
    """Return a zip of members that are deflated already."""
    local, central = b"", b""
    for name, packed in members.items():
        one = zip_of(name, packed, size, crc)
        start = one.index(b"PK\x01\x02", 30 + len(name) + len(packed))
        entry = one[start : one.index(b"PK\x05\x06", start)]
        central += entry[:42] + struct.pack("<I", len(local)) + entry[46:]
        local += one[:start]
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(members), len(members), len(central), len(local), 0)
    return local + central + end


# Workbooks

BOOK = dam_spp_name("2024-05-02", ending=".xlsx")
SHEET = {"Sheet1": [DAM_SPP_HEADER.split(","), ROW.split(",")]}


def book_with(part: str, content: bytes) -> bytes:
    """Return a sound workbook of which one part is replaced."""
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(SHEET))) as archive:
        return zip_bytes({name: archive.read(name) for name in archive.namelist()} | {part: content})


def lying_book() -> bytes:
    """Return a workbook of which a part inflates to more than is declared."""
    return zip_of("xl/worksheets/sheet1.xml", deflated(ZEROS, 1100), 1000)


def test_a_sound_workbook_gives_its_row(tmp_path):
    run = run_beside_healthy(tmp_path, {BOOK: xlsx_bytes(SHEET)})
    assert run.annual["dam_spp", 2024]["settlement_point_price"].to_list() == [30.5, 20.5]
    assert run.report["files"]["rejected"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "reason", "mib"),
    [
        (lambda: xlsx_bytes({"S": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'}), "spans more than", 100),
        (lambda: xlsx_bytes({"S": "<row r = '9999999'><c r\n='ZZ9999999'><v>1</v></c></row>"}), "spans more than", 100),
        (lambda: xlsx_bytes({"S": f"<row>{'<c><v>1</v></c>' * 34_000_000}</row>"}), "spans more than", 1700),
        (lambda: zip_of("xl/a.xml", deflated(ZEROS, 1100), 1100 * MIB), "larger than 1024 MiB", 100),
        (lying_book, "Bad CRC-32", 100),
    ],
    ids=["far cell", "far cell spelled otherwise", "many cells", "large", "declared too small"],
)
def test_a_workbook_that_would_take_all_memory_is_a_rejected_file(tmp_path, make, reason, mib):
    found = measured(tmp_path, {BOOK: make()})
    (text,) = found["files"]
    assert text.startswith("unreadable: ")
    assert reason in text
    assert found["kept"] == 1
    assert found["mib"] < mib
    assert found["seconds"] < 30


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unreadable: File is not a zip file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "unreadable: File is not a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 64, "unreadable: File is not a zip file"),
        (xlsx_bytes(SHEET)[:-300], "unreadable: File is not a zip file"),
        (zip_bytes({CSV: [DAM_SPP_HEADER, ROW]}), "unreadable: no workbook: Cannot detect file format"),
        (book_with("xl/workbook.xml", b"<html></html>"), "unreadable: no workbook"),
        (
            book_with("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"),
            "unreadable: no sheet that can be read",
        ),
        (book_with("xl/worksheets/sheet1.xml", b"\xff\xfe<"), "unreadable: no sheet that can be read"),
        (book_with("xl/worksheets/sheet1.xml", b"<html><body/></html>"), "unreadable: no CSV inside"),
        (xlsx_bytes({"Sheet1": []}), "unreadable: no CSV inside"),
        (xlsx_bytes({"Sheet1": [["Sign in"]]}), "unknown_header: no column of dam_spp in 'Sign in'"),
    ],
    ids=["empty", "html", "xls", "truncated", "zip", "no sheets", "cut", "binary", "html inside", "blank", "one text"],
)
def test_a_workbook_that_is_none_is_a_rejected_file(tmp_path, content, reason):
    run = run_beside_healthy(tmp_path, {BOOK: content})
    (found,) = reasons(run)
    assert found[: len(reason)] == reason


def test_a_flipped_bit_in_a_workbook_is_noticed(tmp_path):
    content = bytearray(xlsx_bytes(SHEET))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    content[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 4
    (found,) = reasons(run_beside_healthy(tmp_path, {BOOK: bytes(content)}))
    assert found.startswith("unreadable: ")


# Zips that are not what they seem


def test_zips_within_zips_end_somewhere(tmp_path, monkeypatch):
    """Ten zips in each of ten, five deep, and many more members than there may be."""
    bomb = zip_bytes({CSV: [DAM_SPP_HEADER, ROW]})
    for _ in range(5):
        bomb = zip_bytes({f"{i}.zip": bomb for i in range(10)}, stored=True)
    monkeypatch.setattr(source, "MAX_MEMBERS", 300)
    started = time.monotonic()
    run = run_beside_healthy(tmp_path, {"bomb.zip": bomb, ZIP: bomb})
    assert time.monotonic() - started < 20
    assert set(reasons(run)) == {"unreadable: zips nested more than 4 deep", "unreadable: more than 300 members"}
    assert len(reasons(run)) < 1000


def test_a_hundred_thousand_empty_members_take_seconds(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{i}.txt"), b"")
        archive.writestr(CSV, f"{DAM_SPP_HEADER}\n{ROW}\n")
    started = time.monotonic()
    run = run_beside_healthy(tmp_path, {"many.zip": buffer.getvalue()})
    assert time.monotonic() - started < 30
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


# Names


NAMES = [
    "<img src=x onerror=alert(1)>",
    "$(touch pwned); `touch pwned`",
    "a\nb\r\tc",
    "\u202egnp.exe",
    "é ü 雪",
    "|a|*b*_c_",
]


@pytest.mark.parametrize("folder", NAMES, ids=ascii)
def test_a_strange_name_is_shown_on_one_line(tmp_path, folder):
    files = {f"{folder}/{CSV}": [DAM_SPP_HEADER, ROW, "bad"], f"{folder}/{ZIP}": "no zip", f"{folder}/{folder}.txt": ""}
    run = run_beside_healthy(tmp_path, files)
    assert run.ledger("dam_spp", 2024) == (3, 2, 1, 3, 2, 0, 0, 1)
    shown = [
        run.rejected["dam_spp", 2024]["file"][0],
        *run.report["files"]["ignored"],
        run.report["files"]["rejected"][0]["file"],
    ]
    assert [text for text in shown if not text.isprintable()] == []
    assert shown[0] == label(f"{folder}/{CSV}", ())
    assert list(tmp_path.rglob("pwned")) == []


def test_a_name_that_is_not_utf8_is_shown_escaped(tmp_path):
    folder = os.path.join(os.fsencode(write_raw(tmp_path / "raw", {"x": ""})), b"caf\xe9")
    os.mkdir(folder)
    for name, content in (
        (CSV.encode(), f"{DAM_SPP_HEADER}\n{ROW}\nbad\n"),
        (ZIP.encode(), "no zip"),
        (b"\xff.txt", ""),
    ):
        Path(os.fsdecode(os.path.join(folder, name))).write_text(content)
    run = run_beside_healthy(tmp_path, {})
    assert run.ledger("dam_spp", 2024) == (3, 2, 1, 3, 2, 0, 0, 1)
    assert run.rejected["dam_spp", 2024]["file"].to_list() == [f"caf\\udce9/{CSV}"]
    assert run.report["files"]["ignored"] == ["caf\\udce9/\\udcff.txt", "x"]
    json.dumps(run.report, ensure_ascii=False).encode()


# What is no file


def test_links_in_circles_pipes_and_folders_named_like_files_hang_nothing(tmp_path):
    raw = write_raw(tmp_path / "raw", {f"{dam_spp_name('2024-05-01')}/inside.txt": ""})
    (raw / "circle").mkdir()
    (raw / "circle" / "again").symlink_to(raw)
    (raw / "self").symlink_to("self")
    (raw / CSV).symlink_to("nowhere")
    (raw / ZIP).symlink_to(ZIP)
    rt = [
        rt_spp_name(f"20240502_{end}", ending=ending)
        for end, ending in (("0015", ".csv"), ("0030", ".csv.gz"), ("0045", "_csv.zip"))
    ]
    pipes = [*rt, *(dam_spp_name("2024-05-04", ending=e) for e in (".csv", "_csv.zip", ".csv.gz")), "pipe.zip", "pipe"]
    for name in pipes:
        os.mkfifo(raw / name)
    run = run_beside_healthy(tmp_path, {})
    said = {entry["file"]: entry["reason"] for entry in run.report["files"]["rejected"]}
    assert said.pop(CSV) == "unreadable: No such file or directory"
    assert said.pop(ZIP) == "unreadable: Too many levels of symbolic links"
    assert said == dict.fromkeys(pipes[:-1], "unreadable: not a regular file")
    assert run.report["files"]["ignored"] == [f"{dam_spp_name('2024-05-01')}/inside.txt", "pipe", "self"]

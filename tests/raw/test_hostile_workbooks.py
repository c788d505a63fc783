"""Workbooks that mean harm: each is a rejected file, with its reason."""

import io
import zipfile

import pytest
from helpers import DAM_SPP_HEADER, dam_spp_name, zip_bytes
from hostile import CSV, MIB, ROW, ZEROS, deflated, measured, reasons, run_beside_healthy, zip_of
from workbooks import xlsx_bytes

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

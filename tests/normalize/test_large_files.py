"""A file larger than what is parsed at once: the pieces give the rows, lines and rejections of the whole."""

import pytest
from helpers import run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.normalize import parse
from ercot.raw.csv_file import open_sheet

NAME = "60d_SCED_DSR_Load_Data-02-APR-25.csv"
HEADER = '"SCED Time Stamp","Repeated Hour Flag","QSE Name","Total Telemetered DSR Loads"'
LINES = [f'"02/01/2025 {i // 60:02d}:{i % 60:02d}:12","N","Q{i:03d}","{i}.5"' for i in range(300)]
FAULTS = {
    7: LINES[7].replace("7.5", "x"),
    150: LINES[150] + ',"1"',
    151: "",
    299: LINES[299].replace('"N"', '"?"'),
}
REASONS = [
    (9, "bad_number: total_telemetered_dsr_loads"),
    (152, "ragged_line: 5 fields instead of 4"),
    (301, "bad_flag"),
]


def content(faults: dict[int, str], end: str, last: str) -> bytes:
    lines = [HEADER, *(faults.get(i, line) for i, line in enumerate(LINES))]
    return (end.join(lines) + last).encode()


@pytest.mark.parametrize(
    ("size", "end", "last"),
    [(300, "\n", "\n"), (1000, "\n", ""), (5000, "\r\n", "\r\n\r\n\r\n"), (1 << 24, "\n", "\n")],
)
def test_pieces_give_what_the_whole_gives(tmp_path, monkeypatch, size, end, last):
    monkeypatch.setattr(parse, "CHUNK_BYTES", size)
    raw = write_raw(tmp_path / "raw", {NAME: content(FAULTS, end, last)})
    run = run_pipeline(raw, tmp_path / "out", datasets=["sced_dsr_load"])
    frame = run.annual["sced_dsr_load", 2025]
    good = [i for i in range(300) if i not in FAULTS]
    assert frame["qse"].to_list() == [f"Q{i:03d}" for i in good]
    assert frame["total_telemetered_dsr_loads"].to_list() == [i + 0.5 for i in good]
    assert run.ledger("sced_dsr_load", 2025) == (1, 1, 0, 299, 296, 0, 0, 3)
    assert run.reasons("sced_dsr_load", 2025) == REASONS
    texts = run.rejected["sced_dsr_load", 2025].sort("line")["raw_text"].to_list()
    assert texts == [FAULTS[i] for i in (7, 150, 299)]
    assert run.critical() == []


@pytest.mark.parametrize("size", [300, 1 << 24])
def test_a_sound_file_is_never_read_line_by_line(tmp_path, monkeypatch, size):
    monkeypatch.setattr(parse, "CHUNK_BYTES", size)
    monkeypatch.setattr(parse, "_read_carefully", None)
    raw = write_raw(tmp_path / "raw", {NAME: content({}, "\n", "\n")})
    run = run_pipeline(raw, tmp_path / "out", datasets=["sced_dsr_load"])
    assert run.ledger("sced_dsr_load", 2025) == (1, 1, 0, 300, 300, 0, 0, 0)


@pytest.mark.parametrize("before", [b"", b"\n" * 10**6], ids=["at the end", "at both ends"])
def test_a_file_of_empty_lines_is_not_held_for_its_few_rows(before):
    row = LINES[0].encode()
    _, _, body = open_sheet(DATASETS["sced_dsr_load"], 0, before + HEADER.encode() + b"\n" + row + b"\n" * 10**7)
    assert (body.data, body.lines, body.first_line) == (row + b"\n", 1, len(before) + 2)
    assert len(body.text) <= len(row) + 1

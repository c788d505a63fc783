"""Random damage: whatever is done to a file, reading it ends in a balanced ledger, and both ways to read agree."""

import io
import random
import re
import zipfile
from datetime import date, timedelta

import pytest
from helpers import dam_spp_name, gzip_bytes, run_pipeline, write_raw, zip_bytes
from slow_csv import records_of

from ercot.raw.containers.reader import MemberReader
from ercot.raw.header import UnreadableFile
from ercot.simulate import Request
from ercot.simulate.files import file_bytes, files_of_day

pytestmark = pytest.mark.slow

REPORTS = ("dam_spp", "rt_lmp", "dam_energy_bid_awards", "dam_gen_as_offers", "sced_smne", "dam_spp_corrections")
FILES = 40  # of each report and seed
NASTY = [
    b'"',
    b"\0",
    b"\r",
    b"\n",
    b",",
    b"\xff",
    b"\xc3",
    b" ",
    b"\t",
    b"\x0b",
    b"\x0c",
    b"\x1c",
    b"\xc2\x85",
    b"\xc2\xa0",
]
NASTY += [
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"-",
    b"e",
    b"9" * 40,
    b"\r\n\r\n",
    b'""',
    b"#",
    b"\\",
    b"N",
    b"\xd9\xa1",
    b"  \n",
]


def damage(chance: random.Random, data: bytes) -> bytes:
    """Return a file with one to four things done to it."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        data = chance.choice([_flip, _insert, _cut, _drop, _shuffle, _double, _swap])(chance, data)
    return data


def _place(chance, data):
    return chance.randrange(len(data) + 1)


def _flip(chance, data):
    place = _place(chance, data)
    return (
        data[:place] + bytes([byte ^ 1 << chance.randrange(8) for byte in data[place : place + 1]]) + data[place + 1 :]
    )


def _insert(chance, data):
    place = _place(chance, data)
    return data[:place] + chance.choice(NASTY) + data[place:]


def _cut(chance, data):
    return data[: _place(chance, data)] if chance.random() < 0.3 else data


def _drop(chance, data):
    place = _place(chance, data)
    return data[:place] + data[place + chance.choice([1, 1, 7, 60]) :]


def _shuffle(chance, data):
    head, *lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join([head, *lines] if chance.random() < 0.8 else [*lines, head])


def _double(chance, data):
    place = _place(chance, data)
    return data + data[place : place + 300]


def _swap(chance, data):
    lines = data.split(b"\n")
    fields = lines[chance.randrange(len(lines))].split(b",")
    chance.shuffle(fields)
    lines[chance.randrange(len(lines))] = b",".join(fields)
    return b"\n".join(lines)


def damaged_files(dataset: str, seed: int) -> dict[str, bytes]:
    """Return damaged files of a report, each of a day of its own, the short and the long day among them."""
    chance, files = random.Random(f"{dataset} {seed}"), {}
    day = date(2024, 3, 1) if seed % 2 else date(2024, 10, 25)
    while len(files) < FILES:
        request = Request(dataset, day, day, points=2)
        for file in files_of_day(request, day)[:1]:
            data = damage(chance, file_bytes(request, day))
            files[f"{len(files)}/{file.path.rsplit('/', 1)[-1]}"] = data
        day += timedelta(days=1)
    return files


def rows_in(data: bytes) -> int:
    """Count the rows of a file that was read: all records but the header."""
    records = records_of(data)
    return len(records) - (not re.match(rb'[\s"]*\d+/\d+/\d{4}', records[0][1]))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("dataset", REPORTS)
def test_damaged_files_end_in_a_balanced_ledger_and_both_ways_agree(tmp_path, monkeypatch, dataset, seed):
    files = damaged_files(dataset, seed)
    root = write_raw(tmp_path / "raw", files)
    quick = run_pipeline(root, tmp_path / "quick", [dataset])
    assert quick.critical() == []
    refused = {entry["file"] for entry in quick.report["files"]["rejected"]}
    totals = {name: sum(row[name] for row in quick.report["ledger"]) for name in ("files_found", "rows_read")}
    assert totals["files_found"] == len(files)
    assert totals["rows_read"] == sum(rows_in(data) for name, data in files.items() if name not in refused)
    assert all(row["balanced"] for row in quick.report["ledger"])
    texts = {name: dict(records_of(data)) for name, data in files.items()}
    for (_, year), frame in quick.rejected.items():
        for file, line, text, _ in frame.iter_rows():
            assert texts[file][line].decode(errors="replace") == text, (year, file, line)

    monkeypatch.setattr("ercot.normalize.parse._read_fast", lambda *_: None)
    careful = run_pipeline(root, tmp_path / "careful", [dataset])
    assert careful.report["ledger"] == quick.report["ledger"]
    for key, frame in quick.annual.items():
        assert frame.equals(careful.annual[key])
        assert sorted(quick.rejected[key].rows()) == sorted(careful.rejected[key].rows())


def packed_in_every_way() -> list[tuple[str, bytes]]:
    """Return small containers of all kinds."""
    request = Request("dam_spp", date(2024, 5, 2), date(2024, 5, 2), points=1)
    csv, data = dam_spp_name("2024-05-02"), file_bytes(request, request.first_day)
    found = [
        (f"{csv}.gz", gzip_bytes(data)),
        ("nested.zip", zip_bytes({"a.zip": zip_bytes({csv: data, "b.csv": data})})),
    ]
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name in (csv, f"x/{csv}", f"{csv}.gz"):
                archive.writestr(name, gzip_bytes(data) if name.endswith("gz") else data)
        found.append((f"{method}.zip", buffer.getvalue()))
    return found


def test_damaged_containers_give_their_bytes_or_a_reason(tmp_path):
    chance = random.Random(7)
    for name, good in packed_in_every_way():
        intact = dict(MemberReader(write_raw(tmp_path, {name: good})).members(name, ()))
        assert not any(isinstance(data, UnreadableFile) for data in intact.values())
        for _ in range(250):
            bad = damage(chance, good)
            (tmp_path / name).write_bytes(bad)
            for member_path, data in MemberReader(tmp_path).members(name, ()):
                if isinstance(data, UnreadableFile):
                    assert str(data).startswith("unreadable: "), (member_path, bad)
                    assert "\n" not in str(data)

"""Names and links that mean harm: shown on one line, and nothing waits for them."""

import json
import os
from pathlib import Path

import pytest
from helpers import DAM_SPP_HEADER, dam_spp_name, rt_spp_name, write_raw
from hostile import CSV, ROW, ZIP, run_beside_healthy

from ercot.raw.containers.names import label

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

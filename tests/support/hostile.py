"""Raw files that mean harm, and runs of the workflow on them with bounded memory."""

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

from helpers import DAM_SPP_HEADER, RT_SPP_HEADER, dam_spp_name, rt_spp_name, run_pipeline, write_raw
from patience import PATIENCE

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
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE)
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

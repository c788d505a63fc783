"""A small tree with its rollups, for the way back from a row to its raw lines."""

import pytest
from helpers import (
    RT_LMP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    gzip_bytes,
    run_pipeline,
    write_raw,
    zip_bytes,
)
from traced import OFFERS, OFFERS_HEADER, day_ahead


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A tree of every wrapping, with a duplicate, a revision, a bad row, blank lines and CRLF."""
    folder = tmp_path_factory.mktemp("lineage")
    first, later = dam_spp_name("2024-11-03", "123000"), dam_spp_name("2024-11-03", "150000")
    crlf = "\r\n".join(["", day_ahead()[0], "", *day_ahead()[1:20], "bad", *day_ahead()[20:]])
    runs = [f"11/03/2024 01:05:{second},{flag},{p},{second}" for p in "AB" for second, flag in ((17, "N"), (18, "Y"))]
    quarter = "11/03/2024,24,4,HB_NORTH,HU,{},N"
    files = {
        f"a/{first}": crlf,
        f"b/{dam_spp_name('2024-11-03', '150000', '_csv.zip')}": zip_bytes({f"deep/{later}": day_ahead(0.5)}),
        f"c/{first}.gz": gzip_bytes(day_ahead()),
        "x/old.zip": zip_bytes(
            {
                "in.zip": zip_bytes({cdr(12300, "20241103.010519", "LMP_20241103_010517.csv"): [RT_LMP_HEADER, *runs]}),
                cdr(12301, "20241104.000002", "SPP_20241104_0000.csv"): [RT_SPP_HEADER, quarter.format(1.5)],
                cdr(12301, "20241104.000003", "SPP_20241104_0000.csv"): [RT_SPP_HEADER, quarter.format(1.5)],
            }
        ),
        f"{OFFERS}.csv": [OFFERS_HEADER, "05/02/2025,1,QA,GEN,1.0", "05/02/2025,1,QA,GEN,2.0"],
        f"{OFFERS}_CORRECTION.csv": [OFFERS_HEADER, "05/02/2025,1,QA,GEN,1.0", "05/02/2025,1,QA,GEN,3.0"],
    }
    write_raw(folder / "raw", files)
    return run_pipeline(folder / "raw", folder / "results", ["dam_spp", "rt_spp", "rt_lmp", "dam_gen_as_offers"])

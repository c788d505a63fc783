"""Row groups put into one file without decoding: every reader finds the rows that were written, and nothing else."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.core.files import read_json
from ercot.rollup import glue as rollup_glue
from ercot.rollup.glue import Part, glue
from ercot.tables.encoding import RowGroupWriter
from ercot.tables.footer import (
    MAGIC,
    ROW_GROUPS,
    SCHEMA,
    DamagedFile,
    Field,
    footer_bytes,
    items,
    read_footer,
)
from ercot.tables.row_groups import BYTES, COLUMNS, DICTIONARY, OF_COLUMN, ROWS_OF_GROUP, digests, value_range
from ercot.tables.row_groups import row_groups as groups_of
from ercot.tables.schema import annual_types

START = datetime(2024, 1, 1, 6, tzinfo=UTC)


def value(dtype: pl.DataType, i: int):
    """Return some value of a type, null for every fifth."""
    if i % 5 == 4:
        return None
    if dtype == pl.String:
        return f"Ünï {i % 3}"
    if dtype == pl.Boolean:
        return i % 2 == 0
    if dtype == pl.Date:
        return date(2024, 1, 1) + timedelta(days=i)
    if isinstance(dtype, pl.Datetime):
        return START.replace(tzinfo=UTC if dtype.time_zone else None) + timedelta(minutes=5 * i)
    return i % 100 - 7 if dtype.is_integer() else i / 4 - 20


def rows_of(types: dict[str, pl.DataType], first: int, count: int) -> pl.DataFrame:
    cells = {n: [value(t, i) for i in range(first, first + count)] for n, t in types.items()}
    return pl.DataFrame(cells, schema=types)


def in_duckdb(query: str):
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    return connection.sql(query)


def written(path: Path, types: dict[str, pl.DataType], *groups: pl.DataFrame, **metadata: str) -> str:
    with RowGroupWriter(path, types, metadata) as writer:
        for rows in groups:
            writer.write(rows)
    return str(path)


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_every_reader_finds_the_rows_of_every_kind_of_table(tmp_path, dataset):
    types = annual_types(DATASETS[dataset])
    parts = [rows_of(types, first, count) for first, count in ((0, 40), (40, 7), (47, 90))]
    first = written(tmp_path / "a.parquet", types, *parts[:2], manifest="x")
    second = written(tmp_path / "b.parquet", types, parts[2])
    nothing = written(tmp_path / "c.parquet", types)
    target = str(tmp_path / "glued.parquet")
    glue([Part(nothing), Part(first), Part(second)], target, {"ercot": "{}"})
    whole = pl.concat(parts)
    assert pl.read_parquet(target).equals(whole)
    assert dict(pl.read_parquet_schema(target)) == types
    assert pl.from_arrow(pq.read_table(target, page_checksum_verification=True)).equals(whole)
    assert in_duckdb(f"from '{target}'").pl().equals(whole)
    assert pq.read_metadata(target).metadata == {b"ercot": b"{}"}


def test_single_row_groups_are_taken_in_any_order(tmp_path):
    types = {"n": pl.Int32, "text": pl.String}
    parts = [rows_of(types, first, 10) for first in (0, 10, 20)]
    path = written(tmp_path / "a.parquet", types, *parts)
    glue([Part(path, (2,)), Part(path, (0, 1)), Part(path, ())], tmp_path / "b.parquet", {})
    assert pl.read_parquet(tmp_path / "b.parquet").equals(pl.concat([parts[2], parts[0], parts[1]]))


def test_a_year_without_rows_keeps_its_columns(tmp_path):
    types = annual_types(DATASETS["rt_spp"])
    glue([Part(written(tmp_path / "a.parquet", types))], tmp_path / "b.parquet", {"ercot": "é"})
    assert dict(pl.read_parquet_schema(tmp_path / "b.parquet")) == types
    assert pl.read_parquet(tmp_path / "b.parquet").is_empty()


def test_other_columns_are_refused(tmp_path):
    one, other = (written(tmp_path / n, {n: pl.Int32}, rows_of({n: pl.Int32}, 0, 3)) for n in ("a", "b"))
    with pytest.raises(DamagedFile, match="its columns differ"):
        glue([Part(one), Part(other)], tmp_path / "c.parquet", {})


@pytest.mark.parametrize("by", ["pyarrow", "polars", "duckdb"])
def test_a_footer_is_written_as_it_was_read(tmp_path, by):
    rows, path = rows_of(annual_types(DATASETS["rt_spp"]), 0, 5000), tmp_path / "a.parquet"
    if by == "duckdb":
        duckdb.sql(f"copy rows to '{path}' (row_group_size 2048)")
    elif by == "polars":
        rows.write_parquet(path, row_group_size=700)
    else:
        pq.write_table(rows.to_arrow(), path, row_group_size=700, write_page_index=True)
    footer = read_footer(path)
    path.write_bytes(path.read_bytes()[: -len(footer_bytes(footer))] + footer_bytes(footer))
    assert read_footer(path) == footer
    assert pl.from_arrow(pq.read_table(path)).equals(rows)


@pytest.mark.parametrize("by", ["polars", "pyarrow"])
def test_files_of_other_writers_are_glued_too(tmp_path, by):
    """Their page indexes hold places in the file, so they are left behind."""
    rows = rows_of(annual_types(DATASETS["rt_spp"]), 0, 5000)
    path, buffer = tmp_path / "a.parquet", io.BytesIO()
    if by == "polars":
        rows.write_parquet(buffer, row_group_size=700)
    else:
        pq.write_table(rows.to_arrow(), buffer, row_group_size=700, write_page_index=True)
    path.write_bytes(buffer.getvalue())
    glue([Part(str(path)), Part(str(path))], tmp_path / "b.parquet", {})
    assert pl.from_arrow(pq.read_table(tmp_path / "b.parquet")).equals(pl.concat([rows, rows]))
    over = in_duckdb(f"select count(*) from '{tmp_path / 'b.parquet'}' where delivery_interval > 10").fetchall()
    assert over == [(2 * rows.filter(pl.col("delivery_interval") > 10).height,)]
    column = pq.read_metadata(tmp_path / "b.parquet").row_group(9).column(0)
    assert (column.has_offset_index, column.has_column_index) == (False, False)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all", MAGIC + b"\xff" * 40 + b"\x20\0\0\0" + MAGIC])
def test_what_is_no_parquet_file_is_named(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(DamagedFile, match=r"a\.parquet"):
        read_footer(tmp_path / "a.parquet")


@pytest.mark.parametrize("flipped", range(8))
def test_a_damaged_footer_is_read_or_named(tmp_path, flipped):
    types = {"n": pl.Int32, "text": pl.String}
    path = Path(written(tmp_path / "a.parquet", types, rows_of(types, 0, 9)))
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    named = 0
    for place in range(len(content) - 8 - length, len(content) - 8):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << flipped]) + content[place + 1 :])
        try:
            digests(path)
        except DamagedFile:
            named += 1
    assert named


def with_footer(path: str, change) -> None:
    """Write another footer into a file; ``change`` takes the old one and changes it."""
    content, footer = Path(path).read_bytes(), read_footer(path)
    change(footer)
    length = int.from_bytes(content[-8:-4], "little")
    Path(path).write_bytes(content[: -8 - length] + footer_bytes(footer))


def first_group(footer):
    return items(footer, ROW_GROUPS)[0]


def first_column(footer):
    return items(first_group(footer), COLUMNS)[0][OF_COLUMN].value


I64, LIST_OF_I64 = 6, 9
DAMAGE = {
    "an offset beyond all files": lambda f: first_column(f).update({DICTIONARY: Field(I64, 2**63 + 5)}),
    "an offset before the file": lambda f: first_column(f).update({DICTIONARY: Field(I64, -5)}),
    "a negative length": lambda f: first_column(f).update({BYTES: Field(I64, -(10**6))}),
    "a list of rows": lambda f: first_group(f).update({ROWS_OF_GROUP: Field(LIST_OF_I64, (I64, [3]))}),
    "fewer than no rows": lambda f: first_group(f).update({ROWS_OF_GROUP: Field(I64, -3)}),
    "no columns in a row group": lambda f: first_group(f).pop(COLUMNS),
    "no schema": lambda f: f.pop(SCHEMA),
    "nothing": lambda f: f.clear(),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("place", [0, 1])
def test_no_part_with_a_damaged_footer_is_glued(tmp_path, damage, place):
    types = {"n": pl.Int32, "text": pl.String}
    parts = [written(tmp_path / name, types, rows_of(types, 0, 9)) for name in ("a", "b")]
    with_footer(parts[place], DAMAGE[damage])
    with pytest.raises(DamagedFile, match=f"/{'ab'[place]}: "):
        glue(map(Part, parts), tmp_path / "c.parquet", {})


def test_parts_of_a_file_are_glued_from_one_look_at_its_footer(tmp_path, monkeypatch):
    types, looks = {"n": pl.Int32}, []
    path = written(tmp_path / "a.parquet", types, *(rows_of(types, first, 9) for first in (0, 9, 18)))
    monkeypatch.setattr(rollup_glue, "read_footer", lambda *given: looks.append(given) or read_footer(*given))
    parts = [Part(path, (0,)), Part(path, (2,)), Part(path, ())]
    assert glue(parts, tmp_path / "b.parquet", {}) == parts[:2]
    assert len(looks) == 1


# --- corrections -----------------------------------------------------------------------------------------------------

CORRECTION = "cdr.00013044.0000000000000000.20240705.120000.pricecorrection_DAM_SPP_20240702_to_20240702_NP4196.csv"
CORRECTED = [
    "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
    "07/02/2024,5,HB_WEST,5.00,61.50,07/05/2024 11:00:00,N",
]


def prices(day: str, bump: int = 0) -> dict[str, list[str]]:
    shown = f"{day[5:7]}/{day[8:]}/{day[:4]}"
    rows = [f"{shown},{h:02}:00,{point},{h + bump}.00,N" for h in range(1, 25) for point in ("HB_WEST", "LZ_SOUTH")]
    return {dam_spp_name(day): [DAM_SPP_HEADER, *rows]}


def test_a_correction_writes_only_the_row_groups_that_it_touches(tmp_path):
    raw = write_raw(tmp_path / "raw", prices("2024-01-02") | prices("2024-07-02") | prices("2024-09-02"))
    run_pipeline(raw, tmp_path / "before", ["dam_spp", "dam_spp_corrections"])
    write_raw(raw, {CORRECTION: CORRECTED})
    run = run_pipeline(raw, tmp_path / "after", ["dam_spp", "dam_spp_corrections"])
    before, after = (digests(tmp_path / name / "annual/dam_spp/2024.parquet") for name in ("before", "after"))
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]
    rows = run.annual["dam_spp", 2024].filter(pl.col("settlement_point_price_original").is_not_null())
    assert rows.select("hour_ending", "settlement_point_price", "settlement_point_price_original").rows() == [
        (5, 61.5, 5.0)
    ]
    assert run.critical() == []
    assert read_json(tmp_path / "after/reports/accounts/dam_spp/2024.json")["idle_corrections"]["count"] == 0


def test_the_footer_says_which_times_a_row_group_has(tmp_path):
    raw = write_raw(tmp_path / "raw", prices("2024-01-02"))
    run_pipeline(raw, tmp_path / "out", ["dam_spp"])
    (group,) = groups_of(tmp_path / "out/annual/dam_spp/2024.parquet")
    first, last = datetime(2024, 1, 2, 6, tzinfo=UTC), datetime(2024, 1, 3, 5, tzinfo=UTC)
    assert value_range(group, "interval_start") == tuple(int(t.timestamp()) * 1_000_000 for t in (first, last))

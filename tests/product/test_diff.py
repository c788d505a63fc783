"""`ercot diff`: two versions of a rollup, compared by key, against differences that are counted by hand."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from ercot.catalog import DATASETS
from ercot.product import diff
from ercot.tables.encoding import RowGroupWriter
from ercot.tables.schema import annual_types, file_metadata

SPP, KEYLESS = DATASETS["dam_spp"], next(d for d in DATASETS.values() if not d.key)
OLD = [(1, 0, "A", 1.0), (1, 0, "B", 2.0), (2, 5, "A", None), (3, 7, "A", 4.0)]


def rollup(path: Path, rows: list[tuple], dataset=SPP, **more) -> Path:
    """Write a rollup of 2024 from day, hour, point and price; each day is a row group. ``more`` are columns to set."""
    path.parent.mkdir(parents=True, exist_ok=True)
    types = annual_types(dataset)
    with RowGroupWriter(path, types | {n: pl.Series(v).dtype for n, v in more.items()}, file_metadata(dataset)) as out:
        for day in sorted({row[0] for row in rows}):
            records = [record(types, row) | {n: v[0] for n, v in more.items()} for row in rows if row[0] == day]
            out.write(pl.DataFrame(records, schema=types | {n: pl.Series(v).dtype for n, v in more.items()}))
    return path


def record(types: dict, row: tuple) -> dict:
    day, hour, point, price = row
    start = datetime(2024, 1, day, 6, tzinfo=UTC) + timedelta(hours=hour)
    known = {"delivery_date": date(2024, 1, day), "interval_start": start, "interval_end": start + timedelta(hours=1)}
    known |= {"hour_ending": hour + 1, "dst_flag": False, "settlement_point": point, "settlement_point_price": price}
    known |= {"resource_name": point}
    return {name: known.get(name) for name in types}


def run(*arguments, capsys) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        diff.main([str(argument) for argument in arguments])
    out = capsys.readouterr()
    return ended.value.code, out.out + out.err


@pytest.fixture
def trees(tmp_path):
    """Two results folders: one price changed, one became known, one row lost, two gained; a rollup on either side."""
    new = [(1, 0, "A", 1.5), (2, 5, "A", 9.0), (3, 7, "A", 4.0), (3, 8, "A", 4.0), (4, 1, "C", 4.0)]
    rollup(tmp_path / "old/annual/dam_spp/2024.parquet", OLD)
    rollup(tmp_path / "new/annual/dam_spp/2024.parquet", new)
    rollup(tmp_path / "old/annual/dam_spp/2023.parquet", OLD[:1])
    rollup(tmp_path / "new/annual/dam_spp/2025.parquet", OLD[:2])
    rollup(tmp_path / "old/annual/dam_spp/2022.parquet", OLD)
    rollup(tmp_path / "new/annual/dam_spp/2022.parquet", OLD)
    return tmp_path / "old", tmp_path / "new"


def test_the_summary_counts_rows_and_values(trees, capsys):
    code, text = run(*trees, capsys=capsys)
    assert code == 1
    assert "annual/dam_spp/2023.parquet: 1 row only in the old, 0 only in the new, 0 changed" in text
    assert (
        "annual/dam_spp/2024.parquet: 1 row only in the old, 2 only in the new, 2 changed (settlement_point_price 2)"
        in text
    )
    assert "annual/dam_spp/2025.parquet: 0 rows only in the old, 2 only in the new, 0 changed" in text
    assert "- interval_start 2024-01-01 06:00:00+00:00, settlement_point B" in text
    assert "3 of 4 rollups differ\n" in text
    assert "2022" not in text


def test_the_json_has_what_the_summary_has(trees, tmp_path, capsys):
    assert run(*trees, "--json", tmp_path / "found.json", capsys=capsys)[0] == 1
    found = {Path(c["rollup"]).stem: c for c in json.loads((tmp_path / "found.json").read_text())}
    assert set(found) == {"2023", "2024", "2025"}
    changed = found["2024"]
    assert (changed["rows_old"], changed["rows_new"]) == (4, 5)
    assert (changed["only_old"], changed["only_new"], changed["changed"]) == (1, 2, 2)
    assert changed["columns"] == {"settlement_point_price": 2}
    code, text = run(*trees, "--json", "-", capsys=capsys)
    assert (code, json.loads(text)) == (1, list(found.values()))


def test_the_parquet_files_have_each_row_that_differs(trees, tmp_path, capsys):
    run(*trees, "--parquet", tmp_path / "rows", capsys=capsys)
    assert [p.name for p in sorted((tmp_path / "rows").rglob("*.parquet"))] == ["2024.parquet"]
    rows = pl.read_parquet(tmp_path / "rows/annual/dam_spp/2024.parquet")
    shown = rows.select(
        "difference", "settlement_point", "settlement_point_price_old", "settlement_point_price_new", "hour_ending_new"
    )
    assert shown.rows() == [
        ("changed", "A", 1.0, 1.5, 1),
        ("only_old", "B", 2.0, None, None),
        ("changed", "A", None, 9.0, 6),
        ("only_new", "A", None, 4.0, 9),
        ("only_new", "C", None, 4.0, 2),
    ]


def test_equal_trees_end_with_zero(trees, capsys):
    assert run(trees[0], trees[0], capsys=capsys) == (0, "0 of 3 rollups differ\n")


def test_the_same_rows_in_other_row_groups_do_not_differ(tmp_path, capsys):
    old = rollup(tmp_path / "a.parquet", OLD)
    pl.read_parquet(old).write_parquet(tmp_path / "b.parquet", metadata=file_metadata(SPP))
    assert run(old, tmp_path / "b.parquet", capsys=capsys)[0] == 0


def test_many_days_are_compared_in_parts(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("ercot.checks.differences.ROWS_AT_ONCE", 30)
    rows = [(day, hour, "A", 1.0) for day in range(1, 29) for hour in range(24)]
    raised = [(day, hour, point, price + (hour == 3)) for day, hour, point, price in rows]
    files = rollup(tmp_path / "a.parquet", rows), rollup(tmp_path / "b.parquet", raised)
    code, text = run(*files, "--parquet", tmp_path / "rows", capsys=capsys)
    assert (code, "28 changed (settlement_point_price 28)" in text) == (1, True)
    (written,) = (tmp_path / "rows").rglob("*.parquet")
    assert pl.read_parquet(written)["hour_ending_old"].to_list() == [4] * 28


def test_rows_without_a_key_are_compared_as_often_as_they_are_there(tmp_path, capsys):
    old = rollup(tmp_path / "a.parquet", [*OLD, OLD[0], OLD[0]], KEYLESS)
    new = rollup(tmp_path / "b.parquet", [*OLD, OLD[1]], KEYLESS)
    code, text = run(old, new, "--parquet", tmp_path / "rows", capsys=capsys)
    assert code == 1
    assert "2 rows only in the old, 1 only in the new, 0 changed" in text
    (written,) = (tmp_path / "rows").rglob("*.parquet")
    rows = pl.read_parquet(written).select("difference", "resource_name_old", "resource_name_new").rows()
    assert rows == [("only_old", "A", None)] * 2 + [("only_new", None, "B")]


def test_columns_that_only_one_has_are_named(tmp_path, capsys):
    old, new = rollup(tmp_path / "a.parquet", OLD), rollup(tmp_path / "b.parquet", OLD, note=["x"])
    code, text = run(old, new, capsys=capsys)
    assert (code, "columns only in the new: note" in text) == (1, True)
    retyped = pl.read_parquet(old).with_columns(pl.col("hour_ending").cast(pl.Int64))
    retyped.write_parquet(tmp_path / "c.parquet", metadata=file_metadata(SPP))
    code, text = run(old, tmp_path / "c.parquet", capsys=capsys)
    assert (code, "columns of another type: hour_ending" in text) == (1, True)


def test_what_cannot_be_compared_is_one_line(tmp_path, capsys):
    file = rollup(tmp_path / "old/annual/dam_spp/2024.parquet", OLD)
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"no parquet")
    unknown = tmp_path / "any/thing.parquet"
    unknown.parent.mkdir()
    pl.read_parquet(file).write_parquet(unknown)
    for old, new, why in (
        (tmp_path / "old", tmp_path / "empty", "holds no rollups"),
        (tmp_path / "old", file, "is one rollup"),
        (file, broken, "cannot be read"),
        (file, unknown, "'any' is no dataset"),
    ):
        code, text = run(old, new, capsys=capsys)
        assert (code, why in text, text.count("\n")) == (2, True, 1), text

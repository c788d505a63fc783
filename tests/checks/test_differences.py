"""Two versions of a rollup, compared: row groups of the same bytes are passed over, and nothing is missed by that."""

import random
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from ercot.catalog import DATASETS
from ercot.checks.differences import differences
from ercot.tables.footer import BINARY, ROW_GROUPS, Field, footer_bytes, items, read_footer
from ercot.tables.row_groups import COLUMNS, GREATEST, OF_COLUMN, STATISTICS
from ercot.tables.schema import annual_table

TABLE = annual_table(DATASETS["dam_spp"])
HOURS = 24 * 20
START = datetime(2024, 5, 1, 5, tzinfo=UTC)


def rows_of(prices: dict[int, float]) -> pl.DataFrame:
    """Rows of one point: hour since the start -> price."""
    hours = sorted(prices)
    return pl.DataFrame(
        {
            "delivery_date": [(START + timedelta(hours=hour - 5)).date() for hour in hours],
            "interval_start": [START + timedelta(hours=hour) for hour in hours],
            "settlement_point": ["HB_WEST"] * len(hours),
            "settlement_point_price": [prices[hour] for hour in hours],
        },
        schema_overrides={"delivery_date": pl.Date, "interval_start": pl.Datetime("us", "UTC")},
    )


def compared(tmp_path, before: dict[int, float], now: dict[int, float], rows: int = 72) -> dict[str, int]:
    paths = [str(tmp_path / name) for name in ("before.parquet", "now.parquet")]
    for path, prices in zip(paths, (before, now), strict=True):
        rows_of(prices).write_parquet(path, row_group_size=rows, statistics=True)
    return differences(TABLE, *paths)


@pytest.mark.parametrize("seed", range(12))
def test_every_difference_is_found_whatever_row_groups_are_alike(tmp_path, seed):
    chance = random.Random(seed)
    before = {hour: float(hour) for hour in range(HOURS)}
    now = dict(before)
    for hour in chance.sample(range(HOURS), chance.randrange(5)):
        del now[hour]
    for hour in chance.sample(sorted(now), chance.randrange(5)):
        now[hour] += 0.5
    for hour in range(HOURS, HOURS + chance.randrange(3)):
        now[hour] = 1.0
    assert compared(tmp_path, before, now) == {
        "gained": len(now.keys() - before.keys()),
        "lost": len(before.keys() - now.keys()),
        "changed": sum(before[hour] != now[hour] for hour in before.keys() & now.keys()),
    }


def test_days_of_equal_row_groups_are_not_read(tmp_path, monkeypatch):
    """Of twenty days in row groups of three, one hour of the last group differs."""
    before = dict.fromkeys(range(HOURS), 1.0)
    read = []
    collect = pl.LazyFrame.collect

    def noted(frame, *arguments, **more):
        found = collect(frame, *arguments, **more)
        read.extend(found["delivery_date"].to_list() if "interval_start" in found.columns else [])
        return found

    monkeypatch.setattr(pl.LazyFrame, "collect", noted)
    assert compared(tmp_path, before, before | {HOURS - 1: 2.0}) == {"gained": 0, "lost": 0, "changed": 1}
    assert set(read) == {date(2024, 5, 20)}


def test_equal_rollups_have_no_difference(tmp_path):
    before = dict.fromkeys(range(HOURS), 1.0)
    assert compared(tmp_path, before, before) == {"gained": 0, "lost": 0, "changed": 0}


def test_an_earlier_rollup_with_a_damaged_footer_ends_no_job(tmp_path):
    """Any bit of it may be another one: the two are compared all the same, or not at all."""
    before, now = tmp_path / "before.parquet", tmp_path / "now.parquet"
    for path, price in ((before, 1.0), (now, 2.0)):
        rows_of(dict.fromkeys(range(72), price)).write_parquet(path, row_group_size=24, statistics=True)
    content = before.read_bytes()
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    found = []
    for place in range(footer, len(content)):
        before.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        found.append(differences(TABLE, str(before), str(now)))
    assert None in found
    assert {"gained": 0, "lost": 0, "changed": 72} in found


@pytest.mark.parametrize("greatest", [b"\xff" * 40, b"\xff" * 7 + b"\x0f", b""], ids=["too long", "too great", "empty"])
def test_an_earlier_rollup_whose_days_cannot_be_told_is_compared_whole_or_not_at_all(tmp_path, greatest):
    before, now = tmp_path / "before.parquet", tmp_path / "now.parquet"
    for path, price in ((before, 1.0), (now, 2.0)):
        rows_of(dict.fromkeys(range(72), price)).write_parquet(path, row_group_size=24, statistics=True)
    content, footer = before.read_bytes(), read_footer(before)
    day = items(items(footer, ROW_GROUPS)[0], COLUMNS)[0][OF_COLUMN].value
    day[STATISTICS].value[GREATEST] = Field(BINARY, greatest)
    length = int.from_bytes(content[-8:-4], "little")
    before.write_bytes(content[: -8 - length] + footer_bytes(footer))
    assert differences(TABLE, str(before), str(now)) in (None, {"gained": 0, "lost": 0, "changed": 72})

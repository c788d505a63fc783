"""Batches: calendar periods whose length follows from the catalog, and the files that each is made from."""

from datetime import date, timedelta

import pytest

from ercot.catalog import DATASETS
from ercot.planning.batches import batch_name, group, period, row_group_period, span
from ercot.raw.inventory import Entry


def test_batches_of_every_length_cover_a_year_once():
    """Whatever the length: each day is in the batch whose span holds it, and spans do not overlap."""
    for year in (2023, 2024):
        days = [date(year, 1, 1) + timedelta(days=i) for i in range(366 if year == 2024 else 365)]
        for length, count in (("year", 1), ("quarter", 4), ("month", 12), ("week", 48), ("day", len(days))):
            names = [batch_name(day, length) for day in days]
            spans = [span(name) for name in dict.fromkeys(names)]
            assert all(first <= day <= last for day, (first, last) in zip(days, map(span, names), strict=True))
            assert len(spans) == count
            assert sum((last - first).days + 1 for first, last in spans) == len(days)


@pytest.mark.parametrize(
    ("day", "length", "name", "first", "last"),
    [
        ("2024-02-29", "year", "2024", "2024-01-01", "2024-12-31"),
        ("2024-02-29", "quarter", "2024-q1", "2024-01-01", "2024-03-31"),
        ("2024-12-31", "quarter", "2024-q4", "2024-10-01", "2024-12-31"),
        ("2024-02-29", "month", "2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02-08", "week", "2023-02-w1", "2023-02-01", "2023-02-08"),
        ("2023-02-28", "week", "2023-02-w4", "2023-02-25", "2023-02-28"),
        ("2024-12-31", "day", "2024-12-31", "2024-12-31", "2024-12-31"),
    ],
)
def test_batch_names_and_spans(day, length, name, first, last):
    assert batch_name(date.fromisoformat(day), length) == name
    assert span(name) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("batch_mb", "length"),
    [
        (1000, "year"),
        (330, "year"),
        (329, "quarter"),
        (82.8, "quarter"),
        (82, "month"),
        (28, "month"),
        (27, "month"),  # a row group's period: a batch is never shorter
        (0.1, "month"),
    ],
)
def test_the_period_follows_from_megabytes_a_day_alone(batch_mb, length):
    """Day-ahead prices of 2024 are declared as 0.9 MB a day: 366 of them make 329.4."""
    assert DATASETS["dam_spp"].mb_on(date(2024, 6, 1)) == 0.9
    assert period(DATASETS["dam_spp"], 2024, batch_mb) == length


@pytest.mark.parametrize(
    ("dataset", "year", "length"),
    [
        ("rt_spp", 2026, "week"),  # 4.1 MB a day, 32.8 in eight days
        ("rt_lmp", 2026, "day"),
        ("dam_mcpc", 2026, "year"),
        ("sced_gen", 2014, "day"),  # 38 MB a day
    ],
)
def test_a_row_group_is_the_longest_period_of_some_thirty_megabytes(dataset, year, length):
    assert row_group_period(DATASETS[dataset], year) == length
    assert period(DATASETS[dataset], year, 0.001) == length


def test_a_file_of_several_days_goes_into_each_batch_it_touches():
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 2))
    entries = [Entry("a.csv", (), 1, 1, days, ""), Entry("b.csv", (), 9_000_000_000, 2, days[:1], "")]
    found = group(DATASETS["dam_spp"], entries, 329)
    assert {name: [entry.path for entry in part] for name, part in found.items()} == {
        "2023-q4": ["a.csv", "b.csv"],
        "2024-q1": ["a.csv"],
    }

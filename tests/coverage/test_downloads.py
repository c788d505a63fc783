"""What to download, in short: each file once, by what is to be done about it."""

from ercot.coverage.causes import EMPTY, LOST, NOT_HERE, NOT_POSTED, REJECTED, Action
from ercot.coverage.downloads import downloads, fetch_command


def row(day: str, name: str, cause=NOT_HERE, missing="day", dataset="dam_spp") -> dict[str, str]:
    facts = {"dataset": dataset, "delivery_date": day, "missing": missing, "file_name": name}
    places = {"emil": "NP4-190-CD", "address": "https://www.ercot.com/", "posted_from": day, "posted_until": day}
    return facts | places | {"action": str(cause.action)}


def test_a_rejected_file_stands_for_its_day():
    rows = [
        row("2024-05-02", "cdr.*.20240501.*", REJECTED),
        row("2024-05-02", "cdr.1.20240501.x.zip", REJECTED, "file"),
    ]
    (found,) = downloads(rows)[Action.DOWNLOAD]
    assert (found.count, found.names, found.days) == (1, ["cdr.1.20240501.x.zip"], ["2024-05-02"])


def test_a_rejected_interval_stands_for_itself_only():
    rows = [row("2024-05-02", "cdr.*_0515.*", REJECTED, "2024-05-02T10:15:00+00:00", "rt_spp")]
    rows += [row("2024-05-02", "cdr.*_0530.*", NOT_HERE, "2024-05-02T10:30:00+00:00", "rt_spp")]
    rows += [row("2024-05-02", "cdr.9_0515.csv", REJECTED, "file", "rt_spp")]
    (found,) = downloads(rows)[Action.DOWNLOAD]
    assert found.names == ["cdr.9_0515.csv", "cdr.*_0530.*"]


def test_hours_of_one_file_are_one_file():
    rows = [row("2024-05-02", "cdr.*.20240501.*", EMPTY, f"2024-05-02T{hour:02}:00:00+00:00") for hour in (5, 6)]
    (found,) = downloads(rows)[Action.DOWNLOAD]
    assert found.count == 1


def test_days_are_spans_the_newest_first_and_the_window_holds_all():
    rows = [row(f"2024-05-0{day}", f"cdr.*.2024050{day}.*") for day in (1, 2, 3, 7)]
    (found,) = downloads(rows)[Action.DOWNLOAD]
    assert found.days == ["2024-05-07", "2024-05-01 to 2024-05-03"]
    assert found.posted == "2024-05-01 to 2024-05-07"
    assert found.count == 4


def test_what_is_not_for_download_is_told_by_itself():
    rows = [row("2024-05-01", "a"), row("2024-05-02", "b", LOST), row("2024-05-03", "c", NOT_POSTED)]
    found = downloads(rows)
    assert [(action.value, files[0].names) for action, files in found.items()] == [
        ("download", ["a"]),
        ("put_back", ["b"]),
        ("accept", ["c"]),
    ]


def test_a_container_of_no_known_dataset_has_neither_day_nor_window():
    nameless = row("", "bundle.zip", REJECTED, "file", "") | {"emil": "", "posted_from": "", "posted_until": ""}
    (found,) = downloads([nameless])[Action.DOWNLOAD]
    assert (found.days, found.posted, found.names) == ([], "", ["bundle.zip"])


def test_a_whole_day_of_intervals_is_as_many_files_as_ercot_posts():
    real_time = {"dataset": "rt_spp", "emil": "NP6-905-CD"}
    rows = [row("2024-05-02", "cdr.00012301.*.SPPHLZNP6905_20240502_*") | real_time]
    rows += [row("2024-05-03", "cdr.*_20240503_0515*", missing="2024-05-03T10:00:00+00:00") | real_time]
    (found,) = downloads(rows)[Action.DOWNLOAD]
    assert found.count == 96 + 1


def test_the_command_downloads_what_was_never_here_or_is_damaged_and_nothing_else():
    rows = [
        row("2024-05-07", "a"),
        row("2024-05-02", "b"),
        row("2024-05-01", "c", LOST),
        row("2024-05-03", "d", NOT_POSTED),
    ]
    assert fetch_command(rows).endswith(" datasets=dam_spp since=2024-05-02 until=2024-05-07")
    assert fetch_command(rows[2:]) == ""

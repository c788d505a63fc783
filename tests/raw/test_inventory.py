"""What the raw tree holds, whatever its shape, and how little a new file changes in what is planned."""

from datetime import date

from helpers import DAM_SPP_HEADER, cdr, dam_spp_name, rt_spp_name, write_raw, zip_bytes

from ercot.catalog import DATASETS
from ercot.planning.plan import make_plan
from ercot.raw.inventory import take_inventory
from ercot.raw.tree import list_tree


def test_the_rows_give_the_operating_day_where_the_name_only_guesses(tmp_path):
    """A day-ahead file that was published after midnight, one whose first row is unusable, and one without any row."""
    files = {
        cdr(12331, "20240502.001500", "DAMSPNP4190.csv"): [DAM_SPP_HEADER, "05/02/2024,01:00,A,1,N"],
        cdr(12331, "20240509.123000", "DAMSPNP4190.csv"): [
            DAM_SPP_HEADER,
            "garbage",
            "13/13/2024,1,A,1,N",
            "05/20/2024,01:00,A,1,N",
        ],
        cdr(12331, "20240531.123000", "DAMSPNP4190.csv"): [DAM_SPP_HEADER],
        cdr(13044, "20240522.090000", "pricecorrection_DAM_SPP.csv"): [
            "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
            "05/03/2024,1,A,1,2,05/20/2024 10:00:00,N",
            "12/31/2023,1,A,1,2,05/20/2024 10:00:00,N",
            "05/03/2024,2,A,1,2,05/20/2024 10:00:00,N",
        ],
    }
    entries = take_inventory(write_raw(tmp_path, files), DATASETS, {}).entries
    days = [entry.days for entry in entries["dam_spp"]]
    assert days == [(date(2024, 5, 2),), (date(2024, 5, 20),), (date(2024, 6, 1),)]
    assert [entry.days for entry in entries["dam_spp_corrections"]] == [(date(2023, 12, 31), date(2024, 5, 3))]


def test_a_tree_of_any_shape_is_listed_whole(tmp_path):
    """Depth and names of folders say nothing; broken and unknown files are named; links are followed once."""
    rt, dam = rt_spp_name("20240502_0015"), dam_spp_name("2024-05-02")
    files = {
        rt: "x",
        f"a b,c/'d'/é/{rt_spp_name('20240502_0030')}": "x",
        f"60d_DAM_Gen_Resource_Data-01-JUL-25.csv/{rt_spp_name('20240502_0045')}": "x",
        "deep.zip": zip_bytes({f"in/{dam}": [DAM_SPP_HEADER, "05/02/2024,01:00,A,1,N"], "in/notes.txt": "x"}),
        "broken.zip": b"x",
        "other.csv": "x",
    }
    write_raw(tmp_path, files)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    found = take_inventory(tmp_path, DATASETS, {})
    assert sorted(entry.path for entry in found.entries["rt_spp"]) == sorted(path for path in files if "SPPHLZ" in path)
    assert [(entry.path, entry.member_path, entry.days) for entry in found.entries["dam_spp"]] == [
        ("deep.zip", (f"in/{dam}",), (date(2024, 5, 2),))
    ]
    assert found.ignored == ["dangling.csv", "deep.zip!in/notes.txt", "other.csv"]
    assert found.unreadable == [("broken.zip", "unreadable: File is not a zip file")]
    assert found.newest_publication == "20240502004502000"
    assert len(list(list_tree(tmp_path).files())) == len(files) + 1, "a link to nowhere is named too"


def test_planning_twice_changes_nothing_and_a_new_file_only_its_batch(tmp_path):
    raw, interim = tmp_path / "raw", tmp_path / "interim"
    row = "{}/15/2024,01:00,A,1,N"
    write_raw(raw, {dam_spp_name(f"2024-{m}-15"): [DAM_SPP_HEADER, row.format(m)] for m in ("01", "02", "03")})

    def plan():
        made = make_plan(raw, interim, DATASETS, ["dam_spp"], None, 30)
        return made, {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (interim / "dam_spp").iterdir()}

    first, before = plan()
    assert first.batches == {"dam_spp": {"2024": ["2024-01", "2024-02", "2024-03"]}}
    assert plan() == (first, before)
    write_raw(raw, {f"new/{dam_spp_name('2024-02-20')}": [DAM_SPP_HEADER, "02/20/2024,01:00,A,1,N"]})
    _, after = plan()
    assert [name for name in after if after[name] != before[name]] == ["2024-02.manifest.gz"]


def test_a_container_counts_once_however_many_members_it_has(tmp_path):
    days = ("2024-03-01", "2024-03-02")
    members = {dam_spp_name(day): [DAM_SPP_HEADER, f"{day[5:7]}/{day[8:]}/2024,01:00,A,1,N"] for day in days}
    packed = zip_bytes(members)
    raw = write_raw(tmp_path / "raw", {"DAM_Settlement_Point_Prices_2024.zip": packed})
    made = make_plan(raw, tmp_path / "interim", DATASETS, ["dam_spp"], None, 500)
    assert made.raw_files == {"dam_spp": {"2024": 2}}
    assert made.raw_mb == {"dam_spp": {"2024": round(len(packed) / 1e6, 3)}}
